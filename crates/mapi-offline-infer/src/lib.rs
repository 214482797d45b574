//! What traces of the MAPI Offline State API show, recorded in a real Outlook or anywhere else.
//!
//! Only what a client sees is looked at: calls, their answers, notifications, and the releases of callbacks. The
//! emulation itself is the judge. It is played beside the trace in every way that is possible, and under every
//! policy at once: what a line of the trace cannot follow from is excluded. What no policy permits contradicts a
//! rule.
//!
//! ```
//! use mapi_offline_infer::{Judge, read_trace};
//!
//! let trace = read_trace(
//!     r#"{"seq":0,"t_us":0,"kind":"call","actor":"a","fn":"HrOpenOfflineObj","args":{"profile":"Work","flags":"0x1"}}
//! {"seq":1,"t_us":0,"kind":"return","actor":"a","fn":"HrOpenOfflineObj","hr":"MAPI_E_NOT_FOUND","out":{}}"#,
//! )?;
//! let mut judge = Judge::new();
//! judge.judge(&trace);
//! let conclusion = judge.conclude();
//! assert_eq!(conclusion.decided(), [("open-bad-argument", "MAPI_E_NOT_FOUND".to_owned())]);
//! # Ok::<(), mapi_offline_infer::TraceError>(())
//! ```

#![forbid(unsafe_code)]

mod breach; //     which rule a line breaks
mod candidates; // sets of policies, and how things can stand under them
mod conclusion; // what traces show together
mod decode; //     from the words of a trace to calls
mod index; //      what belongs together in a trace
mod judge; //      line by line
mod knobs; //      sets of policies as products
mod matching; //   whether a line agrees with how things can stand
mod situation; //  one way in which things can stand
mod trace; //      reading a trace
mod verdict; //    what the rules say of a line

pub use conclusion::{Conclusion, KnobResult};
pub use judge::Judge;
pub use trace::{TraceError, TraceRecord, read_trace};
pub use verdict::{EventJudgement, Narrowing, Verdict};
