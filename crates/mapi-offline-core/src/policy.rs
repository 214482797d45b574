//! The policy: one answer for every question that the documentation leaves open.
//!
//! The default is the most literal reading, save where a knob says otherwise. A provider must work under every value
//! of every knob.

use crate::knob::{Knob, PolicyError};
use crate::noise::{NOISE, Noise};
use crate::phase::Phase;

/// Declares every knob once: its type, its field in [`Policy`], its names and its rule.
macro_rules! knobs {
    ($(
        #[doc = $about:literal]
        $field:ident: $name:ident = $text:literal, $rule:literal {
            #[doc = $first_about:literal]
            $first:ident = $first_text:literal,
            $(
                #[doc = $value_about:literal]
                $value:ident = $value_text:literal,
            )+
        }
    )+) => {
        $(
            #[doc = $about]
            #[doc = ""]
            #[doc = concat!("Rule ", $rule, "; the first value is the default.")]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $name {
                #[doc = $first_about]
                #[default]
                $first,
                $(
                    #[doc = $value_about]
                    $value,
                )+
            }
        )+

        /// An answer to every question that the documentation leaves open.
        ///
        /// `Policy::default()` is the most literal reading of the documentation, save where a knob says otherwise.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct Policy {
            $(
                #[doc = concat!("`", $text, "`: ", $about)]
                pub $field: $name,
            )+
            /// `noise`: what a client has to ignore, sent on purpose (STATE-1, CAP-1, NOTE-6).
            pub noise: Noise,
            /// A deviation from the rules. It is no knob, and has no name in scenario files.
            #[cfg(feature = "planted-bugs")]
            pub planted: Option<crate::planted::PlantedBug>,
        }

        /// Every knob, in the order of the rules; `noise` is the last.
        pub const KNOBS: &[Knob] = &[
            $( Knob {
                name: $text,
                rule: $rule,
                values: &[$first_text, $($value_text),+],
                about: $about,
            }, )+
            NOISE,
        ];

        impl Policy {
            /// Sets the knob `knob` (as in scenario files) to `value`.
            ///
            /// For `noise` the value is a comma-separated set, and may be empty.
            ///
            /// # Errors
            /// [`PolicyError`] when there is no such knob, or it has no such value.
            pub fn set(&mut self, knob: &str, value: &str) -> Result<(), PolicyError> {
                match knob {
                    $(
                        $text => self.$field = match value {
                            $first_text => $name::$first,
                            $( $value_text => $name::$value, )+
                            _ => return Err(PolicyError::UnknownValue {
                                knob: $text,
                                value: value.to_owned(),
                                expected: &[$first_text, $($value_text),+],
                            }),
                        },
                    )+
                    "noise" => self.noise = Noise::parse(value)?,
                    _ => return Err(PolicyError::UnknownKnob { knob: knob.to_owned() }),
                }
                Ok(())
            }
        }
    };
}

knobs! {
    /// What HrOpenOfflineObj answers to a bad argument.
    open_bad_argument: OpenBadArgument = "open-bad-argument", "OPEN-1" {
        /// E_INVALIDARG
        InvalidArg = "E_INVALIDARG",
        /// MAPI_E_NOT_FOUND, the only failure that the function's page names
        NotFound = "MAPI_E_NOT_FOUND",
    }
    /// Whether an offline object can be opened while a provider or an add-in is being connected.
    open_during_logon: OpenDuringLogon = "open-during-logon", "HOST-6" {
        /// yes
        Found = "found",
        /// no: MAPI_E_NOT_FOUND
        NotFound = "not-found",
    }
    /// Which pointer an aggregated HrCreateOfflineObj gives back.
    aggregate: Aggregate = "aggregate", "CREATE-5" {
        /// the inner, non-delegating one
        NonDelegating = "nondelegating",
        /// one that delegates to the outer object
        Delegating = "delegating",
    }
    /// When GetCurrentState begins to give the new state.
    visible: Visible = "visible", "STATE-2" {
        /// before the first STATECHANGE is sent
        StateChange = "statechange",
        /// before the first STATECHANGE_DONE is sent
        Done = "done",
    }
    /// What a DEFAULT SetCurrentState returns when it started a transition.
    default_returns: DefaultReturns = "default-returns", "SET-2" {
        /// S_OK
        Ok = "S_OK",
        /// E_PENDING, although the transition starts
        Pending = "E_PENDING",
    }
    /// Whether the first notification can arrive before a DEFAULT SetCurrentState returns.
    first_notify: FirstNotify = "first-notify", "SET-2" {
        /// all notifications arrive after the call returned
        AfterReturn = "after-return",
        /// the STARTs arrive during the call
        DuringCall = "during-call",
    }
    /// When a BLOCK SetCurrentState returns.
    block_returns: BlockReturns = "block-returns", "SET-3" {
        /// when the last STATECHANGE_DONE has been delivered
        AfterDone = "after-done",
        /// when the last STATECHANGE has been delivered
        BeforeDone = "before-done",
    }
    /// What setting the state that the object is already in does.
    redundant: Redundant = "redundant", "SET-5" {
        /// nothing
        Silent = "silent",
        /// it notifies all the same, the old state being the new one
        Notify = "notify",
    }
    /// Whether a DEFAULT SetCurrentState from inside STATECHANGE_DONE is accepted.
    set_in_done: SetInDone = "set-in-done", "SET-8" {
        /// yes, once a round
        Accepted = "accepted",
        /// no: E_PENDING
        Pending = "pending",
    }
    /// What Advise answers to a null callback.
    null_callback: NullCallback = "null-callback", "ADV-1" {
        /// E_INVALIDARG
        InvalidArg = "E_INVALIDARG",
        /// E_NOINTERFACE
        NoInterface = "E_NOINTERFACE",
    }
    /// From when on a registration that is made during a transition takes part.
    join: Join = "join", "ADV-7" {
        /// from the next phase on
        NextPhase = "next-phase",
        /// from the next transition on
        NextTransition = "next-transition",
    }
    /// What happens to registrations when the last reference on their object goes.
    owner_release: OwnerRelease = "owner-release", "ADV-8" {
        /// they live on
        Keep = "keep",
        /// they are dropped
        Drop = "drop",
    }
    /// Whether a notification that was queued can arrive after Unadvise returned.
    late: Late = "late", "UNADV-3" {
        /// never
        Never = "never",
        /// what was already queued for the registration still arrives
        Queued = "queued",
    }
    /// In which order the registrations of an object are notified within a phase.
    order: Order = "order", "NOTE-4" {
        /// the order in which they were made
        Registration = "registration",
        /// the opposite
        Reverse = "reverse",
        /// any, decided by the seed
        Shuffled = "shuffled",
    }
    /// On which thread notifications arrive. One thread plays all parts in virtual time.
    thread: Thread = "thread", "NOTE-5" {
        /// a worker of the emulation
        Worker = "worker",
        /// the first thread that called MAPIInitialize
        Initializing = "initializing",
        /// the thread that called Advise
        Registering = "registering",
        /// the thread that called SetCurrentState
        Caller = "caller",
    }
    /// Whether a client's accepted SetCurrentState is the user's choice from then on.
    user_switch: UserSwitch = "user-switch", "HOST-1" {
        /// yes: it is as if the user had used the Work Offline button
        Follows = "follows",
        /// no: the user's switch is apart from it
        Apart = "apart",
    }
    /// Which clients disconnect when the host quits.
    quit: Quit = "quit", "HOST-2" {
        /// all of them, in order
        Asks = "asks",
        /// those alone that require it; then the process ends
        Fast = "fast",
        /// each of them that holds no reference any more
        Waits = "waits",
    }
    /// Which names CreateProfile, CopyProfile and RenameProfile take.
    profile_names: ProfileNames = "profile-names", "PROF-3" {
        /// those that CreateProfile documents
        Documented = "documented",
        /// those that a registry key can have, of which the first 64 characters count
        Registry = "registry",
    }
    /// What the first profile that is created becomes.
    first_profile: FirstProfile = "first-profile", "PROF-6" {
        /// a profile as others
        Plain = "plain",
        /// the default profile
        Default = "default",
    }
    /// Whether profile administration knows MAPI_APP_PROFILE.
    app_profiles: AppProfiles = "app-profiles", "PROF-8" {
        /// yes
        Supported = "supported",
        /// no: the flag is ignored
        Unrecognized = "unrecognized",
    }
    /// Whether MAPI is initialised for a client that never calls MAPIInitialize; the default is observed, not literal.
    initialized: Initialized = "initialized", "PROF-15" {
        /// yes: Outlook itself has initialised it
        Host = "host",
        /// no: each process calls MAPIInitialize first, as MAPI's pages say
        Client = "client",
    }
    /// At which row a backward FindRow begins.
    find_backward: FindBackward = "find-backward", "TABLE-4" {
        /// at the one before its origin
        Before = "before",
        /// at its origin
        At = "at",
    }
    /// How many of the rows that QueryRows asks for it gives.
    rows: Rows = "rows", "TABLE-4" {
        /// all that there are
        All = "all",
        /// half of them, and at least one
        Fewer = "fewer",
    }
}

impl Policy {
    /// Returns true when all of an object's sinks can be notified in one go, as they were made.
    pub(crate) fn can_sweep(&self) -> bool {
        self.order == Order::Registration && self.late == Late::Never
    }

    /// Returns true when a transition can be swept from its beginning to its end: nothing comes between its phases, and
    /// each notifies whoever is there.
    pub(crate) fn sweeps_through(&self) -> bool {
        !self.has_planted_bug()
            && self.can_sweep()
            && self.join == Join::NextPhase
            && self.block_returns == BlockReturns::AfterDone
            && !self.noise.notifications
    }
}

impl Visible {
    /// Returns true when the state that a transition goes to is visible when this phase opens (STATE-2).
    pub(crate) fn is_shown_in(self, phase: Phase) -> bool {
        phase
            >= match self {
                Self::StateChange => Phase::StateChange,
                Self::Done => Phase::Done,
            }
    }
}

impl Policy {
    /// Returns true when this is the planted bug.
    #[cfg(feature = "planted-bugs")]
    pub(crate) fn is_planted(&self, bug: crate::planted::PlantedBug) -> bool {
        self.planted == Some(bug)
    }

    /// Returns true when there is a planted bug.
    #[cfg(feature = "planted-bugs")]
    pub(crate) const fn has_planted_bug(&self) -> bool {
        self.planted.is_some()
    }

    /// Returns false: without the feature there is no planted bug.
    #[cfg(not(feature = "planted-bugs"))]
    #[inline]
    pub(crate) const fn has_planted_bug(&self) -> bool {
        false
    }

    /// Returns false: without the feature there is no planted bug.
    #[cfg(not(feature = "planted-bugs"))]
    #[inline]
    pub(crate) const fn is_planted(&self, _: crate::planted::PlantedBug) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_of_every_knob_is_its_default() {
        for knob in KNOBS.iter().filter(|knob| knob.name != "noise") {
            let mut policy = Policy::default();
            policy.set(knob.name, knob.values[0]).unwrap();
            assert_eq!(policy, Policy::default(), "{}", knob.name);
            for other in &knob.values[1..] {
                policy.set(knob.name, other).unwrap();
                assert_ne!(policy, Policy::default(), "{} = {other}", knob.name);
            }
        }
    }

    #[test]
    fn rounds_are_swept_unless_a_knob_lets_something_come_between() {
        // What lets something come between two notifications, and what does so between two phases.
        let (in_rounds, in_transitions) = (["order", "late"], ["join", "block-returns"]);
        let default = Policy::default();
        assert!(default.can_sweep() && default.sweeps_through());
        for knob in KNOBS.iter().filter(|knob| knob.name != "noise") {
            let can_sweep = !in_rounds.contains(&knob.name);
            let sweeps_through = can_sweep && !in_transitions.contains(&knob.name);
            for value in &knob.values[1..] {
                let mut policy = default;
                policy.set(knob.name, value).unwrap();
                let said = (policy.can_sweep(), policy.sweeps_through());
                let expected = (can_sweep, sweeps_through);
                assert_eq!(said, expected, "{} = {value}", knob.name);
            }
        }
        let mut noisy = default;
        noisy.set("noise", "notifications").unwrap();
        assert!(noisy.can_sweep() && !noisy.sweeps_through());
    }

    #[test]
    fn an_unknown_knob_or_value_is_an_error_that_says_what_was_expected() {
        let mut policy = Policy::default();
        assert!(matches!(
            policy.set("ordre", "reverse"),
            Err(PolicyError::UnknownKnob { .. })
        ));
        let Err(PolicyError::UnknownValue { expected, .. }) = policy.set("order", "backwards")
        else {
            panic!("accepted");
        };
        assert_eq!(expected, ["registration", "reverse", "shuffled"]);
    }
}
