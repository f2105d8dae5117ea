//! The half of a socket's task that reads. It waits for nothing but the client, so that signs of life
//! are seen and answered whatever the other half is waiting for.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use kernel::Env;
use kernel::error::Common;

use super::acks::{acknowledge, pong, refuse};
use super::end::End;
use super::inbox::Inbox;
use super::input_lane::LaneOutcome;
use crate::close::Close;
use crate::connection::Connection;
use crate::decoder::{DecodeError, Decoded, FrameReader};
use crate::frame;
use crate::incoming::Incoming;
use crate::message::Priority;
use crate::refusal::Done;
use crate::token_bucket::{BucketSpec, TokenBucket};

/// How often the server pings a client.
pub const PING_INTERVAL: Duration = Duration::from_secs(25);
/// How long a client may be silent.
pub const DEAD_AFTER: Duration = Duration::from_secs(35);
/// How long a ping waits for the actions before it. Then it overtakes them.
const PING_DELAY: Duration = Duration::from_millis(500);
/// When a client should try again whose actions come faster than they are executed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How often inputs count as activity of the user.
const ACTIVITY_INTERVAL: Duration = Duration::from_secs(5);

/// Why a socket is to be closed, and how it ended.
type Ended = (Close, End);

/// Reads frames into the inbox, and pings the client.
pub(crate) struct FrameReceiver<'a> {
    connection: Arc<Connection>,
    env: Env,
    inbox: &'a Inbox,
    /// When the last frame came.
    heard_at: Duration,
    bucket: TokenBucket,
    /// When the pings that wait overtake the actions.
    overtake_at: Option<Duration>,
    /// When inputs last counted as activity.
    active_at: Option<Duration>,
}

impl<'a> FrameReceiver<'a> {
    pub(crate) fn new(
        connection: &Arc<Connection>,
        env: &Env,
        inbox: &'a Inbox,
        spec: BucketSpec,
    ) -> Self {
        let now = env.monotonic();
        Self {
            connection: Arc::clone(connection),
            env: env.clone(),
            inbox,
            heard_at: now,
            bucket: TokenBucket::new(spec, now),
            overtake_at: None,
            active_at: None,
        }
    }

    /// Reads until the socket is to be closed, and adds the end to the inbox.
    pub(crate) async fn run(mut self, reader: &mut FrameReader) {
        let mut heartbeat = tokio::time::interval(PING_INTERVAL);
        heartbeat.reset();
        loop {
            let now = self.env.monotonic();
            let wait = self.overtake_at.map(|at| at.saturating_sub(now));
            let ended = tokio::select! {
                biased;
                decoded = reader.next() => self.receive(decoded),
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    self.overtake()
                }
                _ = heartbeat.tick() => {
                    let silence = self.env.monotonic().saturating_sub(self.heard_at);
                    heartbeat.reset_after(next_check(silence));
                    self.ping(silence)
                }
            };
            if let Some((close, end)) = ended {
                return self.inbox.end(close, end);
            }
        }
    }

    /// Pings the client unless it has been silent for too long. One that still reads gets the reason.
    fn ping(&self, silence: Duration) -> Option<Ended> {
        if silence >= DEAD_AFTER {
            return Some((Close::too_slow(), End::Lost));
        }
        self.connection
            .queue
            .push(frame::ping(), Priority::Ephemeral);
        None
    }

    fn receive(&mut self, decoded: Result<Decoded, DecodeError>) -> Option<Ended> {
        self.heard_at = self.env.monotonic();
        if !self.bucket.take(self.heard_at) {
            let flood = Close::too_many("too many frames");
            return Some((flood, End::ByServer));
        }
        let close = match decoded {
            Ok(Decoded::Text(text)) => return self.take_text(text),
            Ok(Decoded::Binary(payload)) if self.connection.channel.traffic.accepts_binary => {
                return self.take_binary(payload);
            }
            Ok(Decoded::Ping(payload)) => {
                let pong = frame::pong(&payload);
                self.connection.queue.push(pong, Priority::Ephemeral);
                return None;
            }
            Ok(Decoded::Pong | Decoded::Fragment) => return None,
            Ok(Decoded::Close) => return Some((Close::done(), End::ByClient)),
            Err(DecodeError::ConnectionLost) => return Some((Close::done(), End::Lost)),
            Ok(Decoded::Binary(_)) => Close::bad_data("binary frames are not supported"),
            Err(DecodeError::TooBig) => Close::frame_too_big(),
            Err(DecodeError::NotAFrame) => Close::protocol_error(),
            Err(DecodeError::NotText) => Close::not_text(),
        };
        Some((close, End::ByServer))
    }

    fn take_text(&mut self, text: String) -> Option<Ended> {
        let lane = self.inbox.lane();
        match lane.map(|lane| lane.take_text(&text)) {
            None | Some(Ok(LaneOutcome::NotAnInput)) => self.take(text),
            Some(Ok(LaneOutcome::Taken)) => self.note_activity(),
            Some(Err(close)) => Some((close, End::ByServer)),
        }
    }

    /// Without a lane, which spectators have none of, inputs are ignored.
    fn take_binary(&mut self, payload: BytesMut) -> Option<Ended> {
        if !self.inbox.is_open() && self.inbox.has_room_for(&payload) {
            self.inbox.add_binary(payload);
            return None;
        }
        match self.inbox.lane()?.take_binary(&payload) {
            Ok(()) => self.note_activity(),
            Err(close) => Some((close, End::ByServer)),
        }
    }

    fn note_activity(&mut self) -> Option<Ended> {
        let is_due = |at: Duration| self.heard_at.saturating_sub(at) >= ACTIVITY_INTERVAL;
        if self.active_at.is_none_or(is_due) {
            self.active_at = Some(self.heard_at);
            self.inbox.note_activity();
        }
        None
    }

    /// Adds a frame to the inbox. If others wait there, the frame is read at once: a ping overtakes
    /// them before long, and what is too much is refused.
    fn take(&mut self, text: String) -> Option<Ended> {
        if !self.inbox.is_busy() {
            self.inbox.add(text, self.heard_at, false);
            return None;
        }
        let frame = match Incoming::read(&text) {
            Ok(frame) => frame,
            Err(close) => return Some((close, End::ByServer)),
        };
        let is_ping = frame.name == "ping";
        if self.inbox.has_room_for(text.as_bytes()) {
            self.inbox.add(text, self.heard_at, is_ping);
            let soon = self.heard_at + PING_DELAY;
            self.overtake_at = self.overtake_at.or(is_ping.then_some(soon));
            return None;
        }
        if is_ping {
            return self.answer_ping(&frame);
        }
        let overloaded = Common::Overloaded.retry_after(RETRY_AFTER);
        let cid = frame.cid.as_deref();
        refuse(&self.connection, self.env.now(), cid, &overloaded);
        None
    }

    /// Answers the pings that still wait. The greeting comes before all responses.
    fn overtake(&mut self) -> Option<Ended> {
        if !self.inbox.is_open() {
            self.overtake_at = Some(self.env.monotonic() + PING_DELAY);
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
        if let Err(refused) = pong(&self.connection, &self.env, frame) {
            return Some((refused.into_close(), End::ByServer));
        }
        let (now, cid) = (self.env.now(), frame.cid.as_deref());
        acknowledge(&self.connection, now, cid, Done::default());
        None
    }
}

/// After a ping, the next check is when the client would be dead without an answer.
fn next_check(silence: Duration) -> Duration {
    DEAD_AFTER
        .saturating_sub(silence)
        .clamp(Duration::from_millis(100), PING_INTERVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_check_is_when_the_client_would_be_dead() {
        assert_eq!(next_check(Duration::from_secs(25)), Duration::from_secs(10));
        assert_eq!(next_check(Duration::ZERO), PING_INTERVAL);
        assert_eq!(
            next_check(Duration::from_secs(40)),
            Duration::from_millis(100)
        );
    }
}
