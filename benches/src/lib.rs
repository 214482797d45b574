//! What the benchmarks beside this library share with the program that draws their charts.
//!
//! The measuring code itself is that of `mapisim bench`, in the crate `mapi-offline-measure`.

pub mod memory; //  bytes kept for a registration, as the allocator counts them
pub mod results; // what is kept to be drawn
