//! What the timeline page plays: a scenario in an order that its reader chooses, turn by turn.
//!
//! [`answer`] takes a [`PlayRequest`] and gives a [`PlayAnswer`], both as JSON. The page has this crate as a module of
//! WebAssembly in it, whose functions are in `door.rs`; elsewhere it is a library, so that a test can hold what the
//! module says against what the same code says natively. It knows nothing of the oracle, the policies and the searches
//! of an exploration: it plays one order, and says what was found in it.

#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]

#[cfg(target_arch = "wasm32")]
mod door; //    the functions of the module
mod play; //    a scenario, played in an order that somebody chooses
mod request; // what is asked, and what is answered
mod run; //     a scenario, run as its file says

pub use request::{PlayAnswer, PlayRequest, TURNS_MAX, TurnPlayed};

/// Answers a [`PlayRequest`] as JSON with a [`PlayAnswer`] as JSON.
#[must_use]
pub fn answer(request: &[u8]) -> String {
    let request: Result<PlayRequest, _> = serde_json::from_slice(request);
    let answer = match request {
        Err(error) => Err(error.to_string()),
        Ok(request) if request.run => run::run(&request),
        Ok(request) => play::play(&request),
    };
    let answer = answer.unwrap_or_else(|error| PlayAnswer {
        error: Some(error),
        ..PlayAnswer::default()
    });
    // Strings, numbers and lists of them: JSON has words for all.
    serde_json::to_string(&answer).unwrap_or_default()
}

#[cfg(test)]
mod tests;
