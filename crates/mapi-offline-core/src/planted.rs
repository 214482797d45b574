//! Planted bugs: deviations from the rules, made on purpose, to test what checks the rules.
//!
//! Only with the feature `planted-bugs` can one be chosen, as a part of the policy; without it
//! nothing of this is in the program. Each has one place in the rules, where it is asked for.

/// Declares every planted bug once.
macro_rules! bugs {
    ($( #[doc = $about:literal] $name:ident = $rule:literal, )+) => {
        /// A deviation from the rules.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PlantedBug {
            $(
                #[doc = $about]
                #[doc = ""]
                #[doc = concat!("It breaks ", $rule, ".")]
                $name,
            )+
        }

        #[cfg(feature = "planted-bugs")]
        impl PlantedBug {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What it does.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self {
                    $( Self::$name => $about, )+
                }
            }

            /// The rule that it breaks.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self {
                    $( Self::$name => $rule, )+
                }
            }
        }
    };
}

bugs! {
    #[doc = "STATECHANGE is left out."]
    SkippedPhase = "NOTE-1",
    #[doc = "The DONEs begin when the first STATECHANGE is delivered."]
    DoneTooEarly = "NOTE-1",
    #[doc = "Who registers between STATECHANGE and DONE is not told DONE."]
    JoinerMissesDone = "ADV-7",
    #[doc = "A follow-up begins when the first DONE is delivered."]
    FollowUpTooEarly = "SET-8",
    #[doc = "A child's registrations are notified before its parent's."]
    ChildFirst = "NOTE-4",
    #[doc = "DONE has the states the wrong way round."]
    StatesSwapped = "NOTE-8",
    #[doc = "The new state shows before the STARTs."]
    ShownTooEarly = "STATE-2",
    #[doc = "What is queued for a registration arrives after Unadvise."]
    LateNotify = "UNADV-3",
    #[doc = "Every Advise gives the token 1."]
    SameToken = "ADV-4",
    #[doc = "No call gives E_PENDING for a transition that runs."]
    NeverPending = "SET-4",
    #[doc = "A BLOCK call returns before the DONEs."]
    WokenTooEarly = "SET-3",
    #[doc = "A callback is released while its Notify runs."]
    ReleasedTooEarly = "UNADV-2",
    #[doc = "A callback is released twice."]
    ReleasedTwice = "ADV-3",
    #[doc = "A callback is never released."]
    NeverReleased = "ADV-3",
    #[doc = "Log-off forgets to release the callback of the oldest registration."]
    ForgottenAtLogOff = "LIFE-3",
}
