//! Words with texts of their own, which outlive the event that they are of.

use std::borrow::Cow;

use super::Words;
use crate::fields::Fields;

/// A value whose texts can be made its own.
trait OwnTexts {
    type Own;
    fn own(self) -> Self::Own;
}

impl OwnTexts for Cow<'_, str> {
    type Own = Cow<'static, str>;
    fn own(self) -> Self::Own {
        Cow::Owned(self.into_owned())
    }
}

impl OwnTexts for Option<Cow<'_, str>> {
    type Own = Option<Cow<'static, str>>;
    fn own(self) -> Self::Own {
        self.map(OwnTexts::own)
    }
}

impl OwnTexts for Fields<'_> {
    type Own = Fields<'static>;
    fn own(self) -> Self::Own {
        self.into_owned()
    }
}

/// Makes the texts of some fields of each variant their own, and keeps the others as they are.
macro_rules! own {
    ($words:expr; $($variant:ident { $($text:ident),+; $($value:ident),* })+) => {
        match $words {
            $(Words::$variant { $($text,)+ $($value,)* } => Words::$variant {
                $($text: $text.own(),)+
                $($value,)*
            },)+
        }
    };
}

impl Words<'_> {
    /// The same, with texts of their own.
    #[must_use]
    pub fn into_owned(self) -> Words<'static> {
        own! { self;
            Call { actor, args; function }
            Return { actor, out; function, hr }
            Notify { client, registration; client_token, notify_type, mask, old, new }
            Notified { client, registration; }
            State { object; old, new }
            Release { client; refs }
            Finding { client, detail; id, rule, place }
            Observe { actor, name, value; }
            Host { client; event }
            Provider { client; function, hr }
            Refused { actor, object; function, gave }
            Skipped { actor; function }
        }
    }
}
