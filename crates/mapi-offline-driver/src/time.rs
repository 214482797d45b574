//! Virtual time, and how long the emulated Outlook takes.

/// A point in virtual time, or a span of it, in microseconds.
pub type Micros = u64;

/// The virtual time that the emulated Outlook takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Environment {
    /// From the call to the STARTs.
    pub start: Micros,
    /// From the STARTs to the STATECHANGEs.
    pub change: Micros,
    /// From the STATECHANGEs to the STATECHANGE_DONEs.
    pub done: Micros,
    /// Whether the host process is Outlook (OPEN-5).
    pub is_outlook: bool,
}

impl Environment {
    /// Nothing takes any time.
    #[must_use]
    pub const fn instant(is_outlook: bool) -> Self {
        Self {
            start: 0,
            change: 0,
            done: 0,
            is_outlook,
        }
    }
}

impl Default for Environment {
    /// 1 ms, 20 ms, 5 ms, in Outlook.
    fn default() -> Self {
        Self {
            start: 1_000,
            change: 20_000,
            done: 5_000,
            is_outlook: true,
        }
    }
}
