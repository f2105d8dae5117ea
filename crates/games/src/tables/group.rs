//! The tables of one thread: all of them are stepped in one pass, and saved together.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use contract::invites::MatchId;
use kernel::AppError;
use tokio::sync::oneshot;

use super::match_claim::MatchClaim;
use super::ports::TenureState;
use super::shared::{GroupEvent, GroupInbox, TablesShared, unplayable};
use super::table::{GameTable, Pass, Stage, TableTask};
use super::table_clock::TICK;
use super::tasks;
use crate::MatchHead;
use crate::port::TableClose;

/// How often the tables of a thread are saved.
const SAVE_INTERVAL: Duration = Duration::from_millis(500);
/// How long before the end of its lease a node stops.
const TENURE_MARGIN: Duration = Duration::from_millis(200);
/// While leases cannot be read, a table goes on for so long after it was last saved under its epoch.
const WITNESS_TIME: Duration = Duration::from_secs(3);
/// How long nothing may be saved until all matches are paused.
const MAX_UNSAVED: Duration = Duration::from_secs(10);

/// The tables of one thread.
pub(super) struct TableGroup {
    shared: Arc<TablesShared>,
    inbox: Arc<GroupInbox>,
    pub(super) tables: Vec<GameTable>,
    /// When the write began that is on its way.
    writing_since: Option<Duration>,
    next_save: Duration,
    /// When a write began that succeeded, or there was nothing to write.
    saved_at: Duration,
    /// When the oldest write began that has not succeeded yet.
    unsaved_since: Option<Duration>,
    is_paused: bool,
    /// Until when this node could be sure of its matches, as of the last pass.
    deadline: Duration,
    /// When another node may last have taken matches over, if none was saved since.
    unsure_since: Option<Duration>,
    /// Who waits until all matches are given up.
    releasing: Option<oneshot::Sender<()>>,
}

impl TableGroup {
    pub(super) fn new(shared: Arc<TablesShared>, inbox: Arc<GroupInbox>) -> Self {
        let now = shared.env.monotonic();
        Self {
            shared,
            inbox,
            tables: vec![],
            writing_since: None,
            next_save: now,
            saved_at: now,
            unsaved_since: None,
            is_paused: false,
            deadline: Duration::MAX,
            unsure_since: None,
            releasing: None,
        }
    }

    /// Whether nothing is to be done until the next event.
    pub(super) fn is_idle(&self) -> bool {
        self.tables.is_empty() && self.releasing.is_none()
    }

    /// Drops all tables after a panic outside of them. Their journals are sound.
    pub(super) fn abandon(&mut self) {
        for table in &mut self.tables {
            table.close(TableClose::Restarting);
        }
        self.remove_gone();
    }

    /// Steps all tables by so many ticks.
    pub(super) fn pass(&mut self, ticks: u32) {
        let now = self.shared.env.monotonic();
        let pass = Pass {
            now,
            ticks,
            elapsed: TICK * ticks,
        };
        self.take_events(&pass);
        if self.releasing.is_some() {
            return self.release(now);
        }
        if !self.may_play(now) {
            return self.remove_gone();
        }
        self.step(&pass);
        self.show_players();
        self.run_tasks();
        self.save(now);
        self.pause_if_unsaved(&pass);
        self.remove_gone();
        self.shared.host.pass_over();
    }

    /// Whether the matches are still this node's. After a time in which another node may have taken them over,
    /// it is only once they are saved under their epochs.
    fn may_play(&mut self, now: Duration) -> bool {
        let has_lapsed = now > self.deadline;
        self.deadline = self.deadline();
        let is_muted = now > self.deadline;
        if is_muted || has_lapsed {
            if self.unsure_since.is_none() {
                self.next_save = now;
            }
            self.unsure_since = Some(now);
        }
        if self.unsure_since.is_some() {
            self.make_sure(is_muted, now);
            return false;
        }
        true
    }

    /// Until when no other node can have taken a match over without this one having noticed.
    fn deadline(&self) -> Duration {
        match self.shared.tenure.state() {
            TenureState::Unlimited => Duration::MAX,
            TenureState::Until(end) => end.saturating_sub(TENURE_MARGIN),
            TenureState::Unknown(end) => {
                let witnessed = self.saved_at + WITNESS_TIME;
                witnessed.max(end.saturating_sub(TENURE_MARGIN))
            }
        }
    }

    /// Saves all matches, which shows whose they are.
    fn make_sure(&mut self, is_muted: bool, now: Duration) {
        let is_unknown = matches!(self.shared.tenure.state(), TenureState::Unknown(_));
        if (is_muted && !is_unknown) || self.writing_since.is_some() || self.next_save > now {
            return;
        }
        self.next_save = now + SAVE_INTERVAL;
        let heads = self.heads(now, |_| true, GameTable::save);
        if heads.is_empty() {
            self.unsure_since = None;
            self.saved_at = now;
        }
        self.write(heads, now);
    }

    fn take_events(&mut self, pass: &Pass) {
        for event in self.inbox.take() {
            self.handle(event, pass);
        }
    }

    fn find(&mut self, claim: MatchClaim) -> Option<&mut GameTable> {
        self.tables.iter_mut().find(|table| table.claim() == claim)
    }

    fn handle(&mut self, event: GroupEvent, pass: &Pass) {
        match event {
            GroupEvent::Open(table) => {
                if self.tables.is_empty() {
                    self.saved_at = pass.now;
                    (self.deadline, self.unsure_since) = (Duration::MAX, None);
                }
                self.tables.push(*table);
            }
            GroupEvent::Saved { claims, lost } => {
                self.complete_save(&claims, lost.as_deref(), pass.now);
            }
            GroupEvent::OfMatch(claim, event) => {
                if let Some(table) = self.find(claim) {
                    table.take_event(event, pass);
                }
            }
            GroupEvent::Release(done) => self.releasing = Some(done),
        }
    }

    fn step(&mut self, pass: &Pass) {
        let shared = Arc::clone(&self.shared);
        for table in &mut self.tables {
            if table.leave_out(pass) {
                continue;
            }
            let stepped = catch_unwind(AssertUnwindSafe(|| table.pass(pass)));
            if stepped.is_ok() {
                continue;
            }
            tracing::error!(match_id = %table.claimed.id, "match stopped by a panic");
            // Its journal is sound: whoever joins next goes on from there.
            table.close(TableClose::Restarting);
            table.tasks.clear();
            if shared.note_panic(table.claimed.id, pass.now) {
                let ended = unplayable(table.claim());
                table.tasks.push(TableTask::End(Box::new(ended)));
            }
        }
    }

    fn run_tasks(&mut self) {
        for at in 0..self.tables.len() {
            let Some(table) = self.tables.get_mut(at) else {
                return;
            };
            let claim = table.claim();
            for task in std::mem::take(&mut table.tasks) {
                let (shared, inbox) = (Arc::clone(&self.shared), Arc::clone(&self.inbox));
                let running = tasks::run(task, claim, shared, inbox);
                self.shared.runtime.spawn(running);
            }
        }
    }

    fn show_players(&mut self) {
        for table in &mut self.tables {
            for (seat, user) in std::mem::take(&mut table.to_show) {
                let guard = self.shared.follow_up.show_playing(user);
                if let Some(shown) = table.playing.get_mut(seat.index()) {
                    *shown = Some(guard);
                }
            }
        }
    }

    /// Saves what is due, unless a write is on its way.
    fn save(&mut self, now: Duration) {
        if self.writing_since.is_some() {
            return;
        }
        let is_time = self.next_save <= now;
        let is_due =
            |table: &GameTable| table.saving.is_due(now) || (is_time && table.is_saved_regularly());
        let heads = self.heads(now, is_due, GameTable::save);
        if is_time {
            self.next_save = now + SAVE_INTERVAL;
        }
        if heads.is_empty() && is_time {
            self.saved_at = now;
        }
        self.write(heads, now);
    }

    fn write(&mut self, heads: Vec<MatchHead>, now: Duration) {
        if heads.is_empty() {
            return;
        }
        self.writing_since = Some(now);
        self.unsaved_since.get_or_insert(now);
        let (shared, inbox) = (Arc::clone(&self.shared), Arc::clone(&self.inbox));
        self.shared.runtime.spawn(async move {
            let claim = |MatchHead { id, epoch, .. }: &MatchHead| MatchClaim {
                id: *id,
                epoch: *epoch,
            };
            let claims = heads.iter().map(claim).collect();
            let lost = shared.store.save_heads(heads).await;
            let lost = lost.inspect_err(|error| tracing::warn!(?error, "matches not saved"));
            inbox.push(GroupEvent::Saved {
                claims,
                lost: lost.ok(),
            });
        });
    }

    fn heads(
        &mut self,
        now: Duration,
        is_wanted: impl Fn(&GameTable) -> bool,
        save: fn(&mut GameTable, Duration) -> Result<MatchHead, AppError>,
    ) -> Vec<MatchHead> {
        let tables = self.tables.iter_mut();
        let live = tables.filter(|table| matches!(table.stage, Stage::Live));
        let heads = live.filter(|table| is_wanted(table)).filter_map(|table| {
            let head = save(table, now);
            head.inspect_err(|error| tracing::error!(?error, "match not encoded"))
                .ok()
        });
        heads.collect()
    }

    fn complete_save(&mut self, claims: &[MatchClaim], lost: Option<&[MatchId]>, now: Duration) {
        let began = self.writing_since.take().unwrap_or(now);
        if lost.is_some() {
            self.saved_at = began;
            self.unsaved_since = None;
            self.unsure_since = self.unsure_since.filter(|since| *since > began);
        }
        let is_saved = lost.is_some();
        let lost = lost.unwrap_or_default();
        let claims: HashSet<&MatchClaim> = claims.iter().collect();
        for table in &mut self.tables {
            match (
                claims.contains(&table.claim()),
                lost.contains(&table.claimed.id),
            ) {
                (true, false) => table.complete_save(is_saved, now),
                (true, true) => table.lose_match(),
                (false, _) => {}
            }
        }
    }

    /// Pauses all matches while nothing can be saved, and goes on afterwards.
    fn pause_if_unsaved(&mut self, pass: &Pass) {
        let waits_since = self.unsaved_since.unwrap_or(pass.now);
        let is_unsaved = pass.now.saturating_sub(waits_since) > MAX_UNSAVED;
        if is_unsaved == self.is_paused {
            return;
        }
        self.is_paused = is_unsaved;
        if is_unsaved {
            tracing::error!("matches paused: they cannot be saved");
        }
        for table in &mut self.tables {
            let effects = if is_unsaved {
                table.lifecycle.pause_by_server()
            } else {
                table.lifecycle.resume_by_server()
            };
            table.apply(effects, pass);
        }
    }

    fn remove_gone(&mut self) {
        let shared = Arc::clone(&self.shared);
        self.tables.retain_mut(|table| {
            let is_gone = matches!(table.stage, Stage::Gone);
            if is_gone {
                shared.forget(table);
                table.close(TableClose::Ended);
            }
            !is_gone
        });
    }

    /// Saves all matches a last time, gives them up, and closes their sockets, once the write that is on its way
    /// has ended.
    fn release(&mut self, now: Duration) {
        if self.writing_since.is_some() {
            return;
        }
        let heads = self.heads(now, |_| true, GameTable::hand_over);
        let mut tables = std::mem::take(&mut self.tables);
        let (shared, done) = (Arc::clone(&self.shared), self.releasing.take());
        self.shared.runtime.spawn(async move {
            if let Err(error) = shared.store.release(heads).await {
                tracing::warn!(?error, "matches not released");
            }
            for table in &mut tables {
                shared.forget(table);
                table.close(match table.stage {
                    Stage::Over(_) | Stage::Rematching(_) | Stage::Parting(_) | Stage::Gone => {
                        TableClose::Ended
                    }
                    Stage::Live | Stage::Ending => TableClose::Restarting,
                });
            }
            shared.host.pass_over();
            // Nobody waits any more if the server stops at once.
            let _ = done.map(|done| done.send(()));
        });
    }
}
