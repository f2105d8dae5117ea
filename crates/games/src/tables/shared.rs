//! What the threads of tables share, and how they are told of what happened elsewhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::invites::MatchId;
use kernel::{AppError, Env};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::match_claim::MatchClaim;
use super::ports::{NodeTenure, TableFollowUp, TableHost};
use super::requests::TableMailbox;
use super::table::GameTable;
use crate::{EndedMatch, MatchCancelReason, MatchConclusion, MatchEnding, MatchStore, Seat};

/// A match that panics twice within this time is canceled.
const PANIC_MEMORY: Duration = Duration::from_secs(10);

/// What all groups share.
pub(super) struct TablesShared {
    pub(super) env: Env,
    pub(super) store: Arc<dyn MatchStore>,
    pub(super) follow_up: Arc<dyn TableFollowUp>,
    pub(super) host: Arc<dyn TableHost>,
    pub(super) tenure: Arc<dyn NodeTenure>,
    pub(super) runtime: Handle,
    /// When matches last panicked.
    pub(super) panics: Mutex<HashMap<MatchId, Duration>>,
    /// The tables of this node.
    pub(super) directory: Mutex<HashMap<MatchId, Arc<TableMailbox>>>,
}

impl TablesShared {
    pub(super) fn directory(&self) -> MutexGuard<'_, HashMap<MatchId, Arc<TableMailbox>>> {
        self.directory
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A match has panicked. Returns whether it does so again and again.
    pub(super) fn note_panic(&self, id: MatchId, now: Duration) -> bool {
        let mut panics = self.panics.lock().unwrap_or_else(PoisonError::into_inner);
        panics.retain(|_, at| now.saturating_sub(*at) < PANIC_MEMORY);
        panics.insert(id, now).is_some()
    }

    /// Removes a table, unless another one has taken its place.
    pub(super) fn forget(&self, table: &GameTable) {
        let mut directory = self.directory();
        let id = table.claimed.id;
        let is_same = |mailbox: &Arc<TableMailbox>| Arc::ptr_eq(mailbox, &table.mailbox);
        if directory.get(&id).is_some_and(is_same) {
            directory.remove(&id);
        }
    }
}

/// What happened outside of the thread.
pub(super) enum GroupEvent {
    Open(Box<GameTable>),
    /// A write has ended.
    Saved {
        /// What it was for.
        claims: Vec<MatchClaim>,
        /// The matches that another node has; nothing if the write failed.
        lost: Option<Vec<MatchId>>,
    },
    /// What has happened to a match, as long as this node runs it under this claim.
    OfMatch(MatchClaim, MatchEvent),
    /// Stops all tables and gives them up.
    Release(oneshot::Sender<()>),
}

/// What happened to a match outside of the thread.
pub(super) enum MatchEvent {
    /// Another node has it.
    Lost,
    Ended(Option<MatchConclusion>),
    Rematch(Seat, Result<MatchId, AppError>),
    Chat {
        seat: Seat,
        from: u64,
        cid: Option<String>,
        text: Result<String, AppError>,
    },
}

/// Where events for a group wait.
#[derive(Default)]
pub(super) struct GroupInbox {
    events: Mutex<Vec<GroupEvent>>,
}

impl GroupInbox {
    pub(super) fn push(&self, event: GroupEvent) {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
    }

    pub(super) fn take(&self) -> Vec<GroupEvent> {
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The end of a match that cannot be played.
pub(super) fn unplayable(MatchClaim { id, epoch }: MatchClaim) -> EndedMatch {
    EndedMatch {
        id,
        epoch,
        ending: MatchEnding::Canceled {
            reason: MatchCancelReason::Server,
            at_fault: [false; 2],
        },
        record: vec![],
        points: vec![],
        played: Duration::ZERO,
        steered: [false; 2],
        ticks: 0,
        longest_rally: 0,
    }
}
