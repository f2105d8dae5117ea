//! The sync test of rollback libraries: every tick, go back some ticks and play them again.

#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::collections::VecDeque;

use pong_engine::*;
use support::{Style, TestPlayers};

const DEPTHS: [usize; 3] = [1, 7, 60];

#[test]
fn rolling_back_and_playing_again_changes_nothing() {
    for (seed, depth) in DEPTHS.into_iter().enumerate() {
        for cool in [false, true] {
            let rules = Rules::default()
                .with_cool_mode(cool)
                .with_time_limit(1)
                .unwrap();
            let mut players = TestPlayers::new((Style::Follower, Style::Keeper), seed as u64);
            let mut game = Match::new(rules, seed as u64);
            let mut past: VecDeque<([u8; SNAPSHOT_BYTES], Inputs, u64)> = VecDeque::new();
            while game.outcome().is_none() {
                let inputs = players.play(&game);
                let before = game.snapshot().to_bytes();
                game.step(inputs);
                past.push_back((before, inputs, game.hash()));
                if past.len() > depth {
                    past.pop_front();
                }
                game = replayed(&past);
            }
        }
    }
}

/// The present, played again from the oldest snapshot; every hash must be the same.
fn replayed(past: &VecDeque<([u8; SNAPSHOT_BYTES], Inputs, u64)>) -> Match {
    let (oldest, ..) = past.front().unwrap();
    let mut game = Match::restore(&Snapshot::from_bytes(oldest).unwrap()).unwrap();
    for (before, inputs, hash) in past {
        assert_eq!(&game.snapshot().to_bytes(), before, "tick {}", game.tick());
        game.step(*inputs);
        assert_eq!(game.hash(), *hash, "tick {}", game.tick());
    }
    game
}
