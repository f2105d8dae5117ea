//! The seeds of the fuzz targets have the current formats. `examples/fuzz_seeds.rs` writes them.

#![cfg(feature = "batch")]
#![allow(clippy::unwrap_used, reason = "test code")]

#[path = "support/hostile.rs"]
mod hostile;
#[path = "support/seeds.rs"]
mod seeds;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pong_engine::*;

/// The files in `fuzz/seeds`, by target and name.
fn files() -> BTreeMap<(String, String), Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut files = BTreeMap::new();
    for target in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        for file in fs::read_dir(target.path()).unwrap().map(Result::unwrap) {
            let [target, name] =
                [target.file_name(), file.file_name()].map(|name| name.into_string().unwrap());
            files.insert((target, name), fs::read(file.path()).unwrap());
        }
    }
    files
}

fn restore(bytes: &[u8]) -> Result<Match, SnapshotError> {
    Match::restore(&Snapshot::from_bytes(bytes)?)
}

#[test]
fn fuzz_seeds_are_current() {
    let expected: BTreeMap<_, _> = seeds::all()
        .into_iter()
        .map(|seed| ((seed.target.to_owned(), seed.name), seed.bytes))
        .collect();
    let files = files();
    assert!(expected.keys().eq(files.keys()), "{:?}", files.keys());
    for (name, bytes) in &files {
        assert_eq!(expected.get(name), Some(bytes), "{name:?}");
    }
}

#[test]
fn fuzz_seeds_are_accepted() {
    for ((target, name), bytes) in files() {
        let message = format!("{target} {name}");
        // The limit that fuzz/run.sh sets.
        assert!(bytes.len() <= 400, "{message}: {}", bytes.len());
        match (target.as_str(), name.as_str()) {
            ("restore" | "batch", _) => {
                let (snapshots, keys) = bytes.as_chunks::<SNAPSHOT_BYTES>();
                assert!(!snapshots.is_empty() && keys.len() == 16, "{message}");
                for snapshot in snapshots {
                    assert!(restore(snapshot).is_ok(), "{message}");
                }
            }
            ("wire", _) => assert!(
                PublicState::decode(&bytes[..WIRE_BYTES]).is_ok(),
                "{message}"
            ),
            ("replay", "body") => {}
            ("replay", "without_end") => {
                let end = Replay::parse(&bytes).unwrap().verify();
                assert_eq!(end, Err(ReplayError::Truncated));
            }
            _ => assert!(Replay::parse(&bytes).unwrap().verify().is_ok(), "{message}"),
        }
    }
}

#[test]
fn fuzz_targets_run_on_their_seeds() {
    for ((target, _), bytes) in files() {
        match target.as_str() {
            "restore" => {
                hostile::restore(&bytes);
                hostile::nearly_restore(&bytes);
            }
            "wire" => hostile::wire(&bytes),
            "batch" => hostile::batch(&bytes),
            _ => {
                hostile::replay(&bytes);
                hostile::nearly_replay(&bytes);
            }
        }
    }
}
