//! The few messages that change who listens to what, told on a person's own stream.

use std::sync::Arc;

use bus::Topic;
use kernel::UserId;
use serde::Deserialize;

use super::Hub;
use crate::ws::frame::{Dialect, Message};

/// Somebody became a member of a chat, or is one no more.
#[derive(Deserialize)]
struct Membership {
    chat_id: String,
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
    hub.runtime.spawn(async move {
        match social.hidden_from(user).await {
            Ok(hidden) => sockets
                .iter()
                .for_each(|client| client.hide(hidden.clone())),
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
                    Err(fault) => {
                        tracing::warn!(fault = %fault.chain(), "a new chat is not heard");
                    }
                }
            });
        } else {
            hub.part(&client, &chat);
        }
    }
}
