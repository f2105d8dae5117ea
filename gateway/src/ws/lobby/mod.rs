//! `/ws/chat/lobby/{name}/`: what is said in a lobby, and who is there.

pub(crate) mod company;

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::rooms::Joined;

use self::company::Attendance;
use super::Entering;
use super::connection::{Done, Line, Refused, Ride, catching_up};
use super::frame::{Dialect, Message};
use super::incoming::Incoming;
use super::manner::{self, Manner};
use super::{handshake, talk};
use crate::http::kit::{Failure, rate};

static MANNER: Manner = Manner {
    path: "/ws/chat/lobby/{name}/",
    dialect: Dialect::Typed,
    follows_chats: false,
    shows_friends: false,
    hears: manner::talk,
    minds: changes_company,
};

/// Whether a message changes who is there for a person, or whether they are for others.
fn changes_company(message: &Message) -> bool {
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
    let ride = Lobby {
        name: name.into_inner(),
        joined: None,
        attendance: None,
    };
    handshake::open(request, body, &MANNER, ride).await
}

struct Lobby {
    /// As the client wrote it.
    name: String,
    joined: Option<Joined>,
    /// That the socket is among those in the lobby.
    attendance: Option<Attendance>,
}

#[async_trait(?Send)]
impl Ride for Lobby {
    async fn join(&mut self, line: &mut Line) -> Result<Vec<Topic>, Refused> {
        let user = line.actor().user;
        rate::count::<Entering>(&line.services, user).await?;
        // For blocks, which hide people from one another also here.
        line.watch(&Topic::of("user", user)).await?;
        let chat = &line.services.chat;
        let opened = chat.enter_lobby(line.actor(), &self.name).await?;
        let topic = catching_up::topic_of(opened.chat_id);
        self.joined = Some(Joined {
            chat_id: opened.chat_id,
            kind: opened.kind,
            name: opened.name,
        });
        Ok(vec![topic])
    }

    async fn begin(&mut self, line: &Line) -> Result<(), Refused> {
        line.tell("joined", &self.joined)?;
        if let Some(joined) = &self.joined {
            let companies = &line.services.companies;
            self.attendance = Some(companies.enter(joined.chat_id, &line.client));
        }
        Ok(())
    }

    async fn act(&mut self, line: &Line, frame: &Incoming) -> Result<Done, Refused> {
        match &self.joined {
            Some(joined) => talk::act_in(line, joined.chat_id, frame).await,
            None => Ok(Done::default()),
        }
    }

    async fn look(&mut self, line: &Line) -> Result<(), Refused> {
        let Some(joined) = &self.joined else {
            return Ok(());
        };
        let turn = line.client.turn_to_hide();
        let hidden = line.services.social.hidden_from(line.actor().user).await?;
        line.client.hide(turn, hidden);
        line.services
            .companies
            .look_again(joined.chat_id, &line.client);
        Ok(())
    }
}
