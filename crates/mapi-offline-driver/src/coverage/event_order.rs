//! The orders of events that matter to a client, each with the rules that show in it.

/// Declares the orders: the name in JSON, what is said of a client that met it, in two parts between which a
/// `never` goes, and the rules that show in it.
macro_rules! orders {
    ($( $order:ident = $name:literal: $begins:literal $ends:literal [$($rule:literal),+]; )+) => {
        /// Something that a client comes into by the order of events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventOrder {
            $( #[doc = concat!("The client ", $begins, $ends, ".")] $order, )+
        }

        impl EventOrder {
            /// All of them, in the order of tables.
            pub const ALL: &[Self] = &[$( Self::$order ),+];

            /// The name in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$order => $name, )+ }
            }

            /// The rules that show in it.
            #[must_use]
            pub const fn rules(self) -> &'static [&'static str] {
                match self { $( Self::$order => &[$($rule),+], )+ }
            }

            /// What is said of a client that met it, or never did: `was never told of a whole transition`.
            #[must_use]
            pub const fn words(self, is_met: bool) -> &'static str {
                match (self, is_met) {
                    $( (Self::$order, true) => concat!($begins, $ends),
                       (Self::$order, false) => concat!($begins, "never ", $ends), )+
                }
            }
        }
    };
}

orders! {
    GoesOffline = "goes-offline": "was " "told that the state goes OFFLINE" ["NOTE-1", "NOTE-2"];
    GoesOnline = "goes-online": "was " "told that the state goes ONLINE" ["NOTE-1", "NOTE-2"];
    Whole = "whole-transition": "was " "told of a whole transition: START, STATECHANGE, STATECHANGE_DONE" ["NOTE-1"];
    Chain = "chain": "was " "told of one transition after another by one registration" ["NOTE-8"];
    Midway = "midway": "was " "told of a transition that began before it advised" ["ADV-7"];
    Before = "before-another": "was " "notified before another client in one phase" ["NOTE-4"];
    After = "after-another": "was " "notified after another client in one phase" ["NOTE-4"];
    InDefaultCall = "in-default-call": "was " "notified before its own DEFAULT call had returned" ["SET-2", "SET-11"];
    InBlockCall = "in-block-call": "was " "notified while its own BLOCK call waited" ["SET-3"];
    InOwnNotify = "in-own-notify": "was " "notified again before its Notify had returned" ["UNADV-2"];
    Late = "after-unadvise": "was " "notified after its Unadvise" ["UNADV-3"];
    SameState = "same-state": "was " "told of a transition to the state that it comes from" ["SET-5"];
    Noise = "noise": "was " "sent a notification that it has to ignore" ["NOTE-6", "NOTE-9"];
    ReadsOld = "reads-old": "" "read the old state from inside a Notify" ["STATE-2"];
    ReadsNew = "reads-new": "" "read the new state from inside a Notify" ["STATE-2"];
    AdvisesInTransition = "advises-in-transition": "" "advised while a transition was under way" ["ADV-7"];
    AdvisesInNotify = "advises-in-notify": "" "advised from inside a Notify" ["ADV-7"];
    SeveralRegistrations = "several-registrations": ""
        "had several registrations on one object" ["ADV-4"];
    UnadvisesItself = "unadvises-itself": "" "unadvised a registration from inside its own Notify" ["UNADV-2", "UNADV-4"];
    UnadvisesAnother = "unadvises-another": "" "unadvised another registration from inside a Notify" ["UNADV-4"];
    UnadvisesInTransition = "unadvises-in-transition": "" "unadvised while a transition was under way" ["UNADV-3"];
    SetsDefault = "sets-default": "" "began a transition with DEFAULT" ["SET-2"];
    SetsBlock = "sets-block": "" "waited for a transition with BLOCK" ["SET-3"];
    Refused = "refused": "was " "answered E_PENDING because a transition was under way" ["SET-4"];
    SetsInEarlyPhase = "sets-in-early-phase": "" "called SetCurrentState(DEFAULT) from inside START or STATECHANGE" ["SET-9"];
    SetsInDone = "sets-in-done": "" "called SetCurrentState(DEFAULT) from inside STATECHANGE_DONE" ["SET-8"];
    SetsSame = "sets-same": "" "asked for the state that it was in already" ["SET-5"];
    Woken = "woken": "was " "woken from a BLOCK call by a log-off" ["LIFE-3"];
    ForeignCallback = "foreign-callback": "was " "answered E_NOINTERFACE for a callback without IMAPIOfflineNotify" ["ADV-2"];
    HostInTransition = "host-in-transition": "was " "registered when the user or the server acted during a transition" ["HOST-1"];
}
