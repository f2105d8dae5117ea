//! The life of one socket: a task that greets, reads what the client sends, keeps the heart beating
//! and tidies up at the end. One half of it reads (`receiver`), and the other does what was asked
//! for, one thing after the other. Writing happens in the response body ([`Outgoing`](super::body)).
//! What is different from path to path is its [`ChannelHandler`].

mod acks;
mod inbox;
mod receiver;
pub(crate) mod resume;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cluster::Topic;
use db::StatementCounter;
use kernel::Timestamp;
use social::DisconnectReason;

pub use self::acks::{Done, Refused};
pub(crate) use self::inbox::MAX_UNREAD_ACTIONS;
use self::inbox::{Inbox, Received};
use self::receiver::Receiver;
pub use self::state::Session;
use super::close::{self, Close};
use super::connection::Connection;
use super::decoder::Reader;
use super::incoming::Incoming;
use super::token_bucket::BucketSpec;
use crate::operation_cost::{count_action, count_connect};

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
pub trait ChannelHandler {
    /// The topics that it hears, if the person may be there.
    async fn join(&mut self, line: &mut Session) -> Result<Vec<Topic>, Refused>;

    /// Tells what follows the greeting.
    async fn begin(&mut self, _line: &Session) -> Result<(), Refused> {
        Ok(())
    }

    /// Does what a frame asks for.
    async fn act(&mut self, line: &Session, frame: &Incoming) -> Result<Done, Refused>;

    /// Something came that this path [rechecks](super::channel::ChannelSpec::rechecks_on): looks whether the
    /// person may stay and what they are to be shown.
    async fn recheck(&mut self, _line: &Session) -> Result<(), Refused> {
        Ok(())
    }
}

/// Serves a socket to its end. Whatever it is in (the hub, a lobby, the presence of its person) it
/// leaves by a drop, and so also when this panics. It has begun by the monotonic time `begin_by`, or
/// is closed.
pub async fn serve(
    mut line: Session,
    mut reader: Reader,
    mut handler: Box<dyn ChannelHandler>,
    begin_by: Duration,
) {
    let services = line.services.clone();
    let entered = services.hub.enter(&line.client);
    let inbox = Inbox::default();
    let pace = BucketSpec::FRAMES.times(services.http.rate_limit_factor.factor());
    let receiver = Receiver::new(&line.client, &services.env, &inbox, pace);
    // The other half comes to the end that this one leaves in the inbox.
    let reading = async {
        receiver.run(&mut reader).await;
        std::future::pending().await
    };
    let end = tokio::select! {
        biased;
        end = reading => end,
        end = run_loop(&mut line, handler.as_mut(), &inbox, begin_by) => end,
    };
    drop((entered, handler));
    leave(&mut line, end).await;
    close_gracefully(&line.client, &mut reader).await;
}

/// Joins first and looks then, so that nothing falls between: a session that ended before its
/// socket could be found among the others is seen now.
async fn begin(line: &mut Session, handler: &mut dyn ChannelHandler) -> Result<(), Refused> {
    line.refresh_actor().await?;
    let topics = handler.join(line).await?;
    let friends = resume::greet(line, topics).await?;
    let user = line.actor().user;
    let presence = line.services.social.presence();
    line.presence = Some(presence.connect(user, line.actor().session));
    if let Some(friends) = friends {
        let status = presence.status_of(&friends).await?;
        line.send("friends_status", &status)?;
    }
    handler.begin(line).await?;
    line.client.is_shown();
    Ok(())
}

/// Tells presence how the person left.
async fn leave(line: &mut Session, end: End) {
    let Some(presence) = line.presence.take() else {
        return;
    };
    let leaving = match known_leaving(end, line.client.queue.close_code()) {
        Some(leaving) => leaving,
        None if has_signed_out(line).await => DisconnectReason::SignedOut,
        None => DisconnectReason::Closed,
    };
    presence.close(leaving);
}

/// How the person left, as far as the end of the socket tells. A client that closes its socket may
/// do so because its person has signed out, or not.
fn known_leaving(end: End, code: Option<u16>) -> Option<DisconnectReason> {
    match end {
        End::ByClient => None,
        End::Clean if code == Some(close::UNAUTHENTICATED) => Some(DisconnectReason::SignedOut),
        End::Clean | End::Dirty => Some(DisconnectReason::Lost),
    }
}

async fn has_signed_out(line: &Session) -> bool {
    let session = line.actor().session;
    let current = line.services.accounts.current_actors(vec![session]).await;
    current.is_ok_and(|current| !current.contains_key(&session))
}

/// Waits for the good-bye of somebody for whom a socket was opened only so that they learn why it
/// may not be.
pub async fn reject(mut reader: Reader) {
    // Whoever says none is hung up on with the end of the response.
    let _ = tokio::time::timeout(FAREWELL, reader.drain()).await;
}

fn close(line: &Session, refused: Refused) -> End {
    line.client.close(&refused.into_close());
    End::Clean
}

/// Waits for the other side's good-bye, and hangs up on those who do not say it.
async fn close_gracefully(client: &Connection, reader: &mut Reader) {
    client.close(&Close::done());
    if tokio::time::timeout(FAREWELL, reader.drain())
        .await
        .is_err()
    {
        client.hang_up();
    }
}

/// Greets the client and does what it asks for, until the socket ends.
async fn run_loop(
    line: &mut Session,
    handler: &mut dyn ChannelHandler,
    inbox: &Inbox,
    begin_by: Duration,
) -> End {
    let store = line.services.store.clone();
    let counter = StatementCounter::default();
    let begun = counter.count(begin(line, handler));
    if let Err(refused) = store.until(begin_by, begun).await {
        return close(line, refused);
    }
    count_connect(line.client.channel.path, &counter);
    inbox.open();
    work(line, handler, inbox).await
}

/// Does what the client asks for, in the order in which it came, and what else there is to do.
async fn work(line: &mut Session, handler: &mut dyn ChannelHandler, inbox: &Inbox) -> End {
    let (client, services) = (Arc::clone(&line.client), line.services.clone());
    let settled = tokio::time::sleep(line.time_to_resume());
    tokio::pin!(settled);
    let mut is_settled = false;
    loop {
        inbox.set_working(false);
        let received = tokio::select! {
            biased;
            () = client.queue.closing() => {
                return if client.queue.is_cut() { End::Dirty } else { End::Clean };
            }
            () = client.recheck_requested() => None,
            received = inbox.next() => Some(received),
            () = &mut settled, if !is_settled => {
                is_settled = true;
                line.release();
                continue;
            }
        };
        inbox.set_working(true);
        let arrived = match &received {
            Some(Received::Frame { arrived, .. }) => *arrived,
            Some(Received::End(..)) | None => services.env.monotonic(),
        };
        let done = handle(line, handler, received);
        if let Some(end) = services.store.within_request(arrived, done).await {
            return end;
        }
    }
}

/// Does one thing; something where the socket is to end.
async fn handle(
    line: &mut Session,
    handler: &mut dyn ChannelHandler,
    received: Option<Received>,
) -> Option<End> {
    match received {
        Some(Received::Frame { text, .. }) => act(line, handler, &text).await,
        Some(Received::End(close, end)) => {
            line.client.close(&close);
            Some(end)
        }
        None => match handle_wakeup(line, handler).await {
            Ok(()) => None,
            Err(refused) => Some(close(line, refused)),
        },
    }
}

/// Does what came for the socket besides what its client asks for.
async fn handle_wakeup(
    line: &mut Session,
    handler: &mut dyn ChannelHandler,
) -> Result<(), Refused> {
    line.hear_joined_chats().await?;
    if line.client.take_recheck() {
        handler.recheck(line).await?;
    }
    Ok(())
}

async fn act(line: &mut Session, handler: &mut dyn ChannelHandler, text: &str) -> Option<End> {
    let frame = match Incoming::read(text) {
        Ok(frame) => frame,
        Err(bad) => return Some(close(line, bad.into())),
    };
    metrics::counter!("courtside_socket_frames_total").increment(1);
    let cid = frame.cid.as_deref();
    let counter = StatementCounter::default();
    let understood = counter.count(understand(line, handler, &frame)).await;
    if !matches!(understood, Err(Refused::Closed(_))) {
        count_action(&frame.name, &counter);
    }
    match understood {
        Ok(done) => acks::acknowledge(&line.client, now(line), cid, done),
        Err(Refused::Told(error)) => acks::refuse(&line.client, now(line), cid, &error),
        Err(refused) => return Some(close(line, refused)),
    }
    None
}

/// What every socket understands; the rest is the ride's.
async fn understand(
    line: &mut Session,
    handler: &mut dyn ChannelHandler,
    frame: &Incoming,
) -> Result<Done, Refused> {
    if frame.name == "resume" {
        resume::resume(line, &frame.parse()?).await?;
        return Ok(Done::default());
    }
    if !line.resumes {
        line.release();
    }
    if frame.name == "ping" {
        receiver::pong(&line.client, &line.services.env, frame)?;
        return Ok(Done::default());
    }
    line.acted();
    line.see_who_it_is().await?;
    handler.act(line, frame).await
}

fn now(line: &Session) -> Timestamp {
    line.services.env.now()
}
