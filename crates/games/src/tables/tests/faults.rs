use serde_json::{Map, Value, json};

use kernel::AppError;

use super::{Fixture, SECOND, game, outcome, pong, pong_with_a_point};
use crate::catalogue::{
    Computer, Game, GameInfo, GameOption, MoveError, Play, SavedPlay, StepEvents, Strength, Tempo,
    Turn, VerifiedRecord,
};
use crate::port::{TableClose, TableCommand, TableSeat};
use crate::tables::match_claim::MatchClaim;
use crate::tables::shared::{GroupEvent, MatchEvent};
use crate::{MatchCancelReason, MatchEnding, MatchMode, MatchOutcome, Seat};

#[tokio::test]
async fn result_is_stored_once_the_database_is_back() {
    let (mut fixture, id, first, _second) = pong_with_a_point(MatchMode::Invite).await;
    *fixture.store.is_down.lock().unwrap() = true;
    first.command(TableCommand::Resign);
    fixture.passes(2 * SECOND).await;
    assert!(fixture.store.ended(id).is_none());
    assert!(
        !first.sink.names().contains(&"finished"),
        "not before it is stored"
    );
    *fixture.store.is_down.lock().unwrap() = false;
    fixture.store.stored.notified().await;
    fixture.passes(2).await;
    assert!(fixture.store.ended(id).is_some());
    assert!(first.sink.names().contains(&"finished"));
}

#[tokio::test]
async fn matches_pause_while_nothing_can_be_saved() {
    let (mut fixture, id, mut first, mut second) = pong_with_a_point(MatchMode::Ranked).await;
    *fixture.store.is_down.lock().unwrap() = true;
    fixture
        .play(&mut [&mut first, &mut second], 9 * SECOND)
        .await;
    assert_eq!(first.sink.frame()["frozen"], false);
    fixture
        .play(&mut [&mut first, &mut second], 2 * SECOND)
        .await;
    assert_eq!(first.sink.frame()["frozen"], true);
    fixture.passes(60 * SECOND).await;
    *fixture.store.is_down.lock().unwrap() = false;
    fixture
        .play(&mut [&mut first, &mut second], 4 * SECOND)
        .await;
    assert_eq!(first.sink.frame()["frozen"], false, "and nobody has lost");
    first.command(TableCommand::Resign);
    fixture.passes(4).await;
    assert_eq!(
        outcome(&fixture.store.ended(id).unwrap()).winner,
        Some(Seat::Second)
    );
}

#[tokio::test]
async fn what_came_of_an_earlier_claim_changes_nothing() {
    let (mut fixture, id, first, _second) = pong_with_a_point(MatchMode::Invite).await;
    let earlier = MatchClaim { id, epoch: 1 };
    fixture.store.take_over(id);
    fixture.passes(SECOND).await;
    assert!(!fixture.runs(id), "another node has it");
    fixture.open(id, game("pong"));
    let again = fixture.join(id, TableSeat::Player(Seat::First));
    fixture.pass().await;
    let text = Ok("late".to_owned());
    let (seat, from, cid) = (Seat::Second, 9, None);
    for event in [
        MatchEvent::Lost,
        MatchEvent::Ended(None),
        MatchEvent::Rematch(seat, Ok(id)),
        MatchEvent::Chat {
            seat,
            from,
            cid,
            text,
        },
    ] {
        fixture.push(GroupEvent::OfMatch(earlier, event));
    }
    let lost = Some(vec![id]);
    let claims = vec![earlier];
    fixture.push(GroupEvent::Saved { claims, lost });
    fixture.passes(2).await;
    assert_eq!(
        (first.sink.closed(), again.sink.closed()),
        (Some(TableClose::Restarting), None)
    );
    assert!(fixture.runs(id));
    let names = again.sink.names();
    assert!(
        !names.contains(&"chat") && !names.contains(&"rematch_accept"),
        "{names:?}"
    );
}

/// A game that panics at its tenth tick.
struct Broken;

static BROKEN: Broken = Broken;

impl Game for Broken {
    fn slug(&self) -> &'static str {
        "broken"
    }
    fn tempo(&self) -> Tempo {
        Tempo::Ticks
    }
    fn info(&self) -> GameInfo {
        GameInfo {
            title: "Broken",
            description: "Panics.",
            has_draws: false,
            levels: vec![],
        }
    }
    fn options(&self) -> &'static [GameOption] {
        &[]
    }
    fn check(&self, _: &Map<String, Value>) -> Result<Value, AppError> {
        Ok(json!({}))
    }
    fn start(&self, _: &Value, _: u64) -> Result<Box<dyn Play>, AppError> {
        Ok(Box::new(BrokenPlay(0)))
    }
    fn restore(&self, _: &Value, _: &SavedPlay) -> Result<Box<dyn Play>, AppError> {
        Ok(Box::new(BrokenPlay(0)))
    }
    fn computer(
        &self,
        _: &Value,
        _: Seat,
        _: Strength,
        _: u64,
    ) -> Result<Box<dyn Computer>, AppError> {
        unreachable!("nobody practises")
    }
    fn verify(&self, _: &[u8]) -> Result<VerifiedRecord, AppError> {
        unreachable!("it never ends")
    }
}

struct BrokenPlay(u32);

impl Play for BrokenPlay {
    fn tempo(&self) -> Tempo {
        Tempo::Ticks
    }
    fn tick(&self) -> u32 {
        self.0
    }
    fn turn(&self) -> Option<Turn> {
        None
    }
    fn act(&mut self, _: Seat, _: &Value) -> Result<StepEvents, MoveError> {
        Ok(StepEvents::default())
    }
    fn steer(&mut self, _: Seat, _: i8) {}
    fn step(&mut self) -> StepEvents {
        self.0 += 1;
        assert!(self.0 < 10, "broken on purpose");
        StepEvents::default()
    }
    fn fork(&self) -> Box<dyn Play> {
        Box::new(Self(self.0))
    }
    fn write_state(&self, out: &mut Vec<u8>) {
        out.extend(b"{}");
    }
    fn encode(&self, _: &mut Vec<u8>) {}
    fn state_hash(&self) -> u32 {
        self.0
    }
    fn is_between_points(&self) -> bool {
        false
    }
    fn has_begun(&self) -> bool {
        true
    }
    fn score(&self) -> [u32; 2] {
        [0; 2]
    }
    fn save(&mut self, _: &mut Vec<u8>) -> Vec<u8> {
        vec![1]
    }
    fn record(&self) -> Vec<u8> {
        vec![]
    }
    fn outcome(&self) -> Option<MatchOutcome> {
        None
    }
}

#[tokio::test]
async fn panic_stops_one_match_alone() {
    let (mut fixture, healthy, mut first, mut second) = pong(MatchMode::Ranked).await;
    let broken = fixture.create(&BROKEN, MatchMode::Invite, &json!({}));
    fixture.open(broken, &BROKEN);
    let one = fixture.join(broken, TableSeat::Player(Seat::First));
    let _other = fixture.join(broken, TableSeat::Player(Seat::Second));
    fixture
        .play(&mut [&mut first, &mut second], 5 * SECOND)
        .await;
    assert_eq!(one.sink.closed(), Some(TableClose::Restarting));
    assert!(!fixture.runs(broken));
    assert!(fixture.runs(healthy));
    assert_eq!(first.sink.frame()["frozen"], false);
    assert!(
        fixture.store.ended(broken).is_none(),
        "it can be claimed again"
    );
}

#[tokio::test]
async fn match_that_panics_again_at_once_is_canceled() {
    let mut fixture = Fixture::new();
    let id = fixture.create(&BROKEN, MatchMode::Invite, &json!({}));
    for _ in 0..2 {
        assert!(fixture.store.ended(id).is_none());
        fixture.open(id, &BROKEN);
        let _players = Seat::BOTH.map(|seat| fixture.join(id, TableSeat::Player(seat)));
        fixture.passes(4 * SECOND).await;
        assert!(!fixture.runs(id));
    }
    let expected = MatchEnding::Canceled {
        reason: MatchCancelReason::Server,
        at_fault: [false; 2],
    };
    assert_eq!(fixture.store.ended(id).unwrap().ending, expected);
}
