//! The life of one socket: a task that reads what the client sends, keeps the heart beating, and
//! tidies up at the end. Writing happens in the response body ([`Outgoing`](super::body)).

use std::sync::Arc;
use std::time::Duration;

use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError};
use async_trait::async_trait;
use kernel::Fault;
use serde::Serialize;

use super::client::Client;
use super::close::Close;
use super::frame::{self, Message};
use super::incoming::Incoming;
use crate::wiring::Services;

/// How often the server asks whether the client is still there.
const PING_EVERY: Duration = Duration::from_secs(25);
/// After how long without a sign of life it is gone.
const DEAD_AFTER: Duration = Duration::from_secs(35);
/// How long a client has, after the greeting, to say what it missed before it hears what is new.
const TIME_TO_RESUME: Duration = Duration::from_millis(500);
/// How long the other side may take to say good-bye too.
const FAREWELL: Duration = Duration::from_secs(3);
/// Frames that may come at once, and how many a second may come for long.
const BURST: f64 = 120.0;
const FRAMES_A_SECOND: f64 = 40.0;

/// How a socket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client said good-bye, or was told to go.
    Clean,
    /// It went silent or broke off.
    Dirty,
}

/// What rides on a socket: the part of its life that depends on its path.
#[async_trait(?Send)]
pub trait Ride {
    /// Greets the client and joins its rooms.
    async fn start(&mut self, line: &Line) -> Result<(), Refused>;
    /// Does what a frame asks for.
    async fn act(&mut self, line: &Line, frame: &Incoming) -> Result<(), Refused>;
    /// The client had time to say what it missed.
    fn settle(&mut self) {}
    /// The socket has ended.
    async fn end(&mut self, _line: &Line, _end: End) {}
}

/// Why something a client wanted did not happen.
#[derive(Debug)]
pub enum Refused {
    /// The client is told, and the socket stays.
    Told(Fault),
    /// The socket is closed.
    Closed(Close),
}

impl From<Close> for Refused {
    fn from(close: Close) -> Self {
        Self::Closed(close)
    }
}

impl<E: Into<Fault>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Told(error.into())
    }
}

/// A socket and the server it is connected to.
pub struct Line {
    /// The socket.
    pub client: Arc<Client>,
    /// The server.
    pub services: actix_web::web::Data<Services>,
}

impl Line {
    /// Tells this socket something.
    ///
    /// # Errors
    /// The data cannot be written, which is a mistake of ours.
    pub fn tell(&self, name: &str, data: &impl Serialize) -> Result<(), Fault> {
        self.client
            .tell(&Message::of(name, data, self.services.ambient.now())?);
        Ok(())
    }
}

#[derive(Serialize)]
struct Ack<'a> {
    cid: &'a str,
}

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cid: Option<&'a str>,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    fields: std::collections::BTreeMap<&'a str, Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// Serves a socket to its end.
pub async fn serve(line: Line, mut stream: AggregatedMessageStream, mut ride: Box<dyn Ride>) {
    let hub = Arc::clone(&line.services.hub);
    hub.enter(&line.client);
    let end = match ride.start(&line).await {
        Ok(()) => converse(&line, &mut stream, ride.as_mut()).await,
        Err(refused) => {
            line.client.close(&close_for(refused));
            End::Clean
        }
    };
    hub.leave(&line.client);
    ride.end(&line, end).await;
    part(&line.client, &mut stream).await;
}

/// Closes a socket that was opened only so that the other side learns why it may not be.
pub async fn turn_away(
    session: actix_ws::Session,
    mut stream: actix_ws::MessageStream,
    close: Close,
) {
    let reason = CloseReason {
        code: CloseCode::from(close.code),
        description: Some(close.reason),
    };
    let goodbye = async {
        // The other side may already have gone.
        let _ = session.close(Some(reason)).await;
        while let Some(Ok(_)) = stream.recv().await {}
    };
    let _ = tokio::time::timeout(FAREWELL, goodbye).await;
}

fn close_for(refused: Refused) -> Close {
    match refused {
        Refused::Closed(close) => close,
        Refused::Told(fault) => {
            tracing::error!(fault = %fault.chain(), "a socket could not be started");
            Close::overloaded()
        }
    }
}

/// Waits for the other side's good-bye, and hangs up on those who do not say it.
async fn part(client: &Client, stream: &mut AggregatedMessageStream) {
    client.close(&Close::done());
    let goodbye = async { while let Some(Ok(_)) = stream.recv().await {} };
    if tokio::time::timeout(FAREWELL, goodbye).await.is_err() {
        client.hang_up();
    }
}

async fn converse(line: &Line, stream: &mut AggregatedMessageStream, ride: &mut dyn Ride) -> End {
    let ambient = &line.services.ambient;
    let mut heard = ambient.monotonic();
    let mut allowance = Allowance::new(heard);
    let mut pings = tokio::time::interval(PING_EVERY);
    pings.reset();
    let settled = tokio::time::sleep(TIME_TO_RESUME);
    tokio::pin!(settled);
    let mut is_settled = false;
    loop {
        tokio::select! {
            biased;
            () = line.client.queue.closing() => return End::Clean,
            message = stream.recv() => {
                heard = ambient.monotonic();
                if !allowance.take(heard) {
                    line.client.close(&Close::too_many("frames come faster than they may"));
                    return End::Clean;
                }
                if let Some(end) = receive(line, ride, message).await {
                    return end;
                }
            }
            () = &mut settled, if !is_settled => {
                is_settled = true;
                ride.settle();
            }
            _ = pings.tick() => {
                if ambient.monotonic().saturating_sub(heard) >= DEAD_AFTER {
                    line.client.close(&Close::too_slow());
                    line.client.hang_up();
                    return End::Dirty;
                }
                line.client.queue.push(frame::ping(), true);
                pings.reset_after(next_look(ambient.monotonic().saturating_sub(heard)));
            }
        }
    }
}

/// After a ping, the next look is when the client would be dead without an answer.
fn next_look(silence: Duration) -> Duration {
    DEAD_AFTER
        .saturating_sub(silence)
        .clamp(Duration::from_millis(100), PING_EVERY)
}

/// Does what came in; something where the socket is to end.
async fn receive(
    line: &Line,
    ride: &mut dyn Ride,
    message: Option<Result<AggregatedMessage, ProtocolError>>,
) -> Option<End> {
    let (close, end) = match message {
        Some(Ok(AggregatedMessage::Text(text))) => return act(line, ride, &text).await,
        Some(Ok(AggregatedMessage::Ping(payload))) => {
            line.client.queue.push(frame::pong(&payload), true);
            return None;
        }
        Some(Ok(AggregatedMessage::Pong(_))) => {
            return None;
        }
        Some(Ok(AggregatedMessage::Binary(_))) => (
            Close::bad_data("binary frames are not understood"),
            End::Clean,
        ),
        Some(Ok(AggregatedMessage::Close(_))) => (Close::done(), End::Clean),
        Some(Err(ProtocolError::Overflow)) => (Close::frame_too_big(), End::Clean),
        Some(Err(ProtocolError::Io(error))) if is_text_fault(&error) => {
            (Close::bad_data("text that is not UTF-8"), End::Clean)
        }
        Some(Err(ProtocolError::Io(error))) if is_continuation_overflow(&error) => {
            (Close::frame_too_big(), End::Clean)
        }
        Some(Err(ProtocolError::Io(_))) | None => (Close::done(), End::Dirty),
        Some(Err(_)) => (Close::bad_data("not a WebSocket frame"), End::Clean),
    };
    line.client.close(&close);
    Some(end)
}

fn is_text_fault(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::InvalidData
}

fn is_continuation_overflow(error: &std::io::Error) -> bool {
    error.to_string().contains("continuation")
}

async fn act(line: &Line, ride: &mut dyn Ride, text: &str) -> Option<End> {
    let frame = match Incoming::read(text) {
        Ok(frame) => frame,
        Err(close) => {
            line.client.close(&close);
            return Some(End::Clean);
        }
    };
    metrics::counter!("courtside_socket_frames_total").increment(1);
    match ride.act(line, &frame).await {
        Ok(()) => acknowledge(line, frame.cid.as_deref()),
        Err(Refused::Told(fault)) => refuse(line, frame.cid.as_deref(), &fault),
        Err(Refused::Closed(close)) => {
            line.client.close(&close);
            return Some(End::Clean);
        }
    }
    None
}

fn acknowledge(line: &Line, cid: Option<&str>) {
    if let Some(cid) = cid
        && let Err(fault) = line.tell("ack", &Ack { cid })
    {
        tracing::error!(fault = %fault.chain(), "an acknowledgement cannot be written");
    }
}

fn refuse(line: &Line, cid: Option<&str>, fault: &Fault) {
    if matches!(
        fault.code().kind,
        kernel::Kind::Internal | kernel::Kind::Unavailable
    ) {
        tracing::error!(fault = %fault.chain(), "an action failed");
    }
    let mut fields = std::collections::BTreeMap::<&str, Vec<&str>>::new();
    for at in fault.fields() {
        fields.entry(&at.field).or_default().push(&at.problem);
    }
    let retry_after = fault.wait().map(|wait| wait.as_secs().max(1));
    let code = fault.code();
    let problem = Problem {
        cid,
        code: code.name,
        message: code.meaning,
        fields,
        retry_after,
    };
    if let Err(fault) = line.tell("error", &problem) {
        tracing::error!(fault = %fault.chain(), "a refusal cannot be written");
    }
}

/// What a socket may still send.
struct Allowance {
    left: f64,
    at: Duration,
}

impl Allowance {
    fn new(at: Duration) -> Self {
        Self { left: BURST, at }
    }

    fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = now;
        self.left = (self.left + passed * FRAMES_A_SECOND).min(BURST);
        self.left -= 1.0;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_noticed_and_a_steady_stream_is_not() {
        let mut allowance = Allowance::new(Duration::ZERO);
        let at_once = (0..200).filter(|_| allowance.take(Duration::ZERO)).count();
        assert_eq!(at_once, 120);
        let mut allowance = Allowance::new(Duration::ZERO);
        let steady = (0..2_000_u32)
            .filter(|n| allowance.take(Duration::from_millis(25) * *n))
            .count();
        assert_eq!(steady, 2_000);
    }

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
