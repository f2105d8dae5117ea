//! `/ws/game/{match_id}/`: one match, to play or to watch.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::catalogue::{EventAudience, EventName};
use contract::invites::MatchId;
use contract::match_frames::{MatchChat, MatchInput};
use contract::matches::{GameMatch, MatchState};
use contract::streams::StreamName;
use games::catalogue::{Catalog, Tempo};
use games::port::{FrameForm, FrameRate, JoinTable, TableCommand, TableHandle, TableSeat};
use games::{Error, GamesService, MatchRouter, Seat};
use http_kit::{Failure, query, rate_limit};
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Close, Done, EnvelopeStyle, Incoming, InputLane,
    Refused, ServerMessage, SocketSession,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use validator::{Validate, ValidationErrors};

use super::limits::OpeningMatchSocket;
use super::match_end::end_of;
use super::match_inputs::{MatchInputs, check};
use super::seat_sink::{SocketSink, joined};
use crate::sockets::{action_limit, handshake};
use crate::state::AppState;

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/game/{match_id}/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: false,
    audiences: &[EventAudience::Anyone, EventAudience::OneSocket],
    rechecks_on: changes_who_may_watch,
    traffic: ChannelTraffic::MATCH,
};

/// Whether a message may change which matches the user may watch.
fn changes_who_may_watch(message: &ServerMessage) -> bool {
    matches!(message.name.as_str(), "blocks_changed" | "friend_removed")
}

/// Open the WebSocket of a match
///
/// For its players, and for those who may watch it. `joined` is sent first.
#[utoipa::path(tag = "WebSockets",
    params(("match_id" = MatchId, Path, description = "The id of the match."),
        ("frames" = Option<String>, Query, max_length = 10, description = "The form of states: `json` (default), `binary`, or `lockstep` for clients that simulate the match.", example = "json"),
        ("rate" = Option<String>, Query, max_length = 10, description = "States per second: `60` (default), `30`, `20`, or `auto`.", example = "60"),
        ("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/game/{match_id}/")]
pub(super) async fn match_socket(
    request: HttpRequest,
    match_id: web::Path<String>,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let handler = MatchSocket {
        state: state.clone(),
        id: match_id.into_inner(),
        wanted: wanted(request.query_string()),
        about: None,
        seat: TableSeat::Spectator,
        takes_inputs: false,
        table: None,
    };
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

/// The seat of the user, or that of a spectator.
fn seat_of(about: &GameMatch, session: &SocketSession) -> TableSeat {
    let user = session.actor().user;
    let is_theirs = |seat: &Seat| {
        let player = about.players.get(seat.index());
        let summary = player.and_then(|player| player.user.as_ref());
        summary.is_some_and(|summary| summary.id == user)
    };
    let mut seats = Seat::BOTH.into_iter();
    seats
        .find(is_theirs)
        .map_or(TableSeat::Spectator, TableSeat::Player)
}

/// The form and rate of states that the client asks for.
fn wanted(query: &str) -> Result<(FrameForm, FrameRate), Close> {
    let form = match query::last(query, "frames") {
        None | Some("" | "json") => FrameForm::Json,
        Some("binary") => FrameForm::Binary,
        Some("lockstep") => FrameForm::Lockstep,
        Some(_) => {
            return Err(Close::bad_data("frames: must be json, binary or lockstep"));
        }
    };
    let rate = match query::last(query, "rate") {
        None | Some("" | "60") => FrameRate::Fixed(60),
        Some("30") => FrameRate::Fixed(30),
        Some("20") => FrameRate::Fixed(20),
        Some("auto") => FrameRate::Auto,
        Some(_) => return Err(Close::bad_data("rate: must be 60, 30, 20 or auto")),
    };
    Ok((form, rate))
}

struct MatchSocket {
    state: web::Data<AppState>,
    /// The id in the path.
    id: String,
    wanted: Result<(FrameForm, FrameRate), Close>,
    about: Option<GameMatch>,
    seat: TableSeat,
    /// Whether the game goes on by ticks. Others have moves instead.
    takes_inputs: bool,
    table: Option<Arc<dyn TableHandle>>,
}

impl MatchSocket {
    /// The match, as long as the user may see it.
    async fn load(&self, session: &SocketSession) -> Result<GameMatch, Refused> {
        let id: MatchId = self
            .id
            .parse()
            .map_err(|_| Close::bad_data("match_id: must be a UUID"))?;
        let games = self.state.services.get::<dyn GamesService>()?;
        Ok(games.get(session.actor(), id).await?)
    }

    async fn join_table(
        &self,
        session: &SocketSession,
        about: &GameMatch,
    ) -> Result<Arc<dyn TableHandle>, Refused> {
        let (form, rate) = self.wanted.clone()?;
        let sink = SocketSink::new(
            Arc::clone(&session.connection),
            self.state.platform.env.clone(),
            form,
            self.seat,
            about.clone(),
        );
        let router = self.state.services.get::<MatchRouter>()?;
        let join = JoinTable {
            match_id: about.id,
            seat: self.seat,
            form,
            rate,
            follows: false,
            sink: Arc::new(sink),
        };
        Ok(router.join(join).await?)
    }

    /// Sends the end of a match that is over.
    fn send_end(&self, session: &SocketSession, about: &GameMatch) -> Result<(), Refused> {
        let (table, result) = end_of(about, self.state.platform.env.now());
        session.send_required(EventName::Joined, &joined(about, self.seat, table, result))?;
        Err(Close::gone("the match is over").into())
    }

    fn command(&self, frame: &Incoming, command: TableCommand) -> Result<Done, Refused> {
        match (&self.table, self.seat) {
            (Some(table), TableSeat::Player(_)) => table.command(command, frame.cid.clone()),
            (Some(table), TableSeat::Spectator) if command == TableCommand::Resync => {
                table.command(command, frame.cid.clone());
            }
            _ => return Err(Error::NotAPlayer.into()),
        }
        Ok(Done::deferred())
    }

    fn input(&self, frame: &Incoming) -> Result<Done, Refused> {
        let input: MatchInput = frame.parse()?;
        check(&input)?;
        match (&self.table, self.seat) {
            (Some(_), TableSeat::Player(_)) if !self.takes_inputs => {
                return Err(Error::MoveNotAllowed.into());
            }
            (Some(table), TableSeat::Player(_)) => table.input(input),
            _ => return Err(Error::NotAPlayer.into()),
        }
        Ok(Done::default())
    }
}

#[async_trait(?Send)]
impl ChannelHandler for MatchSocket {
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        let user = session.actor().user;
        rate_limit::check_user::<OpeningMatchSocket>(&self.state.http, user).await?;
        self.wanted.clone()?;
        session.watch(&StreamName::User(user).into()).await?;
        let about = self.load(session).await?;
        self.seat = seat_of(&about, session);
        let game = Catalog::builtin().find(&about.game);
        self.takes_inputs = game.is_some_and(|game| game.tempo() == Tempo::Ticks);
        self.about = Some(about);
        Ok(vec![])
    }

    async fn begin(&mut self, session: &SocketSession) -> Result<(), Refused> {
        let Some(about) = self.about.take() else {
            return Ok(());
        };
        if about.state != MatchState::Live {
            return self.send_end(session, &about);
        }
        match self.join_table(session, &about).await {
            Ok(table) => self.table = Some(table),
            // It may have ended meanwhile.
            Err(refused) => {
                let about = self.load(session).await?;
                return match about.state {
                    MatchState::Live => Err(refused),
                    _ => self.send_end(session, &about),
                };
            }
        }
        Ok(())
    }

    fn input_lane(&self) -> Option<Rc<dyn InputLane>> {
        let table = self.table.as_ref()?;
        let is_player = matches!(self.seat, TableSeat::Player(_));
        (is_player && self.takes_inputs)
            .then(|| Rc::new(MatchInputs::new(Arc::clone(table))) as Rc<dyn InputLane>)
    }

    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        let command = match frame.name.as_str() {
            "input" => return self.input(frame),
            "move" => TableCommand::Move(Value::Object(frame.parse::<AnyData>()?.0)),
            "chat" => TableCommand::Chat(frame.parse::<MatchChat>()?.content),
            "ready" => TableCommand::Ready,
            "pause" => TableCommand::Pause,
            "resume" => TableCommand::Resume,
            "resign" => TableCommand::Resign,
            "rematch_offer" => TableCommand::RematchOffer,
            "rematch_accept" => TableCommand::RematchAccept,
            "rematch_decline" => TableCommand::RematchDecline,
            "resync" => TableCommand::Resync,
            other => return Err(Close::unknown_action(other).into()),
        };
        if is_visible(&command) {
            action_limit::count(&self.state, session).await?;
        }
        self.command(frame, command)
    }

    /// Closes the socket of somebody who may not watch any more.
    async fn recheck(&mut self, session: &SocketSession) -> Result<(), Refused> {
        self.load(session).await.map(|_| ())
    }
}

/// Whether the other player notices a command that can be repeated at will.
fn is_visible(command: &TableCommand) -> bool {
    match command {
        TableCommand::Chat(_)
        | TableCommand::Pause
        | TableCommand::Resume
        | TableCommand::RematchOffer
        | TableCommand::RematchAccept
        | TableCommand::RematchDecline => true,
        TableCommand::Move(_)
        | TableCommand::Ready
        | TableCommand::Resign
        | TableCommand::Resync => false,
    }
}

/// The data of an action whose fields depend on the game.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct AnyData(Map<String, Value>);

impl Validate for AnyData {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}
