//! Every input of the corpus, and every file of the repository that is of the same kind, as the fuzz targets play them.

use std::fs;
use std::path::{Path, PathBuf};

use mapi_offline_fuzz::{TARGETS, Target};

/// The most files and bytes that the corpus of a target has, so that playing it stays a matter of seconds.
const MOST: (usize, u64) = (64, 100_000);

/// The folder of its corpus.
fn corpus(target: &Target) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("corpus").join(target.name)
}

/// The inputs of a target, sorted.
fn inputs(target: &Target) -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = corpus(target);
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

#[test]
fn the_corpus_has_inputs_of_every_target_and_stays_small() {
    for target in &TARGETS {
        let files = fs::read_dir(corpus(target)).expect("it can be listed");
        let size = |file: std::io::Result<fs::DirEntry>| file?.metadata().map(|it| it.len());
        let sizes: Vec<u64> = files.map(|file| size(file).expect("its size")).collect();
        let filled = sizes.iter().filter(|size| **size > 0).count();
        let total: u64 = sizes.iter().sum();
        assert!(filled > 3, "{}: {filled} inputs with bytes", target.name);
        assert!(
            sizes.len() <= MOST.0 && total <= MOST.1,
            "{}: {} files of {total} bytes",
            target.name,
            sizes.len()
        );
    }
}
