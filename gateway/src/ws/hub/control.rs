//! The few messages that change who listens to what, told on a person's own stream.

use std::sync::Arc;

use bus::Topic;
use contract::frames::StreamPosition;
use kernel::{Fault, UserId};
use serde::Deserialize;
use store::outbox::Missed;

use super::{Hub, missed, told};
use crate::ws::client::Client;
use crate::ws::frame::Message;

/// The most events that a new member is told of at once.
const MOST: i64 = 100;

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
    let user = topic.as_str().strip_prefix("user:");
    let Some(user) = user.and_then(|id| id.parse().ok()) else {
        return;
    };
    match message.name.as_str() {
        "chat_joined" => follow(hub, user, message, true),
        "chat_left" => follow(hub, user, message, false),
        "blocks_changed" => hide_anew(hub, user),
        _ => {}
    }
}

/// Whose doings are kept from this person has changed.
fn hide_anew(hub: &Arc<Hub>, user: UserId) {
    let Some(social) = hub.social.get().cloned() else {
        return;
    };
    let sockets = hub.sockets_of(user);
    let turns: Vec<u64> = sockets.iter().map(|client| client.turn_to_hide()).collect();
    hub.runtime.spawn(async move {
        match social.hidden_from(user).await {
            Ok(hidden) => sockets
                .iter()
                .zip(turns)
                .for_each(|(client, turn)| client.hide(turn, hidden.clone())),
            Err(fault) => {
                tracing::warn!(fault = %fault.chain(), "a block takes effect later");
            }
        }
    });
}

fn follow(hub: &Arc<Hub>, user: UserId, message: &Message, joined: bool) {
    let Ok(membership) = serde_json::from_str::<Membership>(message.data.get()) else {
        return;
    };
    let chat = Topic::of("chat", membership.chat_id);
    let since = (membership.seq, membership.epoch);
    for client in hub.sockets_of(user) {
        // Sockets of other paths listen to one thing, and look for themselves whether they may.
        if !client.manner.follows_chats {
            continue;
        }
        if joined {
            let (hub, chat) = (Arc::clone(hub), chat.clone());
            hub.runtime.clone().spawn(async move {
                if let Err(fault) = listen(&hub, &client, &chat, since).await {
                    tracing::warn!(fault = %fault.chain(), "a new chat is not heard");
                }
            });
        } else {
            hub.part(&client, &chat);
        }
    }
}

/// Hears a chat from where it was when its member came.
async fn listen(
    hub: &Hub,
    client: &Arc<Client>,
    chat: &Topic,
    (seq, epoch): (i64, i64),
) -> Result<(), Fault> {
    let held = hub.join(client, chat).await?;
    let (name, until) = (chat.clone(), held.from.seq);
    let since = StreamPosition { seq, epoch };
    let missed = move |conn: &mut store::AnyConn| missed(conn, name.as_str(), since, MOST);
    if let Missed::Events(events) = hub.store.read(missed).await? {
        let news = events.into_iter().filter(|event| event.seq <= until);
        news.filter_map(told)
            .for_each(|message| client.hear(&message));
    }
    held.release();
    Ok(())
}
