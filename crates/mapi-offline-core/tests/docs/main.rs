//! What is written about the rules agrees with the rules: `docs/rules.md` and `docs/choices.md` are
//! made from the tables, and every rule that is cited anywhere in the workspace exists.

mod choices; //   docs/choices.md
mod citations; // the rules that are cited anywhere
mod markdown; //  tables
mod pages; //     pages that are made, and compared
mod rules; //     docs/rules.md
