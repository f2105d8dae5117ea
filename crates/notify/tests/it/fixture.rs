//! A database, users, a mailer, and two nodes that run jobs.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use ::jobs::{Enqueue, Job, Worker};
use async_trait::async_trait;
use contract::chat::ChatId;
use contract::notify::{
    Action, Notification, NotificationEvent, NotificationPreferences, Resolved,
};
use contract::users::UserSummary;
use db::{AnyConn, Store, Tx};
use diesel::prelude::*;
use kernel::{Actor, AppError, Cursor, UserId};
use notify::ports::{
    ActivityPort, ChatNotifications, DigestMail, DigestMailer, DigestOutcome, RecipientDirectory,
};
use notify::{
    InboxFilter, NotificationKind, NotificationKinds, Notify, NotifyConfig, NotifyParts,
    NotifyService, name_at,
};
use serde_json::{Value, json};
use testkit::{Database, TestStore, user_summary};
use tokio::task::JoinHandle;

pub(crate) use testkit::{PAGE, code};

/// The kinds of notifications that digests of the tests are about.
fn kinds() -> NotificationKinds {
    [
        NotificationKind {
            action: Action::FriendRequest,
            digest_line: |data| format!("{} sent you a friend request.", name_at(data, "/user")),
        },
        NotificationKind {
            action: Action::NewMessage,
            digest_line: |data| {
                let sender = data["sender"].as_str().unwrap();
                format!("{sender} sent you a message.")
            },
        },
    ]
    .into_iter()
    .collect()
}

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

/// Users, blocks, activity, chats and mails.
#[derive(Default)]
pub(crate) struct FakeDirectory {
    pub(crate) users: Mutex<Vec<UserId>>,
    pub(crate) admins: Mutex<HashSet<UserId>>,
    pub(crate) active: Mutex<HashSet<UserId>>,
    /// The number of pages after which the list of users fails once.
    pub(crate) fails_after: Mutex<Option<u32>>,
    /// The summaries of users that have names.
    pub(crate) names: Mutex<HashMap<UserId, UserSummary>>,
    pub(crate) blocked: Mutex<HashSet<(UserId, UserId)>>,
    pub(crate) rearmed: Mutex<Vec<(UserId, ChatId)>>,
    /// Up to which sequence number notifications of messages were recorded.
    pub(crate) notified: Mutex<BTreeMap<(UserId, ChatId), i64>>,
    pub(crate) mails: Mutex<Vec<DigestMail>>,
    /// The outcomes of the next attempts. Afterwards all are sent.
    pub(crate) outcomes: Mutex<VecDeque<DigestOutcome>>,
}

impl RecipientDirectory for FakeDirectory {
    fn active_after(
        &self,
        _: &mut AnyConn,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<UserId>, AppError> {
        {
            let mut left = self.fails_after.lock().unwrap();
            *left = match *left {
                Some(0) => {
                    *left = None;
                    return Err(AppError::unavailable("the list fails"));
                }
                Some(pages) => Some(pages - 1),
                None => None,
            };
        }
        let mut users = self.users.lock().unwrap().clone();
        users.sort();
        let rest = users.into_iter().filter(|id| after.is_none_or(|a| *id > a));
        Ok(rest.take(usize::try_from(limit).unwrap()).collect())
    }

    fn is_admin(&self, _: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(self.admins.lock().unwrap().contains(&user))
    }

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
        let is_blocked =
            |(a, b): &(UserId, UserId)| blocked.contains(&(*a, *b)) || blocked.contains(&(*b, *a));
        Ok(pairs.iter().map(is_blocked).collect())
    }
}

impl ChatNotifications for FakeDirectory {
    fn rearm(&self, _: &mut Tx<'_>, user: UserId, chats: &[ChatId]) -> Result<(), AppError> {
        let rearmed = chats.iter().map(|chat| (user, *chat));
        self.rearmed.lock().unwrap().extend(rearmed);
        Ok(())
    }

    fn record_notified(
        &self,
        _: &mut Tx<'_>,
        up_to_seq: &BTreeMap<(UserId, ChatId), i64>,
    ) -> Result<(), AppError> {
        let mut notified = self.notified.lock().unwrap();
        for (member, seq) in up_to_seq {
            let greatest = notified.entry(*member).or_default();
            *greatest = (*greatest).max(*seq);
        }
        Ok(())
    }
}

#[async_trait]
impl ActivityPort for FakeDirectory {
    async fn is_active(&self, user: UserId) -> Result<bool, AppError> {
        Ok(self.active.lock().unwrap().contains(&user))
    }
}

#[async_trait]
impl DigestMailer for FakeDirectory {
    async fn send(&self, digest: DigestMail) -> Result<DigestOutcome, AppError> {
        let outcome = self.outcomes.lock().unwrap().pop_front();
        let outcome = outcome.unwrap_or(DigestOutcome::Sent);
        if outcome == DigestOutcome::Sent {
            self.mails.lock().unwrap().push(digest);
        }
        Ok(outcome)
    }
}

pub(crate) struct Fixture {
    pub(crate) notify: Arc<dyn NotifyService>,
    pub(crate) store: Store,
    pub(crate) directory: Arc<FakeDirectory>,
    nodes: OnceLock<[JoinHandle<()>; 2]>,
    database: TestStore,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.nodes
            .get()
            .into_iter()
            .flatten()
            .for_each(JoinHandle::abort);
    }
}

/// An event for a user.
pub(crate) fn event(who: &Actor, action: Action, key: &str) -> NotificationEvent {
    NotificationEvent {
        user_id: who.user,
        action,
        data: json!({"user": {"username": "ada", "display_name": "Ada"}}),
        key: key.to_owned(),
    }
}

/// The event of a message in a chat.
pub(crate) fn message_event(who: &Actor, chat: &str, seq: i64) -> NotificationEvent {
    let data = json!({
        "chat_id": chat, "message_id": chat, "seq": seq, "sender_id": who.user,
        "sender": "ada", "mention": false,
    });
    NotificationEvent {
        data,
        ..event(who, Action::NewMessage, &format!("message:{chat}:{seq}"))
    }
}

impl Fixture {
    pub(crate) fn new(database: Database) -> Self {
        Self::with_config(database, NotifyConfig::default())
    }

    pub(crate) fn with_config(database: Database, config: NotifyConfig) -> Self {
        let database = TestStore::from(database);
        let store = database.store.clone();
        let directory = Arc::<FakeDirectory>::default();
        let parts = NotifyParts {
            store: store.clone(),
            users: directory.clone(),
            chats: directory.clone(),
            activity: directory.clone(),
            kinds: kinds(),
            mailer: directory.clone(),
        };
        Self {
            notify: Arc::new(Notify::new(config, parts)),
            store,
            directory,
            nodes: OnceLock::new(),
            database,
        }
    }

    /// A new user.
    pub(crate) fn user(&self) -> Actor {
        let actor = self.database.new_actor();
        self.directory.users.lock().unwrap().push(actor.user);
        actor
    }

    /// Sets the name of a user.
    pub(crate) fn name(&self, who: &Actor, username: &str, is_deleted: bool) {
        let summary = UserSummary {
            is_deleted,
            ..user_summary(who.user, username)
        };
        self.directory
            .names
            .lock()
            .unwrap()
            .insert(who.user, summary);
    }

    /// The chats that were rearmed for this user since the last call.
    pub(crate) fn rearmed(&self, who: &Actor) -> Vec<ChatId> {
        let all = std::mem::take(&mut *self.directory.rearmed.lock().unwrap());
        assert!(all.iter().all(|(user, _)| *user == who.user));
        all.into_iter().map(|(_, chat)| chat).collect()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.database.advance(by);
    }

    /// Enqueues a resolution.
    pub(crate) async fn resolve(&self, resolved: &Resolved) {
        self.enqueue([resolved.clone()]).await;
    }

    /// Enqueues jobs, as other domains do.
    pub(crate) async fn enqueue<J: Job>(&self, jobs: impl IntoIterator<Item = J>) {
        let jobs: Vec<J> = jobs.into_iter().collect();
        let write = move |tx: &mut Tx<'_>| jobs.into_iter().try_for_each(|job| tx.enqueue(job));
        self.store.write(write).await.unwrap();
    }

    /// Lets two nodes run jobs until none is due. They continue afterwards, since a node that is stopped
    /// may hold a job that it has just claimed.
    pub(crate) async fn work(&self) {
        let node = || {
            let worker = Worker::new(self.store.clone()).poll_interval(Duration::from_millis(5));
            tokio::spawn(worker.register(self.notify.jobs()).run())
        };
        self.nodes.get_or_init(|| [node(), node()]);
        testkit::until("no job is due", async || self.due().await == 0).await;
    }

    async fn due(&self) -> i64 {
        let now = self.store.env().now();
        let read = move |conn: &mut AnyConn| {
            let due = jobs::table.filter(jobs::run_at.le(now).and(jobs::failed_at.is_null()));
            Ok(due.count().get_result(conn)?)
        };
        self.store.read(read).await.unwrap()
    }

    /// Enqueues events and runs all due jobs.
    pub(crate) async fn notify(&self, events: Vec<NotificationEvent>) {
        self.enqueue(events).await;
        self.work().await;
    }

    pub(crate) async fn list(&self, who: &Actor) -> Vec<Notification> {
        let (filter, cursor) = (InboxFilter::default(), Cursor::Newest);
        let listed = self.notify.list(who, filter, cursor, PAGE).await.unwrap();
        assert_eq!(
            listed.total,
            i64::try_from(listed.notifications.len()).unwrap()
        );
        listed.notifications
    }

    pub(crate) async fn unread(&self, who: &Actor) -> i64 {
        self.notify.unread(who).await.unwrap().total
    }

    pub(crate) async fn set_preferences(&self, who: &Actor, wanted: Value) {
        let wanted: NotificationPreferences = serde_json::from_value(wanted).unwrap();
        self.notify.set_preferences(who, wanted).await.unwrap();
    }

    /// All durable events of a user.
    pub(crate) async fn events(&self, who: &Actor) -> Vec<(String, Value)> {
        self.database.user_events(who.user).await
    }

    /// Asserts that the unread counts of the newest event are those of the inbox.
    pub(crate) async fn assert_badges_agree(&self, who: &Actor) {
        let events = self.events(who).await;
        let (name, newest) = events.last().expect("no events");
        let sent = &newest["unread"];
        let counted = serde_json::to_value(self.notify.unread(who).await.unwrap()).unwrap();
        assert_eq!(*sent, counted, "{name}");
        let unread = self.list(who).await;
        let unread = unread.iter().filter(|one| !one.is_read).count();
        assert_eq!(counted["total"], unread);
    }

    pub(crate) fn mails(&self) -> Vec<DigestMail> {
        self.directory.mails.lock().unwrap().clone()
    }

    pub(crate) fn next_outcomes(&self, outcomes: &[DigestOutcome]) {
        self.directory.outcomes.lock().unwrap().extend(outcomes);
    }

    /// The outcomes of all attempts, in their order.
    pub(crate) async fn attempts(&self) -> Vec<Option<String>> {
        let read = |conn: &mut AnyConn| {
            Ok(delivery_attempts::table
                .order((delivery_attempts::delivery_id, delivery_attempts::number))
                .select(delivery_attempts::outcome)
                .load(conn)?)
        };
        self.store.read(read).await.unwrap()
    }

    /// The number of deliveries by state.
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
