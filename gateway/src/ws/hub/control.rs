//! The few messages that change who listens to what.

use std::sync::Arc;

use bus::Topic;
use serde::Deserialize;

use super::Hub;
use crate::ws::frame::{Dialect, Message};

/// Somebody became a member of a chat, or is one no more.
#[derive(Deserialize)]
struct Membership {
    chat_id: String,
}

/// Follows a change of membership, told on a person's own stream.
pub(super) fn apply(hub: &Arc<Hub>, topic: &Topic, message: &Message) {
    let joined = match message.name.as_str() {
        "chat_joined" => true,
        "chat_left" => false,
        _ => return,
    };
    let user = topic
        .as_str()
        .strip_prefix("user:")
        .and_then(|id| id.parse().ok());
    let membership = serde_json::from_str::<Membership>(message.data.get());
    let (Some(user), Ok(membership)) = (user, membership) else {
        return;
    };
    let chat = Topic::of("chat", membership.chat_id);
    for client in hub.sockets_of(user) {
        // Sockets of other paths listen to one thing, and close when that is over.
        if client.dialect != Dialect::Action {
            continue;
        }
        if joined {
            let (hub, chat) = (Arc::clone(hub), chat.clone());
            hub.runtime.clone().spawn(async move {
                match hub.join(&client, &chat).await {
                    Ok(held) => held.release(),
                    Err(fault) => tracing::warn!(fault = %fault.chain(), "a new chat is not heard"),
                }
            });
        } else {
            hub.part(&client, &chat);
        }
    }
}
