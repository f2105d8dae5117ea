//! `/ws/events/`: all events of a user.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::catalogue::EventAudience;
use contract::streams::StreamName;
use db::AnyConn;
use http_kit::Failure;
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Done, EnvelopeStyle, Incoming, Refused,
    SocketSession,
};

use super::dispatch;
use crate::sockets::handshake;
use crate::state::AppState;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/events/",
    style: EnvelopeStyle::Action,
    follows_streams: true,
    shows_friends: true,
    audiences: &[
        EventAudience::Anyone,
        EventAudience::Messages,
        EventAudience::Chats,
        EventAudience::Presence,
        EventAudience::Personal,
        EventAudience::Matches,
    ],
    rechecks_on: |_| false,
    traffic: ChannelTraffic::EVENTS,
};

/// Open the WebSocket for all events
///
/// All events of the current user; the frames are listed in the [WebSocket reference](/docs/ws/).
/// Credentials are sent as `Authorization`, as `Sec-WebSocket-Protocol: courtside.v1, bearer.TOKEN`,
/// or as `?ticket=`.
#[utoipa::path(tag = "WebSockets",
    params(("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket."),
        ("resume" = Option<bool>, Query, description = "Whether the client sends `resume` after `hello`. If true, new events are held back until then.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/events/")]
pub(super) async fn events(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let handler = EventsChannel(state.clone());
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

struct EventsChannel(web::Data<AppState>);

#[async_trait(?Send)]
impl ChannelHandler for EventsChannel {
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        let user = session.actor().user;
        let chats = move |conn: &mut AnyConn| chat::queries::chats_of(conn, user);
        let chats = self.0.platform.store.read(chats).await?;
        let streams = chats.into_iter().map(StreamName::Chat);
        let streams = streams.chain([StreamName::User(user)]);
        Ok(streams.map(Topic::from).collect())
    }

    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        dispatch::act(&self.0, &CHANNEL, session, frame).await
    }
}
