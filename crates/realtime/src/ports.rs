//! What sockets need from the application, which knows the domains.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use contract::frames::{AllUnread, StreamPosition};
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::AnyConn;
use kernel::{Actor, AppError, SessionId, Timestamp, UserId};

use crate::channel::ChannelSpec;
use crate::connection::Connection;
use crate::message::ServerMessage;
use crate::redaction::Redaction;

/// All ports.
#[derive(Clone)]
pub struct Ports {
    /// Who users are, and whether their sessions last.
    pub sessions: Arc<dyn SessionPort>,
    /// The state that a new socket is sent.
    pub greeting: Arc<dyn GreetingPort>,
    /// Which streams a user's sockets subscribe to.
    pub subscriptions: Arc<dyn SubscriptionPort>,
    /// Which events a user may see.
    pub redaction: Arc<dyn Redaction>,
    /// Who is online.
    pub presence: Arc<dyn PresencePort>,
}

/// Checks the sessions of sockets, which outlive their access tokens.
#[async_trait]
pub trait SessionPort: Send + Sync {
    /// The user of a socket as of now.
    ///
    /// # Errors
    /// The session has ended, or the database is unavailable.
    async fn current_actor(&self, actor: &Actor) -> Result<Actor, AppError>;

    /// The users of these sessions as of now, without sessions that have ended.
    ///
    /// # Errors
    /// The database is unavailable.
    async fn current_actors(
        &self,
        sessions: Vec<SessionId>,
    ) -> Result<HashMap<SessionId, Actor>, AppError>;

    /// Drops what is cached of sessions that have ended.
    fn forget(&self, sessions: &[SessionId]);
}

/// Loads the state that a new socket is sent.
pub trait GreetingPort: Send + Sync {
    /// Reads it in one go.
    ///
    /// # Errors
    /// The user does not exist any more, or the database is unavailable.
    fn load(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        channel: &ChannelSpec,
    ) -> Result<Greeting, AppError>;
}

/// The state that a new socket is sent.
pub struct Greeting {
    /// The user.
    pub user: UserSummary,
    /// What they have not read.
    pub unread: AllUnread,
    /// Users who are hidden from them.
    pub hidden: HashSet<UserId>,
    /// The streams they follow, apart from their own; `None` if the channel does not follow them.
    pub followed: Option<Vec<StreamName>>,
    /// What is sent after `hello`.
    pub after: Option<Box<dyn AfterGreeting>>,
}

/// State that is sent after `hello` because loading it takes more than the database.
#[async_trait]
pub trait AfterGreeting: Send {
    /// Loads and sends it.
    ///
    /// # Errors
    /// It cannot be loaded.
    async fn send(self: Box<Self>, to: &Connection, now: Timestamp) -> Result<(), AppError>;
}

/// A change of what a user's sockets subscribe to or may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionChange {
    /// Channels that follow streams subscribe to this one.
    Join(StreamName, StreamPosition),
    /// They unsubscribe from it.
    Leave(StreamName),
    /// Other users are hidden from this one than before.
    HiddenUsers,
}

/// Decides which streams a user's sockets subscribe to.
#[async_trait]
pub trait SubscriptionPort: Send + Sync {
    /// What an event on a user's own stream changes.
    fn change_of(&self, event: &ServerMessage) -> Option<SubscriptionChange>;

    /// Whether a user may follow a stream, apart from their own.
    ///
    /// # Errors
    /// The database is unavailable.
    fn may_follow(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        stream: StreamName,
    ) -> Result<bool, AppError>;

    /// The users who are hidden from this one.
    ///
    /// # Errors
    /// The database is unavailable.
    async fn hidden_from(&self, user: UserId) -> Result<HashSet<UserId>, AppError>;
}

/// Keeps track of who is online.
pub trait PresencePort: Send + Sync {
    /// A user has a socket until the result is closed or dropped.
    fn connect(&self, user: UserId, session: SessionId) -> Box<dyn PresenceGuard>;
}

/// The presence of one socket. Dropping it counts as [`Departure::Lost`].
pub trait PresenceGuard: Send {
    /// The user did something.
    fn acted(&self);

    /// The user says that they are here, or not.
    fn announce(&self, is_here: bool);

    /// Ends it.
    fn close(self: Box<Self>, departure: Departure);
}

/// How a user left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// They signed out.
    SignedOut,
    /// Their client closed the socket.
    Closed,
    /// The connection was lost or closed by the server.
    Lost,
}
