//! What running matches costs: processor time per match and second of play ("room-second"), with sockets that do
//! nothing, with the journal and without. `crates/games/benches/README.md` describes the method.
//!
//! `cargo bench -p games --bench tables` measures 100 and 1,000 matches. With `-- --test` it only runs everything
//! once, with few matches, and prints nothing that means anything.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark"
)]

mod journal;

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use contract::invites::MatchId;
use contract::match_frames::MatchInput;
use games::Seat;
use games::catalogue::Catalog;
use games::port::{
    ActionError, FrameForm, FrameRate, JoinTable, MatchTables, SeatSink, TableClose, TableHandle,
    TableMessage, TableSeat,
};
use games::tables::{NodeTenure, TableFollowUp, TableHost, Tables, TablesParts, TenureState};
use journal::{Journal, MatchSource};
use kernel::error::Common;
use kernel::{AppError, Env};

const INPUTS_PER_SECOND: u64 = 10;
/// The countdown before play, and a second more.
const WARM_UP: Duration = Duration::from_secs(4);

/// What is measured.
#[derive(Debug, Clone, Copy)]
struct Workload {
    matches: usize,
    seconds: u64,
    form: FrameForm,
    rate: FrameRate,
    journal: Journal,
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

/// Counts states and their bytes.
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

/// What has been used and sent so far.
struct Usage {
    /// The time on a processor, by thread.
    cpu: HashMap<OsString, Duration>,
    frames: u64,
    bytes: u64,
}

impl Usage {
    fn now(sink: &CountingSink) -> Self {
        Self {
            cpu: cpu_by_thread(),
            frames: sink.frames.load(Ordering::Relaxed),
            bytes: sink.bytes.load(Ordering::Relaxed),
        }
    }

    /// The processor time of all threads since then. No thread ends during a measurement.
    fn cpu_since(&self, before: &Self) -> Duration {
        let spent = self.cpu.iter().map(|(thread, now)| {
            let then = before.cpu.get(thread).copied().unwrap_or_default();
            now.saturating_sub(then)
        });
        spent.sum()
    }
}

/// The kernel counts the time of a process in hundredths of a second, but that of a thread in nanoseconds.
fn cpu_by_thread() -> HashMap<OsString, Duration> {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let times = threads.filter_map(|thread| {
        let thread = thread.unwrap();
        // A thread that has just ended has no file any more.
        let schedule = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        let time = schedule.split(' ').next()?.parse().ok()?;
        Some((thread.file_name(), Duration::from_nanos(time)))
    });
    times.collect()
}

/// Presses the keys of all players.
struct Keyboard {
    handles: Vec<Arc<dyn TableHandle>>,
    seq: u32,
}

impl Keyboard {
    fn press(&mut self) {
        self.seq += 1;
        for handle in &self.handles {
            handle.input(MatchInput {
                seq: self.seq,
                tick: i64::MAX,
                direction: [1, 0, -1][usize::try_from(self.seq % 3).unwrap()],
                seat: None,
            });
        }
    }

    async fn press_for(&mut self, seconds: u64) {
        for _ in 0..seconds * INPUTS_PER_SECOND {
            self.press();
            tokio::time::sleep(Duration::from_millis(1_000 / INPUTS_PER_SECOND)).await;
        }
    }
}

fn start_tables(env: &Env, source: &MatchSource) -> Arc<Tables> {
    let parts = TablesParts {
        catalog: Catalog::builtin(),
        env: env.clone(),
        store: source.store(),
        follow_up: Arc::new(NullHost),
        host: Arc::new(NullHost),
        tenure: Arc::new(NullHost),
        runtime: tokio::runtime::Handle::current(),
    };
    Tables::start(parts, 1).unwrap()
}

/// Opens the matches of a workload, and lets both players join each.
async fn join_all(
    tables: &Tables,
    source: &MatchSource,
    workload: Workload,
    sink: &Arc<CountingSink>,
) -> Keyboard {
    let mut handles = vec![];
    for match_id in source.open(workload.matches).await {
        assert!(tables.claim(match_id).await.unwrap());
        for seat in Seat::BOTH {
            let join = JoinTable {
                match_id,
                seat: TableSeat::Player(seat),
                form: workload.form,
                rate: workload.rate,
                follows: false,
                sink: sink.clone(),
            };
            handles.push(tables.join(join).unwrap());
        }
    }
    Keyboard { handles, seq: 0 }
}

async fn measure(workload: Workload) {
    let env = Env::system();
    let source = MatchSource::new(workload.journal, &env);
    let tables = start_tables(&env, &source);
    let sink = Arc::<CountingSink>::default();
    let mut keyboard = join_all(&tables, &source, workload, &sink).await;
    keyboard.press();
    tokio::time::sleep(WARM_UP).await;
    source.let_one_save_pass();
    let before = Usage::now(&sink);
    keyboard.press_for(workload.seconds).await;
    print(workload, &before, &Usage::now(&sink));
}

fn print(workload: Workload, before: &Usage, after: &Usage) {
    let Workload {
        matches,
        seconds,
        form,
        rate,
        journal,
    } = workload;
    let room_seconds = u64::try_from(matches).unwrap() * seconds;
    let cost = after.cpu_since(before) / u32::try_from(room_seconds).unwrap();
    let frames = (after.frames - before.frames) / (room_seconds * 2);
    let bytes = (after.bytes - before.bytes) / (room_seconds * 2);
    assert!(frames > 0, "no states were sent: {workload:?}");
    println!(
        "{matches:>5} matches, {form:?}, {rate:?}, journal {journal:?}: {cost:.1?} a match and second; {frames} states and {bytes} bytes a player and second"
    );
}

/// All combinations of frames and journal, for so many matches.
fn workloads(matches: usize, seconds: u64) -> impl Iterator<Item = Workload> {
    let frames = [
        (FrameForm::Binary, FrameRate::Fixed(60)),
        (FrameForm::Binary, FrameRate::Auto),
        (FrameForm::Lockstep, FrameRate::Auto),
    ];
    frames.into_iter().flat_map(move |(form, rate)| {
        Journal::ALL.map(|journal| Workload {
            matches,
            seconds,
            form,
            rate,
            journal,
        })
    })
}

fn main() {
    let is_test = std::env::args().any(|argument| argument == "--test");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if is_test {
            futures_util::future::join_all(workloads(3, 1).map(measure)).await;
            return;
        }
        for workload in [100, 1_000]
            .into_iter()
            .flat_map(|count| workloads(count, 5))
        {
            measure(workload).await;
        }
    });
}
