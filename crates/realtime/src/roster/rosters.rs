//! The rosters that are open on this node.

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cluster::{Bus, Cluster, ExpiringSets, Missed, SetEntry, SetMember, Subscriber, Topic};
use contract::streams::StreamName;
use contract::users::UserSummary;
use futures_util::FutureExt;
use kernel::{AppError, Env, Id, OutageLog, UserId, id_type};
use tokio::runtime::Handle;

use super::changes::{MAX_NAMED, Present, RosterChange};
use super::local_roster::LocalRoster;
use crate::connection::Connection;
use crate::sync::{Mutex, MutexGuard, PoisonError};

id_type!(RosterNodeId, RosterNodeKind, "node");

/// How often a node puts its users into the expiring sets.
const REFRESH_INTERVAL: Duration = Duration::from_secs(10);
/// How long they stay there: two refreshes may be missed.
const TTL: Duration = Duration::from_secs(25);
/// The least time between two refreshes of a roster.
const PAUSE: Duration = Duration::from_millis(200);
/// The same for a large roster, which changes all the time.
const LONG_PAUSE: Duration = Duration::from_secs(2);
/// The kind of topic on which nodes tell each other to refresh.
const TOPIC_KIND: &str = "roster";

/// Knows the users in rosters.
#[async_trait]
pub trait RosterDirectory: Send + Sync {
    /// Those of these users who may be listed.
    ///
    /// # Errors
    /// The database is unavailable.
    async fn listed(&self, users: BTreeSet<UserId>) -> Result<BTreeSet<UserId>, AppError>;

    /// The users as they are called now.
    ///
    /// # Errors
    /// The database is unavailable.
    async fn summaries(&self, users: Vec<UserId>)
    -> Result<HashMap<UserId, UserSummary>, AppError>;
}

/// The rosters that are open on this node. Clones share them.
#[derive(Clone)]
pub struct Rosters(Arc<RostersInner>);

struct RostersInner {
    bus: Arc<dyn Bus>,
    expiring_sets: Arc<dyn ExpiringSets>,
    directory: Arc<dyn RosterDirectory>,
    env: Env,
    /// The name of this node in the expiring sets.
    node: String,
    runtime: Handle,
    open: Mutex<HashMap<StreamName, Arc<LocalRoster>>>,
    log: Mutex<OutageLog>,
}

/// What a roster's task knows of it.
#[derive(Default)]
struct RosterState {
    /// This node's users in the expiring set.
    here: Present,
    /// The users that this node's sockets know of.
    known: Present,
    /// When the users are put into the set again.
    refresh_at: Duration,
}

impl std::fmt::Debug for Rosters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rosters", self.0.open().len())
    }
}

impl Rosters {
    /// The rosters of this node. Must be called within the runtime that will run their tasks.
    #[must_use]
    pub fn start(cluster: &Cluster, directory: Arc<dyn RosterDirectory>, env: &Env) -> Self {
        let node: Id<RosterNodeKind> = env.id();
        let inner = Arc::new(RostersInner {
            bus: Arc::clone(&cluster.bus),
            expiring_sets: Arc::clone(&cluster.expiring_sets),
            directory,
            env: env.clone(),
            node: node.to_string(),
            runtime: Handle::current(),
            open: Mutex::default(),
            log: Mutex::default(),
        });
        cluster
            .bus
            .attach(Arc::clone(&inner) as Arc<dyn Subscriber>);
        Self(inner)
    }

    /// Adds a socket to the roster of a stream until the result is dropped. It is sent the list, and
    /// then the changes.
    pub fn enter(&self, stream: StreamName, connection: &Arc<Connection>) -> RosterEntry {
        let mut open = self.0.open();
        let roster = open
            .entry(stream)
            .or_insert_with(|| self.0.open_roster(stream));
        roster.add(connection);
        RosterEntry {
            roster: Arc::clone(roster),
            socket: connection.id,
        }
    }
}

/// A socket in a roster. Dropping it removes the socket.
#[must_use = "dropping it removes the socket"]
pub struct RosterEntry {
    roster: Arc<LocalRoster>,
    socket: u64,
}

impl RosterEntry {
    /// Sends the socket the list again: other users are hidden from its user than before, or the user
    /// is listed for others or not.
    pub fn refresh(&self) {
        self.roster.list_again(self.socket);
    }
}

impl Drop for RosterEntry {
    fn drop(&mut self) {
        self.roster.remove(self.socket);
    }
}

impl RostersInner {
    fn open_roster(self: &Arc<Self>, stream: StreamName) -> Arc<LocalRoster> {
        let topic = Topic::of(TOPIC_KIND, stream);
        let subscription = self.bus.subscribe(&topic);
        let roster = Arc::new(LocalRoster::new(stream, topic, subscription));
        self.runtime
            .spawn(Arc::clone(self).run(Arc::clone(&roster)));
        roster
    }

    /// Refreshes a roster when something may have changed, until its last socket has left. The next
    /// refresh makes up for one that fails or panics.
    async fn run(self: Arc<Self>, roster: Arc<LocalRoster>) {
        let mut state = RosterState::default();
        loop {
            let refresh = AssertUnwindSafe(self.refresh(&roster, &mut state)).catch_unwind();
            let refreshed = refresh
                .await
                .unwrap_or_else(|_| Err(AppError::internal("a panic")));
            self.log(&refreshed);
            // Users who cannot be removed expire.
            if (refreshed.is_err() || state.here.is_empty()) && self.close_if_empty(&roster) {
                return;
            }
            let is_large = state.known.len() > MAX_NAMED;
            let pause = if refreshed.is_err() || is_large {
                LONG_PAUSE
            } else {
                PAUSE
            };
            tokio::time::sleep(pause).await;
            let rest = state.refresh_at.saturating_sub(self.env.monotonic());
            // A wakeup and the end of the wait are both reasons to refresh.
            let _ = tokio::time::timeout(rest, roster.wakeup.notified()).await;
        }
    }

    /// Logs failures. All rosters fail for the same reasons, so they share the lines.
    fn log(&self, refreshed: &Result<(), AppError>) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        match refreshed {
            Ok(()) if log.worked() => tracing::info!("rosters refreshed again"),
            Ok(()) => {}
            Err(error) => {
                if let Some(failures) = log.failed(self.env.monotonic()) {
                    tracing::warn!(error = %error.chain(), failures, "roster refresh failed");
                }
            }
        }
    }

    /// Closes a roster that no socket of this node is in. The next socket opens it anew.
    fn close_if_empty(&self, roster: &LocalRoster) -> bool {
        let mut open = self.open();
        let is_empty = roster.is_empty();
        if is_empty {
            open.remove(&roster.stream);
        }
        is_empty
    }

    async fn refresh(&self, roster: &LocalRoster, state: &mut RosterState) -> Result<(), AppError> {
        self.update_set(roster, state).await?;
        let present = self.present(roster).await?;
        let wanted = roster.wanted_names(&state.known, &present);
        let names = self.directory.summaries(wanted.users).await?;
        let change = RosterChange {
            before: &state.known,
            now: &present,
            names: &names,
            at: self.env.now(),
        };
        roster.send(&change, wanted.includes_list)?;
        state.known = present;
        Ok(())
    }

    /// Brings this node's users in the expiring set up to date, and tells the other nodes.
    async fn update_set(
        &self,
        roster: &LocalRoster,
        state: &mut RosterState,
    ) -> Result<(), AppError> {
        let users = roster.users();
        let here = if users.is_empty() {
            users
        } else {
            self.directory.listed(users).await?
        };
        let now = self.env.monotonic();
        let is_due = now >= state.refresh_at;
        let joined: Present = here.difference(&state.here).copied().collect();
        let left: Present = state.here.difference(&here).copied().collect();
        self.put(roster, if is_due { &here } else { &joined })
            .await?;
        self.remove(roster, &left).await?;
        state.here = here;
        if is_due {
            state.refresh_at = now + REFRESH_INTERVAL;
        }
        if !joined.is_empty() {
            self.notify_nodes(roster);
        }
        Ok(())
    }

    async fn put(&self, roster: &LocalRoster, users: &Present) -> Result<(), AppError> {
        if users.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = users.iter().map(|user| self.member(*user)).collect();
        let entry = |member| SetEntry {
            set: roster.topic.as_str(),
            member,
            value: b"",
        };
        let entries: Vec<SetEntry<'_>> = names.iter().map(|name| entry(name.as_str())).collect();
        self.expiring_sets.put(&entries, TTL).await
    }

    async fn remove(&self, roster: &LocalRoster, users: &Present) -> Result<(), AppError> {
        if users.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = users.iter().map(|user| self.member(*user)).collect();
        let pair = |name| (roster.topic.as_str(), name);
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| pair(name.as_str())).collect();
        self.expiring_sets.remove(&pairs).await?;
        self.notify_nodes(roster);
        Ok(())
    }

    /// The name of a user of this node in the expiring set.
    fn member(&self, user: UserId) -> String {
        format!("{user}/{}", self.node)
    }

    /// Tells the other nodes to refresh.
    fn notify_nodes(&self, roster: &LocalRoster) {
        let from = Bytes::copy_from_slice(self.node.as_bytes());
        self.bus.publish(&roster.topic, from);
    }

    /// The users in the expiring set.
    async fn present(&self, roster: &LocalRoster) -> Result<Present, AppError> {
        let members = self.expiring_sets.list(&[roster.topic.as_str()]).await?;
        let user = |member: SetMember| member.name.split_once('/')?.0.parse().ok();
        Ok(members.into_iter().flatten().filter_map(user).collect())
    }

    fn open(&self) -> MutexGuard<'_, HashMap<StreamName, Arc<LocalRoster>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for RostersInner {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        let stream = topic.as_str().strip_prefix(TOPIC_KIND);
        let Some(stream) = stream.and_then(|rest| rest.strip_prefix(':')) else {
            return;
        };
        if payload.as_ref() == self.node.as_bytes() {
            return;
        }
        if let Ok(stream) = stream.parse::<StreamName>()
            && let Some(roster) = self.open().get(&stream)
        {
            roster.wakeup.notify_one();
        }
    }

    fn resync(&self, _missed: Missed<'_>) {
        let open = self.open();
        open.values().for_each(|roster| roster.wakeup.notify_one());
    }
}
