use kernel::UserId;
use serde_json::json;

use super::{Fixture, SECOND, game, pong_with_a_point};
use crate::port::{TableCommand, TableSeat};
use crate::{MatchMode, Seat, TablePlayer};

/// The users of the only match of a fixture, by seat.
fn users(fixture: &Fixture) -> Vec<UserId> {
    let rows = fixture.store.rows.lock().unwrap();
    let players = rows.values().flat_map(|row| row.claimed.players);
    players
        .filter_map(|player| match player {
            TablePlayer::User(user) => Some(user),
            TablePlayer::Computer { .. } | TablePlayer::Local => None,
        })
        .collect()
}

#[tokio::test]
async fn players_are_shown_from_their_joining_to_the_end() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("pong"), MatchMode::Ranked, &json!({}));
    let [first, second] = <[_; 2]>::try_from(users(&fixture)).unwrap();
    fixture.open(id, game("pong"));
    fixture.passes(2).await;
    assert_eq!(fixture.follow_up.shown(), [], "nobody has come");
    let first_client = fixture.join(id, TableSeat::Player(Seat::First));
    fixture.passes(2).await;
    assert_eq!(fixture.follow_up.shown(), [first]);
    let _watching = fixture.join(id, TableSeat::Spectator);
    let second_client = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.passes(2).await;
    assert_eq!(fixture.follow_up.shown(), [first, second]);
    drop(second_client);
    let _again = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.passes(2).await;
    assert_eq!(fixture.follow_up.shown(), [first, second], "once each");
    first_client.command(TableCommand::Resign);
    fixture.passes(4).await;
    assert_eq!(fixture.follow_up.shown(), []);
}

#[tokio::test]
async fn players_stay_shown_while_they_are_away_and_no_longer_during_offers_of_a_rematch() {
    let (mut fixture, id, first, second) = pong_with_a_point(MatchMode::Ranked).await;
    drop(first);
    fixture.passes(5 * SECOND).await;
    assert_eq!(fixture.follow_up.shown().len(), 2);
    second.command(TableCommand::Resign);
    fixture.passes(4).await;
    assert!(fixture.runs(id), "a rematch can be offered");
    assert_eq!(fixture.follow_up.shown(), []);
}

#[tokio::test]
async fn players_of_a_match_that_has_moved_are_shown_by_its_new_node() {
    let (fixture, id, first, second) = pong_with_a_point(MatchMode::Ranked).await;
    let mut next = fixture.restart();
    drop((first, second));
    next.follow_up.playing.lock().unwrap().clear();
    next.open(id, game("pong"));
    next.passes(2).await;
    assert_eq!(next.follow_up.shown().len(), 2, "before they are back");
}

#[tokio::test]
async fn players_alone_are_not_shown() {
    let mut fixture = Fixture::new();
    let id = fixture.create(game("pong"), MatchMode::Practice, &json!({}));
    fixture.open(id, game("pong"));
    let _player = fixture.join(id, TableSeat::Player(Seat::First));
    fixture.passes(2).await;
    assert_eq!(fixture.follow_up.shown(), []);
}
