//! Finds out which rooms have missed something, and reads it for a few of them at a time.
//!
//! After the bus was away every room may have missed something, and most have not: the heads of
//! many streams are compared in one query.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::filling::Filling;
use super::room::Room;
use super::{Hub, Position};

/// The rooms whose streams are looked at in one query.
const PAGE: usize = 500;
/// The rooms that read from the database at once.
pub(super) const MAX_FILLING: usize = 8;
/// The waits between tries, which double up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// What the tasks that fill gaps share.
pub(super) struct Gaps {
    /// For the rooms that read now.
    pub(super) permits: Arc<Semaphore>,
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
            Err(error) => tracing::debug!(error = %error.chain(), "heads of streams not read"),
        }
        drop(hub);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

async fn rooms_behind(hub: &Hub, rooms: &[Arc<Room>]) -> Result<Vec<Arc<Room>>, kernel::AppError> {
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
    if let Some(permit) = permit(hub).await
        && let Some(filling) = Filling::begin(&room)
    {
        tokio::spawn(fill(Arc::clone(hub), filling, Some(permit)));
    }
}

/// Reads what a room has missed, and again if it misses more meanwhile. What was told of is stored,
/// so one read that works is enough. Between two tries others have their turn.
pub(super) async fn fill(
    hub: Arc<Hub>,
    mut filling: Filling,
    mut first: Option<OwnedSemaphorePermit>,
) {
    let mut pause = FIRST_PAUSE;
    loop {
        let permit = match first.take() {
            Some(permit) => Some(permit),
            None => permit(&hub).await,
        };
        let filled = filling.room().fill(&hub).await;
        drop(permit);
        let Err(error) = filled else {
            if !filling.goes_on() {
                return;
            }
            pause = FIRST_PAUSE;
            continue;
        };
        let room = filling.room();
        if room.is_idle() {
            return;
        }
        tracing::debug!(topic = %room.topic(), error = %error.chain(), "gap not filled yet");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

/// Waits until few enough rooms are being filled.
async fn permit(hub: &Hub) -> Option<OwnedSemaphorePermit> {
    // The semaphore is never closed.
    Arc::clone(&hub.gaps.permits).acquire_owned().await.ok()
}
