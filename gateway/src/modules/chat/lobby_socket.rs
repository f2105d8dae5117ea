//! `/ws/chat/lobby/{name}/`: the messages and the members of a lobby.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use chat::ChatService;
use cluster::Topic;
use contract::catalogue::EventAudience;
use contract::catalogue::EventName;
use contract::rooms::Joined;
use contract::streams::StreamName;
use http_kit::{Failure, rate_limit};
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Done, EnvelopeStyle, Incoming, Refused,
    RosterEntry, Rosters, ServerMessage, SocketSession,
};

use super::actions;
use super::limits::OpeningChatSocket;
use crate::sockets::handshake;
use crate::state::AppState;
use social::SocialService;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/chat/lobby/{name}/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: false,
    audiences: &[
        EventAudience::Anyone,
        EventAudience::Messages,
        EventAudience::OneSocket,
        EventAudience::Lobby,
    ],
    rechecks_on: changes_roster,
    traffic: ChannelTraffic::EVENTS,
};

/// Whether a message changes whom the user sees in a lobby, or who sees the user.
fn changes_roster(message: &ServerMessage) -> bool {
    matches!(
        message.event(),
        Some(EventName::BlocksChanged | EventName::OwnStatus)
    )
}

/// Open the WebSocket of a lobby
///
/// Messages and present members of the lobby, as frames `{type, data, timestamp}`. `members` is sent
/// first, then `member_joined` and `member_left`. A user is present while at least one of their
/// sockets is open. `world` is the world chat.
#[utoipa::path(tag = "WebSockets",
    params(("name" = String, Path, min_length = 1, max_length = 40, description = "Name of the lobby.", example = "world"),
        ("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket."),
        ("resume" = Option<bool>, Query, description = "Whether the client sends `resume` after `hello`. If true, new events are held back until then.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/chat/lobby/{name}/")]
pub(super) async fn lobby(
    request: HttpRequest,
    name: web::Path<String>,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let handler = Lobby {
        state: state.clone(),
        name: name.into_inner(),
        joined: None,
        roster_entry: None,
    };
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

struct Lobby {
    state: web::Data<AppState>,
    /// The name in the path.
    name: String,
    joined: Option<Joined>,
    roster_entry: Option<RosterEntry>,
}

#[async_trait(?Send)]
impl ChannelHandler for Lobby {
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        let user = session.actor().user;
        rate_limit::check_user::<OpeningChatSocket>(&self.state.http, user).await?;
        // Blocks hide users from each other in lobbies, too.
        session.watch(&StreamName::User(user).into()).await?;
        let chat = self.state.services.get::<dyn ChatService>()?;
        let joined = chat.enter_lobby(session.actor(), &self.name).await?;
        let topics = vec![StreamName::Chat(joined.chat_id).into()];
        self.joined = Some(joined);
        Ok(topics)
    }

    async fn begin(&mut self, session: &SocketSession) -> Result<(), Refused> {
        session.send(EventName::Joined, &self.joined)?;
        if let Some(joined) = &self.joined {
            let stream = StreamName::Chat(joined.chat_id);
            let rosters = self.state.services.get::<Rosters>()?;
            self.roster_entry = Some(rosters.enter(stream, &session.connection));
        }
        Ok(())
    }

    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        match &self.joined {
            Some(joined) => actions::act_in(&self.state, session, joined.chat_id, frame).await,
            None => Ok(Done::default()),
        }
    }

    async fn recheck(&mut self, session: &SocketSession) -> Result<(), Refused> {
        let connection = &session.connection;
        let read = connection.begin_hidden_read();
        let user = session.actor().user;
        let hidden = self
            .state
            .services
            .get::<dyn SocialService>()?
            .hidden_from(user)
            .await?;
        connection.hide(read, hidden);
        if let Some(entry) = &self.roster_entry {
            entry.refresh();
        }
        Ok(())
    }
}
