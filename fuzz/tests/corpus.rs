//! Every input of the corpus, and every file of the repository that is of the same kind, as the fuzz targets play them.

use std::fs;
use std::path::{Path, PathBuf};

use mapi_offline_fuzz::{TARGETS, Target};

/// The inputs of a target, sorted.
fn inputs(target: &Target) -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = here.join("corpus").join(target.name);
    let seeds = target.seeds.iter().map(|seeds| here.join("..").join(seeds));
    let mut inputs = Vec::new();
    for folder in seeds.chain([corpus]) {
        let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        inputs.extend(files.map(|file| file.expect("it can be listed").path()));
    }
    inputs.retain(|path| path.is_file());
    inputs.sort();
    inputs
}

#[test]
fn every_input_of_the_corpus_holds() {
    for target in &TARGETS {
        let inputs = inputs(target);
        assert!(inputs.len() > 3, "{}: {}", target.name, inputs.len());
        for input in inputs {
            // Shown if it fails.
            println!("{} {}", target.name, input.display());
            (target.play)(&fs::read(&input).expect("it can be read"));
        }
    }
}
