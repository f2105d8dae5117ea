//! Resuming: a client that was disconnected gets exactly what it missed, in order, or is told to read
//! the state again.

use contract::catalogue::EventName;
use contract::frames::{Resume, Resync, StreamPosition};
use db::AnyConn;
use kernel::AppError;
use outbox::CatchUp;

use super::state::SocketSession;
use crate::hub::{events_since, head};
use crate::refusal::Refused;
use crate::wire::message_of;

/// The most events that are sent again of one stream.
pub const MAX_RESUMED_PER_STREAM: i64 = 500;
/// The most events that are sent again of all streams together.
pub const MAX_RESUMED: usize = 5_000;
/// The most events since the socket was opened with which a late `resume` is still answered.
const MAX_HEARD: i64 = 5_000;

/// Sends what the client missed, and then what was held back meanwhile.
pub(crate) async fn resume(session: &mut SocketSession, wanted: &Resume) -> Result<(), Refused> {
    session.count_resume()?;
    let mut lost: Vec<String> = vec![];
    let mut room = MAX_RESUMED;
    for (stream, since) in &wanted.streams {
        match send_missed(session, stream, *since, room).await? {
            Some(sent) => room = room.saturating_sub(sent),
            None => lost.push(stream.clone()),
        }
    }
    if !lost.is_empty() {
        tracing::debug!(user = %session.actor().user, "client told to resync");
        session.respond(EventName::Resync, &Resync { streams: lost })?;
    }
    session.release();
    Ok(())
}

/// Sends the events of a stream up to where the socket joined, and returns their number; later events
/// were sent as they came, or are held back. `None` if they cannot be sent any more, or are more than
/// `limit`.
async fn send_missed(
    session: &SocketSession,
    stream: &str,
    since: StreamPosition,
    limit: usize,
) -> Result<Option<usize>, AppError> {
    let Some(from) = session.connection.subscribed_from(stream) else {
        return Ok(None);
    };
    if since == from {
        return Ok(Some(0));
    }
    let name = stream.to_owned();
    let read = move |conn: &mut AnyConn| {
        // What the socket has got since it joined does not count.
        let heard = head(conn, &name)?.seq - from.seq;
        let limit = MAX_RESUMED_PER_STREAM + heard.clamp(0, MAX_HEARD);
        events_since(conn, &name, since, limit)
    };
    let CatchUp::Events(mut events) = session.hub.store.read(read).await? else {
        return Ok(None);
    };
    events.retain(|event| event.seq <= from.seq);
    if events.len() > limit {
        return Ok(None);
    }
    let count = events.len();
    events
        .into_iter()
        .filter_map(message_of)
        .for_each(|message| session.connection.deliver(&message));
    Ok(Some(count))
}
