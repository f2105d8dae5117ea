//! A third game is one file: Nim with 21 sticks, of which each player takes one to three; who takes the last
//! one wins.

use std::time::Duration;

use kernel::AppError;
use serde_json::{Value, json};

use super::{Client, Fixture, SECOND, outcome};
use crate::catalogue::{
    Catalog, Computer, ComputerLevel, Game, GameInfo, GameOption, MoveError, OptionValues, Play,
    SavedPlay, StepEvents, Strength, Tempo, Turn, VerifiedRecord,
};
use crate::port::{TableCommand, TableSeat};
use crate::{EndReason, Error, MatchMode, MatchOutcome, Seat};

struct Nim;

static GAMES: &[&dyn Game] = &[&Nim];

#[derive(Clone)]
struct NimPlay {
    sticks: u8,
    takes: Vec<u8>,
    saved: usize,
}

impl NimPlay {
    fn replay(takes: &[u8]) -> Option<Self> {
        let mut play = Self {
            sticks: 21,
            takes: vec![],
            saved: 0,
        };
        takes.iter().all(|take| play.take(*take)).then_some(play)
    }

    fn take(&mut self, count: u8) -> bool {
        let is_allowed = (1..=3).contains(&count) && count <= self.sticks;
        if is_allowed {
            self.sticks -= count;
            self.takes.push(count);
        }
        is_allowed
    }

    fn mover(&self) -> Seat {
        [Seat::First, Seat::Second][self.takes.len() % 2]
    }
}

impl Game for Nim {
    fn slug(&self) -> &'static str {
        "nim"
    }
    fn tempo(&self) -> Tempo {
        Tempo::Turns
    }
    fn info(&self) -> GameInfo {
        GameInfo {
            title: "Nim",
            description: "Take the last stick.",
            has_draws: false,
            levels: vec![ComputerLevel {
                name: "perfect".to_owned(),
                skill: 1_000,
            }],
        }
    }
    fn options(&self) -> &'static [GameOption] {
        &[GameOption {
            name: "ranked",
            description: "Whether it counts.",
            values: OptionValues::Flag { default: false },
        }]
    }
    fn start(&self, _: &Value, _: u64) -> Result<Box<dyn Play>, AppError> {
        Ok(Box::new(NimPlay::replay(&[]).ok_or(Error::RecordDamaged)?))
    }
    fn restore(&self, _: &Value, saved: &SavedPlay) -> Result<Box<dyn Play>, AppError> {
        let mut play = NimPlay::replay(&saved.record).ok_or(Error::RecordDamaged)?;
        play.saved = play.takes.len();
        Ok(Box::new(play))
    }
    fn computer(
        &self,
        _: &Value,
        _: Seat,
        _: Strength,
        _: u64,
    ) -> Result<Box<dyn Computer>, AppError> {
        Ok(Box::new(NimComputer))
    }
    fn verify(&self, record: &[u8]) -> Result<VerifiedRecord, AppError> {
        let play = NimPlay::replay(record).ok_or(Error::RecordDamaged)?;
        Ok(VerifiedRecord {
            score: play.score(),
            ticks: play.tick(),
            outcome: play.outcome(),
            hash: play.state_hash().into(),
        })
    }
}

impl Play for NimPlay {
    fn tempo(&self) -> Tempo {
        Tempo::Turns
    }
    fn tick(&self) -> u32 {
        self.takes.len() as u32
    }
    fn turn(&self) -> Option<Turn> {
        (self.sticks > 0).then(|| Turn {
            seat: self.mover(),
            limit: Duration::from_secs(20),
        })
    }
    fn act(&mut self, seat: Seat, data: &Value) -> Result<StepEvents, MoveError> {
        let count = data["take"]
            .as_u64()
            .and_then(|count| u8::try_from(count).ok());
        let count = count.ok_or(MoveError::Malformed("take"))?;
        if seat != self.mover() {
            return Err(MoveError::NotYourTurn);
        }
        if !self.take(count) {
            return Err(MoveError::NotAllowed("Take one to three sticks."));
        }
        Ok(StepEvents::default())
    }
    fn steer(&mut self, _: Seat, _: i8) {}
    fn step(&mut self) -> StepEvents {
        StepEvents::default()
    }
    fn fork(&self) -> Box<dyn Play> {
        Box::new(self.clone())
    }
    fn write_state(&self, out: &mut Vec<u8>) {
        out.extend(json!({"sticks": self.sticks}).to_string().bytes());
    }
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.sticks);
    }
    fn state_hash(&self) -> u32 {
        self.sticks.into()
    }
    fn is_between_points(&self) -> bool {
        true
    }
    fn has_begun(&self) -> bool {
        self.takes.len() > 1
    }
    fn score(&self) -> [u32; 2] {
        let won = |seat| u32::from(self.sticks == 0 && self.mover() != seat);
        Seat::BOTH.map(won)
    }
    fn save(&mut self, record: &mut Vec<u8>) -> Vec<u8> {
        record.extend(&self.takes[self.saved..]);
        self.saved = self.takes.len();
        vec![self.sticks]
    }
    fn record(&self) -> Vec<u8> {
        self.takes.clone()
    }
    fn outcome(&self) -> Option<MatchOutcome> {
        (self.sticks == 0).then(|| MatchOutcome {
            winner: Some(self.mover().other()),
            reason: EndReason::Board,
            score: self.score(),
        })
    }
}

struct NimComputer;

impl Computer for NimComputer {
    fn steer(&mut self, _: &dyn Play) -> i8 {
        0
    }
    fn choose(&mut self, play: &dyn Play) -> Value {
        let sticks = play.state()["sticks"].as_u64().unwrap();
        json!({"take": (sticks % 4).max(1)})
    }
}

fn nim() -> &'static dyn Game {
    Catalog::new(GAMES).get("nim").unwrap()
}

fn take(client: &Client, count: u64) {
    client.command(TableCommand::Move(json!({"take": count})));
}

#[tokio::test]
async fn third_game_plays_to_a_result_through_a_restart() {
    let mut fixture = Fixture::new();
    let id = fixture.create(nim(), MatchMode::Ranked, &json!({"ranked": true}));
    fixture.open(id, nim());
    let first = fixture.join(id, TableSeat::Player(Seat::First));
    let second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.passes(3 * SECOND + 2).await;
    for client in [&first, &second, &first] {
        take(client, 3);
        fixture.passes(4).await;
        assert_eq!(client.sink.last_answer(), Some(Ok(())));
    }
    let mut fixture = fixture.restart();
    fixture.open(id, nim());
    let first = fixture.join(id, TableSeat::Player(Seat::First));
    let second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture.passes(3 * SECOND).await;
    assert_eq!(first.sink.frame()["sticks"], 12);
    for client in [&second, &first, &second, &first] {
        take(client, 3);
        fixture.passes(4).await;
    }
    fixture.passes(4).await;
    let ended = fixture.store.ended(id).unwrap();
    assert_eq!(outcome(&ended).winner, Some(Seat::First));
    assert_eq!(
        nim().verify(&ended.record).unwrap().outcome,
        Some(outcome(&ended))
    );
}

#[tokio::test]
async fn third_game_has_a_computer_options_and_wishes_of_the_queue() {
    let mut fixture = Fixture::new();
    let id = fixture.create(nim(), MatchMode::Practice, &json!({}));
    fixture.open(id, nim());
    let player = fixture.join(id, TableSeat::Player(Seat::First));
    fixture.passes(3 * SECOND + 2).await;
    take(&player, 2);
    fixture.passes(SECOND).await;
    assert_eq!(
        player.sink.frame()["sticks"],
        16,
        "it leaves a multiple of four"
    );
    let wants = |given: Value| nim().wants(given.as_object().unwrap()).unwrap();
    let both = nim().meet(
        wants(json!({"ranked": "any"})),
        wants(json!({"ranked": true})),
    );
    assert_eq!(nim().settle(both.unwrap()), json!({"ranked": true}));
}
