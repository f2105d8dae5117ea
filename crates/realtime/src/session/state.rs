//! One socket as its task and its handler see it.

use std::sync::Arc;
use std::time::Duration;

use contract::catalogue::EventName;
use kernel::error::Common;
use kernel::{Actor, AppError, Env, ErrorKind};
use serde::Serialize;

use crate::close::Close;
use crate::connection::Connection;
use crate::hub::{Hub, PendingSubscription};
use crate::message::ServerMessage;
use crate::ports::PresenceGuard;
use crate::refusal::Refused;
use crate::token_bucket::{BucketSpec, TokenBucket};

/// How long new messages wait for the `resume` of a client that has announced one.
const RESUME_TIMEOUT: Duration = Duration::from_secs(10);
/// The same for other clients, so that a `resume` right after `hello` is answered in order.
const SHORT_RESUME_TIMEOUT: Duration = Duration::from_millis(100);

/// An open socket.
pub struct SocketSession {
    /// The socket, as it is shared with the hub.
    pub connection: Arc<Connection>,
    /// The hub that the socket is in.
    pub hub: Arc<Hub>,
    /// Whether the client has announced a `resume`, for which new messages wait.
    pub(crate) resumes: bool,
    /// The user as of the last check.
    actor: Actor,
    /// Limits the `resume` actions of the client.
    resume_bucket: TokenBucket,
    /// Subscriptions that wait for `resume`, for the first other frame, or for the timeout.
    pub(crate) pending: Vec<PendingSubscription>,
    pub(crate) presence: Option<Box<dyn PresenceGuard>>,
}

impl SocketSession {
    /// A socket that has just been opened.
    #[must_use]
    pub fn new(connection: Arc<Connection>, hub: Arc<Hub>, resumes: bool) -> Self {
        let now = hub.store.env().monotonic();
        let spec = BucketSpec::RESUMES.times(hub.config.rate_factor);
        Self {
            actor: connection.actor,
            connection,
            hub,
            resumes,
            resume_bucket: TokenBucket::new(spec, now),
            pending: vec![],
            presence: None,
        }
    }

    /// The user.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn env(&self) -> &Env {
        self.hub.store.env()
    }

    /// How long new messages wait for a `resume`.
    pub(crate) fn resume_timeout(&self) -> Duration {
        if self.resumes {
            RESUME_TIMEOUT
        } else {
            SHORT_RESUME_TIMEOUT
        }
    }

    /// Checks the session; the socket is closed if it has ended.
    pub(crate) async fn refresh_actor(&mut self) -> Result<(), Refused> {
        let current = self.hub.ports.sessions.current_actor(&self.actor).await;
        self.actor = current.map_err(|error| match error.code().kind {
            ErrorKind::Internal | ErrorKind::Unavailable => Refused::WithError(error),
            _ => Close::unauthenticated().into(),
        })?;
        self.connection.refresh(self.actor);
        Ok(())
    }

    /// Updates the user. Whoever had not verified their address may have done so since.
    pub(crate) async fn update_actor(&mut self) -> Result<(), Refused> {
        self.actor = self.connection.current_actor();
        if self.actor.verified {
            return Ok(());
        }
        self.refresh_actor().await
    }

    /// Sends an ephemeral message to this socket alone.
    ///
    /// # Errors
    /// The data cannot be encoded, which is a programming error.
    pub fn send(&self, event: EventName, data: &impl Serialize) -> Result<(), AppError> {
        let message = ServerMessage::ephemeral(event, data, self.env().now())?;
        self.connection.send(&message);
        Ok(())
    }

    /// Sends a message to this socket alone that must not be lost.
    ///
    /// # Errors
    /// The data cannot be encoded, which is a programming error.
    pub fn send_required(&self, event: EventName, data: &impl Serialize) -> Result<(), AppError> {
        self.respond(event, data)
    }

    /// Sends a frame of the protocol itself, which must not be lost.
    pub(crate) fn respond(&self, event: EventName, data: &impl Serialize) -> Result<(), AppError> {
        self.connection.respond(event, data, self.env().now())
    }

    /// Counts a `resume`, which may read much.
    pub(crate) fn count_resume(&mut self) -> Result<(), AppError> {
        if self.resume_bucket.take(self.env().monotonic()) {
            return Ok(());
        }
        let wait = self.resume_bucket.refill_time();
        Err(Common::TooManyRequests.retry_after(wait))
    }

    /// Sends the messages that were held back, and from now on every message as it comes.
    pub(crate) fn release(&mut self) {
        self.pending
            .drain(..)
            .for_each(PendingSubscription::release);
    }

    /// The user did something here.
    pub(crate) fn acted(&self) {
        if let Some(presence) = &self.presence {
            presence.acted();
        }
    }

    /// The user says that they are here, or not.
    pub fn announce(&self, is_here: bool) {
        if let Some(presence) = &self.presence {
            presence.announce(is_here);
        }
    }
}
