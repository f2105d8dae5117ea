//! `/ws/chat/{friend}/`: the conversation with one friend, messages only.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::chat::{ChatKind, OpenConversation};
use contract::rooms::Joined;
use http_kit::{Failure, rate_limit};
use kernel::ErrorKind;

use super::Entering;
use super::channel::{self, ChannelSpec};
use super::frame::{EnvelopeStyle, Message};
use super::incoming::Incoming;
use super::session::{ChannelHandler, Done, Refused, Session, resume};
use super::{chat_actions, handshake};

static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/chat/{friend}/",
    style: EnvelopeStyle::Typed,
    follows_chats: false,
    shows_friends: false,
    forwards: channel::talk,
    rechecks_on: may_part,
};

/// Whether the two may be friends no longer.
fn may_part(message: &Message) -> bool {
    matches!(message.name.as_str(), "friend_removed" | "blocks_changed")
}

/// Open the socket for the conversation with a friend
///
/// By their name or id. Messages only, as `{type, data, timestamp}`; `chat_id` may be left out of
/// what is sent. Closed with 4403 when the two are friends no longer.
#[utoipa::path(tag = "Sockets",
    params(("friend" = String, Path, min_length = 1, max_length = 60, description = "Their name or id.", example = "grace"),
        ("ticket" = Option<String>, Query, max_length = 512, description = "A ticket for one socket."),
        ("resume" = Option<bool>, Query, description = "Whether `resume` follows `hello`: what is new waits for it.")),
    responses((status = 101, description = "The socket is open; if it may not be, it is closed at once with its code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/chat/{friend}/")]
pub(super) async fn direct_chat(
    request: HttpRequest,
    friend: web::Path<String>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let handler = DirectChat {
        friend: friend.into_inner(),
        joined: None,
    };
    handshake::open(request, body, &CHANNEL, handler).await
}

struct DirectChat {
    /// As the client named them.
    friend: String,
    joined: Option<Joined>,
}

impl DirectChat {
    /// The conversation, as long as the two are friends.
    async fn open(&self, line: &Session) -> Result<OpenConversation, Refused> {
        let chat = &line.services.chat;
        let opened = chat.open_direct(line.actor(), &self.friend).await?;
        if !opened.conversation.can_write {
            return Err(chat::Error::NotFriends.into());
        }
        Ok(opened.conversation)
    }
}

#[async_trait(?Send)]
impl ChannelHandler for DirectChat {
    async fn join(&mut self, line: &mut Session) -> Result<Vec<Topic>, Refused> {
        let user = line.actor().user;
        rate_limit::check_user::<Entering>(&line.services.http, user).await?;
        line.watch(&Topic::of("user", user)).await?;
        let opened = self.open(line).await?;
        let topic = resume::topic_of(opened.chat_id);
        self.joined = Some(Joined {
            chat_id: opened.chat_id,
            kind: ChatKind::Direct,
            name: opened.username,
        });
        Ok(vec![topic])
    }

    async fn begin(&mut self, line: &Session) -> Result<(), Refused> {
        Ok(line.send("joined", &self.joined)?)
    }

    async fn act(&mut self, line: &Session, frame: &Incoming) -> Result<Done, Refused> {
        match &self.joined {
            Some(joined) => chat_actions::act_in(line, joined.chat_id, frame).await,
            None => Ok(Done::default()),
        }
    }

    /// A friendship has ended; it may be this one.
    async fn recheck(&mut self, line: &Session) -> Result<(), Refused> {
        match self.open(line).await {
            Err(Refused::Told(error)) if error.code().kind == ErrorKind::NotFound => {
                Err(chat::Error::NotFriends.into())
            }
            looked => looked.map(|_| ()),
        }
    }
}
