//! A database, a registry of connections, users, and a recorder of ephemeral events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cluster::{Cluster, ClusterConfig};
use contract::catalogue::EventName;
use contract::notify::{NotificationEvent, Resolved};
use db::{AnyConn, Store, Tx};
use kernel::{Actor, AppError, Env, Job, Relation, Secret, Timestamp, UserId};
use serde_json::Value;
use social::ports::{BlockListener, SocialDirectory, UserEventPublisher, UserWithPrivacy};
use social::{PresenceParts, Social, SocialService};
use testkit::{Database, PrivateRedis, Redis, TestStore, user_summary};

pub(crate) use testkit::{PAGE, code};

use crate::registry::{FailingSets, Registry};

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
    fn publish(&self, to: &[UserId], event: EventName, data: Value) {
        self.0
            .lock()
            .unwrap()
            .push((to.to_vec(), event.as_str(), data));
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
    pub(crate) directory: Arc<FakeDirectory>,
    pub(crate) recorder: Arc<EventRecorder>,
    cluster: Cluster,
    is_failing: Arc<AtomicBool>,
    private_redis: Option<PrivateRedis>,
    _redis: Option<Redis>,
    database: TestStore,
}

impl Fixture {
    /// A fixture over a database, with a registry in the process.
    pub(crate) fn new(database: Database) -> Self {
        let database = TestStore::from(database);
        let cluster = Cluster::local(database.store.env());
        Self::over(database, cluster)
    }

    /// A fixture over a registry.
    pub(crate) async fn with_registry(registry: Registry) -> Self {
        match registry {
            Registry::Local(database) => Self::new(database),
            Registry::Redis(redis) => Self::with_redis(redis).await,
        }
    }

    async fn with_redis(redis: Redis) -> Self {
        let database = TestStore::from(testkit::sqlite());
        let config = ClusterConfig {
            redis_url: Some(Secret::new(redis.url())),
            prefix: redis.prefix().to_owned(),
            command_timeout: Duration::from_secs(10),
            ..ClusterConfig::default()
        };
        let cluster = cluster::connect(&config, database.store.env())
            .await
            .unwrap();
        Self {
            _redis: Some(redis),
            ..Self::over(database, cluster)
        }
    }

    /// A fixture over a Redis that the test may kill, if Redis is installed.
    pub(crate) async fn over_private_redis() -> Option<Self> {
        let redis = testkit::private_redis()?;
        let database = TestStore::from(testkit::sqlite());
        let config = ClusterConfig {
            redis_url: Some(Secret::new(redis.url())),
            ..ClusterConfig::default()
        };
        let cluster = cluster::connect(&config, &Env::system()).await.unwrap();
        Some(Self {
            private_redis: Some(redis),
            ..Self::over(database, cluster)
        })
    }

    fn over(database: TestStore, mut cluster: Cluster) -> Self {
        let store = database.store.clone();
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
        testkit::until("Redis responds", async || {
            self.cluster.expiring_sets.list(&["none"]).await.is_ok()
        })
        .await;
    }

    /// Another node of the same cluster.
    pub(crate) fn another_node(&self) -> Arc<dyn SocialService> {
        node(&self.store, &self.cluster, &self.directory, &self.recorder)
    }

    /// Another node, whose clock is ahead by this much.
    pub(crate) fn node_ahead(&self, by: Duration) -> Arc<dyn SocialService> {
        let (store, _) = self.database.node_ahead(by);
        node(&store, &self.cluster, &self.directory, &self.recorder)
    }

    /// Lets the registry fail, or work again.
    pub(crate) fn fail_registry(&self, is_failing: bool) {
        self.is_failing.store(is_failing, Ordering::Relaxed);
    }

    /// A new user.
    pub(crate) fn user(&self, name: &str) -> Actor {
        let actor = self.database.new_actor();
        self.directory.users.lock().unwrap().push(UserWithPrivacy {
            summary: user_summary(actor.user, name),
            takes_requests: true,
            shows_presence: true,
            searchable: true,
        });
        actor
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
        self.database.advance(by);
    }

    /// All durable events of a user.
    pub(crate) async fn events(&self, user: &Actor) -> Vec<(String, Value)> {
        self.database.user_events(user.user).await
    }

    /// The names of all durable events of a user.
    pub(crate) async fn event_names(&self, user: &Actor) -> Vec<String> {
        let events = self.events(user).await;
        events.into_iter().map(|(name, _)| name).collect()
    }

    /// The enqueued notifications, in the order of their keys.
    pub(crate) async fn notifications(&self) -> Vec<NotificationEvent> {
        let mut all: Vec<NotificationEvent> = self.database.jobs(NotificationEvent::KIND).await;
        all.sort_by(|one, other| one.key.cmp(&other.key));
        all
    }

    /// The users and subjects of enqueued resolutions, in their order.
    pub(crate) async fn resolved(&self) -> Vec<(UserId, String)> {
        let jobs: Vec<Resolved> = self.database.jobs(Resolved::KIND).await;
        let mut all: Vec<_> = jobs
            .into_iter()
            .map(|job| (job.user_id, job.subject))
            .collect();
        all.sort();
        all
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
