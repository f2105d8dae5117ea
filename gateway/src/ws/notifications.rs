//! `/ws/notifications/`: the personal part of everything, for clients that want only that: invites,
//! badges, notifications, friends and their presence.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;

use super::connection::{Done, Line, Refused, Ride};
use super::events::actions;
use super::frame::{Dialect, Message};
use super::handshake;
use super::incoming::Incoming;
use super::manner::{self, Manner};
use crate::http::kit::Failure;

static MANNER: Manner = Manner {
    path: "/ws/notifications/",
    dialect: Dialect::Typed,
    follows_chats: false,
    shows_friends: true,
    hears: is_personal,
    minds: manner::nothing,
};

/// Everything on a person's own stream but the bookkeeping of their chats.
fn is_personal(message: &Message) -> bool {
    let of_chats = matches!(
        message.name.as_str(),
        "chat_joined" | "chat_left" | "conversation_deleted" | "message_read"
    );
    manner::everything(message) && !of_chats
}

/// Open the socket for notifications
///
/// The personal part of `/ws/events/`: invites, badges, notifications, friends and their presence,
/// without messages. Frames are `{type, data, timestamp}`.
#[utoipa::path(tag = "Sockets",
    params(("ticket" = Option<String>, Query, max_length = 512, description = "A ticket for one socket."),
        ("resume" = Option<bool>, Query, description = "Whether `resume` follows `hello`: what is new waits for it.")),
    responses((status = 101, description = "The socket is open; if it may not be, it is closed at once with its code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/notifications/")]
pub(super) async fn notifications_socket(
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    handshake::open(request, body, &MANNER, Notifications).await
}

struct Notifications;

#[async_trait(?Send)]
impl Ride for Notifications {
    async fn join(&mut self, line: &mut Line) -> Result<Vec<Topic>, Refused> {
        Ok(vec![Topic::of("user", line.actor().user)])
    }

    async fn act(&mut self, line: &Line, frame: &Incoming) -> Result<Done, Refused> {
        actions::personal(line, frame).await?;
        Ok(Done::default())
    }
}
