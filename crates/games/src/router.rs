//! Finds the table of a match, on whichever node it is.

use std::sync::{Arc, Weak};
use std::time::Duration;

use contract::invites::MatchId;
use db::Store;
use kernel::AppError;
use outbox::NodeId;
use tokio::runtime::Handle;

use crate::port::{JoinTable, LocalTables, SavedMatchViews, TableClose, TableHandle, TableMessage};
use crate::ports::LiveNodes;
use crate::queries::matches;
use crate::remote::RemoteTables;
use crate::routed_seat::{Rerouter, RoutedSeat, RoutedSink};
use crate::{Error, MatchStatus};

/// How often the owner of a match is looked up anew when others are faster to claim it.
const MAX_ATTEMPTS: usize = 5;
/// How soon a socket must be at its new table to have followed the match.
const MAX_HANDOVER: Duration = Duration::from_millis(300);
/// After how many attempts to find the table of a lost node the socket is shown the saved state.
const SHOW_SAVED_AFTER: usize = 3;
/// After which times the table of a lost node is looked for.
const REROUTE_AFTER: [Duration; 7] = [
    Duration::ZERO,
    Duration::from_millis(50),
    Duration::from_millis(150),
    Duration::from_millis(300),
    Duration::from_millis(600),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// What joins sockets to tables.
pub struct RouterParts {
    /// This node.
    pub node: NodeId,
    /// The database.
    pub store: Store,
    /// The tables of this node.
    pub tables: Arc<dyn LocalTables>,
    /// The tables of other nodes.
    pub remote: Arc<RemoteTables>,
    /// Knows which nodes are alive.
    pub nodes: Arc<dyn LiveNodes>,
    /// Shows matches that no node runs.
    pub views: Arc<dyn SavedMatchViews>,
}

/// Joins sockets to the tables of their matches.
pub struct MatchRouter {
    parts: RouterParts,
    runtime: Handle,
    this: Weak<Self>,
}

/// Where a match is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TableLocation {
    Here,
    At(NodeId),
    Nowhere,
}

/// The table of another node that a socket is at, and how it joined.
struct SeatRoute {
    router: Weak<MatchRouter>,
    join: JoinTable,
}

impl MatchRouter {
    /// The router of this node, on the current runtime.
    #[must_use]
    pub fn new(parts: RouterParts) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            parts,
            runtime: Handle::current(),
            this: this.clone(),
        })
    }

    /// Joins a table. A match that nobody runs is run here from now on.
    ///
    /// # Errors
    /// The match is over, or the database is unavailable.
    pub async fn join(&self, join: JoinTable) -> Result<Arc<dyn TableHandle>, AppError> {
        let (tables, id) = (&self.parts.tables, join.match_id);
        for _ in 0..MAX_ATTEMPTS {
            match self.locate(id).await? {
                TableLocation::At(node) => return Ok(self.join_at(node, &join)),
                TableLocation::Here => {
                    if let Ok(handle) = tables.join(join.clone()) {
                        return Ok(handle);
                    }
                }
                TableLocation::Nowhere => {}
            }
            if tables.claim(id).await? {
                return tables.join(join);
            }
        }
        Err(AppError::unavailable(
            "the owner of the match changes too often",
        ))
    }

    fn join_at(&self, node: NodeId, join: &JoinTable) -> Arc<dyn TableHandle> {
        let seat = RoutedSeat::new(Arc::clone(&join.sink));
        let rerouter: Arc<dyn Rerouter> = Arc::new(SeatRoute {
            router: self.this.clone(),
            join: join.clone(),
        });
        let sink = RoutedSink::new(&seat, rerouter);
        let handle = self.parts.remote.join(
            node,
            JoinTable {
                sink,
                ..join.clone()
            },
        );
        seat.begin(handle);
        seat
    }

    /// A node counts as alive while that is not known: it may be only this one that cannot reach it.
    async fn locate(&self, id: MatchId) -> Result<TableLocation, AppError> {
        let load = move |conn: &mut db::AnyConn| matches::load(conn, id);
        let found = self.parts.store.read(load).await?;
        let found = found.filter(|found| found.status == MatchStatus::Live);
        Ok(match found.ok_or(Error::MatchNotFound)?.owner {
            Some(node) if node == self.parts.node => TableLocation::Here,
            Some(node) if self.parts.nodes.is_alive(node).await.unwrap_or(true) => {
                TableLocation::At(node)
            }
            Some(_) | None => TableLocation::Nowhere,
        })
    }

    fn now(&self) -> Duration {
        self.parts.store.env().monotonic()
    }

    async fn show_saved(&self, join: &JoinTable) {
        if let Ok(Some(view)) = self.parts.views.view(join.match_id, join.seat).await {
            join.sink.send(&TableMessage::Joined(Box::new(view)));
        }
    }
}

impl Rerouter for SeatRoute {
    fn reroute(&self, seat: Arc<RoutedSeat>) {
        seat.leave();
        let Some(router) = self.router.upgrade() else {
            return seat.sink().close(TableClose::Restarting);
        };
        let (runtime, join) = (router.runtime.clone(), self.join.clone());
        let seat = Arc::downgrade(&seat);
        runtime.spawn(db::in_background(find_again(router, join, seat)));
    }
}

/// Joins the table wherever it is now. A socket whose match is not found soon is closed, and its client
/// reconnects. A socket that has gone joins nothing: its client may be at the table already, and would be replaced.
async fn find_again(router: Arc<MatchRouter>, mut join: JoinTable, seat: Weak<RoutedSeat>) {
    let lost_at = router.now();
    for (attempt, wait) in REROUTE_AFTER.into_iter().enumerate() {
        if attempt == SHOW_SAVED_AFTER {
            router.show_saved(&join).await;
        }
        tokio::time::sleep(wait).await;
        let Some(seat) = seat.upgrade() else {
            return;
        };
        join.follows = router.now().saturating_sub(lost_at) <= MAX_HANDOVER;
        match router.join(join.clone()).await {
            Ok(handle) => return seat.enter(&handle),
            Err(error) if error.is(Error::MatchNotFound.code()) => break,
            Err(error) => tracing::debug!(error = %error.chain(), "match not joined again"),
        }
    }
    join.sink.close(TableClose::Restarting);
}
