//! The doubter: runs a scenario in many orders and under many policies, and shrinks what fails.

mod strategy; // who goes next: one algorithm, one file

pub use strategy::{Actor, Choice, Random, Strategy};
