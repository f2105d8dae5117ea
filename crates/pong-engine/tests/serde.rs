//! What is written as JSON reads back the same, and is checked when read.

#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use pong_engine::*;
use proptest::prelude::*;
use serde_json::{from_value, json, to_value};
use support::table_in_play;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn snapshots_read_back_the_same(table in table_in_play()) {
        let snapshot = table.0.snapshot();
        let read: Snapshot = from_value(to_value(snapshot).unwrap()).unwrap();
        prop_assert_eq!(read, snapshot);
    }
}

#[test]
fn rules_are_checked_when_read() {
    let written = json!({"speed": "fast", "score_to_win": 7, "time_limit": 2, "cool_mode": true});
    let rules: Rules = from_value(written.clone()).unwrap();
    assert_eq!(
        (rules.speed(), rules.score_to_win(), rules.time_limit()),
        (Speed::Fast, 7, 2)
    );
    assert_eq!(to_value(rules).unwrap(), written);
    for (field, value) in [
        ("speed", json!("warp")),
        ("score_to_win", json!(2)),
        ("time_limit", json!(6)),
        ("x", json!(1)),
    ] {
        let mut wrong = written.clone();
        wrong.as_object_mut().unwrap().insert(field.into(), value);
        assert!(from_value::<Rules>(wrong).is_err(), "{field}");
    }
}

#[test]
fn inputs_are_numbers_and_states_are_plain() {
    let inputs = Inputs::new(Direction::Up, Direction::Down);
    assert_eq!(to_value(inputs).unwrap(), json!({"left": -1, "right": 1}));
    assert_eq!(
        from_value::<Inputs>(json!({"left": -1, "right": 1})).unwrap(),
        inputs
    );
    assert!(from_value::<Direction>(json!(2)).is_err());
    let state = to_value(Match::new(Rules::default(), 1).public()).unwrap();
    assert_eq!(state["serve_in"], json!(60));
    assert!(state.get("seed").is_none());
    assert_eq!(
        to_value(Event::Hit(Side::Left)).unwrap(),
        json!({"hit": "left"})
    );
}
