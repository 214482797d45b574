//! What the rules say of a line of a trace.

/// What a line excludes of a knob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowing {
    /// The knob.
    pub knob: &'static str,
    /// Of `noise`: which of its values it is about, and then the values of this are `absent` and `present`.
    pub noise: Option<&'static str>,
    /// The values that do not explain the line.
    pub excluded: Vec<&'static str>,
    /// The values that still do.
    pub left: Vec<&'static str>,
}

/// What the rules say of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as the rules say, under every policy that explained what came before.
    Permitted,
    /// It is as the rules say under some of the policies alone.
    Narrows(Vec<Narrowing>),
    /// No policy that explains what came before permits it.
    Forbidden {
        /// The rule that it breaks.
        rule: &'static str,
        /// What the rules would have it be.
        expected: String,
    },
}

/// A line of a trace, and what the rules say of it.
#[derive(Clone, Debug)]
pub struct EventJudgement {
    /// Which trace, counted from 0.
    pub trace: usize,
    /// The number of the line, as the trace has it.
    pub seq: u64,
    /// Microseconds since the start of the trace.
    pub t_us: u64,
    /// The experiment that it belongs to, if the recorder named one.
    pub experiment: Option<String>,
    /// What happened, in a few words.
    pub what: String,
    /// What the rules say.
    pub verdict: Verdict,
}
