//! Records: exact, small, and impossible to tamper with.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod support;

use pong_engine::*;
use proptest::prelude::*;
use support::{Dice, Style, TestPlayers, table};

fn record(rules: Rules, seed: u64, players: &mut TestPlayers, ticks: u16) -> Recorder<Vec<u8>> {
    let mut recorder = Recorder::new(rules, seed, Vec::new());
    for _ in 0..ticks {
        let inputs = players.play(recorder.game());
        recorder.step(inputs);
    }
    recorder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_replay_is_the_original(table in table()) {
        let (game, mut players) = table;
        let mut recorder = Recorder::new(game.rules(), game.snapshot().seed, Vec::new());
        let mut played = Vec::new();
        while recorder.game().outcome().is_none() {
            let inputs = players.play(recorder.game());
            played.push((inputs, recorder.step(inputs)));
        }
        let (end, record) = recorder.finish();
        let replay = Replay::parse(&record).unwrap();
        prop_assert_eq!((replay.rules(), replay.seed()), (game.rules(), game.snapshot().seed));
        prop_assert_eq!(replay.verify(), Ok(end.clone()));
        let mut player = replay.player();
        for (inputs, events) in played {
            prop_assert_eq!(player.step(), Ok(Some(events)));
            prop_assert_eq!(player.inputs(), inputs);
        }
        prop_assert_eq!(player.step(), Ok(None));
        prop_assert_eq!(player.game(), &end);
    }

    #[test]
    fn resume_continues_a_record(table in table(), stop in 0..2_000_u16) {
        let (game, mut players) = table;
        let rules = game.rules();
        let seed = game.snapshot().seed;
        let first = record(rules, seed, &mut players, stop);
        let saved = Match::restore(&first.game().snapshot()).unwrap();
        let mut second = Recorder::resume(saved, first.record().clone()).unwrap();
        let mut whole = first;
        for _ in 0..900 {
            let inputs = players.play(whole.game());
            prop_assert_eq!(whole.step(inputs), second.step(inputs));
        }
        prop_assert_eq!(whole.finish(), second.finish());
    }
}

#[test]
fn a_minute_of_two_people_takes_about_350_bytes() {
    // Each presses or lets go of a key five times in three seconds.
    let mut dice = Dice(5);
    let mut recorder = Recorder::new(
        Rules::default().with_score_to_win(20).unwrap(),
        9,
        Vec::new(),
    );
    let mut inputs = Inputs::default();
    for _ in 0..3_600 {
        for side in Side::BOTH {
            if dice.below(36) == 0 {
                let mut turned = Direction::ALL
                    .into_iter()
                    .filter(|direction| *direction != inputs.of(side));
                inputs = inputs.with(side, turned.nth(dice.below(2) as usize).unwrap());
            }
        }
        recorder.step(inputs);
    }
    let (game, record) = recorder.finish();
    assert_eq!(game.tick(), 3_600);
    assert!(
        (250..=380).contains(&record.len()),
        "{} bytes",
        record.len()
    );
}

#[test]
fn an_idle_minute_takes_next_to_nothing() {
    let rules = Rules::default().with_score_to_win(20).unwrap();
    let (_, record) = record(
        rules,
        9,
        &mut TestPlayers::new((Style::Idle, Style::Idle), 1),
        3_600,
    )
    .finish();
    assert!(record.len() < 80, "{} bytes", record.len());
}

#[test]
fn verify_names_each_kind_of_error() {
    let rules = Rules::default().with_score_to_win(20).unwrap();
    let recorder = record(
        rules,
        9,
        &mut TestPlayers::new((Style::Keeper, Style::Random), 1),
        700,
    );
    let other = Match::new(rules, 9);
    let open = recorder.record().clone();
    assert!(matches!(
        Recorder::resume(other, open).map(|_| ()),
        Err(ReplayError::Diverged { .. })
    ));
    let (_, good) = recorder.finish();
    let resumed = Recorder::resume(Match::new(rules, 9), good.clone());
    assert!(resumed.is_err(), "a finished record can't go on");

    let error = |change: fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        Replay::parse(&bytes)
            .and_then(|replay| replay.verify())
            .unwrap_err()
    };
    assert_eq!(error(|bytes| bytes.truncate(17)), ReplayError::Header);
    assert_eq!(error(|bytes| bytes[0] = b'p'), ReplayError::Header);
    assert_eq!(error(|bytes| bytes[4] = 3), ReplayError::Version(3));
    assert_eq!(error(|bytes| bytes[5] = 0), ReplayError::Physics(0));
    assert_eq!(
        error(|bytes| bytes[7] = 2),
        ReplayError::Rules(RulesError::ScoreToWin)
    );
    assert_eq!(error(|bytes| bytes.truncate(40)), ReplayError::Truncated);
    assert_eq!(error(|bytes| bytes.push(0)), ReplayError::Malformed);
    assert_eq!(
        error(|bytes| bytes.splice(18..18, [253, 255, 255]).for_each(drop)),
        ReplayError::Malformed
    );
    assert_eq!(
        error(|bytes| bytes[10] ^= 1),
        ReplayError::Diverged { tick: 600 }
    );
    assert_eq!(
        error(|bytes| *bytes.last_mut().unwrap() ^= 1),
        ReplayError::Diverged { tick: 700 }
    );
}

#[test]
fn a_record_that_outlasts_its_match_is_refused() {
    let idle_players = &mut TestPlayers::new((Style::Idle, Style::Idle), 1);
    let (game, mut bytes) = record(
        Rules::default().with_score_to_win(3).unwrap(),
        9,
        idle_players,
        2_000,
    )
    .finish();
    assert!(game.outcome().is_some() && game.tick() < 2_000);
    let end = bytes.split_off(bytes.len() - 9);
    bytes.extend([253, 1, 0]);
    bytes.extend(end);
    let verified = Replay::parse(&bytes).unwrap().verify();
    assert_eq!(verified, Err(ReplayError::Diverged { tick: game.tick() }));
}

#[test]
fn a_record_that_goes_on_beyond_every_match_is_malformed() {
    let (_, empty) = Recorder::new(Rules::default(), 9, Vec::new()).finish();
    let verified = |ticks: u16| {
        let mut bytes = empty[..18].to_vec();
        bytes.push(253);
        bytes.extend(ticks.to_le_bytes());
        Replay::parse(&bytes).unwrap().verify().unwrap_err()
    };
    assert!(matches!(verified(MAX_TICKS), ReplayError::Diverged { .. }));
    assert_eq!(verified(MAX_TICKS + 1), ReplayError::Malformed);
}

/// The cursor is moved only where it isn't there yet.
#[test]
fn recorder_writes_no_empty_skips() {
    let length = |ticks| {
        let idle = &mut TestPlayers::new((Style::Idle, Style::Idle), 1);
        let (_, bytes) = record(Rules::default(), 9, idle, ticks).finish();
        bytes.len()
    };
    let (header, skip, hash, end) = (18, 3, 5, 9);
    assert_eq!(length(0), header + end);
    assert_eq!(length(1), header + skip + end);
    assert_eq!(length(600), header + skip + hash + end);
    assert_eq!(length(601), header + skip + hash + skip + end);
}

/// The same match in other bytes is no record.
#[test]
fn one_match_has_one_record() {
    let keys = |tick: u16| {
        let left = if tick < 30 {
            Direction::Up
        } else {
            Direction::Down
        };
        Inputs::new(left, Direction::Still)
    };
    let mut recorder = Recorder::new(Rules::default(), 9, Vec::new());
    for tick in 0..50 {
        recorder.step(keys(tick));
    }
    let (_, good) = recorder.finish();
    let body = good[18..].to_vec();
    // Up; wait for 28 and turn after 2 more; skip 20; end.
    assert_eq!(body[..6], [28, 252, 7 * 28 + 2, 253, 20, 0]);
    let verify = |body: &[u8]| {
        let mut bytes = good[..18].to_vec();
        bytes.extend(body);
        Replay::parse(&bytes).unwrap().verify().map(|_| ())
    };
    assert_eq!(verify(&body), Ok(()));
    for (range, other) in [
        (1..3, vec![253, 30, 0, 7 * 28]),
        (3..3, vec![7 * 28]),
        (3..6, vec![253, 10, 0, 253, 10, 0]),
        (3..3, vec![253, 0, 0]),
        (0..0, vec![4 * 28]),
    ] {
        let mut altered = body.clone();
        altered.splice(range, other);
        assert_eq!(verify(&altered), Err(ReplayError::Malformed));
    }
}
