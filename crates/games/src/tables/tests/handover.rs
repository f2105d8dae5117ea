use std::sync::Arc;
use std::time::Duration;

use contract::invites::MatchId;
use contract::match_frames::{CountdownReason, MatchPhase, PausedBy};

use kernel::Env;
use serde_json::json;

use super::fakes::NoHost;
use super::{Client, Fixture, GroupEvent, SECOND, game, outcome, phase, pong, pong_with_a_point};
use crate::catalogue::Catalog;
use crate::port::{TableClose, TableCommand, TableMessage, TableSeat};
use crate::tables::ports::TenureState;
use crate::tables::{Tables, TablesParts};
use crate::{MatchMode, Seat};

/// A match that its node has given up, with the first player's key held, and the next node with it.
async fn handed_over() -> (Fixture, MatchId) {
    let (mut fixture, id, mut first, _second) = pong(MatchMode::Ranked).await;
    first.steer(1);
    fixture.passes(2).await;
    assert_eq!(first.sink.frame()["keys"][0], 1);
    let (done, released) = tokio::sync::oneshot::channel();
    fixture.push(GroupEvent::Release(done));
    fixture.passes(3).await;
    released.await.unwrap();
    let mut next = fixture.restart();
    next.open(id, game("pong"));
    (next, id)
}

fn join(fixture: &mut Fixture, id: MatchId, seat: Seat, follows: bool) -> Client {
    fixture.follows = follows;
    fixture.join(id, TableSeat::Player(seat))
}

#[tokio::test]
async fn match_that_both_players_follow_goes_on_without_a_countdown() {
    let (mut fixture, id) = handed_over().await;
    let first = join(&mut fixture, id, Seat::First, true);
    fixture.passes(2).await;
    let second = join(&mut fixture, id, Seat::Second, true);
    fixture.pass().await;
    assert_eq!(phase(&second), MatchPhase::Recovering);
    assert!(first.sink.names().contains(&"resumed"));
    let names = second.sink.names();
    assert!(!names.contains(&"countdown"), "{names:?}");
    fixture.passes(2).await;
    let frame = first.sink.frame();
    assert_eq!(frame["frozen"], false);
    assert_eq!(frame["keys"][0], 1, "the key is still held");
}

#[tokio::test]
async fn match_that_a_player_reconnects_to_counts_down() {
    let (mut fixture, id) = handed_over().await;
    let first = join(&mut fixture, id, Seat::First, true);
    let _second = join(&mut fixture, id, Seat::Second, false);
    fixture.passes(2).await;
    let messages = first.sink.messages.lock().unwrap().clone();
    let reason = messages.iter().find_map(|message| match message {
        TableMessage::Countdown(countdown) => Some(countdown.reason),
        _ => None,
    });
    assert_eq!(reason, Some(CountdownReason::Recovered));
    fixture.passes(3 * SECOND / 2).await;
    assert_eq!(first.sink.frame()["frozen"], true);
    fixture.passes(SECOND).await;
    let frame = first.sink.frame();
    assert_eq!(
        (&frame["frozen"], &frame["keys"][0]),
        (&false.into(), &0.into())
    );
}

#[tokio::test]
async fn spectators_see_a_match_without_a_gap_after_a_takeover() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    let before = fixture.join(id, TableSeat::Spectator);
    fixture
        .play(&mut [&mut first, &mut second], 4 * SECOND)
        .await;
    let tick = |client: &Client| client.sink.frame()["tick"].as_u64().unwrap();
    let (seen, saved) = (
        tick(&before),
        u64::from(fixture.store.saved(id).unwrap().tick),
    );
    assert!(seen + 120 < saved, "{seen} {saved}");
    let mut next = fixture.restart();
    next.open(id, game("pong"));
    let spectator = next.join(id, TableSeat::Spectator);
    next.pass().await;
    let joined = spectator.sink.joined().state["tick"].as_u64().unwrap();
    assert!(joined + 170 < saved, "not what is new: {joined} {saved}");
    let mut ticks = vec![];
    for _ in 0..7 {
        next.passes(SECOND / 2).await;
        assert!(!spectator.sink.frames.lock().unwrap().is_empty());
        ticks.push(tick(&spectator));
        spectator.sink.frames.lock().unwrap().clear();
    }
    assert!(ticks[..6].is_sorted_by(|one, next| one < next), "{ticks:?}");
    assert_eq!(ticks[6], saved);
}

#[tokio::test]
async fn unreachable_player_costs_no_time_and_is_back_with_the_next_input() {
    let (mut fixture, id, mut first, mut second) = pong_with_a_point(MatchMode::Ranked).await;
    second.sink.names();
    first.handle.lost();
    fixture.play(&mut [&mut second], SECOND).await;
    let messages = second.sink.messages.lock().unwrap().clone();
    let paused = messages.iter().find_map(|message| match message {
        TableMessage::Paused(paused) => Some((paused.by, paused.remaining)),
        _ => None,
    });
    assert_eq!(paused, Some((PausedBy::Server, None)));
    fixture.play(&mut [&mut second], 60 * SECOND).await;
    assert!(fixture.store.ended(id).is_none());
    fixture
        .play(&mut [&mut first, &mut second], 3 * SECOND)
        .await;
    assert_eq!(second.sink.frame()["frozen"], false);
    drop(first);
    fixture.play(&mut [&mut second], 33 * SECOND).await;
    let lost = outcome(&fixture.store.ended(id).unwrap());
    assert_eq!(lost.winner, Some(Seat::Second), "by a grace of 30 seconds");
}

#[tokio::test]
async fn frozen_node_sends_nothing_of_a_match_that_it_has_lost() {
    let (mut fixture, id, first, _second) = pong(MatchMode::Ranked).await;
    let second = Duration::from_secs(1);
    fixture.set_tenure(TenureState::Until(fixture.env.monotonic() + second));
    fixture.pass().await;
    let (frames, saved) = (
        first.sink.frames.lock().unwrap().len(),
        fixture.store.saved(id),
    );
    fixture.store.take_over(id);
    fixture.clock.advance(second * 30);
    // The lease was renewed before the first pass.
    fixture.set_tenure(TenureState::Until(fixture.env.monotonic() + second * 2));
    first.command(TableCommand::Resign);
    fixture.passes(5).await;
    assert_eq!(first.sink.frames.lock().unwrap().len(), frames);
    assert_eq!(fixture.store.saved(id), saved);
    assert_eq!(first.sink.closed(), Some(TableClose::Restarting));
    assert!(!fixture.runs(id) && fixture.store.ended(id).is_none());
}

#[tokio::test]
async fn frozen_node_goes_on_with_a_match_that_is_still_its_own() {
    let (mut fixture, _, mut first, mut second) = pong(MatchMode::Ranked).await;
    let lease = Duration::from_secs(1);
    fixture.set_tenure(TenureState::Until(fixture.env.monotonic() + lease));
    fixture.pass().await;
    fixture.clock.advance(lease * 30);
    fixture.set_tenure(TenureState::Until(fixture.env.monotonic() + lease * 60));
    fixture.play(&mut [&mut first, &mut second], SECOND).await;
    assert_eq!(first.sink.closed(), None);
    assert_eq!(first.sink.frame()["frozen"], false);
}

#[tokio::test]
async fn node_that_has_given_its_matches_up_takes_none() {
    let fixture = Fixture::new();
    let tables = Tables::start(
        TablesParts {
            catalog: Catalog::builtin(),
            env: Env::system(),
            store: fixture.store.clone(),
            follow_up: fixture.follow_up.clone(),
            host: Arc::new(NoHost),
            tenure: fixture.tenure.clone(),
            runtime: tokio::runtime::Handle::current(),
        },
        2,
    )
    .unwrap();
    let [one, other] =
        [(); 2].map(|()| fixture.create(game("pong"), MatchMode::Invite, &json!({})));
    assert!(tables.claim(one).await.unwrap());
    tables.release_all().await;
    assert_eq!(*fixture.store.released.lock().unwrap(), [one]);
    assert!(!tables.contains(one));
    assert!(!tables.claim(other).await.unwrap());
}
