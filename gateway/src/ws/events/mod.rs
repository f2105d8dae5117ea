//! `/ws/events/`: everything for one person.

pub(super) mod actions;

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use store::AnyConn;

use super::connection::{Done, Line, Refused, Ride};
use super::frame::Dialect;
use super::handshake;
use super::incoming::Incoming;
use super::manner::{self, Manner};
use crate::http::kit::Failure;

static MANNER: Manner = Manner {
    dialect: Dialect::Action,
    follows_chats: true,
    shows_friends: true,
    hears: manner::everything,
    minds: manner::nothing,
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
    handshake::open(request, body, &MANNER, Events).await
}

struct Events;

#[async_trait(?Send)]
impl Ride for Events {
    async fn join(&mut self, line: &mut Line) -> Result<(), Refused> {
        let user = line.actor().user;
        let chats = move |conn: &mut AnyConn| chat::look::chats_of(conn, user);
        let own = Topic::of("user", user);
        for chat in line.listen_and_look(&own, chats).await? {
            line.listen(&Topic::from(chat::stream_of(chat).as_str()))
                .await?;
        }
        Ok(())
    }

    async fn act(&mut self, line: &Line, frame: &Incoming) -> Result<Done, Refused> {
        actions::act(line, frame).await
    }
}
