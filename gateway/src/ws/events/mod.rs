//! `/ws/events/`: everything for one person.

mod resume;

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use bus::Topic;
use contract::frames::{Hello, Pong, StreamPosition};
use kernel::Actor;
use serde::Deserialize;
use validator::Validate;

use super::close::Close;
use super::connection::{Line, Refused, Ride};
use super::frame::Dialect;
use super::handshake;
use super::hub::Held;
use super::incoming::Incoming;
use crate::http::kit::Failure;
use crate::wiring::RESUME_WINDOW;

/// Open the socket for everything personal
///
/// A WebSocket: see the catalogue of frames. Credentials by `Authorization`, by
/// `Sec-WebSocket-Protocol: courtside.v1, bearer.TOKEN`, or by `?ticket=`.
#[utoipa::path(tag = "Sockets",
    params(("ticket" = Option<String>, Query, description = "A ticket for one socket.")),
    responses((status = 101, description = "The socket is open; if it may not be, it is closed at once with its code.")),
    extensions(("x-errors" = json!(["not_a_websocket"]))))]
#[get("/ws/events/")]
pub(super) async fn events(
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    handshake::open(request, body, Dialect::Action, Events::new).await
}

/// One person's socket.
struct Events {
    actor: Actor,
    /// Rooms that wait for `resume`, or for the first other frame.
    held: Vec<Held>,
}

/// A frame without data.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Events {
    fn new(actor: Actor) -> Self {
        Self {
            actor,
            held: vec![],
        }
    }

    /// What was held back while the client could still have asked for what it missed.
    fn release(&mut self) {
        self.held.drain(..).for_each(Held::release);
    }
}

#[async_trait(?Send)]
impl Ride for Events {
    async fn start(&mut self, line: &Line) -> Result<(), Refused> {
        let topic = Topic::of("user", self.actor.user);
        let held = line.services.hub.join(&line.client, &topic).await?;
        let position = StreamPosition {
            seq: held.from.seq,
            epoch: held.from.epoch,
        };
        self.held.push(held);
        let profile = line.services.accounts.profile(&self.actor).await?;
        line.tell(
            "hello",
            &Hello {
                user: contract::users::UserSummary {
                    id: profile.id,
                    username: profile.username,
                    display_name: profile.display_name,
                    avatar: profile.avatar,
                },
                server_time: line.services.ambient.now(),
                streams: [(topic.to_string(), position)].into(),
                resume_window: RESUME_WINDOW.as_secs(),
            },
        )?;
        Ok(())
    }

    async fn act(&mut self, line: &Line, frame: &Incoming) -> Result<(), Refused> {
        if frame.name == "resume" {
            let wanted = frame.parse()?;
            let held = std::mem::take(&mut self.held);
            return resume::resume(line, self.actor.user, &wanted, held).await;
        }
        self.release();
        match frame.name.as_str() {
            "ping" => {
                let _: Nothing = frame.parse()?;
                Ok(line.tell(
                    "pong",
                    &Pong {
                        server_time: line.services.ambient.now(),
                    },
                )?)
            }
            unknown => {
                Err(Close::bad_data(format!("action: {} is unknown", short(unknown))).into())
            }
        }
    }

    /// A client that says nothing hears everything from the first heartbeat on.
    async fn beat(&mut self, _line: &Line) {
        self.release();
    }
}

/// What a client made up is repeated only in part.
fn short(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_graphic())
        .take(32)
        .collect()
}
