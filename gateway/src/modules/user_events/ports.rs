//! The greeting and the subscriptions of the sockets of users.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use chat::queries::ChatOverview;
use contract::catalogue::EventName;
use contract::chat::{ChatJoined, ChatRef};
use contract::frames::{AllUnread, StreamPosition};
use contract::streams::StreamName;
use db::AnyConn;
use http_kit::HttpError;
use kernel::{AppError, Timestamp, UserId};
use realtime::{
    AfterGreeting, ChannelSpec, Connection, Greeting, GreetingPort, ServerMessage,
    SubscriptionChange, SubscriptionPort,
};
use serde::de::DeserializeOwned;
use social::{KnownFriend, PresenceService, SocialService};

/// Greets with unread counts, and with the presence of friends where the channel shows it.
pub(super) struct Greeter(pub(super) Arc<dyn PresenceService>);

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
            let ChatOverview { all, unread } = chat::queries::overview(conn, user, &hidden)?;
            (Some(all), unread)
        } else {
            (None, chat::queries::unread(conn, user, &hidden)?)
        };
        let notifications = notify::queries::unread(conn, user)?;
        let friends = FriendsSnapshot {
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
            after: channel
                .shows_friends
                .then(|| Box::new(friends) as Box<dyn AfterGreeting>),
        })
    }
}

/// Sends the presence of a user's friends.
struct FriendsSnapshot {
    presence: Arc<dyn PresenceService>,
    friends: Vec<KnownFriend>,
}

#[async_trait]
impl AfterGreeting for FriendsSnapshot {
    async fn send(self: Box<Self>, to: &Connection, now: Timestamp) -> Result<(), AppError> {
        let status = self.presence.status_of(&self.friends).await?;
        to.send(&ServerMessage::ephemeral(
            EventName::FriendsStatus,
            &status,
            now,
        )?);
        Ok(())
    }
}

/// Lets sockets follow the chats of their users.
pub(super) struct Subscriptions(pub(super) Arc<dyn SocialService>);

#[async_trait]
impl SubscriptionPort for Subscriptions {
    fn change_of(&self, event: &ServerMessage) -> Option<SubscriptionChange> {
        match event.event()? {
            EventName::ChatJoined => {
                let ChatJoined {
                    chat_id,
                    seq,
                    epoch,
                    ..
                } = data_of(event)?;
                let since = StreamPosition { seq, epoch };
                Some(SubscriptionChange::Join(StreamName::Chat(chat_id), since))
            }
            EventName::ChatLeft => {
                let ChatRef { chat_id } = data_of(event)?;
                Some(SubscriptionChange::Leave(StreamName::Chat(chat_id)))
            }
            EventName::BlocksChanged => Some(SubscriptionChange::HiddenUsers),
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
            StreamName::User(_) | StreamName::Tournament(_) => Ok(false),
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
