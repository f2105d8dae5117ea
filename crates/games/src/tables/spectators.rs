//! Who watches a match. All are shown the same, which is encoded once for each form.

use std::sync::Arc;
use std::time::Duration;

use contract::match_frames::MatchSpectators;

use crate::frames::{TickState, write_whole};
use crate::port::{FrameForm, JoinTable, SeatSink, TableMessage};

/// How many may watch a match.
const MAX_SPECTATORS: usize = 2_000;
/// Above how many they are shown fewer states.
const MANY_SPECTATORS: usize = 200;
/// How often their number is told at most.
const COUNT_INTERVAL: Duration = Duration::from_secs(1);

/// A socket that watches.
struct Spectator {
    id: u64,
    form: FrameForm,
    sink: Arc<dyn SeatSink>,
}

/// The sockets that watch a match.
#[derive(Default)]
pub(super) struct Spectators {
    all: Vec<Spectator>,
    /// Whether somebody has come or gone since their number was told.
    has_changed: bool,
    told_at: Option<Duration>,
    buffer: Vec<u8>,
}

impl Spectators {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn are_many(&self) -> bool {
        self.all.len() > MANY_SPECTATORS
    }

    /// Lets a spectator in. Returns whether there is room.
    pub(super) fn add(&mut self, id: u64, join: JoinTable) -> bool {
        let JoinTable { form, sink, .. } = join;
        let has_room = self.all.len() < MAX_SPECTATORS;
        if has_room {
            // Equal frames follow each other, so that those for one node are sent together.
            let at = self
                .all
                .partition_point(|other| order(other.form) <= order(form));
            self.all.insert(at, Spectator { id, form, sink });
            self.has_changed = true;
        }
        has_room
    }

    pub(super) fn remove(&mut self, id: u64) {
        let before = self.all.len();
        self.all.retain(|spectator| spectator.id != id);
        self.has_changed |= self.all.len() < before;
    }

    pub(super) fn find(&self, id: u64) -> Option<&Arc<dyn SeatSink>> {
        let found = self.all.iter().find(|spectator| spectator.id == id);
        found.map(|spectator| &spectator.sink)
    }

    pub(super) fn send(&self, message: &TableMessage) {
        let sinks = self.all.iter().map(|spectator| &spectator.sink);
        sinks.for_each(|sink| sink.send(message));
    }

    /// Their number, if it is to be told now.
    pub(super) fn count_to_tell(&mut self, now: Duration) -> Option<TableMessage> {
        let is_early = |at: Duration| now.saturating_sub(at) < COUNT_INTERVAL;
        if !self.has_changed || self.told_at.is_some_and(is_early) {
            return None;
        }
        self.has_changed = false;
        self.told_at = Some(now);
        let count = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        Some(TableMessage::Spectators(MatchSpectators { count }))
    }

    /// Shows a whole state: they do not see each tick, so they cannot go on from one to the next.
    pub(super) fn show(&mut self, state: &TickState<'_>) {
        let mut encoded = None;
        for spectator in &self.all {
            let form = order(spectator.form);
            if encoded != Some(form) {
                write_whole(state, spectator.form, &mut self.buffer);
                encoded = Some(form);
            }
            spectator.sink.state(&self.buffer);
        }
    }

    pub(super) fn take_sinks(&mut self) -> impl Iterator<Item = Arc<dyn SeatSink>> {
        self.all.drain(..).map(|spectator| spectator.sink)
    }
}

/// Both compact forms are the same for spectators.
const fn order(form: FrameForm) -> u8 {
    match form {
        FrameForm::Json => 0,
        FrameForm::Binary | FrameForm::Lockstep => 1,
    }
}
