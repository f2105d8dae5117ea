//! What of a table is saved, and what its end tells.

use std::time::Duration;

use kernel::AppError;

use super::saving::{SavedTable, millis, write_points};
use super::table::{GameTable, HeldAnswer, Stage};
use crate::catalogue::Tempo;
use crate::rules::SavedLifecycle;
use crate::{EndedMatch, MatchEnding, MatchHead};

impl GameTable {
    /// Whether it is saved twice a second.
    pub(super) fn is_saved_regularly(&self) -> bool {
        let is_live = matches!(self.stage, Stage::Live);
        is_live && self.lifecycle.has_started() && self.simulation.settled().tempo() == Tempo::Ticks
    }

    /// Begins to save it.
    pub(super) fn save(&mut self, now: Duration) -> Result<MatchHead, AppError> {
        let lifecycle = self.lifecycle.save();
        self.save_as(lifecycle, None, now)
    }

    /// Saves it a last time, for the node that goes on with it.
    pub(super) fn hand_over(&mut self, now: Duration) -> Result<MatchHead, AppError> {
        let lifecycle = self.lifecycle.hand_over();
        let directions = self.simulation.newest_directions();
        self.save_as(lifecycle, Some(directions), now)
    }

    fn save_as(
        &mut self,
        lifecycle: SavedLifecycle,
        directions: Option<[i8; 2]>,
        now: Duration,
    ) -> Result<MatchHead, AppError> {
        let snapshot = self.simulation.settled_mut().save(self.saving.tail_mut());
        self.held.iter_mut().for_each(|held| held.is_covered = true);
        let saved = SavedTable {
            lifecycle,
            played_ms: millis(self.played),
            steered: self.steered(),
            number: self.number,
            is_running: self.lifecycle.is_running(),
            directions,
        };
        let record = self.saving.begin(now);
        Ok(MatchHead {
            id: self.claimed.id,
            epoch: self.claimed.epoch,
            tick: self.simulation.settled().tick(),
            snapshot,
            tail: record.tail,
            lifecycle: serde_json::to_string(&saved)?,
            points: write_points(&self.points)?,
            seqs: self.simulation.seqs(),
            chunk: record.chunk,
            chunks: record.chunks,
        })
    }

    /// What was begun to be saved is saved, or not.
    pub(super) fn complete_save(&mut self, is_saved: bool, now: Duration) {
        self.saving.complete(is_saved, now);
        if !is_saved {
            return;
        }
        let (covered, rest) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| held.is_covered);
        self.held = rest;
        answer(covered);
    }

    /// Who has done anything, by seat. Computers and second players at a keyboard need not.
    fn steered(&self) -> [bool; 2] {
        self.simulation.steered()
    }

    /// The end as it is stored.
    pub(super) fn ended(&self, ending: MatchEnding) -> EndedMatch {
        let settled = self.simulation.settled();
        EndedMatch {
            id: self.claimed.id,
            epoch: self.claimed.epoch,
            ending,
            record: settled.record(),
            points: self.points.clone(),
            played: self.played,
            steered: self.steered(),
            ticks: settled.tick(),
            longest_rally: self
                .points
                .iter()
                .map(|timed| timed.point.rally)
                .max()
                .unwrap_or(0),
        }
    }
}

/// Answers commands whose effects are saved.
pub(super) fn answer(held: Vec<HeldAnswer>) {
    for (sink, cid) in held.into_iter().filter_map(|held| held.to) {
        sink.answer(cid.as_deref(), Ok(()));
    }
}
