//! `/ws/chat/{friend}/`: the conversation with one friend.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use chat::ChatService;
use cluster::Topic;
use contract::catalogue::EventAudience;
use contract::catalogue::EventName;
use contract::chat::{ChatId, ChatKind};
use contract::rooms::Joined;
use contract::streams::StreamName;
use http_kit::{Failure, rate_limit};
use kernel::ErrorKind;
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Done, EnvelopeStyle, Incoming, Refused,
    ServerMessage, SocketSession,
};

use super::actions;
use super::limits::OpeningChatSocket;
use crate::sockets::handshake;
use crate::state::AppState;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/chat/{friend}/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: false,
    audiences: &[
        EventAudience::Anyone,
        EventAudience::Messages,
        EventAudience::OneSocket,
    ],
    rechecks_on: may_end_friendship,
    traffic: ChannelTraffic::EVENTS,
};

/// Whether a message may end a friendship.
fn may_end_friendship(message: &ServerMessage) -> bool {
    matches!(
        message.event(),
        Some(EventName::FriendRemoved | EventName::BlocksChanged)
    )
}

/// Open the WebSocket of a conversation
///
/// Messages of the conversation with a friend, as frames `{type, data, timestamp}`. Clients can omit
/// `chat_id`. The server closes the socket with 4403 when the friendship ends.
#[utoipa::path(tag = "WebSockets",
    params(("friend" = String, Path, min_length = 1, max_length = 60, description = "Username or user id of the friend.", example = "grace"),
        ("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket."),
        ("resume" = Option<bool>, Query, description = "Whether the client sends `resume` after `hello`. If true, new events are held back until then.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/chat/{friend}/")]
pub(super) async fn direct_chat(
    request: HttpRequest,
    friend: web::Path<String>,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let handler = DirectChat {
        state: state.clone(),
        friend: friend.into_inner(),
        joined: None,
    };
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

struct DirectChat {
    state: web::Data<AppState>,
    /// The username or id in the path.
    friend: String,
    joined: Option<Joined>,
}

impl DirectChat {
    /// The conversation and the friend's name, as long as the two are friends.
    async fn open(&self, session: &SocketSession) -> Result<(ChatId, String), Refused> {
        let chat = self.state.services.get::<dyn ChatService>()?;
        Ok(chat
            .enter_conversation(session.actor(), &self.friend)
            .await?)
    }
}

#[async_trait(?Send)]
impl ChannelHandler for DirectChat {
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        let user = session.actor().user;
        rate_limit::check_user::<OpeningChatSocket>(&self.state.http, user).await?;
        session.watch(&StreamName::User(user).into()).await?;
        let (chat_id, name) = self.open(session).await?;
        self.joined = Some(Joined {
            chat_id,
            kind: ChatKind::Direct,
            name,
        });
        Ok(vec![StreamName::Chat(chat_id).into()])
    }

    async fn begin(&mut self, session: &SocketSession) -> Result<(), Refused> {
        Ok(session.send(EventName::Joined, &self.joined)?)
    }

    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        match &self.joined {
            Some(joined) => actions::act_in(&self.state, session, joined.chat_id, frame).await,
            None => Ok(Done::default()),
        }
    }

    /// Closes the socket if the friendship has ended.
    async fn recheck(&mut self, session: &SocketSession) -> Result<(), Refused> {
        match self.open(session).await {
            Err(Refused::WithError(error)) if error.code().kind == ErrorKind::NotFound => {
                Err(chat::Error::NotFriends.into())
            }
            opened => opened.map(|_| ()),
        }
    }
}
