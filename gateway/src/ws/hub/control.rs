//! The few messages that change who listens to what, told on a person's own stream.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use cluster::Topic;
use contract::frames::StreamPosition;
use kernel::{AppError, UserId};
use serde::Deserialize;

use super::Hub;
use crate::ws::close::Close;
use crate::ws::connection::{Connection, JoinedChat};
use crate::ws::frame::Message;

/// The waits between tries to read who is hidden from a person. After the last try their sockets
/// are closed: people they have blocked must not be heard.
const HIDE_PAUSES: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_secs(2),
    Duration::ZERO,
];

/// Somebody became a member of a chat, or is one no more.
#[derive(Deserialize)]
struct Membership {
    chat_id: String,
    /// How far the chat was then; what came since is told first.
    #[serde(default)]
    seq: i64,
    #[serde(default)]
    epoch: i64,
}

/// Follows what a message changes.
pub(super) fn apply(hub: &Arc<Hub>, topic: &Topic, message: &Message) {
    let Some(user) = person_of(topic) else {
        return;
    };
    match message.name.as_str() {
        "chat_joined" => follow(hub, user, message, true),
        "chat_left" => follow(hub, user, message, false),
        "blocks_changed" => hide_anew(hub, user),
        _ => {}
    }
}

/// More was missed on a stream than can be told. Where that is a person's own, whom they have
/// blocked is read again, and sockets that follow their chats come back to find out which.
pub(super) fn start_anew(hub: &Arc<Hub>, topic: &Topic) {
    let Some(user) = person_of(topic) else {
        return;
    };
    hide_anew(hub, user);
    let followers = hub.sockets_of(user).into_iter();
    followers
        .filter(|client| client.channel.follows_chats)
        .for_each(|client| client.close(&Close::restarting()));
}

fn person_of(topic: &Topic) -> Option<UserId> {
    topic.as_str().strip_prefix("user:")?.parse().ok()
}

/// Whose doings are kept from this person has changed.
fn hide_anew(hub: &Arc<Hub>, user: UserId) {
    let Some(social) = hub.social.get().cloned() else {
        return;
    };
    let sockets = hub.sockets_of(user).into_iter();
    let looks: Vec<_> = sockets
        .map(|client| (client.turn_to_hide(), client))
        .collect();
    if !looks.is_empty() {
        hub.runtime
            .spawn(async move { hide(looks, || social.hidden_from(user)).await });
    }
}

/// Reads who is hidden, for these looks of sockets at it.
pub(super) async fn hide<R>(looks: Vec<(u64, Arc<Connection>)>, read: impl Fn() -> R)
where
    R: Future<Output = Result<HashSet<UserId>, AppError>>,
{
    for pause in HIDE_PAUSES {
        match read().await {
            Ok(hidden) => {
                let told = looks.iter();
                return told.for_each(|(turn, client)| client.hide(*turn, hidden.clone()));
            }
            Err(error) => {
                tracing::warn!(error = %error.chain(), "reading of blocked people failed");
            }
        }
        tokio::time::sleep(pause).await;
    }
    let unsure = looks
        .iter()
        .filter(|(turn, client)| !client.has_hidden(*turn));
    unsure.for_each(|(_, client)| client.close(&Close::restarting()));
}

fn follow(hub: &Arc<Hub>, user: UserId, message: &Message, joined: bool) {
    let Ok(membership) = serde_json::from_str::<Membership>(message.data.get()) else {
        return tracing::error!(name = message.name, "membership event unreadable");
    };
    let chat = Topic::of("chat", membership.chat_id);
    let (seq, epoch) = (membership.seq, membership.epoch);
    let since = StreamPosition { seq, epoch };
    for client in hub.sockets_of(user) {
        // Sockets of other paths listen to one thing, and look for themselves whether they may.
        if !client.channel.follows_chats {
            continue;
        }
        if joined {
            let chat = chat.clone();
            client.follow(JoinedChat { chat, since });
        } else {
            hub.part(&client, &chat);
        }
    }
}
