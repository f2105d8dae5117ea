//! The task of a socket, from the greeting to the end.

use std::time::Duration;

use db::StatementCounter;

use super::acks::{acknowledge, pong, refuse};
use super::end::End;
use super::greeting::greet;
use super::handler::ChannelHandler;
use super::inbox::{Inbox, Received};
use super::receiver::FrameReceiver;
use super::resume::resume;
use super::state::SocketSession;
use crate::close::Close;
use crate::connection::Connection;
use crate::decoder::FrameReader;
use crate::incoming::Incoming;
use crate::operation_cost::{count_action, count_connect};
use crate::ports::Departure;
use crate::refusal::{Done, Refused};
use crate::transport::FinishOnDrop;

/// How long a client may take to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// Serves a socket to its end. What it is registered with (the hub, a roster, presence) removes it on
/// drop, also if this panics. A socket that is not greeted by the monotonic time `greet_by` is closed.
pub(crate) async fn serve(
    mut session: SocketSession,
    mut reader: FrameReader,
    mut handler: Box<dyn ChannelHandler>,
    greet_by: Duration,
    finish: FinishOnDrop,
) {
    let hub = session.hub.clone();
    let entry = hub.add(&session.connection);
    let inbox = Inbox::default();
    let traffic = session.connection.channel.traffic;
    let spec = traffic.frames.times(hub.config.rate_factor);
    let receiver = FrameReceiver::new(&session.connection, hub.store.env(), &inbox, spec);
    // The other half finds the end of this one in the inbox.
    let reading = async {
        receiver.run(&mut reader).await;
        std::future::pending().await
    };
    let end = tokio::select! {
        biased;
        end = reading => end,
        end = run(&mut session, handler.as_mut(), &inbox, greet_by) => end,
    };
    drop((entry, handler));
    leave(&mut session, end).await;
    close_gracefully(&session.connection, &mut reader, end, &finish).await;
}

/// Waits until the client has read why its socket was closed at once.
pub(crate) async fn reject(mut reader: FrameReader, finish: FinishOnDrop) {
    await_close_frame(&mut reader, &finish).await;
}

/// Sends the close frame and waits for that of the client, unless it was the first to send one.
async fn close_gracefully(
    connection: &Connection,
    reader: &mut FrameReader,
    end: End,
    finish: &FinishOnDrop,
) {
    connection.close(&Close::done());
    if end != End::ByClient {
        await_close_frame(reader, finish).await;
    }
}

/// Waits for the client's close frame, and hangs up on those that send none.
async fn await_close_frame(reader: &mut FrameReader, finish: &FinishOnDrop) {
    let answered = tokio::time::timeout(CLOSE_TIMEOUT, reader.drain()).await;
    if answered.is_err() {
        finish.0.hang_up();
    }
}

/// Greets the client and executes its actions until the socket ends.
async fn run(
    session: &mut SocketSession,
    handler: &mut dyn ChannelHandler,
    inbox: &Inbox,
    greet_by: Duration,
) -> End {
    let store = session.hub.store.clone();
    let counter = StatementCounter::default();
    let begun = counter.count(begin(session, handler));
    if let Err(refused) = store.with_deadline(greet_by, begun).await {
        return close(session, refused);
    }
    count_connect(session.connection.channel.path, &counter);
    inbox.open(handler.input_lane());
    run_loop(session, handler, inbox).await
}

/// Joins first and checks then, so that nothing falls between: a session that ended before its socket
/// was in the hub is noticed now.
async fn begin(
    session: &mut SocketSession,
    handler: &mut dyn ChannelHandler,
) -> Result<(), Refused> {
    session.refresh_actor().await?;
    let topics = handler.join(session).await?;
    let after = greet(session, topics).await?;
    let actor = *session.actor();
    let presence = session
        .hub
        .ports
        .presence
        .connect(actor.user, actor.session);
    session.presence = Some(presence);
    if let Some(after) = after {
        let now = session.env().now();
        after.send(&session.connection, now).await?;
    }
    handler.begin(session).await?;
    session.connection.release_early();
    Ok(())
}

/// Tells presence how the user left.
async fn leave(session: &mut SocketSession, end: End) {
    let Some(presence) = session.presence.take() else {
        return;
    };
    let departure = match end.departure(session.connection.queue.close_code()) {
        Some(departure) => departure,
        None if has_signed_out(session).await => Departure::SignedOut,
        None => Departure::Closed,
    };
    presence.close(departure);
}

async fn has_signed_out(session: &SocketSession) -> bool {
    let id = session.actor().session;
    let current = session.hub.ports.sessions.current_actors(vec![id]).await;
    current.is_ok_and(|current| !current.contains_key(&id))
}

fn close(session: &SocketSession, refused: Refused) -> End {
    session.connection.close(&refused.into_close());
    End::ByServer
}

/// Executes actions in the order of their arrival, and what else there is to do.
async fn run_loop(
    session: &mut SocketSession,
    handler: &mut dyn ChannelHandler,
    inbox: &Inbox,
) -> End {
    let (connection, store) = (session.connection.clone(), session.hub.store.clone());
    let resume_timeout = tokio::time::sleep(session.resume_timeout());
    tokio::pin!(resume_timeout);
    let mut has_timed_out = false;
    loop {
        inbox.set_working(false);
        let received = tokio::select! {
            biased;
            () = connection.queue.closing() => {
                return if connection.queue.is_cut() { End::Lost } else { End::ByServer };
            }
            () = connection.wakeup() => None,
            received = inbox.next() => Some(received),
            () = &mut resume_timeout, if !has_timed_out => {
                has_timed_out = true;
                session.release();
                continue;
            }
        };
        inbox.set_working(true);
        let arrived = match &received {
            Some(Received::Frame { arrived, .. }) => *arrived,
            Some(Received::Binary(_) | Received::Activity | Received::End(..)) | None => {
                store.env().monotonic()
            }
        };
        let handled = handle(session, handler, received);
        if let Some(end) = store.with_request_deadline(arrived, handled).await {
            return end;
        }
    }
}

/// Handles one entry of the inbox, or a wakeup. Returns how the socket ends, if it does.
async fn handle(
    session: &mut SocketSession,
    handler: &mut dyn ChannelHandler,
    received: Option<Received>,
) -> Option<End> {
    match received {
        Some(Received::Frame { text, .. }) => act(session, handler, &text).await,
        Some(Received::Binary(payload)) => {
            let taken = handler.input_lane()?.take_binary(&payload);
            taken.err().map(|bad| close(session, bad.into()))
        }
        Some(Received::Activity) => {
            session.acted();
            None
        }
        Some(Received::End(close, end)) => {
            session.connection.close(&close);
            Some(end)
        }
        None => match handle_wakeup(session, handler).await {
            Ok(()) => None,
            Err(refused) => Some(close(session, refused)),
        },
    }
}

/// Does what the hub has requested.
async fn handle_wakeup(
    session: &mut SocketSession,
    handler: &mut dyn ChannelHandler,
) -> Result<(), Refused> {
    session.follow_joined().await?;
    if session.connection.take_recheck() {
        handler.recheck(session).await?;
    }
    Ok(())
}

async fn act(
    session: &mut SocketSession,
    handler: &mut dyn ChannelHandler,
    text: &str,
) -> Option<End> {
    let frame = match Incoming::read(text) {
        Ok(frame) => frame,
        Err(bad) => return Some(close(session, bad.into())),
    };
    metrics::counter!("courtside_socket_frames_total").increment(1);
    let cid = frame.cid.as_deref();
    let counter = StatementCounter::default();
    let executed = counter.count(execute(session, handler, &frame)).await;
    if !matches!(executed, Err(Refused::WithClose(_))) {
        count_action(&frame.name, &counter);
    }
    let now = session.env().now();
    match executed {
        Ok(done) => acknowledge(&session.connection, now, cid, done),
        Err(Refused::WithError(error)) => refuse(&session.connection, now, cid, &error),
        Err(refused) => return Some(close(session, refused)),
    }
    None
}

/// Executes the actions that every path has; the others are the handler's.
async fn execute(
    session: &mut SocketSession,
    handler: &mut dyn ChannelHandler,
    frame: &Incoming,
) -> Result<Done, Refused> {
    let resumes_streams = session.connection.channel.traffic.resumes_streams;
    if resumes_streams && frame.name == "resume" {
        resume(session, &frame.parse()?).await?;
        return Ok(Done::default());
    }
    if !session.resumes {
        session.release();
    }
    if frame.name == "ping" {
        pong(&session.connection, session.env(), frame)?;
        return Ok(Done::default());
    }
    session.acted();
    session.update_actor().await?;
    handler.act(session, frame).await
}
