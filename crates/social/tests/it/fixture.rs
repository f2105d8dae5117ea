//! A database, a registry of connections, users, and a recorder of ephemeral events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cluster::{Cluster, ClusterConfig};
use contract::notify::{NotificationEvent, Resolved};
use contract::users::UserSummary;
use db::types::Json;
use db::{AnyConn, DbJson, Store, StoreConfig, Tx, match_backend};
use diesel::prelude::*;
use kernel::{
    Actor, AppError, Env, ManualClock, PageRequest, Relation, Role, Secret, SystemRng, Timestamp,
    UserId,
};
use outbox::CatchUp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use social::ports::{BlockListener, SocialDirectory, UserEventPublisher, UserWithPrivacy};
use social::{PresenceParts, Social, SocialService};
use testkit::{Database, PrivateRedis, Redis};

use crate::registry::{FailingSets, Registry};

/// The first page of any list.
pub(crate) const PAGE: PageRequest = PageRequest {
    limit: 100,
    offset: 0,
};

/// Users, their recorded activity, and the blocks that the listener got.
#[derive(Default)]
pub(crate) struct FakeDirectory {
    users: Mutex<Vec<UserWithPrivacy>>,
    pub(crate) active: Mutex<Vec<UserId>>,
    pub(crate) blocked: Mutex<Vec<(UserId, UserId)>>,
}

impl BlockListener for FakeDirectory {
    fn blocked(&self, _: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        self.blocked.lock().unwrap().push((one, other));
        Ok(())
    }
}

#[async_trait]
impl SocialDirectory for FakeDirectory {
    fn find_by_username(
        &self,
        _: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserWithPrivacy>, AppError> {
        let users = self.users.lock().unwrap();
        let has_name = |user: &&UserWithPrivacy| user.summary.username == username;
        Ok(users.iter().find(has_name).cloned())
    }

    fn load(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserWithPrivacy>, AppError> {
        let users = self.users.lock().unwrap();
        let found = users.iter().filter(|user| ids.contains(&user.summary.id));
        Ok(found.map(|user| (user.summary.id, user.clone())).collect())
    }

    async fn record_activity(&self, ids: &[UserId], _: Timestamp) -> Result<(), AppError> {
        self.active.lock().unwrap().extend_from_slice(ids);
        Ok(())
    }
}

/// The recipients, the name and the data of an ephemeral event.
pub(crate) type RecordedEvent = (Vec<UserId>, &'static str, Value);

/// Records ephemeral events.
#[derive(Default)]
pub(crate) struct EventRecorder(Mutex<Vec<RecordedEvent>>);

impl UserEventPublisher for EventRecorder {
    fn publish(&self, to: &[UserId], event: &'static str, data: Value) {
        self.0.lock().unwrap().push((to.to_vec(), event, data));
    }
}

impl EventRecorder {
    /// The events since the last call.
    pub(crate) fn take(&self) -> Vec<RecordedEvent> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// The events since the last call as `event username status`, with the number of recipients.
    pub(crate) fn take_lines(&self) -> Vec<(String, usize)> {
        let line = |(to, event, data): RecordedEvent| {
            let field = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
            (
                format!("{event} {} {}", field("username"), field("status")),
                to.len(),
            )
        };
        self.take().into_iter().map(line).collect()
    }
}

pub(crate) struct Fixture {
    pub(crate) social: Arc<dyn SocialService>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) directory: Arc<FakeDirectory>,
    pub(crate) recorder: Arc<EventRecorder>,
    cluster: Cluster,
    is_failing: Arc<AtomicBool>,
    private_redis: Option<PrivateRedis>,
    _redis: Option<Redis>,
    /// Dropped when the test ends.
    database: Database,
}

fn open(database: &Database) -> (Store, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_micros(
        1_800_000_000_000_000,
    )));
    let env = Env::new(clock.clone(), Arc::new(SystemRng));
    (open_with(database, env), clock)
}

fn open_with(database: &Database, env: Env) -> Store {
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 8,
        migrate: true,
    };
    Store::open(&config, env).unwrap()
}

impl Fixture {
    /// A fixture over a database, with a registry in the process.
    pub(crate) fn new(database: Database) -> Self {
        let (store, clock) = open(&database);
        let cluster = Cluster::local(store.env());
        Self::over(database, store, clock, cluster)
    }

    /// A fixture over a registry.
    pub(crate) async fn with_registry(registry: Registry) -> Self {
        match registry {
            Registry::Local(database) => Self::new(database),
            Registry::Redis(redis) => Self::with_redis(redis).await,
        }
    }

    async fn with_redis(redis: Redis) -> Self {
        let database = testkit::sqlite();
        let (store, clock) = open(&database);
        let config = ClusterConfig {
            redis_url: Some(Secret::new(redis.url())),
            prefix: redis.prefix().to_owned(),
            command_timeout: Duration::from_secs(10),
            ..ClusterConfig::default()
        };
        let cluster = cluster::connect(&config, store.env()).await.unwrap();
        Self {
            _redis: Some(redis),
            ..Self::over(database, store, clock, cluster)
        }
    }

    /// A fixture over a Redis that the test may kill, if Redis is installed.
    pub(crate) async fn over_private_redis() -> Option<Self> {
        let redis = testkit::private_redis()?;
        let database = testkit::sqlite();
        let (store, clock) = open(&database);
        let config = ClusterConfig {
            redis_url: Some(Secret::new(redis.url())),
            ..ClusterConfig::default()
        };
        let cluster = cluster::connect(&config, &Env::system()).await.unwrap();
        Some(Self {
            private_redis: Some(redis),
            ..Self::over(database, store, clock, cluster)
        })
    }

    fn over(
        database: Database,
        store: Store,
        clock: Arc<ManualClock>,
        mut cluster: Cluster,
    ) -> Self {
        let directory = Arc::<FakeDirectory>::default();
        let recorder = Arc::<EventRecorder>::default();
        let is_failing = Arc::<AtomicBool>::default();
        cluster.expiring_sets = Arc::new(FailingSets {
            inner: cluster.expiring_sets,
            is_failing: Arc::clone(&is_failing),
        });
        Self {
            social: node(&store, &cluster, &directory, &recorder),
            store,
            clock,
            directory,
            recorder,
            cluster,
            is_failing,
            private_redis: None,
            _redis: None,
            database,
        }
    }

    pub(crate) fn redis(&self) -> &PrivateRedis {
        self.private_redis.as_ref().unwrap()
    }

    pub(crate) async fn until_redis_responds(&self) {
        for _ in 0..6_000 {
            if self.cluster.expiring_sets.list(&["none"]).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("Redis does not respond");
    }

    /// Another node of the same cluster.
    pub(crate) fn another_node(&self) -> Arc<dyn SocialService> {
        node(&self.store, &self.cluster, &self.directory, &self.recorder)
    }

    /// Another node, whose clock is ahead by this much.
    pub(crate) fn node_ahead(&self, by: Duration) -> Arc<dyn SocialService> {
        let clock = Arc::new(ManualClock::at(self.store.env().now() + by));
        let env = Env::new(clock, Arc::new(SystemRng));
        let store = open_with(&self.database, env);
        node(&store, &self.cluster, &self.directory, &self.recorder)
    }

    /// Lets the registry fail, or work again.
    pub(crate) fn fail_registry(&self, is_failing: bool) {
        self.is_failing.store(is_failing, Ordering::Relaxed);
    }

    /// A new user.
    pub(crate) fn user(&self, name: &str) -> Actor {
        let user: UserId = self.store.env().id();
        let summary = UserSummary {
            id: user,
            username: name.to_owned(),
            display_name: name.to_uppercase(),
            avatar: format!("/avatars/{name}"),
            is_deleted: false,
        };
        self.directory.users.lock().unwrap().push(UserWithPrivacy {
            summary,
            takes_requests: true,
            shows_presence: true,
            searchable: true,
        });
        Actor {
            user,
            session: self.store.env().id(),
            role: Role::Member,
            verified: true,
            reauthenticated_at: self.store.env().now(),
        }
    }

    /// Changes the settings of a user.
    pub(crate) fn set(&self, user: &Actor, change: impl FnOnce(&mut UserWithPrivacy)) {
        let mut users = self.directory.users.lock().unwrap();
        let is_user = |found: &&mut UserWithPrivacy| found.summary.id == user.user;
        change(users.iter_mut().find(is_user).unwrap());
    }

    /// Removes the account of a user.
    pub(crate) fn remove(&self, user: &Actor) {
        let mut users = self.directory.users.lock().unwrap();
        users.retain(|found| found.summary.id != user.user);
    }

    /// Makes two users friends.
    pub(crate) async fn befriend(&self, one: &Actor, name: &str, other: &Actor, other_name: &str) {
        self.social.send_request(one, other_name).await.unwrap();
        self.social.send_request(other, name).await.unwrap();
        self.recorder.take();
    }

    pub(crate) async fn relation(&self, one: &Actor, other: &Actor) -> Relation {
        let pair = (one.user, other.user);
        let read = move |conn: &mut AnyConn| social::queries::relations(conn, &[pair]);
        self.store.read(read).await.unwrap()[0]
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// All durable events of a user.
    pub(crate) async fn events(&self, user: &Actor) -> Vec<(String, Value)> {
        let stream = format!("user:{}", user.user);
        let read = move |conn: &mut AnyConn| {
            let (_, epoch) = outbox::head(conn, &stream)?;
            outbox::catch_up(conn, &stream, epoch, 0, 10_000)
        };
        match self.store.read(read).await.unwrap() {
            CatchUp::Events(events) => events
                .into_iter()
                .map(|event| (event.name, serde_json::from_str(&event.data).unwrap()))
                .collect(),
            CatchUp::Resync => panic!("events are lost"),
        }
    }

    /// The names of all durable events of a user.
    pub(crate) async fn event_names(&self, user: &Actor) -> Vec<String> {
        let events = self.events(user).await;
        events.into_iter().map(|(name, _)| name).collect()
    }

    /// The enqueued notifications, in the order of their keys.
    pub(crate) async fn notifications(&self) -> Vec<NotificationEvent> {
        let mut all: Vec<NotificationEvent> = self.jobs("notify").await;
        all.sort_by(|one, other| one.key.cmp(&other.key));
        all
    }

    /// The users and subjects of enqueued resolutions, in their order.
    pub(crate) async fn resolved(&self) -> Vec<(UserId, String)> {
        let jobs: Vec<Resolved> = self.jobs("notify.settle").await;
        let mut all: Vec<_> = jobs
            .into_iter()
            .map(|job| (job.user_id, job.subject))
            .collect();
        all.sort();
        all
    }

    async fn jobs<J: DeserializeOwned>(&self, kind: &'static str) -> Vec<J> {
        #[derive(QueryableByName)]
        struct JobPayload {
            #[diesel(sql_type = DbJson)]
            payload: Json,
        }
        let read = move |conn: &mut AnyConn| {
            let sql = format!("SELECT payload FROM jobs WHERE kind = '{kind}'");
            let query = || diesel::sql_query(&sql);
            let rows: Vec<JobPayload> = match_backend!(conn, c => query().load(c)?);
            Ok(rows)
        };
        let rows = self.store.read(read).await.unwrap();
        let job = |row: JobPayload| serde_json::from_value(row.payload.0).unwrap();
        rows.into_iter().map(job).collect()
    }
}

fn node(
    store: &Store,
    cluster: &Cluster,
    directory: &Arc<FakeDirectory>,
    recorder: &Arc<EventRecorder>,
) -> Arc<dyn SocialService> {
    let parts = PresenceParts {
        store: store.clone(),
        expiring_sets: Arc::clone(&cluster.expiring_sets),
        users: directory.clone(),
        publisher: recorder.clone(),
    };
    Arc::new(Social::new(parts, directory.clone()))
}

/// The code of an error.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code().name
}
