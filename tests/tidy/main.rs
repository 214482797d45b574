//! The repository's own house rules, as tests: how long files and functions may be, that a type
//! name means one thing, that no files import each other in a circle, that `ARCHITECTURE.md` and the
//! other documents speak of what is there, that documentation comments are statements, that every `unsafe`
//! block gives a reason, and that models see what threads share.
//!
//! Each check is a function from text to problems, which is tested on small inputs beside it, and
//! one test that runs it on the repository. What is let pass, and why, stands in `exceptions.toml`.

mod allocators; //   only benchmarks set an allocator
mod architecture; // ARCHITECTURE.md names every crate, every arrow and every dependency
mod circles; //      no files import each other in a circle
mod comments; //     documentation comments are statements
mod documents; //    documents name only files that exist
mod evidence; //     docs/evidence.md names tests that there are
mod exceptions; //   what is let pass, and why
mod faults; //       docs/faults.md names tests that there are
mod functions; //    functions fit on a page
mod imports; //      which file takes a name from which
mod lines; //        files can be read at a sitting
mod markdown; //     what stands in code style, in links and in tables
mod repository; //   the files that are checked
mod safety; //       SAFETY comments give reasons
mod synchronization; // the threaded driver waits only through its module `sync`
mod type_names; //   one name, one meaning
