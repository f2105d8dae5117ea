//! Finds out which rooms have missed something, and reads it for a few of them at a time.
//!
//! After the bus was away every room may have missed something, and most have not: the heads of
//! many streams are compared in one query.

use std::sync::{Arc, Weak};
use std::time::Duration;

use store::outbox;
use tokio::sync::{Notify, Semaphore};

use super::room::Room;
use super::{Hub, Position};

/// The rooms whose streams are looked at in one query.
const PAGE: usize = 500;
/// The rooms that read from the database at once.
const MAX_FILLING: usize = 8;
/// The waits between tries, which double up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// What the tasks that fill gaps share.
pub(super) struct Gaps {
    permits: Arc<Semaphore>,
    /// All rooms are to be looked at.
    check_all: Arc<Notify>,
}

impl Gaps {
    /// Starts the task that looks at all rooms when asked. Must be called within the runtime.
    pub(super) fn start(hub: Weak<Hub>) -> Self {
        let check_all = Arc::new(Notify::new());
        tokio::spawn(check_when_asked(hub, Arc::clone(&check_all)));
        Self {
            permits: Arc::new(Semaphore::new(MAX_FILLING)),
            check_all,
        }
    }

    /// Has all rooms looked at soon. Asking again meanwhile adds one more look, not many.
    pub(super) fn check_all(&self) {
        self.check_all.notify_one();
    }
}

impl Drop for Gaps {
    fn drop(&mut self) {
        // The task sees that its hub is gone.
        self.check_all.notify_one();
    }
}

async fn check_when_asked(hub: Weak<Hub>, asked: Arc<Notify>) {
    loop {
        asked.notified().await;
        let Some(rooms) = hub.upgrade().map(|hub| hub.all_rooms()) else {
            return;
        };
        for page in rooms.chunks(PAGE) {
            check(&hub, page).await;
        }
    }
}

/// Fills those of these rooms that are behind their streams.
async fn check(hub: &Weak<Hub>, rooms: &[Arc<Room>]) {
    let mut pause = FIRST_PAUSE;
    while let Some(hub) = hub.upgrade() {
        match rooms_behind(&hub, rooms).await {
            Ok(behind) => {
                for room in behind {
                    fill_in_turn(&hub, room).await;
                }
                return;
            }
            Err(fault) => tracing::debug!(fault = %fault.chain(), "heads of streams not read"),
        }
        drop(hub);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

async fn rooms_behind(hub: &Hub, rooms: &[Arc<Room>]) -> Result<Vec<Arc<Room>>, kernel::Fault> {
    let names: Vec<String> = rooms
        .iter()
        .map(|room| room.topic().as_str().to_owned())
        .collect();
    let heads = hub
        .store
        .read(move |conn| outbox::heads(conn, &names))
        .await?;
    let is_behind = |room: &&Arc<Room>| {
        let head = heads.get(room.topic().as_str());
        head.is_some_and(|&(seq, epoch)| room.is_behind(Position { seq, epoch }))
    };
    Ok(rooms.iter().filter(is_behind).cloned().collect())
}

/// Begins to fill a room as soon as few enough others are being filled.
async fn fill_in_turn(hub: &Arc<Hub>, room: Arc<Room>) {
    // The semaphore is never closed.
    if let Ok(permit) = Arc::clone(&hub.gaps.permits).acquire_owned().await {
        let hub = Arc::clone(hub);
        tokio::spawn(async move {
            fill(&hub, &room).await;
            drop(permit);
        });
    }
}

/// Fills a room that is known to have missed something.
pub(super) async fn fill_soon(hub: Arc<Hub>, room: Arc<Room>) {
    let _permit = hub.gaps.permits.acquire().await;
    fill(&hub, &room).await;
}

/// Reads what a room has missed. What was told of is stored, so one read that works is enough.
async fn fill(hub: &Arc<Hub>, room: &Room) {
    let mut pause = FIRST_PAUSE;
    while let Err(fault) = room.fill(hub).await {
        if room.is_idle() {
            return;
        }
        tracing::debug!(topic = %room.topic(), fault = %fault.chain(), "gap not filled yet");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}
