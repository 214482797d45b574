//! The doubter: runs a scenario in many orders and under many policies, and shrinks what fails.

#[cfg(feature = "proptest")]
pub mod property; // property tests of clients, and the reference model
mod strategy; // who goes next: one algorithm, one file

pub use strategy::{Actor, Choice, Random, Strategy};
