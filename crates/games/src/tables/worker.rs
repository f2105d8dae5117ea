//! A thread that steps the tables of a group 60 times a second.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use super::group::TableGroup;
use super::shared::{GroupEvent, GroupInbox, TablesShared};
use super::table_clock::TICK;

/// How many ticks are caught up with. Of a longer delay the rest is left out: the clock of a match is its
/// ticks.
const MAX_TICKS: u32 = 5;
/// How long a thread without tables sleeps at most.
const IDLE: Duration = Duration::from_secs(3_600);

/// A thread and its group.
pub(super) struct TableWorker {
    inbox: Arc<GroupInbox>,
    stops: Arc<AtomicBool>,
    thread: Thread,
    handle: Option<JoinHandle<()>>,
}

impl TableWorker {
    /// Starts a thread.
    ///
    /// # Errors
    /// The system has no more of them.
    pub(super) fn start(shared: Arc<TablesShared>, number: usize) -> std::io::Result<Self> {
        let (inbox, stops) = (Arc::<GroupInbox>::default(), Arc::<AtomicBool>::default());
        let group = TableGroup::new(Arc::clone(&shared), Arc::clone(&inbox));
        let is_stopped = Arc::clone(&stops);
        let handle = thread::Builder::new()
            .name(format!("tables-{number}"))
            .spawn(move || run(group, &shared, &is_stopped))?;
        Ok(Self {
            inbox,
            stops,
            thread: handle.thread().clone(),
            handle: Some(handle),
        })
    }

    pub(super) fn push(&self, event: GroupEvent) {
        self.inbox.push(event);
        self.thread.unpark();
    }
}

impl Drop for TableWorker {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Relaxed);
        self.thread.unpark();
        if let Some(handle) = self.handle.take() {
            // A panic of the thread was reported when it happened.
            let _ = handle.join();
        }
    }
}

fn run(mut group: TableGroup, shared: &TablesShared, stops: &AtomicBool) {
    let mut due = shared.env.monotonic();
    while !stops.load(Ordering::Relaxed) {
        let now = shared.env.monotonic();
        if let Some(wait) = due.checked_sub(now).filter(|wait| !wait.is_zero()) {
            thread::park_timeout(wait);
            continue;
        }
        let ticks = due_ticks(now - due);
        due = if now - due > TICK * MAX_TICKS {
            now + TICK
        } else {
            due + TICK * ticks
        };
        if catch_unwind(AssertUnwindSafe(|| group.pass(ticks))).is_err() {
            tracing::error!("matches of a thread dropped after a panic");
            group.abandon();
        }
        if group.is_idle() {
            thread::park_timeout(IDLE);
            due = shared.env.monotonic();
        }
    }
}

/// The ticks that are due when a pass is so late.
fn due_ticks(late: Duration) -> u32 {
    let missed = late.as_nanos() / TICK.as_nanos();
    u32::try_from(missed)
        .unwrap_or(u32::MAX)
        .saturating_add(1)
        .min(MAX_TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_pass_catches_up_with_5_ticks_at_most() {
        let ticks =
            [0, 10, 17, 50, 83, 84, 60_000].map(|late| due_ticks(Duration::from_millis(late)));
        assert_eq!(ticks, [1, 1, 2, 3, 5, 5, 5]);
    }
}
