//! A small world to test in: a database, a few people, a post office, and two nodes at work.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use ::jobs::{Enqueue, Job, Worker};
use async_trait::async_trait;
use contract::chat::ChatId;
use contract::notify::{Action, Notification, NotificationEvent, NotificationPreferences, Settled};
use contract::users::UserSummary;
use db::{AnyConn, Store, StoreConfig, Tx};
use diesel::prelude::*;
use kernel::{
    Actor, AppError, Cursor, Env, ManualClock, PageRequest, Role, SystemRng, Timestamp, UserId,
};
use notify::ports::{Conversations, Digest, DigestMailer, Outcome, People, Presence, Registry};
use notify::{Filter, Notify, NotifyConfig, NotifyParts};
use outbox::CatchUp;
use serde_json::{Value, json};
use testkit::Database;
use tokio::task::JoinHandle;

/// The first page of any list.
pub(crate) const PAGE: PageRequest = PageRequest {
    limit: 100,
    offset: 0,
};

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use db::{DbTime, DbUuid};

    jobs (id) {
        id -> DbUuid,
        kind -> Text,
        run_at -> DbTime,
        failed_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use db::{DbTime, DbUuid};

    delivery_attempts (delivery_id, number) {
        delivery_id -> DbUuid,
        number -> Integer,
        outcome -> Nullable<Text>,
        started_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::DbUuid;

    notification_deliveries (id) {
        id -> DbUuid,
        state -> Text,
    }
}

/// The people of a world and its post office.
#[derive(Default)]
pub(crate) struct Town {
    pub(crate) people: Mutex<Vec<UserId>>,
    pub(crate) admins: Mutex<HashSet<UserId>>,
    pub(crate) around: Mutex<HashSet<UserId>>,
    /// After how many pages of people the list of them is away once.
    pub(crate) breaks_after: Mutex<Option<u32>>,
    /// What those are called who have a name.
    pub(crate) names: Mutex<HashMap<UserId, UserSummary>>,
    pub(crate) blocked: Mutex<HashSet<(UserId, UserId)>>,
    /// Who is to be called again, and where.
    pub(crate) called_again: Mutex<Vec<(UserId, ChatId)>>,
    /// Up to where in each chat notifications were made by jobs of an older version.
    pub(crate) notified: Mutex<BTreeMap<(UserId, ChatId), i64>>,
    /// What left.
    pub(crate) mails: Mutex<Vec<Digest>>,
    /// What becomes of the next tries; then all leaves.
    pub(crate) outcomes: Mutex<VecDeque<Outcome>>,
}

#[async_trait]
impl Registry for Town {
    async fn active_after(
        &self,
        after: Option<UserId>,
        most: i64,
    ) -> Result<Vec<UserId>, AppError> {
        {
            let mut left = self.breaks_after.lock().unwrap();
            *left = match *left {
                Some(0) => {
                    *left = None;
                    return Err(AppError::unavailable("the list is away"));
                }
                Some(more) => Some(more - 1),
                None => None,
            };
        }
        let mut people = self.people.lock().unwrap().clone();
        people.sort();
        let rest = people
            .into_iter()
            .filter(|id| after.is_none_or(|a| *id > a));
        Ok(rest.take(usize::try_from(most).unwrap()).collect())
    }

    async fn is_admin(&self, actor: &Actor) -> Result<bool, AppError> {
        Ok(self.admins.lock().unwrap().contains(&actor.user))
    }
}

impl People for Town {
    fn summaries(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        let names = self.names.lock().unwrap();
        let found = ids.iter().filter_map(|id| names.get_key_value(id));
        Ok(found.map(|(id, summary)| (*id, summary.clone())).collect())
    }

    fn blocked(&self, _: &mut AnyConn, pairs: &[(UserId, UserId)]) -> Result<Vec<bool>, AppError> {
        let blocked = self.blocked.lock().unwrap();
        let is =
            |(a, b): &(UserId, UserId)| blocked.contains(&(*a, *b)) || blocked.contains(&(*b, *a));
        Ok(pairs.iter().map(is).collect())
    }
}

impl Conversations for Town {
    fn call_again(&self, _: &mut Tx<'_>, user: UserId, chats: &[ChatId]) -> Result<(), AppError> {
        let again = chats.iter().map(|chat| (user, *chat));
        self.called_again.lock().unwrap().extend(again);
        Ok(())
    }

    fn note_notified(
        &self,
        _: &mut Tx<'_>,
        places: &BTreeMap<(UserId, ChatId), i64>,
    ) -> Result<(), AppError> {
        let mut notified = self.notified.lock().unwrap();
        for (place, seq) in places {
            let newest = notified.entry(*place).or_default();
            *newest = (*newest).max(*seq);
        }
        Ok(())
    }
}

#[async_trait]
impl Presence for Town {
    async fn is_around(&self, user: UserId) -> Result<bool, AppError> {
        Ok(self.around.lock().unwrap().contains(&user))
    }
}

#[async_trait]
impl DigestMailer for Town {
    async fn send(&self, digest: Digest) -> Result<Outcome, AppError> {
        let outcome = self.outcomes.lock().unwrap().pop_front();
        let outcome = outcome.unwrap_or(Outcome::Sent);
        if outcome == Outcome::Sent {
            self.mails.lock().unwrap().push(digest);
        }
        Ok(outcome)
    }
}

pub(crate) struct World {
    pub(crate) notify: Notify,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) town: Arc<Town>,
    nodes: OnceLock<[JoinHandle<()>; 2]>,
    _database: Database,
}

impl Drop for World {
    fn drop(&mut self) {
        self.nodes
            .get()
            .into_iter()
            .flatten()
            .for_each(JoinHandle::abort);
    }
}

/// One world for each kind of database that this machine has.
pub(crate) async fn each() -> Vec<World> {
    each_with(NotifyConfig::default()).await
}

pub(crate) async fn each_with(config: NotifyConfig) -> Vec<World> {
    let databases = testkit::databases().into_iter();
    databases
        .map(|database| World::over(database, config))
        .collect()
}

/// Something that happened to somebody.
pub(crate) fn happened(who: &Actor, action: Action, key: &str) -> NotificationEvent {
    NotificationEvent {
        user_id: who.user,
        action,
        data: json!({"user": {"username": "ada", "display_name": "Ada"}}),
        key: key.to_owned(),
    }
}

/// A message in a chat came for somebody.
pub(crate) fn message(who: &Actor, chat: &str, seq: i64) -> NotificationEvent {
    let data = json!({
        "chat_id": chat, "message_id": chat, "seq": seq, "sender_id": who.user,
        "sender": "ada", "mention": false,
    });
    NotificationEvent {
        data,
        ..happened(who, Action::NewMessage, &format!("message:{chat}:{seq}"))
    }
}

impl World {
    fn over(database: Database, config: NotifyConfig) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(
            1_800_000_000_000_000,
        )));
        let env = Env::new(clock.clone(), Arc::new(SystemRng));
        let settings = StoreConfig {
            url: database.url().parse().unwrap(),
            connections: 8,
            migrate: true,
        };
        let store = Store::open(&settings, env).unwrap();
        let town = Arc::<Town>::default();
        let parts = NotifyParts {
            store: store.clone(),
            registry: town.clone(),
            people: town.clone(),
            conversations: town.clone(),
            presence: town.clone(),
            post: town.clone(),
        };
        Self {
            notify: Notify::new(config, parts),
            store,
            clock,
            town,
            nodes: OnceLock::new(),
            _database: database,
        }
    }

    /// A new person.
    pub(crate) fn person(&self) -> Actor {
        let user: UserId = self.store.env().id();
        self.town.people.lock().unwrap().push(user);
        Actor {
            user,
            session: self.store.env().id(),
            role: Role::Member,
            verified: true,
            proven_at: self.store.env().now(),
        }
    }

    /// Somebody is called so from now on.
    pub(crate) fn name(&self, who: &Actor, username: &str, is_deleted: bool) {
        let summary = UserSummary {
            id: who.user,
            username: username.to_owned(),
            display_name: username.to_uppercase(),
            avatar: String::new(),
            is_deleted,
        };
        self.town.names.lock().unwrap().insert(who.user, summary);
    }

    /// Where this person is called again, since this was asked last.
    pub(crate) fn called_again(&self, who: &Actor) -> Vec<ChatId> {
        let all = std::mem::take(&mut *self.town.called_again.lock().unwrap());
        assert!(all.iter().all(|(user, _)| *user == who.user));
        all.into_iter().map(|(_, chat)| chat).collect()
    }

    pub(crate) fn pass(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Leaves jobs that tell of what happened, as other rooms do.
    pub(crate) async fn happen(&self, all: Vec<NotificationEvent>) {
        self.enqueue(all).await;
    }

    /// Leaves a job that tells of what was dealt with.
    pub(crate) async fn settle(&self, done: &Settled) {
        self.enqueue([done.clone()]).await;
    }

    pub(crate) async fn enqueue<J: Job>(&self, jobs: impl IntoIterator<Item = J>) {
        let jobs: Vec<J> = jobs.into_iter().collect();
        let write = move |tx: &mut Tx<'_>| jobs.into_iter().try_for_each(|job| tx.enqueue(job));
        self.store.write(write).await.unwrap();
    }

    /// Two nodes work until nothing is due. They go on after that: a node that is stopped may hold
    /// a job that it has just claimed.
    pub(crate) async fn work(&self) {
        let node = || {
            let worker = Worker::new(self.store.clone()).poll_interval(Duration::from_millis(5));
            tokio::spawn(worker.register(self.notify.jobs()).run())
        };
        self.nodes.get_or_init(|| [node(), node()]);
        for _ in 0..12_000 {
            if self.due().await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the work never ends");
    }

    async fn due(&self) -> i64 {
        let now = self.store.env().now();
        let read = move |conn: &mut AnyConn| {
            let due = jobs::table.filter(jobs::run_at.le(now).and(jobs::failed_at.is_null()));
            Ok(due.count().get_result(conn)?)
        };
        self.store.read(read).await.unwrap()
    }

    /// Tells somebody of what happened, and waits until they are told.
    pub(crate) async fn notify(&self, all: Vec<NotificationEvent>) {
        self.happen(all).await;
        self.work().await;
    }

    pub(crate) async fn list(&self, who: &Actor) -> Vec<Notification> {
        let (filter, keyset) = (Filter::default(), Cursor::Newest);
        let listed = self.notify.list(who, filter, keyset, PAGE).await.unwrap();
        assert_eq!(
            listed.total,
            i64::try_from(listed.notifications.len()).unwrap()
        );
        listed.notifications
    }

    pub(crate) async fn unread(&self, who: &Actor) -> i64 {
        self.notify.unread(who).await.unwrap().total
    }

    pub(crate) async fn wish(&self, who: &Actor, wishes: Value) {
        let wishes: NotificationPreferences = serde_json::from_value(wishes).unwrap();
        self.notify.set_preferences(who, wishes).await.unwrap();
    }

    /// All events that somebody was told of.
    pub(crate) async fn events(&self, who: &Actor) -> Vec<(String, Value)> {
        let stream = format!("user:{}", who.user);
        let read = move |conn: &mut AnyConn| {
            let (_, epoch) = outbox::head(conn, &stream)?;
            outbox::catch_up(conn, &stream, epoch, 0, 10_000)
        };
        match self.store.read(read).await.unwrap() {
            CatchUp::Events(events) => events
                .into_iter()
                .map(|event| (event.name, serde_json::from_str(&event.data).unwrap()))
                .collect(),
            CatchUp::Resync => vec![],
        }
    }

    /// What the newest event says waits is what waits.
    pub(crate) async fn assert_badges_agree(&self, who: &Actor) {
        let events = self.events(who).await;
        let (name, newest) = events.last().expect("somebody was told something");
        let told = &newest["unread"];
        let there = serde_json::to_value(self.notify.unread(who).await.unwrap()).unwrap();
        assert_eq!(*told, there, "{name}");
        let waiting = self.list(who).await;
        let waiting = waiting.iter().filter(|one| !one.is_read).count();
        assert_eq!(there["total"], waiting);
    }

    pub(crate) fn mails(&self) -> Vec<Digest> {
        self.town.mails.lock().unwrap().clone()
    }

    pub(crate) fn next_outcomes(&self, outcomes: &[Outcome]) {
        self.town.outcomes.lock().unwrap().extend(outcomes);
    }

    /// The outcomes of all tries to send mail, in their order.
    pub(crate) async fn attempts(&self) -> Vec<Option<String>> {
        let read = |conn: &mut AnyConn| {
            Ok(delivery_attempts::table
                .order((delivery_attempts::delivery_id, delivery_attempts::number))
                .select(delivery_attempts::outcome)
                .load(conn)?)
        };
        self.store.read(read).await.unwrap()
    }

    /// How many mails came to each end.
    pub(crate) async fn mail_counts(&self) -> Vec<(String, i64)> {
        let read = |conn: &mut AnyConn| {
            Ok(notification_deliveries::table
                .group_by(notification_deliveries::state)
                .order(notification_deliveries::state)
                .select((notification_deliveries::state, diesel::dsl::count_star()))
                .load(conn)?)
        };
        self.store.read(read).await.unwrap()
    }
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> &'static str {
    result.unwrap_err().code().name
}
