//! Who is in a lobby, on all nodes.
//!
//! Each node puts its own people into the expiring sets, where they expire unless put again, and tells
//! the others to look. Whoever looks compares what is there with what its own sockets were told
//! last, and tells them the difference. So nobody stays in a lobby because a node died, nothing is
//! counted that could stick, and however many come at once, a node looks a few times a second.
//! People who are invisible are not put there.

mod diff;

use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use accounts::Accounts;
use bytes::Bytes;
use cluster::{Bus, Cluster, ExpiringSets, Missed, SetEntry, Subscriber, Subscription, Topic};
use contract::chat::ChatId;
use contract::users::UserSummary;
use db::{AnyConn, Store};
use futures_util::FutureExt;
use kernel::{AppError, Env, Id, OutageLog, UserId, id_type};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use self::diff::RosterChange;
use crate::ws::connection::Connection;

id_type!(WatcherId, WatcherKind, "watcher");

/// How often a node says that its people are still there.
const REFRESH: Duration = Duration::from_secs(10);
/// How long an entry in the expiring sets lasts: two refreshes may be missed.
const TTL: Duration = Duration::from_secs(25);
/// The least time between two looks.
const PAUSE: Duration = Duration::from_millis(200);
/// The same in a lobby of many, where somebody always comes or goes.
const PAUSE_OF_MANY: Duration = Duration::from_secs(2);
/// More than this are many.
const FEW: usize = 200;

/// The start of the topic on which nodes tell each other to look.
const TOPIC: &str = "company";

/// Who is in a lobby.
type Present = BTreeSet<UserId>;
/// What people are called at the moment: names change, and those of deleted accounts go at once.
type Names = HashMap<UserId, UserSummary>;

/// The people in the lobbies that are open on this node.
#[derive(Clone)]
pub struct LobbyRosters(Arc<Inner>);

struct Inner {
    bus: Arc<dyn Bus>,
    expiring_sets: Arc<dyn ExpiringSets>,
    accounts: Accounts,
    store: Store,
    env: Env,
    /// This node's name among those that look.
    node: String,
    runtime: Handle,
    open: Mutex<HashMap<ChatId, Arc<Roster>>>,
    log: Mutex<OutageLog>,
}

/// The people in one lobby.
struct Roster {
    chat: ChatId,
    topic: Topic,
    sockets: Mutex<HashMap<u64, RosterEntry>>,
    wake: Notify,
    _nudges: Subscription,
}

/// A socket in a lobby.
struct RosterEntry {
    client: Arc<Connection>,
    /// Whether it was shown who is there.
    shown: bool,
}

/// What was told so far.
#[derive(Default)]
struct Told {
    /// Whom this node has put into the expiring sets.
    here: BTreeSet<UserId>,
    /// Whom this node's sockets know of.
    known: Present,
    /// When the entries are refreshed again.
    refresh_at: Duration,
}

impl std::fmt::Debug for LobbyRosters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} lobbies", self.0.open().len())
    }
}

impl LobbyRosters {
    /// The lobbies of this node among those of all. Must be called within the runtime that will
    /// carry its tasks.
    pub fn start(bundle: &Cluster, accounts: &Accounts, store: &Store) -> Self {
        let env = store.env();
        let node: Id<WatcherKind> = env.id();
        let inner = Arc::new(Inner {
            bus: Arc::clone(&bundle.bus),
            expiring_sets: Arc::clone(&bundle.expiring_sets),
            accounts: accounts.clone(),
            store: store.clone(),
            env: env.clone(),
            node: node.to_string(),
            runtime: Handle::current(),
            open: Mutex::default(),
            log: Mutex::default(),
        });
        bundle.bus.attach(Arc::clone(&inner) as Arc<dyn Subscriber>);
        Self(inner)
    }

    /// A socket comes into a lobby, until the answer is dropped. It is shown who is there, and then
    /// who comes and goes.
    pub fn enter(&self, chat: ChatId, client: &Arc<Connection>) -> RosterHandle {
        let mut open = self.0.open();
        let roster = open.entry(chat).or_insert_with(|| self.0.begin(chat));
        let guest = RosterEntry {
            client: Arc::clone(client),
            shown: false,
        };
        roster.sockets().insert(client.id, guest);
        roster.wake.notify_one();
        RosterHandle {
            roster: Arc::clone(roster),
            socket: client.id,
        }
    }

    /// It has changed who is there for a socket's person, or whether they are there for others.
    pub fn look_again(&self, chat: ChatId, client: &Connection) {
        if let Some(roster) = self.0.open().get(&chat) {
            if let Some(guest) = roster.sockets().get_mut(&client.id) {
                guest.shown = false;
            }
            roster.wake.notify_one();
        }
    }
}

/// That a socket is in a lobby. Dropping it takes the socket out.
#[must_use = "dropping it takes the socket out"]
pub struct RosterHandle {
    roster: Arc<Roster>,
    socket: u64,
}

impl Drop for RosterHandle {
    fn drop(&mut self) {
        self.roster.sockets().remove(&self.socket);
        self.roster.wake.notify_one();
    }
}

impl Inner {
    fn begin(self: &Arc<Self>, chat: ChatId) -> Arc<Roster> {
        let topic = Topic::of(TOPIC, chat);
        let roster = Arc::new(Roster {
            chat,
            sockets: Mutex::default(),
            wake: Notify::new(),
            _nudges: self.bus.subscribe(&topic),
            topic,
        });
        self.runtime
            .spawn(Arc::clone(self).run(Arc::clone(&roster)));
        roster
    }

    /// Looks whenever something may have changed, until the last socket has left and is taken out.
    /// A look that fails or panics is made up for by the next.
    async fn run(self: Arc<Self>, roster: Arc<Roster>) {
        let mut told = Told::default();
        loop {
            let look = AssertUnwindSafe(self.refresh(&roster, &mut told)).catch_unwind();
            let looked = look
                .await
                .unwrap_or_else(|_| Err(AppError::internal("a panic")));
            self.log(&looked);
            // Whoever cannot be taken out expires.
            if (looked.is_err() || told.here.is_empty()) && self.is_over(&roster) {
                return;
            }
            let pause = if looked.is_err() || told.known.len() > FEW {
                PAUSE_OF_MANY
            } else {
                PAUSE
            };
            tokio::time::sleep(pause).await;
            let rest = told.refresh_at.saturating_sub(self.env.monotonic());
            // Either is a reason to look.
            let _ = tokio::time::timeout(rest, roster.wake.notified()).await;
        }
    }

    /// All lobbies fail for the same reasons, so they have one line together.
    fn log(&self, looked: &Result<(), AppError>) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        match looked {
            Ok(()) if log.worked() => tracing::info!("lobby rosters refreshed again"),
            Ok(()) => {}
            Err(error) => {
                if let Some(failures) = log.failed(self.env.monotonic()) {
                    tracing::warn!(error = %error.chain(), failures, "lobby roster refresh failed");
                }
            }
        }
    }

    /// Whether nobody of this node is left; if so, whoever comes next begins anew.
    fn is_over(&self, roster: &Roster) -> bool {
        let mut open = self.open();
        let over = roster.sockets().is_empty();
        if over {
            open.remove(&roster.chat);
        }
        over
    }

    async fn refresh(&self, roster: &Roster, told: &mut Told) -> Result<(), AppError> {
        let here = self.visible(roster.people()).await?;
        let now = self.env.monotonic();
        let is_due = now >= told.refresh_at;
        let come: BTreeSet<UserId> = here.difference(&told.here).copied().collect();
        let gone: BTreeSet<UserId> = told.here.difference(&here).copied().collect();
        self.put(roster, if is_due { &here } else { &come }).await?;
        self.take_out(roster, &gone).await?;
        told.here = here;
        if is_due {
            told.refresh_at = now + REFRESH;
        }
        if !come.is_empty() {
            self.schedule_refresh(roster);
        }
        let present = self.listed(roster).await?;
        let wanted = roster.wanted_names(&told.known, &present);
        let names = self.accounts.summaries(wanted.people).await?;
        let news = RosterChange {
            before: &told.known,
            now: &present,
            names: &names,
            at: self.env.now(),
        };
        roster.send(&news, wanted.shows)?;
        told.known = present;
        Ok(())
    }

    /// Those of these people who have not chosen to be seen as offline.
    async fn visible(&self, mut people: BTreeSet<UserId>) -> Result<BTreeSet<UserId>, AppError> {
        if people.is_empty() {
            return Ok(people);
        }
        let ids: Vec<UserId> = people.iter().copied().collect();
        let read = move |conn: &mut AnyConn| social::queries::invisible_among(conn, &ids);
        let invisible = self.store.read(read).await?;
        people.retain(|user| !invisible.contains(user));
        Ok(people)
    }

    async fn put(&self, roster: &Roster, people: &BTreeSet<UserId>) -> Result<(), AppError> {
        if people.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = people.iter().map(|user| self.member(*user)).collect();
        let entry = |member| SetEntry {
            set: roster.topic.as_str(),
            member,
            value: b"",
        };
        let entries: Vec<SetEntry<'_>> = names.iter().map(|name| entry(name.as_str())).collect();
        self.expiring_sets.put(&entries, TTL).await
    }

    async fn take_out(&self, roster: &Roster, people: &BTreeSet<UserId>) -> Result<(), AppError> {
        if people.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = people.iter().map(|user| self.member(*user)).collect();
        let pair = |name| (roster.topic.as_str(), name);
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| pair(name.as_str())).collect();
        self.expiring_sets.remove(&pairs).await?;
        self.schedule_refresh(roster);
        Ok(())
    }

    /// Somebody's name in the expiring_sets: who, and on which node.
    fn member(&self, user: UserId) -> String {
        format!("{user}/{}", self.node)
    }

    /// Tells the other nodes to look.
    fn schedule_refresh(&self, roster: &Roster) {
        let from = Bytes::copy_from_slice(self.node.as_bytes());
        self.bus.publish(&roster.topic, from);
    }

    async fn listed(&self, roster: &Roster) -> Result<Present, AppError> {
        let members = self.expiring_sets.list(&[roster.topic.as_str()]).await?;
        let user = |member: cluster::SetMember| member.name.split_once('/')?.0.parse().ok();
        Ok(members.into_iter().flatten().filter_map(user).collect())
    }

    fn open(&self) -> MutexGuard<'_, HashMap<ChatId, Arc<Roster>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Roster {
    fn people(&self) -> BTreeSet<UserId> {
        let sockets = self.sockets();
        sockets.values().map(|one| one.client.actor.user).collect()
    }

    fn sockets(&self) -> MutexGuard<'_, HashMap<u64, RosterEntry>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber for Inner {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        let chat = topic.as_str().strip_prefix(TOPIC);
        let Some(chat) = chat.and_then(|rest| rest.strip_prefix(':')) else {
            return;
        };
        if payload.as_ref() == self.node.as_bytes() {
            return;
        }
        if let Ok(chat) = chat.parse::<ChatId>()
            && let Some(roster) = self.open().get(&chat)
        {
            roster.wake.notify_one();
        }
    }

    fn resync(&self, _missed: Missed<'_>) {
        let open = self.open();
        open.values().for_each(|roster| roster.wake.notify_one());
    }
}
