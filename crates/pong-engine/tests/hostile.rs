//! What the fuzz targets do, with a bounded number of random bytes, in every run of the tests.
//! `fuzz/` does the same with libFuzzer for as long as one likes.

#![cfg(feature = "batch")]

mod support;

#[path = "support/hostile.rs"]
mod hostile;

use proptest::prelude::*;
use support::table_in_play;

/// A snapshot that can be, with a few bytes changed, and keys.
fn snapshots() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((0..48_usize, any::<u8>()), 0..3);
    let keys = prop::collection::vec(any::<u8>(), 0..40);
    (table_in_play(), changes, keys).prop_map(|((game, _), changes, keys)| {
        let mut bytes = game.snapshot().to_bytes().to_vec();
        for (at, byte) in changes {
            if let Some(old) = bytes.get_mut(at) {
                *old = byte;
            }
        }
        bytes.extend(keys);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn snapshots_are_refused_or_play(bytes in snapshots()) {
        hostile::restore(&bytes);
        hostile::nearly_restore(&bytes);
    }

    #[test]
    fn bytes_are_no_snapshot_that_breaks(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        hostile::restore(&bytes);
        hostile::nearly_restore(&bytes);
    }

    #[test]
    fn bytes_are_no_replay_that_breaks(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        hostile::replay(&bytes);
        hostile::nearly_replay(&bytes);
    }

    #[test]
    fn states_on_the_wire_are_refused_or_exact(
        (game, _) in table_in_play(),
        at in 0..24_usize,
        byte in any::<u8>(),
        keys in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = game.public().encode().to_vec();
        hostile::wire(&bytes);
        if let Some(old) = bytes.get_mut(at) {
            *old = byte;
        }
        bytes.extend(keys);
        hostile::wire(&bytes);
    }

    #[test]
    fn batches_of_restored_matches_are_their_matches(bytes in snapshots()) {
        hostile::batch(&bytes);
    }
}
