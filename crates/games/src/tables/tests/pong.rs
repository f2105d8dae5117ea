use contract::match_frames::{MatchPhase, PausedBy, SeatName};
use serde_json::json;

use super::{Fixture, SECOND, game, outcome, phase, pong};
use crate::port::{ActionError, TableClose, TableCommand, TableMessage, TableSeat};
use crate::{EndReason, Error, MatchCancelReason, MatchEnding, MatchMode, Seat};

fn paused_by(messages: &[TableMessage]) -> Option<PausedBy> {
    messages.iter().rev().find_map(|message| match message {
        TableMessage::Paused(paused) => Some(paused.by),
        _ => None,
    })
}

#[tokio::test]
async fn two_players_play_to_a_stored_result() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    let mut passes = 0;
    while fixture.store.ended(id).is_none() {
        fixture.play(&mut [&mut first, &mut second], SECOND).await;
        passes += 1;
        assert!(passes < 400);
    }
    fixture.passes(3).await;
    let ended = fixture.store.ended(id).unwrap();
    let result = outcome(&ended);
    assert_eq!(*fixture.store.ends.lock().unwrap(), 1);
    assert_eq!(*fixture.store.started.lock().unwrap(), [id]);
    assert_eq!(ended.steered, [true, true]);
    let verified = game("pong").verify(&ended.record).unwrap();
    assert_eq!(verified.outcome, Some(result));
    assert_eq!(ended.points.len() as u32, result.score.iter().sum::<u32>());
    let messages = first.sink.messages.lock().unwrap().clone();
    let points = messages
        .iter()
        .filter(|message| message.name().as_str() == "point");
    assert_eq!(points.count(), ended.points.len());
    let Some(TableMessage::Finished(finished)) = messages.last() else {
        panic!("{messages:?}");
    };
    assert_eq!(finished.score, result.score);
    assert_eq!(finished.winner, result.winner.map(SeatName::from));
    assert_eq!(finished.reason, result.reason.as_text());
    assert!(finished.replay.as_ref().unwrap().contains(&id.to_string()));
    // Each is told that they have come, and the first one that the second has.
    assert_eq!(messages[3..], second.sink.messages.lock().unwrap()[2..]);
}

#[tokio::test]
async fn state_frames_carry_tick_hash_keys_and_acknowledged_input() {
    let (mut fixture, _, mut first, second) = pong(MatchMode::Ranked).await;
    first.steer(1);
    fixture.passes(2).await;
    let own = first.sink.frame();
    assert_eq!(own["keys"][0], 1);
    assert_eq!(
        (&own["frozen"], own["lead"].as_i64()),
        (&json!(false), Some(0))
    );
    assert_eq!(own["seq"], first.seq);
    let other = second.sink.frame();
    assert_eq!(
        (&own["tick"], &own["hash"]),
        (&other["tick"], &other["hash"])
    );
    assert_eq!(other["seq"], second.seq);
    assert!(own["ball"]["x"].is_number());
}

#[tokio::test]
async fn numbered_messages_come_without_a_gap() {
    let (mut fixture, _, mut first, second) = pong(MatchMode::Invite).await;
    drop(second);
    fixture.play(&mut [&mut first], 4 * SECOND).await;
    let messages = first.sink.messages.lock().unwrap();
    let numbers: Vec<u64> = messages
        .iter()
        .filter(|message| message.name().as_str() != "joined")
        .map(|message| {
            let data = message.data().unwrap();
            serde_json::from_str::<serde_json::Value>(data.get()).unwrap()["number"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert!(numbers.len() > 3);
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{numbers:?}"
    );
}

#[tokio::test]
async fn player_who_drops_and_comes_back_plays_on() {
    let (mut fixture, id, mut first, second) = pong(MatchMode::Ranked).await;
    first.sink.names();
    drop(second);
    fixture.play(&mut [&mut first], 4 * SECOND).await;
    let messages = first.sink.messages.lock().unwrap().clone();
    assert_eq!(messages[0].name().as_str(), "player_left");
    assert_eq!(paused_by(&messages), Some(PausedBy::SecondAbsent));
    assert_eq!(first.sink.frame()["frozen"], true);
    let frozen_at = first.sink.frame()["tick"].clone();
    first.sink.names();
    let mut second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture
        .play(&mut [&mut first, &mut second], 3 * SECOND)
        .await;
    assert_eq!(
        first.sink.names(),
        ["player_joined", "countdown", "resumed"]
    );
    assert!(first.sink.frame()["tick"].as_u64() > frozen_at.as_u64());
}

#[tokio::test]
async fn player_who_stays_away_forfeits() {
    let (mut fixture, id, mut first, second) = pong(MatchMode::Ranked).await;
    drop(second);
    fixture.play(&mut [&mut first], 33 * SECOND).await;
    let result = outcome(&fixture.store.ended(id).unwrap());
    assert_eq!(result.winner, Some(Seat::First));
    assert_eq!(result.reason, EndReason::Forfeit);
}

#[tokio::test]
async fn silent_player_is_missed_after_two_seconds() {
    let (mut fixture, _, mut first, mut second) = pong(MatchMode::Ranked).await;
    second.steer(0);
    first.sink.names();
    fixture.play(&mut [&mut first], SECOND * 3 / 2).await;
    assert!(
        !first.sink.names().contains(&"player_left"),
        "1.5 s are nothing"
    );
    fixture.play(&mut [&mut first], SECOND).await;
    assert!(first.sink.names().contains(&"player_left"));
    fixture.play(&mut [&mut first], 2 * SECOND).await;
    first.sink.names();
    fixture
        .play(&mut [&mut first, &mut second], 3 * SECOND)
        .await;
    assert_eq!(
        first.sink.names(),
        ["player_joined", "countdown", "resumed"]
    );
    assert_eq!(second.sink.closed(), None);
}

#[tokio::test]
async fn server_that_stood_still_misses_nobody() {
    let (mut fixture, _, mut first, mut second) = pong(MatchMode::Ranked).await;
    first.sink.names();
    let tick = first.sink.frame()["tick"].as_u64().unwrap();
    fixture.clock.advance(std::time::Duration::from_secs(10));
    fixture.play(&mut [&mut first, &mut second], 3).await;
    assert!(first.sink.names().is_empty());
    assert_eq!(first.sink.frame()["tick"], tick + 3);
}

#[tokio::test]
async fn pause_begins_at_the_next_serve_and_ends() {
    let (mut fixture, _, mut first, mut second) = pong(MatchMode::Ranked).await;
    while !first.sink.frame()["serve_in"].is_null() {
        fixture.play(&mut [&mut first, &mut second], 1).await;
    }
    // The serve is settled some ticks after it was shown.
    fixture.play(&mut [&mut first, &mut second], 10).await;
    first.sink.names();
    first.command(TableCommand::Pause);
    let mut passes = 0;
    while first.sink.frame()["frozen"] != true {
        fixture.play(&mut [&mut first, &mut second], 5).await;
        passes += 1;
        assert!(passes < 2_000);
    }
    assert_eq!(first.sink.last_answer(), Some(Ok(())));
    let names = first.sink.names();
    assert_eq!(names[names.len() - 2..], ["point", "paused"]);
    second.command(TableCommand::Resume);
    fixture.pass().await;
    let refused = ActionError::Refused(Error::NotYourPause.code());
    assert_eq!(second.sink.last_answer(), Some(Err(refused)));
    first.command(TableCommand::Resume);
    fixture
        .play(&mut [&mut first, &mut second], 3 * SECOND)
        .await;
    assert_eq!(first.sink.names(), ["countdown", "resumed"]);
}

#[tokio::test]
async fn resignation_before_the_first_point_aborts() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("pong"), MatchMode::Ranked, &json!({}));
    fixture.open(id, game("pong"));
    let mut first = fixture.join(id, TableSeat::Player(Seat::First));
    let mut second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.play(&mut [&mut first, &mut second], 190).await;
    second.command(TableCommand::Resign);
    fixture.passes(5).await;
    let expected = MatchEnding::Canceled {
        reason: MatchCancelReason::Abort,
        at_fault: [false, true],
    };
    assert_eq!(fixture.store.ended(id).unwrap().ending, expected);
    assert_eq!(first.sink.names().last(), Some(&"canceled"));
    assert_eq!(first.sink.closed(), Some(TableClose::Ended));
    assert!(!fixture.runs(id));
}

#[tokio::test]
async fn nobody_comes_and_the_match_is_canceled() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("pong"), MatchMode::Ranked, &json!({}));
    fixture.open(id, game("pong"));
    let first = fixture.join(id, TableSeat::Player(Seat::First));
    fixture.passes(21 * SECOND).await;
    let expected = MatchEnding::Canceled {
        reason: MatchCancelReason::NoShow,
        at_fault: [false, true],
    };
    assert_eq!(fixture.store.ended(id).unwrap().ending, expected);
    assert_eq!(first.sink.names().last(), Some(&"canceled"));
}

#[tokio::test]
async fn practice_against_the_computer_needs_one_player() {
    let mut fixture = Fixture::new();
    let id = fixture.create(
        game("pong"),
        MatchMode::Practice,
        &json!({"score_to_win": 3}),
    );
    fixture.open(id, game("pong"));
    let mut player = fixture.join(id, TableSeat::Player(Seat::First));
    let mut passes = 0;
    while fixture.store.ended(id).is_none() {
        fixture.play(&mut [&mut player], SECOND).await;
        passes += 1;
        assert!(passes < 400);
    }
    fixture.passes(3).await;
    let ended = fixture.store.ended(id).unwrap();
    assert!(
        game("pong")
            .verify(&ended.record)
            .unwrap()
            .outcome
            .is_some()
    );
    assert_eq!(player.sink.closed(), Some(TableClose::Ended));
}

#[tokio::test]
async fn one_socket_plays_both_seats_of_a_local_match() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("pong"), MatchMode::Local, &json!({}));
    fixture.open(id, game("pong"));
    let mut player = fixture.join(id, TableSeat::Player(Seat::First));
    fixture.passes(4 * SECOND).await;
    assert_eq!(player.sink.frame()["frozen"], false);
    player.input(0, 1, None);
    player.input(0, -1, Some(Seat::Second));
    fixture.passes(2).await;
    assert_eq!(player.sink.frame()["keys"], json!([1, -1]));
    player.command(TableCommand::Pause);
    fixture.passes(2).await;
    assert_eq!(player.sink.frame()["frozen"], true);
}

#[tokio::test]
async fn player_cannot_play_the_opponents_seat() {
    let (mut fixture, _, mut first, _second) = pong(MatchMode::Ranked).await;
    let tick = first.sink.frame()["tick"].as_i64().unwrap() + 1;
    let before = first.sink.frame()["keys"][1].clone();
    for direction in [1, -1, 0] {
        first.input(tick, direction, Some(Seat::Second));
        fixture.pass().await;
        assert_eq!(first.sink.frame()["keys"][1], before);
    }
}

#[tokio::test]
async fn paddle_never_moves_faster_than_the_rules_whatever_ticks_a_client_claims() {
    let (mut fixture, _, mut first, mut second) = pong(MatchMode::Ranked).await;
    let mut before: Option<(i64, i64)> = None;
    for at in 0..300_i64 {
        let now = first.sink.frame()["tick"].as_i64().unwrap();
        let claimed = [now + 10_000, now - 10_000, now - 3, i64::MIN, i64::MAX];
        first.input(
            claimed[usize::try_from(at).unwrap() % 5],
            [1, -1][usize::try_from(at / 7).unwrap() % 2],
            None,
        );
        if at % 30 == 0 {
            second.steer(0);
        }
        fixture.pass().await;
        let frame = first.sink.frame();
        let tick = frame["tick"].as_i64().unwrap();
        let y = frame["paddles"]["left"]["y"].as_i64().unwrap();
        if let Some((last_tick, last_y)) = before.filter(|(last, _)| *last < tick) {
            // A late key may correct up to 100 ms.
            assert!((y - last_y).abs() <= 255 * (tick - last_tick + 6), "{at}");
        }
        before = Some((tick, y));
    }
    assert_eq!(phase(&first), MatchPhase::Open, "as it joined");
}
