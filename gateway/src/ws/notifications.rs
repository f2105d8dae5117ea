//! `/ws/notifications/`: the personal part of everything, for clients that want only that: invites,
//! badges, notifications, friends and their presence.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use http_kit::Failure;

use super::channel::{self, ChannelSpec};
use super::events::actions;
use super::frame::{EnvelopeStyle, Message};
use super::handshake;
use super::incoming::Incoming;
use super::session::{ChannelHandler, Done, Refused, Session};

static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/notifications/",
    style: EnvelopeStyle::Typed,
    follows_chats: false,
    shows_friends: true,
    forwards: is_personal,
    rechecks_on: channel::nothing,
};

/// Everything on a person's own stream but the bookkeeping of their chats.
fn is_personal(message: &Message) -> bool {
    let of_chats = matches!(
        message.name.as_str(),
        "chat_joined" | "chat_left" | "conversation_deleted" | "message_read"
    );
    channel::everything(message) && !of_chats
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
    handshake::open(request, body, &CHANNEL, Notifications).await
}

struct Notifications;

#[async_trait(?Send)]
impl ChannelHandler for Notifications {
    async fn join(&mut self, line: &mut Session) -> Result<Vec<Topic>, Refused> {
        Ok(vec![Topic::of("user", line.actor().user)])
    }

    async fn act(&mut self, line: &Session, frame: &Incoming) -> Result<Done, Refused> {
        actions::personal(line, frame).await?;
        Ok(Done::default())
    }
}
