use contract::match_frames::MatchPhase;
use serde_json::json;

use super::{Fixture, GroupEvent, SECOND, game, outcome, pong};
use crate::port::{TableClose, TableCommand, TableSeat};
use crate::tables::ports::TenureState;
use crate::{MatchMode, Seat};

#[tokio::test]
async fn match_of_a_dead_node_goes_on_elsewhere() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    fixture
        .play(&mut [&mut first, &mut second], 10 * SECOND)
        .await;
    let before = first.sink.frame();
    let mut fixture = fixture.restart();
    fixture.open(id, game("pong"));
    let mut first = fixture.join(id, TableSeat::Player(Seat::First));
    let mut second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.pass().await;
    let joined = second.sink.joined();
    assert_eq!((joined.epoch, joined.phase), (2, MatchPhase::Recovering));
    let lost = before["tick"].as_u64().unwrap() - joined.state["tick"].as_u64().unwrap();
    assert!(lost <= 36 + 6, "{lost} ticks lost");
    (first.seq, second.seq) = (10_000, 10_000);
    let mut passes = 0;
    while fixture.store.ended(id).is_none() {
        fixture.play(&mut [&mut first, &mut second], SECOND).await;
        passes += 1;
        assert!(passes < 400);
    }
    let ended = fixture.store.ended(id).unwrap();
    let verified = game("pong").verify(&ended.record).unwrap();
    assert_eq!(verified.outcome, Some(outcome(&ended)));
    let score = outcome(&ended).score;
    assert_eq!(ended.points.len() as u32, score.iter().sum::<u32>());
    assert_eq!(*fixture.store.ends.lock().unwrap(), 1);
}

#[tokio::test]
async fn match_survives_a_death_at_any_moment() {
    for ticks in [1, 100, 181, 187, 200, 241, 299, 400, 777] {
        let mut fixture = Fixture::new();
        let id = fixture.create(
            game("pong"),
            MatchMode::Invite,
            &json!({"score_to_win": 20}),
        );
        fixture.open(id, game("pong"));
        let mut first = fixture.join(id, TableSeat::Player(Seat::First));
        let mut second = fixture.join(id, TableSeat::Player(Seat::Second));
        fixture.play(&mut [&mut first, &mut second], ticks).await;
        let mut fixture = fixture.restart();
        fixture.open(id, game("pong"));
        let mut first = fixture.join(id, TableSeat::Player(Seat::First));
        let mut second = fixture.join(id, TableSeat::Player(Seat::Second));
        (first.seq, second.seq) = (10_000, 10_000);
        fixture
            .play(&mut [&mut first, &mut second], 5 * SECOND)
            .await;
        assert_eq!(first.sink.frame()["frozen"], false, "{ticks}");
        first.command(TableCommand::Resign);
        fixture.passes(5).await;
        let ended = fixture.store.ended(id).unwrap();
        assert!(game("pong").verify(&ended.record).is_ok(), "{ticks}");
    }
}

#[tokio::test]
async fn match_survives_one_death_after_another() {
    let mut fixture = Fixture::new();
    let id = fixture.create(
        game("pong"),
        MatchMode::Invite,
        &json!({"score_to_win": 20}),
    );
    for life in 0..4_u32 {
        fixture.open(id, game("pong"));
        let mut first = fixture.join(id, TableSeat::Player(Seat::First));
        let mut second = fixture.join(id, TableSeat::Player(Seat::Second));
        (first.seq, second.seq) = (life * 10_000, life * 10_000);
        fixture
            .play(&mut [&mut first, &mut second], 5 * SECOND)
            .await;
        assert_eq!(first.sink.frame()["frozen"], false, "life {life}");
        fixture = fixture.restart();
    }
    fixture.open(id, game("pong"));
    let first = fixture.join(id, TableSeat::Player(Seat::First));
    first.command(TableCommand::Resign);
    fixture.passes(5).await;
    let ended = fixture.store.ended(id).unwrap();
    assert!(game("pong").verify(&ended.record).is_ok());
}

#[tokio::test]
async fn points_are_saved_within_50_milliseconds() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    let scored = |client: &super::Client| {
        let messages = client.sink.messages.lock().unwrap();
        messages
            .iter()
            .filter(|message| message.name().as_str() == "point")
            .count()
    };
    let before = scored(&first);
    while scored(&first) == before {
        fixture.play(&mut [&mut first, &mut second], 1).await;
    }
    fixture.passes(4).await;
    let points: Vec<serde_json::Value> =
        serde_json::from_str(&fixture.store.saved(id).unwrap().points).unwrap();
    assert_eq!(points.len(), before + 1);
}

#[tokio::test]
async fn owner_that_has_lost_a_match_drops_it_without_a_result() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    fixture.store.take_over(id);
    fixture.play(&mut [&mut first, &mut second], SECOND).await;
    assert_eq!(first.sink.closed(), Some(TableClose::Restarting));
    assert!(!fixture.runs(id));
    assert_eq!(fixture.store.ended(id).map(|ended| ended.id), None);
}

#[tokio::test]
async fn owner_that_has_lost_a_match_stores_no_end() {
    let (mut fixture, id, first, _second) = pong(MatchMode::Ranked).await;
    fixture.store.take_over(id);
    first.command(TableCommand::Resign);
    fixture.passes(4).await;
    assert!(fixture.store.ended(id).is_none());
    assert_eq!(first.sink.closed(), Some(TableClose::Restarting));
}

#[tokio::test]
async fn node_without_a_lease_plays_sends_and_writes_nothing() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    let now = fixture.env.monotonic();
    fixture.set_tenure(TenureState::Until(now));
    let (frames, saved) = (
        first.sink.frames.lock().unwrap().len(),
        fixture.store.saved(id),
    );
    fixture
        .play(&mut [&mut first, &mut second], 2 * SECOND)
        .await;
    assert_eq!(first.sink.frames.lock().unwrap().len(), frames);
    assert_eq!(fixture.store.saved(id), saved);
    fixture.set_tenure(TenureState::Until(now + std::time::Duration::from_secs(60)));
    fixture.play(&mut [&mut first, &mut second], SECOND).await;
    assert!(first.sink.frames.lock().unwrap().len() > frames + 50);
}

#[tokio::test]
async fn node_that_cannot_read_leases_goes_on_while_it_saves() {
    let (mut fixture, _, mut first, mut second) = pong(MatchMode::Ranked).await;
    let now = fixture.env.monotonic();
    fixture.set_tenure(TenureState::Unknown(now));
    let frames = first.sink.frames.lock().unwrap().len();
    fixture
        .play(&mut [&mut first, &mut second], 5 * SECOND)
        .await;
    assert!(first.sink.frames.lock().unwrap().len() >= frames + 299);
    *fixture.store.is_down.lock().unwrap() = true;
    fixture
        .play(&mut [&mut first, &mut second], 4 * SECOND)
        .await;
    let frames = first.sink.frames.lock().unwrap().len();
    fixture.play(&mut [&mut first, &mut second], SECOND).await;
    assert_eq!(first.sink.frames.lock().unwrap().len(), frames);
}

#[tokio::test]
async fn release_saves_and_gives_up_all_matches() {
    let (mut fixture, id, mut first, mut second) = pong(MatchMode::Ranked).await;
    fixture.play(&mut [&mut first, &mut second], 7).await;
    let live = first.sink.frame()["tick"].as_u64().unwrap();
    let (done, released) = tokio::sync::oneshot::channel();
    fixture.push(GroupEvent::Release(done));
    fixture.passes(3).await;
    released.await.unwrap();
    assert_eq!(*fixture.store.released.lock().unwrap(), [id]);
    assert_eq!(
        u64::from(fixture.store.saved(id).unwrap().tick),
        live - 6,
        "all that is settled"
    );
    assert_eq!(first.sink.closed(), Some(TableClose::Restarting));
    assert!(!fixture.runs(id));
}
