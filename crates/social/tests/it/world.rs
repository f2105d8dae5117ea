//! A small world to test in: a database, a registry, a few people, and an ear at the sockets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use cluster::{Cluster, ClusterConfig, ExpiringSets, SetEntry, SetMember};
use contract::notify::{NotificationEvent, Settled};
use contract::users::UserSummary;
use db::types::Json;
use db::{AnyConn, DbJson, Store, StoreConfig, Tx, match_backend};
use diesel::prelude::*;
use kernel::{
    Actor, AppError, Env, ManualClock, PageRequest, Role, Secret, SystemRng, Timestamp, UserId,
};
use outbox::CatchUp;
use serde_json::Value;
use social::ports::{BlockListener, Live, People, Person};
use social::{PresenceParts, Social};
use testkit::{Database, PrivateRedis, Redis};

/// The first page of any list.
pub(crate) const PAGE: PageRequest = PageRequest {
    limit: 100,
    offset: 0,
};

/// The people of a world, as accounts would know them.
#[derive(Default)]
pub(crate) struct Town {
    people: Mutex<Vec<Person>>,
    pub(crate) active: Mutex<Vec<UserId>>,
    /// Who has blocked whom, as the other rooms were told.
    pub(crate) parted: Mutex<Vec<(UserId, UserId)>>,
}

impl BlockListener for Town {
    fn blocked(&self, _: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        self.parted.lock().unwrap().push((one, other));
        Ok(())
    }
}

#[async_trait]
impl People for Town {
    fn named(&self, _: &mut AnyConn, username: &str) -> Result<Option<Person>, AppError> {
        let people = self.people.lock().unwrap();
        let is_it = |person: &&Person| person.summary.username == username;
        Ok(people.iter().find(is_it).cloned())
    }

    fn of(&self, _: &mut AnyConn, ids: &[UserId]) -> Result<HashMap<UserId, Person>, AppError> {
        let people = self.people.lock().unwrap();
        let asked = people.iter().filter(|one| ids.contains(&one.summary.id));
        Ok(asked.map(|one| (one.summary.id, one.clone())).collect())
    }

    async fn were_active(&self, ids: &[UserId], _: Timestamp) -> Result<(), AppError> {
        self.active.lock().unwrap().extend_from_slice(ids);
        Ok(())
    }
}

/// What a socket was told: to whom, the event, and its data.
pub(crate) type Heard = (Vec<UserId>, &'static str, Value);

/// Remembers what sockets were told.
#[derive(Default)]
pub(crate) struct Ear(Mutex<Vec<Heard>>);

impl Live for Ear {
    fn publish(&self, to: &[UserId], event: &'static str, data: Value) {
        self.0.lock().unwrap().push((to.to_vec(), event, data));
    }
}

impl Ear {
    /// What was told since the last time, as `event username status`, with how many heard it.
    pub(crate) fn news(&self) -> Vec<(String, usize)> {
        let heard = std::mem::take(&mut *self.0.lock().unwrap());
        let line = |(to, event, data): Heard| {
            let word = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
            (
                format!("{event} {} {}", word("username"), word("status")),
                to.len(),
            )
        };
        heard.into_iter().map(line).collect()
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// The registry of a world, which fails while it is told to.
struct Brittle {
    expiring_sets: Arc<dyn ExpiringSets>,
    is_broken: Arc<AtomicBool>,
}

impl Brittle {
    fn check(&self) -> Result<(), AppError> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Err(AppError::internal("the registry is broken"));
        }
        Ok(())
    }
}

#[async_trait]
impl ExpiringSets for Brittle {
    async fn put(&self, entries: &[SetEntry<'_>], ttl: Duration) -> Result<(), AppError> {
        self.check()?;
        self.expiring_sets.put(entries, ttl).await
    }

    async fn remove(&self, members: &[(&str, &str)]) -> Result<(), AppError> {
        self.check()?;
        self.expiring_sets.remove(members).await
    }

    async fn list(&self, sets: &[&str]) -> Result<Vec<Vec<SetMember>>, AppError> {
        self.check()?;
        self.expiring_sets.list(sets).await
    }
}

pub(crate) struct World {
    pub(crate) social: Social,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) town: Arc<Town>,
    pub(crate) ear: Arc<Ear>,
    bundle: Cluster,
    is_broken: Arc<AtomicBool>,
    private_redis: Option<PrivateRedis>,
    _redis: Option<Redis>,
    /// Lives as long as the test.
    database: Database,
}

/// One world for each kind of database that this machine has, with a registry in the process.
pub(crate) fn each() -> impl Iterator<Item = World> {
    testkit::databases().into_iter().map(|database| {
        let (store, clock) = open(&database);
        let bundle = Cluster::local(store.env());
        World::new(database, store, clock, bundle, None)
    })
}

/// The same, and one whose registry is Redis, if this machine has it. Its time is that of Redis
/// and cannot be moved.
pub(crate) async fn each_registry() -> Vec<World> {
    let mut worlds: Vec<World> = each().collect();
    if let Some(redis) = testkit::redis() {
        let database = testkit::sqlite();
        let (store, clock) = open(&database);
        let config = ClusterConfig {
            redis_url: Some(Secret::new(redis.url())),
            prefix: redis.prefix().to_owned(),
            command_timeout: Duration::from_secs(10),
            ..ClusterConfig::default()
        };
        let bundle = cluster::connect(&config, store.env()).await.unwrap();
        worlds.push(World::new(database, store, clock, bundle, Some(redis)));
    }
    worlds
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

impl World {
    fn new(
        database: Database,
        store: Store,
        clock: Arc<ManualClock>,
        mut bundle: Cluster,
        redis: Option<Redis>,
    ) -> Self {
        let (town, ear) = (Arc::<Town>::default(), Arc::<Ear>::default());
        let is_broken = Arc::<AtomicBool>::default();
        bundle.expiring_sets = Arc::new(Brittle {
            expiring_sets: bundle.expiring_sets,
            is_broken: Arc::clone(&is_broken),
        });
        let social = node(&store, &bundle, &town, &ear);
        Self {
            social,
            store,
            clock,
            town,
            ear,
            bundle,
            is_broken,
            private_redis: None,
            _redis: redis,
            database,
        }
    }

    /// A world whose Redis may be killed.
    pub(crate) async fn over_private_redis() -> Option<Self> {
        let redis = testkit::private_redis()?;
        let database = testkit::sqlite();
        let (store, clock) = open(&database);
        let config = ClusterConfig {
            redis_url: Some(Secret::new(redis.url())),
            ..ClusterConfig::default()
        };
        let bundle = cluster::connect(&config, &Env::system()).await.unwrap();
        let world = Self::new(database, store, clock, bundle, None);
        Some(Self {
            private_redis: Some(redis),
            ..world
        })
    }

    pub(crate) fn redis(&self) -> &PrivateRedis {
        self.private_redis.as_ref().unwrap()
    }

    pub(crate) async fn until_redis_answers(&self) {
        for _ in 0..6_000 {
            if self.bundle.expiring_sets.list(&["none"]).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("Redis never came back");
    }

    /// Another node of the same service.
    pub(crate) fn another_node(&self) -> Social {
        node(&self.store, &self.bundle, &self.town, &self.ear)
    }

    /// Another node, whose clock is this much ahead.
    pub(crate) fn node_ahead(&self, by: Duration) -> Social {
        let clock = Arc::new(ManualClock::at(self.store.env().now() + by));
        let env = Env::new(clock, Arc::new(SystemRng));
        let store = open_with(&self.database, env);
        node(&store, &self.bundle, &self.town, &self.ear)
    }

    /// From now on the registry fails, or works again.
    pub(crate) fn break_registry(&self, is_broken: bool) {
        self.is_broken.store(is_broken, Ordering::Relaxed);
    }

    /// A new person.
    pub(crate) fn person(&self, name: &str) -> Actor {
        let user: UserId = self.store.env().id();
        let summary = UserSummary {
            id: user,
            username: name.to_owned(),
            display_name: name.to_uppercase(),
            avatar: format!("/avatars/{name}"),
            is_deleted: false,
        };
        self.town.people.lock().unwrap().push(Person {
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
            proven_at: self.store.env().now(),
        }
    }

    /// Changes what somebody wants.
    pub(crate) fn set(&self, who: &Actor, change: impl FnOnce(&mut Person)) {
        let mut people = self.town.people.lock().unwrap();
        let is_it = |person: &&mut Person| person.summary.id == who.user;
        change(people.iter_mut().find(is_it).unwrap());
    }

    /// Somebody's account is deleted.
    pub(crate) fn remove(&self, who: &Actor) {
        let mut people = self.town.people.lock().unwrap();
        people.retain(|person| person.summary.id != who.user);
    }

    /// Makes these two friends.
    pub(crate) async fn befriend(&self, one: &Actor, name: &str, other: &Actor, other_name: &str) {
        self.social.ask(one, other_name).await.unwrap();
        self.social.ask(other, name).await.unwrap();
        self.ear.heard();
    }

    /// Lets this much time pass.
    pub(crate) fn pass(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// All durable events that somebody was told of.
    pub(crate) async fn events(&self, who: &Actor) -> Vec<(String, Value)> {
        let stream = format!("user:{}", who.user);
        let read = move |conn: &mut db::AnyConn| {
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

    /// The names of these events.
    pub(crate) async fn event_names(&self, who: &Actor) -> Vec<String> {
        let events = self.events(who).await;
        events.into_iter().map(|(name, _)| name).collect()
    }

    /// The notifications that were asked for, in the order of their keys.
    pub(crate) async fn notifications(&self) -> Vec<NotificationEvent> {
        #[derive(QueryableByName)]
        struct Job {
            #[diesel(sql_type = DbJson)]
            payload: Json,
        }
        let read = |conn: &mut db::AnyConn| {
            let query = || diesel::sql_query("SELECT payload FROM jobs WHERE kind = 'notify'");
            let rows: Vec<Job> = match_backend!(conn, c => query().load(c)?);
            Ok(rows)
        };
        let rows = self.store.read(read).await.unwrap();
        let read = |row: Job| serde_json::from_value(row.payload.0).unwrap();
        let mut all: Vec<NotificationEvent> = rows.into_iter().map(read).collect();
        all.sort_by(|one, other| one.key.cmp(&other.key));
        all
    }

    /// What is said to be dealt with: by whom and what, in the order of the keys.
    pub(crate) async fn settled(&self) -> Vec<(UserId, String)> {
        #[derive(QueryableByName)]
        struct Job {
            #[diesel(sql_type = DbJson)]
            payload: Json,
        }
        let read = |conn: &mut db::AnyConn| {
            let query =
                || diesel::sql_query("SELECT payload FROM jobs WHERE kind = 'notify.settle'");
            let rows: Vec<Job> = match_backend!(conn, c => query().load(c)?);
            Ok(rows)
        };
        let rows = self.store.read(read).await.unwrap();
        let read = |row: Job| serde_json::from_value(row.payload.0).unwrap();
        let done = |done: Settled| (done.user_id, done.subject);
        let mut all: Vec<_> = rows.into_iter().map(read).map(done).collect();
        all.sort();
        all
    }
}

fn node(store: &Store, bundle: &Cluster, town: &Arc<Town>, ear: &Arc<Ear>) -> Social {
    let parts = PresenceParts {
        store: store.clone(),
        expiring_sets: Arc::clone(&bundle.expiring_sets),
        people: town.clone(),
        live: ear.clone(),
    };
    Social::new(parts, town.clone())
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code().name
}
