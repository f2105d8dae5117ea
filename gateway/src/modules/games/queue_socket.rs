//! `/ws/matchmaking/`: a place in the queue of a game, held while the socket is open.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use cluster::Topic;
use contract::catalogue::{EventAudience, EventName};
use contract::streams::StreamName;
use games::{KeptPlace, QueueService};
use http_kit::{Failure, rate_limit};
use kernel::UserId;
use realtime::{
    ChannelHandler, ChannelSpec, ChannelTraffic, Close, Connection, Done, EnvelopeStyle, Incoming,
    Refused, ServerMessage, SocketSession,
};
use serde_json::{Map, Value};

use super::limits::EnteringQueue;
use crate::sockets::handshake;
use crate::state::AppState;

/// How often the place is told.
const PLACE_INTERVAL: Duration = Duration::from_secs(2);
/// The parameters that are not options of the game.
const OTHER_PARAMETERS: [&str; 4] = ["game", "ticket", "token", "resume"];

pub(super) static CHANNEL: ChannelSpec = ChannelSpec {
    path: "/ws/matchmaking/",
    style: EnvelopeStyle::Typed,
    follows_streams: false,
    shows_friends: false,
    audiences: &[
        EventAudience::Anyone,
        EventAudience::OneSocket,
        EventAudience::Matches,
    ],
    rechecks_on: |_| false,
    traffic: ChannelTraffic::EVENTS,
};

/// Open the WebSocket of the queue
///
/// Enters the queue of a game, or takes over the place that the current user has in it. The options of the
/// game are further parameters; those that are left out, or are `any`, do not matter. `queued` is sent every
/// two seconds, and `game_found` when an opponent was found. When the socket is closed, the place is lost
/// after ten seconds.
#[utoipa::path(tag = "WebSockets",
    params(("game" = String, Query, min_length = 1, max_length = 40, description = "The game.", example = "pong"),
        ("ticket" = Option<String>, Query, max_length = 512, description = "WebSocket ticket."),
        ("resume" = Option<bool>, Query, description = "Whether the client sends `resume` after `hello`. If true, new events are held back until then.")),
    responses((status = 101, description = "The WebSocket is open. Errors are reported by closing it with a close code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/matchmaking/")]
pub(super) async fn matchmaking(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Failure> {
    let (game, options) = wanted(request.query_string());
    let handler = Matchmaking {
        state: state.clone(),
        game,
        options,
        held: None,
    };
    handshake::open(&state, request, body, &CHANNEL, handler).await
}

/// The value of an option: a number, a flag, or a name.
fn option_value(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::from(text),
    }
}

/// The game and its options.
fn wanted(query: &str) -> (Option<String>, Map<String, Value>) {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut all: Map<String, Value> = pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.into_owned(), option_value(&value)))
        .collect();
    let game = all.remove("game");
    for name in OTHER_PARAMETERS {
        all.remove(name);
    }
    (game.and_then(|game| game.as_str().map(str::to_owned)), all)
}

struct Matchmaking {
    state: web::Data<AppState>,
    game: Option<String>,
    options: Map<String, Value>,
    held: Option<HeldPlace>,
}

#[async_trait(?Send)]
impl ChannelHandler for Matchmaking {
    async fn join(&mut self, session: &mut SocketSession) -> Result<Vec<Topic>, Refused> {
        let user = session.actor().user;
        rate_limit::check_user::<EnteringQueue>(&self.state.http, user).await?;
        if self.game.is_none() {
            return Err(Close::bad_data("game: is required").into());
        }
        self.state
            .http
            .authenticator
            .require_verified(session.actor())?;
        Ok(vec![StreamName::User(user).into()])
    }

    /// The user enters after the socket has subscribed, so that `game_found` is not missed.
    async fn begin(&mut self, session: &SocketSession) -> Result<(), Refused> {
        let queue = self.state.services.get::<dyn QueueService>()?;
        let game = self.game.clone().unwrap_or_default();
        queue.hold(session.actor(), &game, &self.options).await?;
        let place = HeldPlace {
            user: session.actor().user,
            game,
            _kept: queue.keep(session.actor().user),
            queue,
            task: None,
        };
        self.held = Some(place.send_updates(Arc::clone(&session.connection), self.state.clone()));
        Ok(())
    }

    async fn act(&mut self, session: &SocketSession, frame: &Incoming) -> Result<Done, Refused> {
        if frame.name != "leave_queue" {
            return Err(Close::unknown_action(&frame.name).into());
        }
        if let Some(held) = self.held.take() {
            held.queue.leave(session.actor().user, &held.game).await?;
        }
        Ok(Done::default())
    }
}

/// A place in the queue that is held until this is dropped.
struct HeldPlace {
    queue: Arc<dyn QueueService>,
    user: UserId,
    game: String,
    _kept: KeptPlace,
    task: Option<JoinHandle<()>>,
}

impl HeldPlace {
    /// Sends the client its place from now on.
    fn send_updates(mut self, connection: Arc<Connection>, state: web::Data<AppState>) -> Self {
        let (queue, user, game) = (Arc::clone(&self.queue), self.user, self.game.clone());
        self.task = Some(actix_web::rt::spawn(db::in_background(async move {
            let mut tick = tokio::time::interval(PLACE_INTERVAL);
            loop {
                tick.tick().await;
                match queue.place(user, &game).await {
                    Ok(Some(place)) => {
                        let now = state.platform.env.now();
                        let message = ServerMessage::ephemeral(EventName::Queued, &place, now);
                        message.iter().for_each(|message| connection.send(message));
                    }
                    // The user was paired, or has left elsewhere.
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(error = %error.chain(), "place in the queue not read");
                    }
                }
            }
        })));
        self
    }
}

impl Drop for HeldPlace {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        let (queue, user) = (Arc::clone(&self.queue), self.user);
        actix_web::rt::spawn(async move {
            if let Err(error) = queue.release(user).await {
                tracing::warn!(error = %error.chain(), "place in the queue not released");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wanted_takes_the_options_of_the_game_alone() {
        let (game, options) =
            wanted("game=pong&ranked=true&ticket=abc&game_speed=&score_to_win=any");
        assert_eq!(game.as_deref(), Some("pong"));
        assert_eq!(
            Value::Object(options),
            json!({"ranked": true, "score_to_win": "any"})
        );
        assert_eq!(wanted("ranked=true").0, None);
    }
}
