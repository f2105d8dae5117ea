//! Tables run matches: a few threads step all matches of this node 60 times a second.
//!
//! A match is run by one node, which has claimed it in the database ([`MatchStore::claim`]). Its state is saved
//! twice a second, so that another node, or this one after a restart, goes on with it. Each write names the
//! epoch of the claim; one that comes too late changes nothing, and the table is dropped.
//!
//! Nothing here waits: sockets hand over inputs and requests, which a table takes in its next pass, and what
//! takes time (the database) runs as tasks whose results come back as events.

mod group;
mod inputs;
mod match_claim;
mod ports;
mod receivers;
mod requests;
mod restoring;
mod saving;
mod shared;
mod simulation;
mod spectators;
mod table;
mod table_clock;
mod table_events;
mod table_messages;
mod table_play;
mod table_rematch;
mod table_saving;
mod tasks;
#[cfg(test)]
mod tests;
mod worker;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use contract::invites::MatchId;
use kernel::{AppError, Env};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::catalogue::Catalog;
use crate::port::{JoinTable, LocalTables, MatchTables, TableHandle};
use crate::{ClaimedMatch, Error, MatchStore};
use match_claim::MatchClaim;
use requests::MailboxHandle;
use shared::{GroupEvent, TablesShared, unplayable};
use table::GameTable;
use worker::TableWorker;

pub use ports::{NodeTenure, PlayingGuard, TableFollowUp, TableHost, TenureState};
pub(crate) use restoring::recovering_view;
pub(crate) use saving::read_points;

/// Locks by match, so that a match is claimed once at a time.
const CLAIM_LOCKS: usize = 16;

/// What tables are made of.
pub struct TablesParts {
    /// The games.
    pub catalog: Catalog,
    /// Time and randomness.
    pub env: Env,
    /// Where matches are stored.
    pub store: Arc<dyn MatchStore>,
    /// What players do besides playing.
    pub follow_up: Arc<dyn TableFollowUp>,
    /// The sockets.
    pub host: Arc<dyn TableHost>,
    /// Whether other nodes take this one for alive.
    pub tenure: Arc<dyn NodeTenure>,
    /// Where the database is waited for.
    pub runtime: Handle,
}

/// The matches that this node runs.
pub struct Tables {
    catalog: Catalog,
    shared: Arc<TablesShared>,
    workers: Vec<TableWorker>,
    next_worker: AtomicUsize,
    next_receiver: AtomicU64,
    claims: [tokio::sync::Mutex<()>; CLAIM_LOCKS],
    /// Whether this node gives its matches up and takes no more.
    is_leaving: AtomicBool,
}

impl Tables {
    /// Starts so many threads.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn start(parts: TablesParts, threads: usize) -> Result<Arc<Self>, AppError> {
        let shared = Arc::new(TablesShared {
            env: parts.env,
            store: parts.store,
            follow_up: parts.follow_up,
            host: parts.host,
            tenure: parts.tenure,
            runtime: parts.runtime,
            panics: Mutex::default(),
            directory: Mutex::default(),
        });
        let start = |number| TableWorker::start(Arc::clone(&shared), number);
        let workers = (0..threads.max(1)).map(start).collect::<Result<_, _>>();
        Ok(Arc::new(Self {
            catalog: parts.catalog,
            workers: workers.map_err(AppError::internal)?,
            shared,
            next_worker: AtomicUsize::new(0),
            next_receiver: AtomicU64::new(0),
            claims: Default::default(),
            is_leaving: AtomicBool::new(false),
        }))
    }

    /// Whether this node runs the match.
    #[must_use]
    pub fn contains(&self, id: MatchId) -> bool {
        self.shared.directory().contains_key(&id)
    }

    /// The matches that this node runs.
    #[must_use]
    pub fn ids(&self) -> Vec<MatchId> {
        self.shared.directory().keys().copied().collect()
    }

    /// Takes a match over, unless a living node runs it. Returns whether this node runs it now.
    ///
    /// # Errors
    /// Only if the database fails.
    pub async fn claim(&self, id: MatchId) -> Result<bool, AppError> {
        let [.., low] = *id.uuid().as_bytes();
        let Some(lock) = self.claims.get(usize::from(low) % CLAIM_LOCKS) else {
            return Ok(false);
        };
        let _claiming = lock.lock().await;
        if self.contains(id) {
            return Ok(true);
        }
        if self.is_leaving.load(Ordering::Acquire) {
            return Ok(false);
        }
        match self.shared.store.claim(id).await? {
            Some(claimed) => self.open(claimed).await,
            None => Ok(false),
        }
    }

    async fn open(&self, claimed: ClaimedMatch) -> Result<bool, AppError> {
        let claim = MatchClaim {
            id: claimed.id,
            epoch: claimed.epoch,
        };
        match self.restore(claimed) {
            Ok(table) => {
                self.add(table);
                Ok(true)
            }
            Err(error) => {
                tracing::error!(match_id = %claim.id, ?error, "match not restored");
                self.shared.store.end(unplayable(claim)).await?;
                Ok(false)
            }
        }
    }

    fn restore(&self, claimed: ClaimedMatch) -> Result<GameTable, AppError> {
        let game = self.catalog.get(&claimed.game)?;
        let open = || GameTable::open(claimed, game, &self.shared.env);
        catch_unwind(AssertUnwindSafe(open))
            .unwrap_or_else(|_| Err(AppError::internal("a match panicked while it was restored")))
    }

    fn add(&self, table: GameTable) {
        let mailbox = Arc::clone(&table.mailbox);
        self.shared.directory().insert(table.claimed.id, mailbox);
        let next = self.next_worker.fetch_add(1, Ordering::Relaxed);
        let at = next.checked_rem(self.workers.len()).unwrap_or_default();
        if let Some(worker) = self.workers.get(at) {
            worker.push(GroupEvent::Open(Box::new(table)));
        }
    }

    /// Saves all matches and gives them up, so that other nodes can go on with them, and closes their sockets.
    /// This node takes over none from now on.
    pub async fn release_all(&self) {
        self.is_leaving.store(true, Ordering::Release);
        for lock in &self.claims {
            // Who is claiming a match now opens its table before.
            drop(lock.lock().await);
        }
        for worker in &self.workers {
            let (done, released) = oneshot::channel();
            worker.push(GroupEvent::Release(done));
            // A thread that is gone has nothing to release.
            let _ = released.await;
        }
    }
}

impl MatchTables for Tables {
    fn join(&self, join: JoinTable) -> Result<Arc<dyn TableHandle>, AppError> {
        let mailbox = self.shared.directory().get(&join.match_id).cloned();
        let mailbox = mailbox.ok_or(Error::TableNotHere)?;
        let id = self.next_receiver.fetch_add(1, Ordering::Relaxed);
        MailboxHandle::join(id, join, mailbox)
    }
}

#[async_trait]
impl LocalTables for Tables {
    async fn claim(&self, id: MatchId) -> Result<bool, AppError> {
        Self::claim(self, id).await
    }
}
