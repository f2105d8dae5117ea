//! Error messages and debug output.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::collections::HashSet;
use std::error::Error;

use pong_engine::*;

fn assert_distinct(errors: &[&dyn Error]) {
    let messages: HashSet<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), errors.len(), "{messages:?}");
    assert!(messages.iter().all(|text| text.len() > 10), "{messages:?}");
}

#[test]
fn error_messages_are_distinct() {
    let rules = [
        RulesError::Speed,
        RulesError::ScoreToWin,
        RulesError::TimeLimit,
        RulesError::CoolMode,
    ];
    let snapshots = [
        SnapshotError::Length,
        SnapshotError::Version,
        SnapshotError::Form,
        SnapshotError::Rules(RulesError::Speed),
        SnapshotError::Score,
        SnapshotError::Ball,
        SnapshotError::Paddle,
        SnapshotError::Serve,
        SnapshotError::Coin,
    ];
    let wires = [WireError::Length, WireError::Version, WireError::Value];
    let replays = [
        ReplayError::Header,
        ReplayError::Version(77),
        ReplayError::Physics(88),
        ReplayError::Rules(RulesError::Speed),
        ReplayError::Truncated,
        ReplayError::Malformed,
        ReplayError::Diverged { tick: 99 },
    ];
    assert_distinct(&rules.each_ref().map(|error| error as &dyn Error));
    assert_distinct(&snapshots.each_ref().map(|error| error as &dyn Error));
    assert_distinct(&wires.each_ref().map(|error| error as &dyn Error));
    assert_distinct(&replays.each_ref().map(|error| error as &dyn Error));
    assert_distinct(&[&DirectionError, &InputsError]);
    #[cfg(feature = "bots")]
    assert_distinct(&[&bots::AdaptiveError]);
    for (error, number) in replays
        .iter()
        .filter(|error| error.to_string().contains(char::is_numeric))
        .zip(["77", "88", "99"])
    {
        assert!(error.to_string().contains(number), "{error}");
    }
    let inner = RulesError::Speed.to_string();
    assert_eq!(SnapshotError::from(RulesError::Speed).to_string(), inner);
    assert_eq!(ReplayError::from(RulesError::Speed).to_string(), inner);
}

#[test]
fn debug_names_keys_events_and_outcomes() {
    let inputs = Inputs::new(Direction::Up, Direction::Still);
    assert_eq!(format!("{inputs:?}"), "Inputs { left: Up, right: Still }");
    let events = Events::from(Event::End) | Event::Wall.into();
    assert_eq!(format!("{events:?}"), "{Wall, End}");

    let mut game = Match::new(Rules::default(), 42);
    while game.outcome().is_none() {
        game.step(Inputs::default());
    }
    let outcome = game.outcome().unwrap();
    let Sides { left, right } = outcome.score;
    let message = format!("{:?} wins {left}:{right}", outcome.winner);
    assert_eq!(outcome.to_string(), message);
}

#[test]
#[cfg(feature = "batch")]
fn debug_of_a_batch_lists_its_matches() {
    let games: Vec<Match> = (0..3)
        .map(|seed| Match::new(Rules::default(), seed))
        .collect();
    let batch: Batch = games.iter().cloned().collect();
    assert_eq!(format!("{batch:?}"), format!("{games:?}"));
}
