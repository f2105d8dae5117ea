//! `/ws/friends/status/`: how friends can be found; all of them first, then what changes.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use http_kit::Failure;

use super::channel::{self, ChannelSpec};
use super::close::Close;
use super::events::actions;
use super::frame::{EnvelopeStyle, Message};
use super::handshake;
use super::incoming::Incoming;
use super::session::{ChannelHandler, Done, Refused, Session};

static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/friends/status/",
    style: EnvelopeStyle::Typed,
    follows_chats: false,
    shows_friends: true,
    forwards: channel::presence,
    rechecks_on: changes_friends,
};

/// Whether somebody is a friend from now on, or no longer.
fn changes_friends(message: &Message) -> bool {
    matches!(message.name.as_str(), "new_friend" | "friend_removed")
}

/// Open the socket for the presence of friends
///
/// `friends_status` with all friends first, and again whenever somebody becomes a friend or is one
/// no longer; then `user_online`, `user_offline` and `user_status` as they happen.
#[utoipa::path(tag = "Sockets",
    params(("ticket" = Option<String>, Query, max_length = 512, description = "A ticket for one socket.")),
    responses((status = 101, description = "The socket is open; if it may not be, it is closed at once with its code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/friends/status/")]
pub(super) async fn friends_status(
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    handshake::open(request, body, &CHANNEL, FriendsStatus).await
}

struct FriendsStatus;

#[async_trait(?Send)]
impl ChannelHandler for FriendsStatus {
    async fn join(&mut self, line: &mut Session) -> Result<Vec<Topic>, Refused> {
        line.watch(&Topic::of("user", line.actor().user)).await?;
        Ok(vec![])
    }

    async fn act(&mut self, line: &Session, frame: &Incoming) -> Result<Done, Refused> {
        match frame.name.as_str() {
            "user_online" | "user_offline" => actions::announce(line, frame).await?,
            unknown => return Err(Close::unknown_action(unknown).into()),
        }
        Ok(Done::default())
    }

    async fn recheck(&mut self, line: &Session) -> Result<(), Refused> {
        let presence = line.services.social.presence();
        let friends = presence.snapshot(line.actor().user).await?;
        Ok(line.send("friends_status", &friends)?)
    }
}
