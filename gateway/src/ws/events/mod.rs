//! `/ws/events/`: everything for one person.

pub(super) mod actions;

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use db::AnyConn;
use http_kit::Failure;

use super::channel::{self, ChannelSpec};
use super::frame::EnvelopeStyle;
use super::handshake;
use super::incoming::Incoming;
use super::session::{ChannelHandler, Done, Refused, Session, resume};

static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/events/",
    style: EnvelopeStyle::Action,
    follows_chats: true,
    shows_friends: true,
    forwards: channel::everything,
    rechecks_on: channel::nothing,
};

/// Open the socket for everything personal
///
/// A WebSocket: see the catalogue of frames. Credentials by `Authorization`, by
/// `Sec-WebSocket-Protocol: courtside.v1, bearer.TOKEN`, or by `?ticket=`.
#[utoipa::path(tag = "Sockets",
    params(("ticket" = Option<String>, Query, max_length = 512, description = "A ticket for one socket."),
        ("resume" = Option<bool>, Query, description = "Whether `resume` follows `hello`: what is new waits for it.")),
    responses((status = 101, description = "The socket is open; if it may not be, it is closed at once with its code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/events/")]
pub(super) async fn events(
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    handshake::open(request, body, &CHANNEL, Events).await
}

struct Events;

#[async_trait(?Send)]
impl ChannelHandler for Events {
    async fn join(&mut self, line: &mut Session) -> Result<Vec<Topic>, Refused> {
        let user = line.actor().user;
        let chats = move |conn: &mut AnyConn| chat::queries::chats_of(conn, user);
        let chats = line.services.store.read(chats).await?;
        let chats = chats.into_iter().map(resume::topic_of);
        Ok(chats.chain([Topic::of("user", user)]).collect())
    }

    async fn act(&mut self, line: &Session, frame: &Incoming) -> Result<Done, Refused> {
        actions::act(line, frame).await
    }
}
