//! `/ws/tournament/{id}/`: the live bracket of a tournament.

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::catalogue::{EventAudience, EventName};
use contract::streams::StreamName;
use contract::tournaments::{TournamentId, TournamentUpdate};
use http_kit::{Failure, rate_limit};
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Close, Done, EnvelopeStyle, Incoming, Refused,
    SocketSession,
};
use tournaments::TournamentsService;

use super::limits::FollowingTournament;
use crate::sockets::handshake;
use crate::state::AppState;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/tournament/{id}/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: false,
    // The socket follows the stream of its tournament alone. `match_finished` is personal on other sockets.
    audiences: &[
        EventAudience::Anyone,
        EventAudience::OneSocket,
        EventAudience::Personal,
    ],
    rechecks_on: |_| false,
    traffic: ChannelTraffic::EVENTS,
};

/// Open the WebSocket of a tournament
///
/// The live bracket, as frames `{type, data, timestamp}`. `tournament` is sent first, then what changes; each event
/// carries the revision of the tournament after it.
#[utoipa::path(tag = "WebSockets",
    params(("id" = String, Path, min_length = 1, max_length = 60, description = "Tournament id.", example = "01890a5d-ac96-774b-bcce-b302099a8063"),
        ("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket."),
        ("resume" = Option<bool>, Query, description = "Whether the client sends `resume` after `hello`. If true, new events are held back until then.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/tournament/{id}/")]
pub(super) async fn tournament_socket(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let handler = LiveBracket {
        state: state.clone(),
        id: id.into_inner(),
        tournament: None,
    };
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

struct LiveBracket {
    state: web::Data<AppState>,
    /// The id in the path.
    id: String,
    tournament: Option<TournamentUpdate>,
}

#[async_trait(?Send)]
impl ChannelHandler for LiveBracket {
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        let actor = session.actor();
        rate_limit::check_user::<FollowingTournament>(&self.state.http, actor.user).await?;
        let id: TournamentId = self
            .id
            .parse()
            .map_err(|_| Close::bad_data("id: is no tournament id"))?;
        let tournaments = self.state.services.get::<dyn TournamentsService>()?;
        self.tournament = Some(tournaments.followable(actor, id).await?);
        Ok(vec![StreamName::Tournament(id).into()])
    }

    async fn begin(&mut self, session: &SocketSession) -> Result<(), Refused> {
        Ok(session.send(EventName::TournamentState, &self.tournament)?)
    }

    async fn act(&mut self, _session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        Err(Close::unknown_action(&frame.name).into())
    }
}
