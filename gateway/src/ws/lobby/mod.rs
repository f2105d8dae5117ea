//! `/ws/chat/lobby/{name}/`: what is said in a lobby, and who is there.

pub(crate) mod roster;

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::rooms::Joined;
use http_kit::{Failure, rate_limit};

use self::roster::RosterHandle;
use super::Entering;
use super::channel::{self, ChannelSpec};
use super::frame::{EnvelopeStyle, Message};
use super::incoming::Incoming;
use super::session::{ChannelHandler, Done, Refused, Session, resume};
use super::{chat_actions, handshake};

static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/chat/lobby/{name}/",
    style: EnvelopeStyle::Typed,
    follows_chats: false,
    shows_friends: false,
    forwards: channel::talk,
    rechecks_on: changes_roster,
};

/// Whether a message changes who is there for a person, or whether they are for others.
fn changes_roster(message: &Message) -> bool {
    matches!(message.name.as_str(), "blocks_changed" | "own_status")
}

/// Open the socket for a lobby
///
/// By its name; `world` is the world chat. Messages as `{type, data, timestamp}`, and who is there:
/// `members` first, then `member_joined` and `member_left`. A person is there as long as one of
/// their sockets is.
#[utoipa::path(tag = "Sockets",
    params(("name" = String, Path, min_length = 1, max_length = 40, description = "The lobby's name.", example = "world"),
        ("ticket" = Option<String>, Query, max_length = 512, description = "A ticket for one socket."),
        ("resume" = Option<bool>, Query, description = "Whether `resume` follows `hello`: what is new waits for it.")),
    responses((status = 101, description = "The socket is open; if it may not be, it is closed at once with its code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/chat/lobby/{name}/")]
pub(super) async fn lobby(
    request: HttpRequest,
    name: web::Path<String>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let handler = Lobby {
        name: name.into_inner(),
        joined: None,
        attendance: None,
    };
    handshake::open(request, body, &CHANNEL, handler).await
}

struct Lobby {
    /// As the client wrote it.
    name: String,
    joined: Option<Joined>,
    /// That the socket is among those in the lobby.
    attendance: Option<RosterHandle>,
}

#[async_trait(?Send)]
impl ChannelHandler for Lobby {
    async fn join(&mut self, line: &mut Session) -> Result<Vec<Topic>, Refused> {
        let user = line.actor().user;
        rate_limit::check_user::<Entering>(&line.services.http, user).await?;
        // For blocks, which hide people from one another also here.
        line.watch(&Topic::of("user", user)).await?;
        let chat = &line.services.chat;
        let opened = chat.enter_lobby(line.actor(), &self.name).await?;
        let topic = resume::topic_of(opened.chat_id);
        self.joined = Some(Joined {
            chat_id: opened.chat_id,
            kind: opened.kind,
            name: opened.name,
        });
        Ok(vec![topic])
    }

    async fn begin(&mut self, line: &Session) -> Result<(), Refused> {
        line.send("joined", &self.joined)?;
        if let Some(joined) = &self.joined {
            let rosters = &line.services.rosters;
            self.attendance = Some(rosters.enter(joined.chat_id, &line.client));
        }
        Ok(())
    }

    async fn act(&mut self, line: &Session, frame: &Incoming) -> Result<Done, Refused> {
        match &self.joined {
            Some(joined) => chat_actions::act_in(line, joined.chat_id, frame).await,
            None => Ok(Done::default()),
        }
    }

    async fn recheck(&mut self, line: &Session) -> Result<(), Refused> {
        let Some(joined) = &self.joined else {
            return Ok(());
        };
        let turn = line.client.turn_to_hide();
        let hidden = line.services.social.hidden_from(line.actor().user).await?;
        line.client.hide(turn, hidden);
        line.services
            .rosters
            .look_again(joined.chat_id, &line.client);
        Ok(())
    }
}
