//! What sockets need of the domains.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use accounts::Accounts;
use async_trait::async_trait;
use chat::queries::Overview;
use contract::chat::{ChatJoined, ChatRef};
use contract::frames::{AllUnread, StreamPosition};
use contract::streams::StreamName;
use contract::users::UserSummary;
use db::{AnyConn, Store};
use http_kit::HttpError;
use kernel::{Actor, AppError, SessionId, Timestamp, UserId};
use realtime::{
    ChannelSpec, Connection, Departure, Greeting, GreetingPort, GreetingSequel, Ports,
    PresenceGuard, PresencePort, RosterDirectory, ServerMessage, SessionPort, SubscriptionChange,
    SubscriptionPort,
};
use serde::de::DeserializeOwned;
use social::{DisconnectReason, Friend, PresenceConnection, PresenceService, Social};

use super::redaction::ChatRedaction;
use crate::wiring::count_session_lookup;

/// The ports of the hub.
pub(crate) fn ports(accounts: &Accounts, social: &Social) -> Ports {
    let presence = social.presence().clone();
    Ports {
        sessions: Arc::new(Sessions(accounts.clone())),
        greeting: Arc::new(Greeter(presence.clone())),
        subscriptions: Arc::new(Subscriptions(social.clone())),
        redaction: Arc::new(ChatRedaction),
        presence: Arc::new(SocketPresence(presence)),
    }
}

struct Sessions(Accounts);

#[async_trait]
impl SessionPort for Sessions {
    async fn current_actor(&self, actor: &Actor) -> Result<Actor, AppError> {
        count_session_lookup(self.0.as_of_now(actor)).await
    }

    async fn current_actors(
        &self,
        sessions: Vec<SessionId>,
    ) -> Result<HashMap<SessionId, Actor>, AppError> {
        self.0.current_actors(sessions).await
    }

    fn forget(&self, sessions: &[SessionId]) {
        self.0.forget_sessions(sessions);
    }
}

/// Greets with unread counts, and with the presence of friends where the channel shows it.
struct Greeter(PresenceService);

impl GreetingPort for Greeter {
    fn load(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        channel: &ChannelSpec,
    ) -> Result<Greeting, AppError> {
        let contacts = self.0.contacts(conn, user, channel.shows_friends)?;
        let hidden: Vec<UserId> = contacts.hidden.iter().copied().collect();
        let (chats, messages) = if channel.follows_streams {
            let Overview { all, unread } = chat::queries::overview(conn, user, &hidden)?;
            (Some(all), unread)
        } else {
            (None, chat::queries::unread(conn, user, &hidden)?)
        };
        let notifications = notify::queries::unread(conn, user)?;
        let friends = FriendsSequel {
            presence: self.0.clone(),
            friends: contacts.friends,
        };
        Ok(Greeting {
            user: contacts
                .own
                .ok_or_else(|| AppError::from(HttpError::NotSignedIn))?,
            unread: AllUnread {
                messages,
                notifications,
            },
            hidden: contacts.hidden,
            followed: chats.map(|chats| chats.into_iter().map(StreamName::Chat).collect()),
            sequel: channel
                .shows_friends
                .then(|| Box::new(friends) as Box<dyn GreetingSequel>),
        })
    }
}

/// Sends who of a user's friends is online.
struct FriendsSequel {
    presence: PresenceService,
    friends: Vec<Friend>,
}

#[async_trait]
impl GreetingSequel for FriendsSequel {
    async fn send(self: Box<Self>, to: &Connection, now: Timestamp) -> Result<(), AppError> {
        let status = self.presence.status_of(&self.friends).await?;
        to.send(&ServerMessage::ephemeral("friends_status", &status, now)?);
        Ok(())
    }
}

/// Lets sockets follow the chats of their users.
struct Subscriptions(Social);

#[async_trait]
impl SubscriptionPort for Subscriptions {
    fn change_of(&self, event: &ServerMessage) -> Option<SubscriptionChange> {
        match event.name.as_str() {
            "chat_joined" => {
                let ChatJoined {
                    chat_id,
                    seq,
                    epoch,
                    ..
                } = data_of(event)?;
                let since = StreamPosition { seq, epoch };
                Some(SubscriptionChange::Join(StreamName::Chat(chat_id), since))
            }
            "chat_left" => {
                let ChatRef { chat_id } = data_of(event)?;
                Some(SubscriptionChange::Leave(StreamName::Chat(chat_id)))
            }
            "blocks_changed" => Some(SubscriptionChange::HiddenUsers),
            _ => None,
        }
    }

    fn may_follow(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        stream: StreamName,
    ) -> Result<bool, AppError> {
        match stream {
            StreamName::Chat(chat) => chat::queries::is_member(conn, user, chat),
            StreamName::User(_) => Ok(false),
        }
    }

    async fn hidden_from(&self, user: UserId) -> Result<HashSet<UserId>, AppError> {
        self.0.hidden_from(user).await
    }
}

fn data_of<T: DeserializeOwned>(event: &ServerMessage) -> Option<T> {
    let data = serde_json::from_str(event.data.get());
    data.inspect_err(|error| tracing::error!(name = event.name, %error, "event not decoded"))
        .ok()
}

struct SocketPresence(PresenceService);

impl PresencePort for SocketPresence {
    fn connect(&self, user: UserId, session: SessionId) -> Box<dyn PresenceGuard> {
        Box::new(SocketPresenceGuard(self.0.connect(user, session)))
    }
}

struct SocketPresenceGuard(PresenceConnection);

impl PresenceGuard for SocketPresenceGuard {
    fn acted(&self) {
        self.0.acted();
    }

    fn announce(&self, is_here: bool) {
        self.0.announce(is_here);
    }

    fn close(self: Box<Self>, departure: Departure) {
        self.0.close(match departure {
            Departure::SignedOut => DisconnectReason::SignedOut,
            Departure::Closed => DisconnectReason::Closed,
            Departure::Lost => DisconnectReason::Lost,
        });
    }
}

/// Lists the users in lobbies, except those who chose to appear offline.
pub(crate) struct LobbyDirectory {
    pub(crate) accounts: Accounts,
    pub(crate) store: Store,
}

#[async_trait]
impl RosterDirectory for LobbyDirectory {
    async fn listed(&self, mut users: BTreeSet<UserId>) -> Result<BTreeSet<UserId>, AppError> {
        let ids: Vec<UserId> = users.iter().copied().collect();
        let read = move |conn: &mut AnyConn| social::queries::invisible_among(conn, &ids);
        let invisible = self.store.read(read).await?;
        users.retain(|user| !invisible.contains(user));
        Ok(users)
    }

    async fn summaries(
        &self,
        users: Vec<UserId>,
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        self.accounts.summaries(users).await
    }
}
