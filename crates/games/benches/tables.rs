//! What the threads of tables cost: processor time per match and second of play, with sockets and a database
//! that do nothing.
//!
//! `cargo bench -p games --bench tables` prints it for 100 and for 1,000 matches of two players who press a key ten
//! times a second and are sent binary states.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use contract::invites::MatchId;
use contract::match_frames::MatchInput;
use games::catalogue::Catalog;
use games::port::{
    ActionError, FrameForm, FrameRate, JoinTable, MatchTables, SeatSink, TableClose, TableHandle,
    TableMessage, TableSeat,
};
use games::tables::{NodeTenure, TableFollowUp, TableHost, Tables, TablesParts, TenureState};
use games::{
    ClaimedMatch, EndedMatch, MatchConclusion, MatchHead, MatchMode, MatchStore, Seat, TablePlayer,
};
use kernel::error::Common;
use kernel::{AppError, Env, Timestamp};
use serde_json::json;

const SECONDS: u64 = 5;
const INPUTS_PER_SECOND: u64 = 10;

#[derive(Default)]
struct NullStore(Mutex<HashMap<MatchId, ClaimedMatch>>);

#[async_trait]
impl MatchStore for NullStore {
    async fn claim(&self, id: MatchId) -> Result<Option<ClaimedMatch>, AppError> {
        Ok(self.0.lock().unwrap().get(&id).cloned())
    }
    async fn save_heads(&self, _: Vec<MatchHead>) -> Result<Vec<MatchId>, AppError> {
        Ok(vec![])
    }
    async fn release(&self, _: Vec<MatchHead>) -> Result<(), AppError> {
        Ok(())
    }
    async fn end(&self, _: EndedMatch) -> Result<Option<MatchConclusion>, AppError> {
        Ok(Some(MatchConclusion::default()))
    }
    async fn note_start(&self, _: MatchId, _: i64, _: Timestamp) -> Result<bool, AppError> {
        Ok(true)
    }
}

struct NullHost;

impl TableHost for NullHost {
    fn pass_over(&self) {}
}

impl NodeTenure for NullHost {
    fn state(&self) -> TenureState {
        TenureState::Unlimited
    }
}

#[async_trait]
impl TableFollowUp for NullHost {
    async fn rematch(&self, _: MatchId) -> Result<MatchId, AppError> {
        Err(Common::Unavailable.into())
    }
    async fn check_chat(&self, _: MatchId, _: Seat, text: String) -> Result<String, AppError> {
        Ok(text)
    }
}

/// Counts frames and bytes, and remembers the tick.
#[derive(Default)]
struct CountingSink {
    frames: AtomicU64,
    bytes: AtomicU64,
}

impl SeatSink for CountingSink {
    fn state(&self, frame: &[u8]) -> bool {
        self.frames.fetch_add(1, Ordering::Relaxed);
        let bytes = u64::try_from(frame.len()).unwrap();
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        false
    }
    fn send(&self, _: &TableMessage) {}
    fn answer(&self, _: Option<&str>, _: Result<(), ActionError>) {}
    fn close(&self, _: TableClose) {}
}

/// The processor time of this process.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11..13]
        .iter()
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    // The kernel counts in hundredths of a second.
    Duration::from_millis(ticks * 10)
}

fn claimed(env: &Env, seed: u64) -> ClaimedMatch {
    let game = Catalog::builtin().find("pong").unwrap();
    let options = json!({"score_to_win": 20});
    ClaimedMatch {
        id: env.id(),
        epoch: 1,
        game: game.slug().to_owned(),
        mode: MatchMode::Invite,
        options: game.check(options.as_object().unwrap()).unwrap(),
        seed,
        players: [TablePlayer::User(env.id()), TablePlayer::User(env.id())],
        head: None,
        ownerless: Duration::ZERO,
    }
}

async fn measure(count: u64, form: FrameForm, rate: FrameRate) {
    let (env, store) = (Env::system(), Arc::<NullStore>::default());
    let parts = TablesParts {
        catalog: Catalog::builtin(),
        env: env.clone(),
        store: store.clone(),
        follow_up: Arc::new(NullHost),
        host: Arc::new(NullHost),
        tenure: Arc::new(NullHost),
        runtime: tokio::runtime::Handle::current(),
    };
    let tables = Tables::start(parts, 1).unwrap();
    let sink = Arc::<CountingSink>::default();
    let mut handles: Vec<Arc<dyn TableHandle>> = vec![];
    for seed in 0..count {
        let claimed = claimed(&env, seed);
        let id = claimed.id;
        store.0.lock().unwrap().insert(id, claimed);
        assert!(tables.claim(id).await.unwrap());
        for seat in Seat::BOTH {
            let join = JoinTable {
                match_id: id,
                seat: TableSeat::Player(seat),
                form,
                rate,
                follows: false,
                sink: sink.clone(),
            };
            handles.push(tables.join(join).unwrap());
        }
    }
    let mut seq = 0;
    let mut press = |handles: &[Arc<dyn TableHandle>]| {
        seq += 1;
        for handle in handles {
            handle.input(MatchInput {
                seq,
                tick: i64::MAX,
                direction: [1, 0, -1][usize::try_from(seq % 3).unwrap()],
                seat: None,
            });
        }
    };
    press(&handles);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let (cpu, frames, bytes) = (
        cpu_time(),
        sink.frames.load(Ordering::Relaxed),
        sink.bytes.load(Ordering::Relaxed),
    );
    for _ in 0..SECONDS * INPUTS_PER_SECOND {
        press(&handles);
        tokio::time::sleep(Duration::from_millis(1_000 / INPUTS_PER_SECOND)).await;
    }
    let room_seconds = count * SECONDS;
    let cost = (cpu_time() - cpu) / u32::try_from(room_seconds).unwrap();
    let frames = (sink.frames.load(Ordering::Relaxed) - frames) / (room_seconds * 2);
    let bytes = (sink.bytes.load(Ordering::Relaxed) - bytes) / (room_seconds * 2);
    println!(
        "{count:>5} matches, {form:?}, {rate:?}: {cost:?} a match and second; {frames} states and {bytes} bytes a player and second"
    );
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for count in [100, 1_000] {
            measure(count, FrameForm::Binary, FrameRate::Fixed(60)).await;
            measure(count, FrameForm::Lockstep, FrameRate::Auto).await;
        }
    });
}
