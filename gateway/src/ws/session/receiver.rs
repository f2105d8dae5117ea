//! The half of a socket's task that reads. It waits for nothing but the client, so that signs of
//! life are seen and answered whatever the other half is waiting for.

use std::sync::Arc;
use std::time::Duration;

use contract::frames::Pong;
use kernel::Env;
use kernel::error::Common;
use serde::Deserialize;
use validator::Validate;

use super::inbox::Inbox;
use super::{DEAD_AFTER, Done, End, PING_EVERY, Refused, acks};
use crate::ws::close::Close;
use crate::ws::connection::Connection;
use crate::ws::decoder::{DecodeError, Decoded, Reader};
use crate::ws::frame;
use crate::ws::incoming::Incoming;
use crate::ws::queue::Class;
use crate::ws::token_bucket::{BucketSpec, TokenBucket};

/// How long a ping waits for the actions before it. Then it is answered out of turn.
const PING_WAITS: Duration = Duration::from_millis(500);
/// When a client should try again whose actions come faster than they are done.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A frame without data.
#[derive(Debug, Deserialize, Validate)]
struct Nothing {}

/// Why a socket is to be closed, and how it ended.
type Ended = (Close, End);

/// Reads frames into the inbox, and asks now and then whether the client is still there.
pub(super) struct Receiver<'a> {
    client: Arc<Connection>,
    env: Env,
    inbox: &'a Inbox,
    /// When the client was heard last.
    heard: Duration,
    bucket: TokenBucket,
    /// When the pings are answered that still wait.
    overtake_at: Option<Duration>,
}

impl<'a> Receiver<'a> {
    pub(super) fn new(
        client: &Arc<Connection>,
        env: &Env,
        inbox: &'a Inbox,
        pace: BucketSpec,
    ) -> Self {
        let now = env.monotonic();
        Self {
            client: Arc::clone(client),
            env: env.clone(),
            inbox,
            heard: now,
            bucket: TokenBucket::new(pace, now),
            overtake_at: None,
        }
    }

    /// Reads until the socket is to be closed; the inbox says so.
    pub(super) async fn run(mut self, reader: &mut Reader) {
        let mut heartbeat = tokio::time::interval(PING_EVERY);
        heartbeat.reset();
        loop {
            let now = self.env.monotonic();
            let wait = self.overtake_at.map(|at| at.saturating_sub(now));
            let ended = tokio::select! {
                biased;
                came = reader.next() => self.receive(came),
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    self.overtake()
                }
                _ = heartbeat.tick() => {
                    let silence = self.env.monotonic().saturating_sub(self.heard);
                    heartbeat.reset_after(next_look(silence));
                    self.ask_for_life(silence)
                }
            };
            if let Some((close, end)) = ended {
                return self.inbox.end(close, end);
            }
        }
    }

    /// Asks whether the client is still there, unless it has been silent for too long. One that
    /// reads hears why it is let go.
    fn ask_for_life(&self, silence: Duration) -> Option<Ended> {
        if silence >= DEAD_AFTER {
            return Some((Close::too_slow(), End::Dirty));
        }
        self.client.queue.push(frame::ping(), Class::Ephemeral);
        None
    }

    fn receive(&mut self, came: Result<Decoded, DecodeError>) -> Option<Ended> {
        self.heard = self.env.monotonic();
        if !self.bucket.take(self.heard) {
            let flood = Close::too_many("frames come faster than they may");
            return Some((flood, End::Clean));
        }
        let ended = match came {
            Ok(Decoded::Text(text)) => return self.take(text),
            Ok(Decoded::Ping(payload)) => {
                self.client
                    .queue
                    .push(frame::pong(&payload), Class::Ephemeral);
                return None;
            }
            Ok(Decoded::Pong | Decoded::Fragment) => return None,
            Ok(Decoded::Binary) => (
                Close::bad_data("binary frames are not understood"),
                End::Clean,
            ),
            Ok(Decoded::Close) => (Close::done(), End::ByClient),
            Err(DecodeError::TooBig) => (Close::frame_too_big(), End::Clean),
            Err(DecodeError::NotAFrame) => (Close::protocol_error(), End::Clean),
            Err(DecodeError::NotText) => (Close::not_text(), End::Clean),
            Err(DecodeError::Cut) => (Close::done(), End::Dirty),
        };
        Some(ended)
    }

    /// Has a frame wait for its turn. Where others wait too, it is looked at what it is: a ping
    /// overtakes them before long, and what is too much is refused at once.
    fn take(&mut self, text: String) -> Option<Ended> {
        if !self.inbox.is_busy() {
            self.inbox.add(text, self.heard, false);
            return None;
        }
        let frame = match Incoming::read(&text) {
            Ok(frame) => frame,
            Err(bad) => return Some((bad, End::Clean)),
        };
        let is_ping = frame.name == "ping";
        if self.inbox.has_room_for(&text) {
            self.inbox.add(text, self.heard, is_ping);
            let soon = self.heard + PING_WAITS;
            self.overtake_at = self.overtake_at.or(is_ping.then_some(soon));
            return None;
        }
        if is_ping {
            return self.answer_ping(&frame);
        }
        let overloaded = Common::Overloaded.retry_after(RETRY_AFTER);
        acks::refuse(
            &self.client,
            self.env.now(),
            frame.cid.as_deref(),
            &overloaded,
        );
        None
    }

    /// Answers the pings that still wait; the greeting comes before all answers.
    fn overtake(&mut self) -> Option<Ended> {
        if !self.inbox.is_open() {
            self.overtake_at = Some(self.env.monotonic() + PING_WAITS);
            return None;
        }
        self.overtake_at = None;
        let pings = self.inbox.take_pings().into_iter();
        let frames = pings.filter_map(|text| Incoming::read(&text).ok());
        let mut ended = frames.filter_map(|frame| self.answer_ping(&frame));
        ended.next()
    }

    fn answer_ping(&self, frame: &Incoming) -> Option<Ended> {
        metrics::counter!("courtside_socket_frames_total").increment(1);
        if let Err(refused) = pong(&self.client, &self.env, frame) {
            return Some((refused.into_close(), End::Clean));
        }
        let now = self.env.now();
        acks::acknowledge(&self.client, now, frame.cid.as_deref(), Done::default());
        None
    }
}

/// Answers a ping.
pub(super) fn pong(client: &Connection, env: &Env, frame: &Incoming) -> Result<(), Refused> {
    let Nothing {} = frame.parse()?;
    let server_time = env.now();
    Ok(client.tell_data("pong", &Pong { server_time }, server_time)?)
}

/// After a ping, the next look is when the client would be dead without an answer.
fn next_look(silence: Duration) -> Duration {
    DEAD_AFTER
        .saturating_sub(silence)
        .clamp(Duration::from_millis(100), PING_EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_look_is_when_the_client_would_be_dead() {
        assert_eq!(next_look(Duration::from_secs(25)), Duration::from_secs(10));
        assert_eq!(next_look(Duration::ZERO), PING_EVERY);
        assert_eq!(
            next_look(Duration::from_secs(40)),
            Duration::from_millis(100)
        );
    }
}
