//! The life of one socket: a task that greets, reads what the client sends, keeps the heart beating
//! and tidies up at the end. Writing happens in the response body ([`Outgoing`](super::body)).
//! What is different from path to path is its [`Ride`].

mod answers;
pub(crate) mod catching_up;
mod line;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contract::frames::Pong;
use serde::Deserialize;
use social::Leaving;
use validator::Validate;

pub use self::answers::{Done, Refused};
pub use self::line::Line;
use super::allowance::{Allowance, Pace};
use super::client::Client;
use super::close::Close;
use super::frame;
use super::incoming::Incoming;
use super::queue::Class;
use super::reading::{Broken, Came, Reader};

/// How often the server asks whether the client is still there.
pub(crate) const PING_EVERY: Duration = Duration::from_secs(25);
/// After how long without a sign of life it is gone.
pub(crate) const DEAD_AFTER: Duration = Duration::from_secs(35);
/// What is new waits so long for the `resume` of a client that has announced one.
const TIME_TO_RESUME: Duration = Duration::from_secs(10);
/// The same for one that has not, so that a `resume` sent right after `hello` is answered in order.
const TIME_TO_SPEAK: Duration = Duration::from_millis(100);
/// How long the other side may take to say good-bye too.
const FAREWELL: Duration = Duration::from_secs(3);

/// How a socket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The client closed it.
    ByClient,
    /// The client was told to go.
    Clean,
    /// It went silent or broke off.
    Dirty,
}

/// What rides on a socket: the part of its life that depends on its path.
#[async_trait(?Send)]
pub trait Ride {
    /// Joins its rooms, if the person may be there. It joins first and looks then, so that nothing
    /// falls between.
    async fn join(&mut self, line: &mut Line) -> Result<(), Refused>;

    /// Tells what follows the greeting.
    async fn begin(&mut self, _line: &Line) -> Result<(), Refused> {
        Ok(())
    }

    /// Does what a frame asks for.
    async fn act(&mut self, line: &Line, frame: &Incoming) -> Result<Done, Refused>;

    /// Something came that this path [minds](super::manner::Manner::minds): looks whether the
    /// person may stay and what they are to be shown.
    async fn look(&mut self, _line: &Line) -> Result<(), Refused> {
        Ok(())
    }
}

/// A frame without data.
#[derive(Debug, Deserialize, Validate)]
struct Nothing {}

/// Serves a socket to its end. Whatever it is in (the hub, a lobby, the presence of its person) it
/// leaves by a drop, and so also when this panics.
pub async fn serve(mut line: Line, mut reader: Reader, mut ride: Box<dyn Ride>) {
    let entered = line.services.hub.enter(&line.client);
    let end = match begin(&mut line, ride.as_mut()).await {
        Ok(()) => converse(&mut line, &mut reader, ride.as_mut()).await,
        Err(refused) => close(&line, refused),
    };
    drop((entered, ride));
    leave(&mut line, end).await;
    part(&line.client, &mut reader).await;
}

/// Joins first and looks then, so that nothing falls between: a session that ended before its
/// socket could be found among the others is seen now.
async fn begin(line: &mut Line, ride: &mut dyn Ride) -> Result<(), Refused> {
    line.refresh_actor().await?;
    ride.join(line).await?;
    let friends = catching_up::greet(line).await?;
    let user = line.actor().user;
    let presence = line.services.social.presence();
    line.presence = Some(presence.connect(user, line.actor().session));
    if let Some(friends) = friends {
        line.tell("friends_status", &presence.snapshot_of(friends).await?)?;
    }
    ride.begin(line).await?;
    line.client.is_shown();
    Ok(())
}

/// Tells presence how the person left.
async fn leave(line: &mut Line, end: End) {
    let Some(presence) = line.presence.take() else {
        return;
    };
    let leaving = match end {
        End::Clean | End::ByClient if has_signed_out(line).await => Leaving::SignedOut,
        End::ByClient => Leaving::Closed,
        End::Clean | End::Dirty => Leaving::Lost,
    };
    presence.close(leaving);
}

async fn has_signed_out(line: &Line) -> bool {
    let session = line.actor().session;
    let current = line.services.accounts.current_actors(vec![session]).await;
    current.is_ok_and(|current| !current.contains_key(&session))
}

/// Waits for the good-bye of somebody for whom a socket was opened only so that they learn why it
/// may not be.
pub async fn turn_away(mut reader: Reader) {
    // Whoever says none is hung up on with the end of the response.
    let _ = tokio::time::timeout(FAREWELL, reader.drain()).await;
}

fn close(line: &Line, refused: Refused) -> End {
    line.client.close(&refused.into_close());
    End::Clean
}

/// Waits for the other side's good-bye, and hangs up on those who do not say it.
async fn part(client: &Client, reader: &mut Reader) {
    client.close(&Close::done());
    if tokio::time::timeout(FAREWELL, reader.drain())
        .await
        .is_err()
    {
        client.hang_up();
    }
}

async fn converse(line: &mut Line, reader: &mut Reader, ride: &mut dyn Ride) -> End {
    let ambient = line.services.ambient.clone();
    let client = Arc::clone(&line.client);
    let mut heard = ambient.monotonic();
    let pace = Pace::FRAMES.times(line.services.rate_limits.factor());
    let mut allowance = Allowance::new(pace, heard);
    let mut pings = tokio::time::interval(PING_EVERY);
    pings.reset();
    let settled = tokio::time::sleep(line.time_to_resume());
    tokio::pin!(settled);
    let mut is_settled = false;
    loop {
        tokio::select! {
            biased;
            () = client.queue.closing() => {
                return if client.queue.is_cut() { End::Dirty } else { End::Clean };
            }
            () = client.stirred() => {
                if let Err(refused) = look(line, ride).await {
                    return close(line, refused);
                }
            }
            came = reader.next() => {
                heard = ambient.monotonic();
                if !allowance.take(heard) {
                    client.close(&Close::too_many("frames come faster than they may"));
                    return End::Clean;
                }
                if let Some(end) = receive(line, ride, came).await {
                    return end;
                }
            }
            () = &mut settled, if !is_settled => {
                is_settled = true;
                line.release();
            }
            _ = pings.tick() => {
                let silence = ambient.monotonic().saturating_sub(heard);
                if let Some(end) = ask_for_life(&client, silence) {
                    return end;
                }
                pings.reset_after(next_look(silence));
            }
        }
    }
}

/// Does what came for the socket besides what its client asks for.
async fn look(line: &mut Line, ride: &mut dyn Ride) -> Result<(), Refused> {
    line.hear_joined_chats().await?;
    if line.client.take_minded() {
        ride.look(line).await?;
    }
    Ok(())
}

/// Asks whether the client is still there, unless it has been silent for too long. One that reads
/// hears why it is let go.
fn ask_for_life(client: &Client, silence: Duration) -> Option<End> {
    if silence < DEAD_AFTER {
        client.queue.push(frame::ping(), Class::Ephemeral);
        return None;
    }
    client.close(&Close::too_slow());
    Some(End::Dirty)
}

/// After a ping, the next look is when the client would be dead without an answer.
fn next_look(silence: Duration) -> Duration {
    DEAD_AFTER
        .saturating_sub(silence)
        .clamp(Duration::from_millis(100), PING_EVERY)
}

/// Does what came in; something where the socket is to end.
async fn receive(line: &mut Line, ride: &mut dyn Ride, came: Result<Came, Broken>) -> Option<End> {
    let (close, end) = match came {
        Ok(Came::Text(text)) => return act(line, ride, &text).await,
        Ok(Came::Ping(payload)) => {
            line.client
                .queue
                .push(frame::pong(&payload), Class::Ephemeral);
            return None;
        }
        Ok(Came::Pong | Came::Fragment) => return None,
        Ok(Came::Binary) => (
            Close::bad_data("binary frames are not understood"),
            End::Clean,
        ),
        Ok(Came::Close) => (Close::done(), End::ByClient),
        Err(Broken::TooBig) => (Close::frame_too_big(), End::Clean),
        Err(Broken::NotAFrame) => (Close::protocol_error(), End::Clean),
        Err(Broken::NotText) => (Close::not_text(), End::Clean),
        Err(Broken::Cut) => (Close::done(), End::Dirty),
    };
    line.client.close(&close);
    Some(end)
}

async fn act(line: &mut Line, ride: &mut dyn Ride, text: &str) -> Option<End> {
    let frame = match Incoming::read(text) {
        Ok(frame) => frame,
        Err(bad) => return Some(close(line, bad.into())),
    };
    metrics::counter!("courtside_socket_frames_total").increment(1);
    let cid = frame.cid.as_deref();
    match understand(line, ride, &frame).await {
        Ok(done) => answers::acknowledge(line, cid, done),
        Err(Refused::Told(fault)) => answers::refuse(line, cid, &fault),
        Err(refused) => return Some(close(line, refused)),
    }
    None
}

/// What every socket understands; the rest is the ride's.
async fn understand(
    line: &mut Line,
    ride: &mut dyn Ride,
    frame: &Incoming,
) -> Result<Done, Refused> {
    if frame.name == "resume" {
        catching_up::resume(line, &frame.parse()?).await?;
        return Ok(Done::default());
    }
    if !line.resumes {
        line.release();
    }
    if frame.name == "ping" {
        pong(line, frame)?;
        return Ok(Done::default());
    }
    line.acted();
    line.see_who_it_is().await?;
    ride.act(line, frame).await
}

fn pong(line: &Line, frame: &Incoming) -> Result<(), Refused> {
    let Nothing {} = frame.parse()?;
    let server_time = line.services.ambient.now();
    Ok(line.tell("pong", &Pong { server_time })?)
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
