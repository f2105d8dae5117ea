//! `/ws/notifications/`: the events of a user without those of chats.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::catalogue::EventAudience;
use contract::streams::StreamName;
use http_kit::Failure;
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Done, EnvelopeStyle, Incoming, Refused,
    SocketSession,
};

use super::dispatch;
use crate::sockets::handshake;
use crate::state::AppState;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/notifications/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: true,
    audiences: &[
        EventAudience::Anyone,
        EventAudience::Presence,
        EventAudience::Personal,
        EventAudience::Matches,
    ],
    rechecks_on: |_| false,
    traffic: ChannelTraffic::EVENTS,
};

/// Open the WebSocket for notifications
///
/// The events of `/ws/events/` without chats: invites, notifications, unread counts, friends and
/// their presence. Frames are `{type, data, timestamp}`.
#[utoipa::path(tag = "WebSockets",
    params(("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket."),
        ("resume" = Option<bool>, Query, description = "Whether the client sends `resume` after `hello`. If true, new events are held back until then.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
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
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        Ok(vec![StreamName::User(session.actor().user).into()])
    }

    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        dispatch::act(&self.0, &CHANNEL, session, frame).await
    }
}
