//! Chat over a database of its own.

use std::sync::Arc;
use std::time::Duration;

use ::jobs::{Job, Worker};
use chat::ports::EphemeralPublisher;
use chat::{Chat, ChatConfig, ChatParts, ChatService};
use contract::catalogue::EventName;
use contract::chat::{ChatId, Message, PostMessage};
use contract::notify::Resolved;
use contract::streams::StreamName;
use db::{AnyConn, Store};
use kernel::{Actor, AppError, Code, Timestamp, UserId};
use outbox::StoredEvent;
use serde_json::Value;
use testkit::{Database, TestStore};
use tokio::sync::mpsc;

use crate::fake_users::FakeUsers;

/// The kind of the jobs that notify users.
const NOTIFICATION_JOB: &str = "chat.call";

/// An ephemeral event that was published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EphemeralEvent {
    pub(crate) stream: StreamName,
    pub(crate) name: EventName,
    pub(crate) data: Value,
    pub(crate) author: Option<UserId>,
}

struct ChannelPublisher(mpsc::UnboundedSender<EphemeralEvent>);

impl EphemeralPublisher for ChannelPublisher {
    fn publish(&self, stream: StreamName, event: EventName, data: Value, author: Option<UserId>) {
        let _ = self.0.send(EphemeralEvent {
            stream,
            name: event,
            data,
            author,
        });
    }
}

/// Chat over a database of its own.
pub(crate) struct ChatFixture {
    pub(crate) chat: Arc<dyn ChatService>,
    pub(crate) store: Store,
    pub(crate) users: Arc<FakeUsers>,
    pub(crate) ephemeral: mpsc::UnboundedReceiver<EphemeralEvent>,
    database: TestStore,
}

impl From<Database> for ChatFixture {
    fn from(database: Database) -> Self {
        let database = TestStore::from(database);
        let users = Arc::new(FakeUsers::default());
        let (sender, ephemeral) = mpsc::unbounded_channel();
        let store = database.store.clone();
        Self {
            chat: open_chat(&store, &users, ChannelPublisher(sender)),
            store,
            users,
            ephemeral,
            database,
        }
    }
}

impl ChatFixture {
    /// Another node on the same database.
    pub(crate) fn another_node(&self) -> Arc<dyn ChatService> {
        let (sender, _) = mpsc::unbounded_channel();
        let store = self.database.another_node();
        open_chat(&store, &self.users, ChannelPublisher(sender))
    }

    /// Adds a user with this name.
    pub(crate) fn user(&self, name: &str) -> Actor {
        let actor = self.database.new_actor();
        self.users.add(actor.user, name);
        actor
    }

    /// Adds two friends, Ada and Grace, and their conversation, opened by Ada.
    pub(crate) async fn friends(&self) -> (Actor, Actor, ChatId) {
        let (ada, grace) = (self.user("ada"), self.user("grace"));
        self.users.befriend(&ada, &grace);
        let opened = self.chat.open_conversation(&ada, "grace").await.unwrap();
        (ada, grace, opened.conversation.chat_id)
    }

    /// Creates a room with these members.
    pub(crate) async fn create_room(&self, members: &[&Actor]) -> ChatId {
        let ids: Vec<_> = members.iter().map(|actor| actor.user).collect();
        let created = self.chat.create_room("group:1", "A group", &ids, ids[0]);
        created.await.unwrap()
    }

    pub(crate) async fn send(&self, actor: &Actor, chat: ChatId, text: &str) -> Message {
        let sent = self.chat.send_message(actor, post(chat, text));
        sent.await.unwrap()
    }

    /// The chats that a user is a member of.
    pub(crate) async fn chats_of(&self, actor: &Actor) -> Vec<ChatId> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| chat::queries::chats_of(conn, user);
        self.store.read(read).await.unwrap()
    }

    /// All events of a stream.
    pub(crate) async fn events(&self, stream: StreamName) -> Vec<StoredEvent> {
        self.database.events(stream).await
    }

    /// The data of the events with this name on a chat's stream.
    pub(crate) async fn chat_events(&self, chat: ChatId, name: &str) -> Vec<Value> {
        let events = self.events(StreamName::Chat(chat)).await;
        data_of(&events, name)
    }

    /// The data of the events with this name on a user's stream.
    pub(crate) async fn user_events(&self, actor: &Actor, name: &str) -> Vec<Value> {
        let events = self.events(StreamName::User(actor.user)).await;
        data_of(&events, name)
    }

    /// The scheduled notification jobs.
    pub(crate) async fn notification_jobs(&self) -> Vec<Value> {
        self.database.jobs(NOTIFICATION_JOB).await
    }

    /// Advances the clock until all notification jobs are due, and runs them.
    pub(crate) async fn run_notification_jobs(&self) {
        self.advance(Duration::from_secs(2));
        let worker = Worker::new(self.store.clone()).poll_interval(Duration::from_millis(5));
        let worker = tokio::spawn(worker.register(self.chat.jobs()).run());
        testkit::until("no notification jobs", async || {
            self.notification_jobs().await.is_empty()
        })
        .await;
        worker.abort();
    }

    /// The users whose notifications about a chat were resolved, and up to which message.
    pub(crate) async fn resolved(&self, chat: ChatId) -> Vec<(UserId, i64)> {
        let jobs: Vec<Resolved> = self.database.jobs(Resolved::KIND).await;
        let subject = contract::notify::chat_subject(chat);
        assert!(jobs.iter().all(|job| job.subject == subject));
        jobs.iter()
            .map(|job| (job.user_id, job.up_to_seq))
            .collect()
    }

    /// When the scheduled notification jobs are due.
    pub(crate) async fn notification_times(&self) -> Vec<Timestamp> {
        let read = |conn: &mut AnyConn| {
            use diesel::prelude::*;
            let scheduled = jobs::table.filter(jobs::kind.eq(NOTIFICATION_JOB));
            let times = scheduled.order(jobs::id).select(jobs::run_at);
            Ok(times.load(conn)?)
        };
        self.store.read(read).await.unwrap()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.database.advance(by);
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::{DbTime, DbUuid};

    jobs (id) {
        id -> DbUuid,
        kind -> Text,
        run_at -> DbTime,
    }
}

fn data_of(events: &[StoredEvent], name: &str) -> Vec<Value> {
    let events = events.iter().filter(|event| event.name == name);
    events
        .map(|event| serde_json::from_str(&event.data).unwrap())
        .collect()
}

fn open_chat(
    store: &Store,
    users: &Arc<FakeUsers>,
    publisher: ChannelPublisher,
) -> Arc<dyn ChatService> {
    let config = ChatConfig {
        verified_only: true,
        typing_timeout: Duration::from_millis(20),
    };
    let parts = ChatParts {
        store: store.clone(),
        relations: users.clone(),
        users: users.clone(),
        presence: users.clone(),
        privacy: users.clone(),
        publisher: Arc::new(publisher),
        notifications: users.clone(),
    };
    Arc::new(Chat::new(config, parts))
}

/// A message with only a text.
pub(crate) fn post(chat_id: ChatId, content: &str) -> PostMessage {
    PostMessage {
        chat_id,
        content: content.to_owned(),
        timestamp: None,
        client_id: None,
        reply_to: None,
    }
}

/// Asserts that a call failed with this code.
#[track_caller]
pub(crate) fn assert_error<T: std::fmt::Debug>(result: Result<T, AppError>, code: &'static Code) {
    let error = result.unwrap_err();
    assert!(error.is(code), "{} instead of {}", error.chain(), code.name);
}
