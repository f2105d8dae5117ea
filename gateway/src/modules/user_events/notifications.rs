//! `/ws/notifications/`: the personal part of everything, for clients that want only that: invites,
//! badges, notifications, friends and their presence.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::streams::StreamName;
use http_kit::Failure;
use realtime::{
    ChannelHandler, ChannelSpec, Done, EnvelopeStyle, Incoming, Refused, ServerMessage, Session,
};

use super::dispatch;
use crate::sockets::{filters, handshake};
use crate::state::AppState;

static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/notifications/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: true,
    forwards: is_personal,
    rechecks_on: filters::nothing,
};

/// Everything on a person's own stream but the bookkeeping of their chats.
fn is_personal(message: &ServerMessage) -> bool {
    let of_chats = matches!(
        message.name.as_str(),
        "chat_joined" | "chat_left" | "conversation_deleted" | "message_read"
    );
    filters::everything(message) && !of_chats
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
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let handler = Notifications(state.clone());
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

struct Notifications(web::Data<AppState>);

#[async_trait(?Send)]
impl ChannelHandler for Notifications {
    async fn join(&mut self, session: &mut Session) -> Result<Vec<Topic>, Refused> {
        Ok(vec![StreamName::User(session.actor().user).into()])
    }

    async fn act(&mut self, session: &Session, frame: &Incoming) -> Result<Done, Refused> {
        dispatch::act(&self.0, &CHANNEL, session, frame).await
    }
}
