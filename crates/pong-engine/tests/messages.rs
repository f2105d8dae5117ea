//! What is printed says what it is about.

#![allow(clippy::unwrap_used, reason = "test code")]

use std::collections::HashSet;
use std::error::Error;

use pong_engine::*;

fn all_different(errors: &[&dyn Error]) {
    let said: HashSet<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), errors.len(), "{said:?}");
    assert!(said.iter().all(|text| text.len() > 10), "{said:?}");
}

#[test]
fn every_error_says_something_of_its_own() {
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
    all_different(&rules.each_ref().map(|error| error as &dyn Error));
    all_different(&snapshots.each_ref().map(|error| error as &dyn Error));
    all_different(&wires.each_ref().map(|error| error as &dyn Error));
    all_different(&replays.each_ref().map(|error| error as &dyn Error));
    all_different(&[&DirectionError, &InputsError]);
    #[cfg(feature = "bots")]
    all_different(&[&bots::AdaptiveError]);
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
fn keys_events_and_outcomes_are_told_by_their_names() {
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
    let said = format!("{:?} wins {left}:{right}", outcome.winner);
    assert_eq!(outcome.to_string(), said);
}

#[test]
#[cfg(feature = "batch")]
fn a_batch_shows_its_matches() {
    let games: Vec<Match> = (0..3)
        .map(|seed| Match::new(Rules::default(), seed))
        .collect();
    let batch: Batch = games.iter().cloned().collect();
    assert_eq!(format!("{batch:?}"), format!("{games:?}"));
}
