//! Tables with a store in memory and sockets that keep what they are sent, on a clock that the test moves.

mod fakes;
mod faults;
mod handover;
mod journal;
mod nim;
mod playing;
mod pong;
mod sockets;
mod turns;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use contract::invites::MatchId;
use contract::match_frames::{MatchInput, MatchPhase};
use kernel::{Env, ManualClock, SeededRng, Timestamp, UserId};
use serde_json::{Value, json};

use super::group::TableGroup;
use super::ports::TenureState;
use super::requests::MailboxHandle;
use super::shared::{GroupEvent, GroupInbox, TablesShared};
use super::table::GameTable;
use super::table_clock::TICK;
use crate::catalogue::{Catalog, Game};
use crate::port::{FrameForm, FrameRate, JoinTable, TableCommand, TableHandle, TableSeat};
use crate::{ClaimedMatch, EndedMatch, MatchEnding, MatchMode, MatchOutcome, Seat, TablePlayer};
use fakes::{FakeFollowUp, FakeSink, FakeStore, FakeTenure, NoHost, StoredRow};

pub(super) const SECOND: u32 = 60;

/// Somebody at a table.
pub(super) struct Client {
    pub(super) sink: Arc<FakeSink>,
    pub(super) handle: Arc<dyn TableHandle>,
    seq: u32,
}

impl Client {
    /// Sends a direction for the tick after the newest state.
    pub(super) fn steer(&mut self, direction: i8) {
        let tick = self.sink.frame()["tick"].as_i64().unwrap_or_default() + 1;
        self.input(tick, direction, None);
    }

    pub(super) fn input(&mut self, tick: i64, direction: i8, seat: Option<Seat>) {
        self.seq += 1;
        self.handle.input(MatchInput {
            seq: self.seq,
            tick,
            direction,
            seat: seat.map(Into::into),
        });
    }

    pub(super) fn command(&self, command: TableCommand) {
        self.handle.command(command, Some("c".to_owned()));
    }
}

pub(super) struct Fixture {
    pub(super) clock: Arc<ManualClock>,
    pub(super) env: Env,
    pub(super) store: Arc<FakeStore>,
    pub(super) follow_up: Arc<FakeFollowUp>,
    tenure: Arc<FakeTenure>,
    shared: Arc<TablesShared>,
    inbox: Arc<GroupInbox>,
    group: TableGroup,
    /// Whether those who join were at the table of the node before.
    pub(super) follows: bool,
    next_client: u64,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let start = Timestamp::from_micros(1_790_000_000_000_000);
        let clock = Arc::new(ManualClock::at(start));
        clock.advance(Duration::from_secs(100));
        let env = Env::new(clock.clone(), Arc::new(SeededRng::new(3)));
        let (store, follow_up) = (Arc::<FakeStore>::default(), Arc::<FakeFollowUp>::default());
        let tenure = Arc::new(FakeTenure(Mutex::new(TenureState::Unlimited)));
        let shared = Arc::new(TablesShared {
            env: env.clone(),
            store: store.clone(),
            follow_up: follow_up.clone(),
            host: Arc::new(NoHost),
            tenure: tenure.clone(),
            runtime: tokio::runtime::Handle::current(),
            panics: Mutex::default(),
            directory: Mutex::default(),
        });
        let inbox = Arc::<GroupInbox>::default();
        let group = TableGroup::new(shared.clone(), inbox.clone());
        Self {
            clock,
            env,
            store,
            follow_up,
            tenure,
            shared,
            inbox,
            group,
            follows: false,
            next_client: 0,
        }
    }

    /// The same store with a new node.
    pub(super) fn restart(self) -> Self {
        let mut next = Self::new();
        next.clock = self.clock;
        next.env = self.env;
        next.store = self.store;
        next.follow_up = self.follow_up;
        next.shared = Arc::new(TablesShared {
            env: next.env.clone(),
            store: next.store.clone(),
            follow_up: next.follow_up.clone(),
            host: Arc::new(NoHost),
            tenure: next.tenure.clone(),
            runtime: tokio::runtime::Handle::current(),
            panics: Mutex::default(),
            directory: Mutex::default(),
        });
        next.group = TableGroup::new(next.shared.clone(), next.inbox.clone());
        next.next_client = self.next_client;
        next
    }

    pub(super) fn set_tenure(&self, state: TenureState) {
        *self.tenure.0.lock().unwrap() = state;
    }

    /// Stores a match of two users.
    pub(super) fn create(
        &self,
        game: &'static dyn Game,
        mode: MatchMode,
        options: &Value,
    ) -> MatchId {
        let users: [UserId; 2] = [self.env.id(), self.env.id()];
        let players = match mode {
            MatchMode::Local => [TablePlayer::User(users[0]), TablePlayer::Local],
            MatchMode::Practice => [
                TablePlayer::User(users[0]),
                TablePlayer::Computer {
                    skill: 200,
                    reaction_ms: None,
                    accuracy: None,
                },
            ],
            _ => users.map(TablePlayer::User),
        };
        let id = self.env.id();
        let claimed = ClaimedMatch {
            id,
            epoch: 0,
            game: game.slug().to_owned(),
            mode,
            options: game.check(options.as_object().unwrap()).unwrap(),
            seed: 42,
            players,
            head: None,
            ownerless: Duration::ZERO,
        };
        let row = StoredRow {
            claimed,
            chunks: vec![],
            tail: vec![],
            ended: None,
        };
        self.store.rows.lock().unwrap().insert(id, row);
        id
    }

    /// Claims a match for this node.
    pub(super) fn open(&mut self, id: MatchId, game: &'static dyn Game) {
        let claimed = self.store.take_over(id);
        let table = GameTable::open(claimed, game, &self.env).unwrap();
        let mailbox = table.mailbox.clone();
        self.shared.directory().insert(id, mailbox);
        self.inbox.push(GroupEvent::Open(Box::new(table)));
    }

    pub(super) fn join(&mut self, id: MatchId, seat: TableSeat) -> Client {
        let sink = Arc::<FakeSink>::default();
        let mailbox = self.shared.directory()[&id].clone();
        self.next_client += 1;
        let join = JoinTable {
            match_id: id,
            seat,
            form: FrameForm::Json,
            rate: FrameRate::Fixed(60),
            follows: self.follows,
            sink: sink.clone(),
        };
        let handle = MailboxHandle::join(self.next_client, join, mailbox).unwrap();
        Client {
            sink,
            handle,
            seq: 0,
        }
    }

    pub(super) fn push(&self, event: GroupEvent) {
        self.inbox.push(event);
    }

    pub(super) fn runs(&self, id: MatchId) -> bool {
        self.shared.directory().contains_key(&id)
    }

    /// One pass, and what it leads to.
    pub(super) async fn pass(&mut self) {
        self.clock.advance(TICK);
        self.group.pass(1);
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
    }

    pub(super) async fn passes(&mut self, count: u32) {
        for _ in 0..count {
            self.pass().await;
        }
    }

    /// Passes in which clients send a direction twice a second.
    pub(super) async fn play(&mut self, clients: &mut [&mut Client], count: u32) {
        for at in 0..count {
            if at % 30 == 0 {
                for client in &mut *clients {
                    let direction = if at % 60 == 0 { 1 } else { -1 };
                    client.steer(direction);
                }
            }
            self.pass().await;
        }
    }
}

pub(super) fn game(slug: &str) -> &'static dyn Game {
    Catalog::builtin().find(slug).unwrap()
}

/// A match of Pong of two players who have joined, in its first rally.
pub(super) async fn pong(mode: MatchMode) -> (Fixture, MatchId, Client, Client) {
    let mut fixture = Fixture::new();
    let id = fixture.create(
        game("pong"),
        mode,
        &json!({"score_to_win": 20, "ranked": true}),
    );
    fixture.open(id, game("pong"));
    let mut first = fixture.join(id, TableSeat::Player(Seat::First));
    let mut second = fixture.join(id, TableSeat::Player(Seat::Second));
    fixture
        .play(&mut [&mut first, &mut second], 5 * SECOND)
        .await;
    (fixture, id, first, second)
}

/// The same after the first point.
pub(super) async fn pong_with_a_point(mode: MatchMode) -> (Fixture, MatchId, Client, Client) {
    let (mut fixture, id, mut first, mut second) = pong(mode).await;
    let has_point = |client: &Client| {
        let messages = client.sink.messages.lock().unwrap();
        messages
            .iter()
            .any(|message| message.name().as_str() == "point")
    };
    let mut seconds = 0;
    while !has_point(&first) {
        fixture.play(&mut [&mut first, &mut second], SECOND).await;
        seconds += 1;
        assert!(seconds < 300);
    }
    (fixture, id, first, second)
}

pub(super) fn outcome(ended: &EndedMatch) -> MatchOutcome {
    match ended.ending {
        MatchEnding::Finished(outcome) => outcome,
        MatchEnding::Canceled { reason, .. } => panic!("{reason:?}"),
    }
}

pub(super) fn phase(client: &Client) -> MatchPhase {
    client.sink.joined().phase
}
