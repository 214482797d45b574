//! The rule table.

/// A rule of the emulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, as code, tests, traces and documentation cite it.
    pub id: &'static str,
    /// What it says.
    pub text: &'static str,
    /// Why we believe it: D, M, O or C, with the page or the reason.
    pub basis: &'static str,
}

/// Every rule.
pub const RULES: &[Rule] = &[];
