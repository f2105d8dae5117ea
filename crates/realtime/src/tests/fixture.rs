//! A hub over a real database, for an application with one made-up domain.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use cluster::Cluster;
use contract::catalogue::{EventAudience, EventName};
use contract::chat::Unread;
use contract::frames::{AllUnread, StreamPosition};
use contract::notify::Badges;
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::{AnyConn, Store, StoreConfig};
use kernel::{Actor, AppError, Env, Role, SessionId, Timestamp, UserId};
use serde_json::value::RawValue;
use testkit::Database;

use crate::channel::{ChannelSpec, ChannelTraffic};
use crate::connection::Connection;
use crate::hub::{Hub, HubConfig};
use crate::message::{EnvelopeStyle, NamedUsers, ServerMessage};
use crate::ports::{
    Departure, Greeting, GreetingPort, Ports, PresenceGuard, PresencePort, SessionPort,
    SubscriptionChange, SubscriptionPort,
};
use crate::queue::SendQueue;
use crate::redaction::Redaction;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/",
    style: EnvelopeStyle::Typed,
    follows_streams: true,
    shows_friends: false,
    audiences: &[
        EventAudience::Anyone,
        EventAudience::Messages,
        EventAudience::Personal,
        EventAudience::Chats,
        EventAudience::Server,
    ],
    rechecks_on: |_| false,
    traffic: ChannelTraffic::EVENTS,
};

/// The application: who is signed in.
#[derive(Default)]
pub(super) struct TestApp {
    pub(super) signed_in: Mutex<HashMap<SessionId, Actor>>,
}

#[async_trait]
impl SessionPort for TestApp {
    async fn current_actor(&self, actor: &Actor) -> Result<Actor, AppError> {
        Ok(*actor)
    }

    async fn current_actors(
        &self,
        sessions: Vec<SessionId>,
    ) -> Result<HashMap<SessionId, Actor>, AppError> {
        let mut signed_in = self.signed_in.lock().unwrap().clone();
        signed_in.retain(|session, _| sessions.contains(session));
        Ok(signed_in)
    }

    fn forget(&self, _sessions: &[SessionId]) {}
}

impl GreetingPort for TestApp {
    fn load(
        &self,
        _conn: &mut AnyConn,
        user: UserId,
        _channel: &ChannelSpec,
    ) -> Result<Greeting, AppError> {
        Ok(Greeting {
            user: summary(user, "ada"),
            unread: AllUnread {
                messages: Unread {
                    total: 0,
                    chats: vec![],
                },
                notifications: Badges::default(),
            },
            hidden: HashSet::new(),
            followed: Some(vec![]),
            after: None,
        })
    }
}

/// The data of `chat_joined` and `chat_left` is a stream.
#[async_trait]
impl SubscriptionPort for TestApp {
    fn change_of(&self, event: &ServerMessage) -> Option<SubscriptionChange> {
        let stream: Option<String> = serde_json::from_str(event.data.get()).ok();
        let stream: StreamName = stream?.parse().ok()?;
        match event.event()? {
            EventName::ChatJoined => {
                Some(SubscriptionChange::Join(stream, StreamPosition::default()))
            }
            EventName::ChatLeft => Some(SubscriptionChange::Leave(stream)),
            _ => None,
        }
    }

    fn may_follow(
        &self,
        _conn: &mut AnyConn,
        _user: UserId,
        _stream: StreamName,
    ) -> Result<bool, AppError> {
        Ok(true)
    }

    async fn hidden_from(&self, _user: UserId) -> Result<HashSet<UserId>, AppError> {
        Ok(HashSet::new())
    }
}

impl Redaction for TestApp {
    fn named_users(&self, _event: &ServerMessage) -> NamedUsers {
        NamedUsers::default()
    }

    fn redact(&self, _event: &ServerMessage, _hidden: &HashSet<UserId>) -> Option<Box<RawValue>> {
        None
    }
}

impl PresencePort for TestApp {
    fn connect(&self, _user: UserId, _session: SessionId) -> Box<dyn PresenceGuard> {
        Box::new(NoPresence)
    }
}

struct NoPresence;

impl PresenceGuard for NoPresence {
    fn acted(&self) {}

    fn announce(&self, _is_here: bool) {}

    fn close(self: Box<Self>, _departure: Departure) {}
}

/// A hub, its application and its database.
pub(super) struct Fixture {
    pub(super) app: Arc<TestApp>,
    pub(super) hub: Arc<Hub>,
    pub(super) store: Store,
    pub(super) database: Option<Database>,
}

/// A fixture on each database.
pub(super) fn fixtures() -> impl Iterator<Item = Fixture> {
    testkit::databases().into_iter().map(|database| {
        let fixture = Fixture::on(database.url());
        Fixture {
            database: Some(database),
            ..fixture
        }
    })
}

impl Fixture {
    pub(super) fn on(url: &str) -> Self {
        let config = StoreConfig {
            url: url.parse().unwrap(),
            connections: 4,
            migrate: true,
        };
        let store = Store::open(&config, Env::system()).unwrap();
        let app = Arc::<TestApp>::default();
        let ports = Ports {
            sessions: app.clone(),
            greeting: app.clone(),
            subscriptions: app.clone(),
            redaction: app.clone(),
            presence: app.clone(),
        };
        let config = HubConfig {
            rate_factor: 1.0,
            resume_window: std::time::Duration::from_secs(60),
        };
        let hub = Hub::start(&Cluster::local(store.env()).bus, &store, ports, config);
        Self {
            app,
            hub,
            store,
            database: None,
        }
    }

    /// A socket of a new user.
    pub(super) fn connect(&self) -> Arc<Connection> {
        let queue = Arc::new(SendQueue::default());
        let redaction = self.hub.ports.redaction.clone();
        let actor = actor(self.store.env());
        Arc::new(Connection::new(
            self.hub.next_id(),
            actor,
            &CHANNEL,
            queue,
            redaction,
        ))
    }
}

pub(super) fn actor(env: &Env) -> Actor {
    Actor {
        user: env.id(),
        session: env.id(),
        role: Role::Member,
        verified: true,
        reauthenticated_at: Timestamp::from_micros(0),
    }
}

pub(super) fn summary(id: UserId, username: &str) -> UserSummary {
    UserSummary {
        id,
        username: username.to_owned(),
        display_name: String::new(),
        avatar: String::new(),
        is_deleted: false,
    }
}

/// Everything that waits to be sent.
pub(super) fn drain(queue: &SendQueue) -> Vec<u8> {
    let mut all = vec![];
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(bytes)) = queue.poll_next(&mut context) {
        all.extend_from_slice(&bytes);
    }
    all
}

/// The same as text.
pub(super) fn sent(connection: &Connection) -> String {
    String::from_utf8_lossy(&drain(&connection.queue)).into_owned()
}
