//! Worlds as values: what makes two of them alike, and what they say to whoever drives them.

mod canonical; // worlds that behave alike have the same words
#[path = "../common/mod.rs"]
mod common;
mod history; // a world and how it came about
mod queries; // what a driver asks
mod rounds; // who is notified
