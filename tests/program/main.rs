//! The program as a user runs it.

mod bench; //   its measurements
mod cli; //     what it prints, where, and how it ends
mod golden; //  its traces, byte for byte
mod support; // how it is run
