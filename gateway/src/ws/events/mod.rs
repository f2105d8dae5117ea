//! `/ws/events/`: everything for one person.

mod actions;
mod resume;

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use async_trait::async_trait;
use bus::Topic;
use contract::chat::ChatId;
use contract::frames::{Hello, StreamPosition};
use kernel::{Actor, Fault};
use social::{Connection, Leaving};

use super::connection::{End, Line, Refused, Ride};
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
    /// Rooms that wait for `resume`, for the first other frame, or for a moment to pass.
    held: Vec<Held>,
    /// That the person is here, for their friends.
    connection: Option<Connection>,
}

impl Events {
    fn new(actor: Actor) -> Self {
        Self {
            actor,
            held: vec![],
            connection: None,
        }
    }

    /// What was held back while the client could still have asked for what it missed.
    fn release(&mut self) {
        self.held.drain(..).for_each(Held::release);
    }

    async fn greet(&self, line: &Line) -> Result<(), Refused> {
        let profile = line.services.accounts.profile(&self.actor).await?;
        let position = |held: &Held| {
            (
                held.topic().to_owned(),
                StreamPosition {
                    seq: held.from.seq,
                    epoch: held.from.epoch,
                },
            )
        };
        let streams: BTreeMap<_, _> = self.held.iter().map(position).collect();
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
                streams,
                unread: line.services.chat.unread(&self.actor).await?,
                resume_window: RESUME_WINDOW.as_secs(),
            },
        )?;
        Ok(())
    }
}

/// Makes the socket hear a chat from now on.
async fn listen(line: &Line, chat: ChatId) -> Result<(), Fault> {
    let topic = Topic::from(chat::stream_of(chat).as_str());
    line.services
        .hub
        .join(&line.client, &topic)
        .await?
        .release();
    Ok(())
}

#[async_trait(?Send)]
impl Ride for Events {
    /// Joins first and looks then, so that nothing falls between.
    async fn start(&mut self, line: &Line) -> Result<(), Refused> {
        let (hub, user) = (&line.services.hub, self.actor.user);
        self.held
            .push(hub.join(&line.client, &Topic::of("user", user)).await?);
        for chat in line.services.chat.chats_of(user).await? {
            let topic = Topic::from(chat::stream_of(chat).as_str());
            self.held.push(hub.join(&line.client, &topic).await?);
        }
        line.client
            .hide(line.services.social.hidden_from(user).await?);
        self.greet(line).await?;
        let presence = line.services.social.presence();
        self.connection = Some(presence.connect(user, self.actor.session));
        line.tell("friends_status", &presence.snapshot(user).await?)?;
        Ok(())
    }

    async fn act(&mut self, line: &Line, frame: &Incoming) -> Result<(), Refused> {
        if frame.name == "resume" {
            let wanted = frame.parse()?;
            let held = std::mem::take(&mut self.held);
            return resume::resume(line, self.actor.user, &wanted, held).await;
        }
        self.release();
        let Some(connection) = &self.connection else {
            return Ok(());
        };
        if frame.name != "ping" {
            connection.acted();
        }
        actions::act(line, &self.actor, connection, frame).await
    }

    /// A client that does not resume hears what is new from now on.
    fn settle(&mut self) {
        self.release();
    }

    async fn end(&mut self, line: &Line, end: End) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let ended = line
            .services
            .accounts
            .ended_among(vec![self.actor.session])
            .await;
        let signed_out = end == End::Clean && ended.is_ok_and(|ended| !ended.is_empty());
        connection.close(if signed_out {
            Leaving::SignedOut
        } else {
            Leaving::Lost
        });
    }
}
