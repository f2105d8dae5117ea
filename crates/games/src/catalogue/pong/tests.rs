use contract::game_states::PongState;
use serde_json::{Value, json};

use super::PongGame;
use crate::catalogue::game::Game;
use crate::catalogue::play::{Play, SavedPlay};
use crate::{EndReason, MatchOutcome, PointScored, Seat};

fn options() -> Value {
    PongGame
        .check(
            json!({"score_to_win": 3, "cool_mode": true})
                .as_object()
                .unwrap(),
        )
        .unwrap()
}

/// Two computers until the end, or so many ticks.
fn play(play: &mut dyn Play, ticks: u32) -> Vec<PointScored> {
    let skills = [(Seat::First, 700), (Seat::Second, 100)];
    let mut computers = skills.map(|(seat, skill)| {
        let seed = u64::from(skill);
        (
            seat,
            PongGame
                .computer(&options(), seat, skill.into(), seed)
                .unwrap(),
        )
    });
    let mut scored = vec![];
    while play.outcome().is_none() && play.tick() < ticks {
        for (seat, computer) in &mut computers {
            let direction = computer.steer(play);
            play.steer(*seat, direction);
        }
        scored.extend(play.step().point);
    }
    scored
}

#[test]
fn state_is_the_documented_one() {
    let mut game = PongGame.start(&options(), 7).unwrap();
    let mut has_coin = false;
    while game.outcome().is_none() {
        let next = 1 + game.tick();
        play(&mut *game, next);
        let documented: PongState = serde_json::from_value(game.state()).unwrap();
        has_coin |= documented.coin.is_some();
        assert_eq!(serde_json::to_value(documented).unwrap(), game.state());
    }
    assert!(has_coin);
}

#[test]
fn match_of_computers_ends_and_its_record_verifies() {
    let mut game = PongGame.start(&options(), 7).unwrap();
    let scored = play(&mut *game, u32::MAX);
    let outcome = game.outcome().unwrap();
    assert_eq!(outcome.winner, Some(Seat::First), "the better one");
    assert_eq!(outcome.score[0], 3);
    let by_seat =
        Seat::BOTH.map(|seat| scored.iter().filter(|point| point.seat == seat).count() as u32);
    assert_eq!(by_seat, outcome.score);
    assert!(scored.is_sorted_by_key(|point| point.tick));
    let verified = PongGame.verify(&game.record()).unwrap();
    assert_eq!(verified.outcome, Some(outcome));
    assert_eq!(
        (verified.score, verified.ticks),
        (outcome.score, game.tick())
    );
}

#[test]
fn verify_refuses_a_record_with_a_flipped_byte() {
    let mut game = PongGame.start(&options(), 7).unwrap();
    play(&mut *game, 150);
    let record = game.record();
    assert_eq!(PongGame.verify(&record).unwrap().outcome, None);
    for at in 0..record.len() {
        let mut flipped = record.clone();
        flipped[at] ^= 1;
        assert!(PongGame.verify(&flipped).is_err(), "byte {at}");
    }
}

#[test]
fn saved_match_goes_on_as_the_original() {
    let mut original = PongGame.start(&options(), 9).unwrap();
    play(&mut *original, 300);
    let mut record = vec![];
    original.save(&mut record);
    play(&mut *original, 500);
    let snapshot = original.save(&mut record);
    let saved = SavedPlay { snapshot, record };
    let mut restored = PongGame.restore(&options(), &saved).unwrap();
    assert_eq!(restored.state_hash(), original.state_hash());
    for play in [&mut original, &mut restored] {
        for direction in [-1, 0, 1, 1] {
            play.steer(Seat::First, direction);
            play.steer(Seat::Second, -direction);
            play.step();
        }
    }
    assert_eq!(restored.record(), original.record());
    assert!(PongGame.verify(&restored.record()).is_ok());
}

#[test]
fn restore_refuses_a_record_of_another_match() {
    let mut one = PongGame.start(&options(), 9).unwrap();
    let mut other = PongGame.start(&options(), 10).unwrap();
    play(&mut *one, 300);
    play(&mut *other, 300);
    let mut saved = SavedPlay::default();
    one.save(&mut saved.record);
    saved.snapshot = other.save(&mut vec![]);
    assert!(PongGame.restore(&options(), &saved).is_err());
}

#[test]
fn fork_runs_ahead_and_leaves_the_match_alone() {
    let mut game = PongGame.start(&options(), 9).unwrap();
    play(&mut *game, 100);
    let hash = game.state_hash();
    let mut fork = game.fork();
    fork.step();
    assert_eq!((game.tick(), game.state_hash()), (100, hash));
    assert_eq!(fork.tick(), 101);
    game.step();
    assert_eq!(game.state_hash(), fork.state_hash());
}

#[test]
fn state_has_the_fields_that_clients_draw() {
    let game = PongGame.start(&options(), 9).unwrap();
    let state = game.state();
    assert_eq!(state["score"], json!({"left": 0, "right": 0}));
    assert!(state["ball"]["x"].is_number() && state["paddles"]["left"]["y"].is_number());
    assert!(state.get("seed").is_none() && state.get("tick").is_none());
}

#[test]
fn levels_go_up_and_have_names() {
    let levels = PongGame.info().levels;
    assert!(levels.is_sorted_by(|low, high| low.skill < high.skill));
    assert_eq!(levels[0].name, "beginner");
}

#[test]
fn adaptive_level_gets_weaker_after_the_human_loses() {
    let outcome = MatchOutcome {
        winner: Some(Seat::Second),
        reason: EndReason::Score,
        score: [0, 3],
    };
    let after = PongGame.adapt(None, &outcome, Seat::First);
    assert!(PongGame.adapted_skill(after) < PongGame.adapted_skill(None));
}
