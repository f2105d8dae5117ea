//! `/ws/friends/status/`: the presence of friends.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::catalogue::EventAudience;
use contract::catalogue::EventName;
use contract::streams::StreamName;
use http_kit::Failure;
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Close, Done, EnvelopeStyle, Incoming, Refused,
    ServerMessage, SocketSession,
};
use social::SocialService;

use super::actions;
use crate::sockets::handshake;
use crate::state::AppState;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/friends/status/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: true,
    audiences: &[EventAudience::Anyone, EventAudience::Presence],
    rechecks_on: changes_friends,
    traffic: ChannelTraffic::EVENTS,
};

/// Whether a message adds or removes a friend.
fn changes_friends(message: &ServerMessage) -> bool {
    matches!(
        message.event(),
        Some(EventName::NewFriend | EventName::FriendRemoved)
    )
}

/// Open the WebSocket for the presence of friends
///
/// `friends_status` with all friends is sent first, and again when a friend is added or removed.
/// Changes are sent as `user_online`, `user_offline` and `user_status`.
#[utoipa::path(tag = "WebSockets",
    params(("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/friends/status/")]
pub(super) async fn friends_status(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let handler = FriendsStatus(state.clone());
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

struct FriendsStatus(web::Data<AppState>);

#[async_trait(?Send)]
impl ChannelHandler for FriendsStatus {
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        let user = session.actor().user;
        session.watch(&StreamName::User(user).into()).await?;
        Ok(vec![])
    }

    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        match frame.name.as_str() {
            "user_online" | "user_offline" => actions::announce(&self.0, session, frame).await?,
            unknown => return Err(Close::unknown_action(unknown).into()),
        }
        Ok(Done::default())
    }

    async fn recheck(&mut self, session: &SocketSession) -> Result<(), Refused> {
        let social = self.0.services.get::<dyn SocialService>()?;
        let presence = social.presence();
        let friends = presence.friends_status(session.actor().user).await?;
        Ok(session.send(EventName::FriendsStatus, &friends)?)
    }
}
