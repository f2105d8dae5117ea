use std::time::Duration;

use contract::invites::MatchId;
use serde_json::json;

use super::{Client, Fixture, SECOND, game, outcome};
use crate::port::{ActionError, TableCommand, TableSeat};
use crate::{EndReason, Error, MatchMode, Seat};

async fn tic_tac_toe(mode: MatchMode) -> (Fixture, MatchId, Client, Client) {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("tictactoe"), mode, &json!({}));
    fixture.open(id, game("tictactoe"));
    let first = fixture.join(id, TableSeat::Player(Seat::First));
    let second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.passes(3 * SECOND + 2).await;
    (fixture, id, first, second)
}

fn put(client: &Client, position: u32) {
    client.command(TableCommand::Move(json!({"position": position})));
}

fn refused(error: Error) -> Option<Result<(), ActionError>> {
    Some(Err(ActionError::Refused(error.code())))
}

#[tokio::test]
async fn two_players_play_to_a_stored_result() {
    let (mut fixture, id, first, second) = tic_tac_toe(MatchMode::Invite).await;
    for (client, position) in [
        (&first, 0),
        (&second, 3),
        (&first, 1),
        (&second, 4),
        (&first, 2),
    ] {
        fixture.passes(3 * SECOND / 2).await;
        put(client, position);
        fixture.passes(4).await;
        assert_eq!(client.sink.last_answer(), Some(Ok(())));
    }
    fixture.passes(4).await;
    let ended = fixture.store.ended(id).unwrap();
    assert_eq!(outcome(&ended).winner, Some(Seat::First));
    assert_eq!(ended.steered, [true, true]);
    assert_eq!(ended.points.len(), 1);
    let (point, played) = (ended.points[0], ended.played);
    assert_eq!(point.point.tick, 5, "moves");
    assert!(
        point.at > Duration::from_secs(7) && point.at <= played,
        "{point:?} of {played:?}"
    );
    assert!(game("tictactoe").verify(&ended.record).is_ok());
    assert_eq!(second.sink.frame()["board"], "XXXOO____");
    let names = second.sink.names();
    assert_eq!(names[names.len() - 2..], ["point", "finished"]);
}

#[tokio::test]
async fn moves_that_the_rules_do_not_allow_are_refused() {
    let (mut fixture, _, first, second) = tic_tac_toe(MatchMode::Invite).await;
    put(&second, 0);
    fixture.passes(2).await;
    assert_eq!(second.sink.last_answer(), refused(Error::NotYourTurn));
    put(&first, 9);
    fixture.passes(2).await;
    let malformed = Some(Err(ActionError::Malformed("position".into())));
    assert_eq!(first.sink.last_answer(), malformed);
    put(&first, 4);
    fixture.passes(3).await;
    put(&second, 4);
    fixture.passes(2).await;
    assert_eq!(second.sink.last_answer(), refused(Error::MoveNotAllowed));
}

#[tokio::test]
async fn malformed_moves_are_malformed_in_every_phase() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("tictactoe"), MatchMode::Invite, &json!({}));
    fixture.open(id, game("tictactoe"));
    let first = fixture.join(id, TableSeat::Player(Seat::First));
    let malformed = Some(Err(ActionError::Malformed("position".into())));
    let try_both = async |fixture: &mut Fixture| {
        for data in [json!({"position": 9}), json!({"position": "4"}), json!({})] {
            first.command(TableCommand::Move(data));
            fixture.passes(2).await;
            assert_eq!(first.sink.last_answer(), malformed);
        }
        put(&first, 4);
        fixture.passes(2).await;
        assert_eq!(first.sink.last_answer(), refused(Error::NotNow));
    };
    try_both(&mut fixture).await;
    let second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.passes(SECOND).await;
    try_both(&mut fixture).await;
    fixture.passes(3 * SECOND).await;
    for (client, position) in [(&first, 0), (&second, 1)] {
        put(client, position);
        fixture.passes(4).await;
    }
    second.command(TableCommand::Resign);
    fixture.passes(4).await;
    try_both(&mut fixture).await;
}

#[tokio::test]
async fn move_is_answered_and_shown_once_it_is_saved() {
    let (mut fixture, id, first, second) = tic_tac_toe(MatchMode::Invite).await;
    *fixture.store.is_down.lock().unwrap() = true;
    put(&first, 4);
    fixture.passes(SECOND).await;
    assert_eq!(first.sink.last_answer(), None);
    assert_eq!(second.sink.frame()["board"], "_________");
    *fixture.store.is_down.lock().unwrap() = false;
    fixture.passes(6).await;
    assert_eq!(first.sink.last_answer(), Some(Ok(())));
    assert_eq!(second.sink.frame()["board"], "____X____");
    assert_eq!(fixture.store.saved(id).unwrap().tick, 1);
}

#[tokio::test]
async fn player_who_thinks_too_long_loses() {
    let (mut fixture, id, first, _second) = tic_tac_toe(MatchMode::Invite).await;
    put(&first, 4);
    fixture.passes(21 * SECOND).await;
    let result = outcome(&fixture.store.ended(id).unwrap());
    assert_eq!(
        (result.winner, result.reason),
        (Some(Seat::First), EndReason::Clock)
    );
}

#[tokio::test]
async fn player_may_think_without_a_word() {
    let (mut fixture, _, first, second) = tic_tac_toe(MatchMode::Invite).await;
    first.sink.names();
    fixture.passes(15 * SECOND).await;
    put(&first, 4);
    fixture.passes(4).await;
    assert!(first.sink.names().is_empty(), "nobody was missed");
    assert_eq!(second.sink.frame()["board"], "____X____");
}

#[tokio::test]
async fn match_of_turns_is_stepped_when_something_happens() {
    let (mut fixture, _, first, second) = tic_tac_toe(MatchMode::Ranked).await;
    fixture.passes(SECOND).await;
    let mut steps = 0;
    for _ in 0..5 * SECOND {
        fixture.pass().await;
        steps += u32::from(fixture.group.tables[0].left_out.is_zero());
    }
    assert!(
        (10..=30).contains(&steps),
        "{steps} in 5 s, to send the state"
    );
    put(&first, 4);
    fixture.passes(3).await;
    assert_eq!(first.sink.last_answer(), Some(Ok(())), "at once");
    assert_eq!(second.sink.frame()["board"], "____X____");
    let left = |client: &Client| client.sink.frame()["remaining_ms"].as_u64().unwrap();
    let at_first = left(&second);
    fixture.passes(4 * SECOND).await;
    assert!((3_400..=4_100).contains(&(at_first - left(&second))));
}

#[tokio::test]
async fn computer_answers_a_move_after_a_while() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("tictactoe"), MatchMode::Practice, &json!({}));
    fixture.open(id, game("tictactoe"));
    let player = fixture.join(id, TableSeat::Player(Seat::First));
    fixture.passes(3 * SECOND + 2).await;
    put(&player, 4);
    fixture.passes(10).await;
    let marks = |client: &Client| {
        let frame = client.sink.frame();
        let board = frame["board"].as_str().unwrap();
        board.chars().filter(|mark| *mark != '_').count()
    };
    assert_eq!(marks(&player), 1);
    fixture.passes(SECOND).await;
    assert_eq!(marks(&player), 2);
}
