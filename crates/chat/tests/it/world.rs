//! What each test stands on: a database, one or two nodes over it, and a handful of people.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ::jobs::{Job, Worker};
use async_trait::async_trait;
use chat::ports::{Contacts, Live, Names, Notices, Presence, Privacy, Standing};
use chat::{Chat, ChatConfig, ChatParts};
use contract::chat::{ChatId, Message, PostMessage};
use contract::notify::{NotificationEvent, Resolved};
use contract::users::UserSummary;
use db::{AnyConn, Store, StoreConfig, Tx, UserSet};
use kernel::{Actor, AppError, Code, Env, ManualClock, Role, SystemRng, Timestamp, UserId};
use outbox::CatchUp;
use outbox::StoredEvent;
use serde_json::Value;
use testkit::Database;
use tokio::sync::mpsc;

/// The kind of the jobs that call people.
const CALL: &str = "chat.call";

/// The people of a test and what they are to each other, the same for all nodes.
#[derive(Default)]
pub(crate) struct People(Mutex<Known>);

#[derive(Default)]
struct Known {
    names: HashMap<UserId, String>,
    friends: HashSet<(UserId, UserId)>,
    blocks: HashSet<(UserId, UserId)>,
    discreet: HashSet<UserId>,
    invisible: HashSet<UserId>,
    deleted: HashSet<UserId>,
    online: HashSet<UserId>,
    notified: Vec<NotificationEvent>,
}

impl People {
    /// What people were notified of.
    pub(crate) fn notified(&self) -> Vec<NotificationEvent> {
        self.lock().notified.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap()
    }

    pub(crate) fn befriend(&self, one: &Actor, other: &Actor) {
        self.lock().friends.insert(pair(one.user, other.user));
    }

    pub(crate) fn part(&self, one: &Actor, other: &Actor) {
        self.lock().friends.remove(&pair(one.user, other.user));
    }

    pub(crate) fn block(&self, one: &Actor, other: &Actor) {
        self.part(one, other);
        self.lock().blocks.insert(pair(one.user, other.user));
    }

    pub(crate) fn keeps_receipts(&self, one: &Actor, keeps: bool) {
        let mut known = self.lock();
        if keeps {
            known.discreet.insert(one.user);
        } else {
            known.discreet.remove(&one.user);
        }
    }

    pub(crate) fn hides(&self, one: &Actor) {
        self.lock().invisible.insert(one.user);
    }

    /// The account of this person is deleted: they are no longer found by the name they had.
    pub(crate) fn delete(&self, one: &Actor) {
        let mut known = self.lock();
        known.deleted.insert(one.user);
        known
            .names
            .insert(one.user, format!("deleted-{}", one.user));
        known.friends.retain(|(a, b)| ![a, b].contains(&&one.user));
    }

    pub(crate) fn comes_online(&self, one: &Actor) {
        self.lock().online.insert(one.user);
    }
}

fn pair(one: UserId, other: UserId) -> (UserId, UserId) {
    (one.min(other), one.max(other))
}

fn summary(id: UserId, name: &str) -> UserSummary {
    UserSummary {
        id,
        username: name.to_owned(),
        display_name: format!("{name} the person"),
        avatar: format!("/avatars/{name}/"),
        is_deleted: false,
    }
}

impl Contacts for People {
    fn standings(
        &self,
        _: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<Standing>, AppError> {
        let known = self.lock();
        let standing = |(one, other): &(UserId, UserId)| {
            let both = pair(*one, *other);
            if known.blocks.contains(&both) {
                Standing::Blocked
            } else if known.friends.contains(&both) {
                Standing::Friends
            } else {
                Standing::Strangers
            }
        };
        Ok(pairs.iter().map(standing).collect())
    }

    fn hidden_from(&self, _: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self.hidden(viewer))
    }

    fn hidden_set(&self, viewer: UserId) -> UserSet {
        UserSet::Listed(self.hidden(viewer))
    }
}

impl People {
    fn hidden(&self, viewer: UserId) -> Vec<UserId> {
        let known = self.lock();
        let blocks = known.blocks.iter();
        let hidden = blocks.filter_map(|(one, other)| match viewer {
            _ if viewer == *one => Some(*other),
            _ if viewer == *other => Some(*one),
            _ => None,
        });
        hidden.collect()
    }
}

impl Names for People {
    fn summaries(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        let known = self.lock();
        let found = ids.iter().filter_map(|id| {
            let mut summary = summary(*id, known.names.get(id)?);
            summary.is_deleted = known.deleted.contains(id);
            Some((*id, summary))
        });
        Ok(found.collect())
    }

    fn mention(&self, _: &mut AnyConn, usernames: &[String]) -> Result<Vec<UserSummary>, AppError> {
        let known = self.lock();
        let wanted: HashSet<_> = usernames.iter().map(|name| name.to_lowercase()).collect();
        let found = known
            .names
            .iter()
            .filter(|(id, _)| !known.deleted.contains(id))
            .filter(|(_, name)| wanted.contains(&name.to_lowercase()));
        Ok(found.map(|(id, name)| summary(*id, name)).collect())
    }

    fn any_named(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserSummary>, AppError> {
        let found = {
            let known = self.lock();
            let mut names = known.names.iter();
            names.find_map(|(id, name)| name.eq_ignore_ascii_case(username).then_some(*id))
        };
        let Some(id) = found else {
            return Ok(None);
        };
        Ok(self.summaries(conn, &[id])?.remove(&id))
    }
}

#[async_trait]
impl Presence for People {
    async fn online(&self, _: UserId, of: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        let known = self.lock();
        Ok(of
            .iter()
            .copied()
            .filter(|id| known.online.contains(id))
            .collect())
    }
}

impl Privacy for People {
    fn gives_receipts(&self, _: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(!self.lock().discreet.contains(&user))
    }

    fn is_invisible(&self, _: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(self.lock().invisible.contains(&user))
    }
}

/// The lock of what somebody is told, as who tells and who dismisses takes it.
pub(crate) fn notify_lock(user: UserId) -> String {
    format!("notify:{user}")
}

impl Notices for People {
    fn hold(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError> {
        db::lock_all(tx.conn, users.iter().map(|user| notify_lock(*user)))
    }

    fn deliver(&self, tx: &mut Tx<'_>, happened: Vec<NotificationEvent>) -> Result<(), AppError> {
        self.hold(tx, &happened.iter().map(|one| one.user_id).collect())?;
        self.lock().notified.extend(happened);
        Ok(())
    }
}

/// An ephemeral event that was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub(crate) topic: String,
    pub(crate) name: &'static str,
    pub(crate) data: Value,
    pub(crate) author: Option<UserId>,
}

struct Wire(mpsc::UnboundedSender<Said>);

impl Live for Wire {
    fn send(&self, topic: &str, name: &'static str, data: Value, author: Option<UserId>) {
        let topic = topic.to_owned();
        let _ = self.0.send(Said {
            topic,
            name,
            data,
            author,
        });
    }
}

/// A chat over a database of its own.
pub(crate) struct World {
    pub(crate) chat: Chat,
    pub(crate) store: Store,
    pub(crate) people: Arc<People>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) wire: mpsc::UnboundedReceiver<Said>,
    database: Database,
}

impl World {
    fn over(database: Database) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(
            1_800_000_000_000_000,
        )));
        let people = Arc::new(People::default());
        let store = open(&database, &clock);
        let (sender, wire) = mpsc::unbounded_channel();
        let chat = chat_over(&store, &people, Wire(sender));
        Self {
            chat,
            store,
            people,
            clock,
            wire,
            database,
        }
    }

    /// Another node on the same database.
    pub(crate) fn another_node(&self) -> Chat {
        let (sender, _) = mpsc::unbounded_channel();
        chat_over(
            &open(&self.database, &self.clock),
            &self.people,
            Wire(sender),
        )
    }

    /// Somebody new with this name.
    pub(crate) fn person(&self, name: &str) -> Actor {
        let env = self.store.env();
        let user = env.id();
        self.people.lock().names.insert(user, name.to_owned());
        Actor {
            user,
            session: env.id(),
            role: Role::Member,
            verified: true,
            proven_at: env.now(),
        }
    }

    /// Two friends, Ada and Grace, and their conversation, opened by Ada.
    pub(crate) async fn friends(&self) -> (Actor, Actor, ChatId) {
        let (ada, grace) = (self.person("ada"), self.person("grace"));
        self.people.befriend(&ada, &grace);
        let opened = self.chat.open_direct(&ada, "grace").await.unwrap();
        (ada, grace, opened.conversation.chat_id)
    }

    /// A room of these people.
    pub(crate) async fn room(&self, people: &[&Actor]) -> ChatId {
        let ids: Vec<_> = people.iter().map(|actor| actor.user).collect();
        self.chat
            .create_room("group:1", "A group", &ids, ids[0])
            .await
            .unwrap()
    }

    pub(crate) async fn say(&self, actor: &Actor, chat: ChatId, text: &str) -> Message {
        self.chat.send(actor, post(chat, text)).await.unwrap()
    }

    /// Every chat whose events are for this person.
    pub(crate) async fn chats_of(&self, actor: &Actor) -> Vec<ChatId> {
        let user = actor.user;
        let look = move |conn: &mut AnyConn| chat::queries::chats_of(conn, user);
        self.store.read(look).await.unwrap()
    }

    /// All events of a stream so far.
    pub(crate) async fn events(&self, stream: &str) -> Vec<StoredEvent> {
        let stream = stream.to_owned();
        let look = move |conn: &mut AnyConn| {
            let (_, epoch) = outbox::head(conn, &stream)?;
            outbox::catch_up(conn, &stream, epoch, 0, 1_000_000)
        };
        match self.store.read(look).await.unwrap() {
            CatchUp::Events(events) => events,
            CatchUp::Resync => vec![],
        }
    }

    /// The events with this name on a chat's stream.
    pub(crate) async fn told(&self, chat: ChatId, name: &str) -> Vec<Value> {
        let events = self.events(&chat::stream_of(chat)).await;
        named(&events, name)
    }

    /// The events with this name to one person.
    pub(crate) async fn told_to(&self, actor: &Actor, name: &str) -> Vec<Value> {
        let events = self.events(&format!("user:{}", actor.user)).await;
        named(&events, name)
    }

    /// The calls that wait to be made.
    pub(crate) async fn calls(&self) -> Vec<Value> {
        self.jobs(CALL).await
    }

    /// Lets the time of all calls come, and makes them.
    pub(crate) async fn make_calls(&self) {
        self.wait(Duration::from_secs(2));
        let worker = Worker::new(self.store.clone()).poll_interval(Duration::from_millis(5));
        let worker = tokio::spawn(worker.register(self.chat.jobs()).run());
        while !self.calls().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        worker.abort();
    }

    /// What is said to be dealt with: by whom, and up to which place of the chat.
    pub(crate) async fn settled(&self, chat: ChatId) -> Vec<(UserId, i64)> {
        let all = self.jobs(Resolved::KIND).await.into_iter();
        let read = |job| serde_json::from_value(job).unwrap();
        let all: Vec<Resolved> = all.map(read).collect();
        let subject = contract::notify::chat_subject(chat);
        assert!(all.iter().all(|done| done.subject == subject));
        all.iter().map(|done| (done.user_id, done.up_to_seq)).collect()
    }

    /// When people are called.
    pub(crate) async fn called_at(&self) -> Vec<Timestamp> {
        let look = |conn: &mut AnyConn| {
            use diesel::prelude::*;
            let calls = jobs::table.filter(jobs::kind.eq(CALL));
            Ok(calls.order(jobs::id).select(jobs::run_at).load(conn)?)
        };
        self.store.read(look).await.unwrap()
    }

    async fn jobs(&self, kind: &'static str) -> Vec<Value> {
        let look = move |conn: &mut AnyConn| {
            use diesel::prelude::*;
            let rows: Vec<db::types::Json> = jobs::table
                .filter(jobs::kind.eq(kind))
                .order(jobs::id)
                .select(jobs::payload)
                .load(conn)?;
            Ok(rows)
        };
        let rows = self.store.read(look).await.unwrap();
        rows.into_iter().map(|json| json.0).collect()
    }

    pub(crate) fn wait(&self, by: Duration) {
        self.clock.advance(by);
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::{DbJson, DbTime, DbUuid};

    jobs (id) {
        id -> DbUuid,
        kind -> Text,
        run_at -> DbTime,
        payload -> DbJson,
    }
}

fn named(events: &[StoredEvent], name: &str) -> Vec<Value> {
    let some = events.iter().filter(|event| event.name == name);
    some.map(|event| serde_json::from_str(&event.data).unwrap())
        .collect()
}

fn open(database: &Database, clock: &Arc<ManualClock>) -> Store {
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 6,
        migrate: true,
    };
    Store::open(&config, Env::new(clock.clone(), Arc::new(SystemRng))).unwrap()
}

fn chat_over(store: &Store, people: &Arc<People>, wire: Wire) -> Chat {
    let config = ChatConfig {
        verified_only: true,
        typing_lasts: Duration::from_millis(20),
    };
    let parts = ChatParts {
        store: store.clone(),
        contacts: people.clone(),
        names: people.clone(),
        presence: people.clone(),
        privacy: people.clone(),
        live: Arc::new(wire),
        notices: people.clone(),
    };
    Chat::new(config, parts)
}

/// A message with nothing but its text.
pub(crate) fn post(chat_id: ChatId, content: &str) -> PostMessage {
    PostMessage {
        chat_id,
        content: content.to_owned(),
        timestamp: None,
        client_id: None,
        reply_to: None,
    }
}

/// Asserts that something was refused with this code.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, AppError>, code: &'static Code) {
    let error = result.unwrap_err();
    assert!(error.is(code), "{} instead of {}", error.chain(), code.name);
}

/// One world for each kind of database that this machine has.
pub(crate) fn each() -> impl Iterator<Item = World> {
    testkit::databases().into_iter().map(World::over)
}
