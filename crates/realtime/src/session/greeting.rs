//! The greeting: the first frame, and which topics a socket subscribes to.

use std::collections::HashSet;
use std::sync::Arc;

use cluster::Topic;
use contract::catalogue::EventName;
use contract::frames::{Hello, StreamPosition};
use contract::streams::StreamName;
use db::AnyConn;
use kernel::AppError;

use super::state::SocketSession;
use crate::hub::PendingSubscription;
use crate::ports::{AfterGreeting, Greeting};

/// Subscribes to topics and sends `hello` with the position of each. Returns what is sent next.
pub(crate) async fn greet(
    session: &mut SocketSession,
    topics: Vec<Topic>,
) -> Result<Option<Box<dyn AfterGreeting>>, AppError> {
    let read = session.connection.begin_hidden_read();
    let greeting = join(session, topics).await?;
    session.connection.hide(read, greeting.hidden);
    let hello = Hello {
        user: greeting.user,
        server_time: session.env().now(),
        streams: session.pending.iter().map(position).collect(),
        unread: greeting.unread,
        resume_window: session.hub.config.resume_window.as_secs(),
    };
    session.respond(EventName::Hello, &hello)?;
    Ok(greeting.after)
}

/// Subscribes to these topics, and then to all streams that the user follows, if the channel does.
async fn join(session: &mut SocketSession, mut topics: Vec<Topic>) -> Result<Greeting, AppError> {
    let (user, channel) = (session.actor().user, session.connection.channel);
    loop {
        let port = Arc::clone(&session.hub.ports.greeting);
        let read = move |conn: &mut AnyConn| port.load(conn, user, channel);
        let greeting = session.join_and_read(&topics, read).await?;
        let Some(followed) = &greeting.followed else {
            return Ok(greeting);
        };
        leave_others(session, followed);
        topics = missing(session, followed);
        if topics.is_empty() {
            return Ok(greeting);
        }
    }
}

/// The streams that the user has joined since they were read.
fn missing(session: &SocketSession, followed: &[StreamName]) -> Vec<Topic> {
    let joined: HashSet<&Topic> = session
        .pending
        .iter()
        .map(PendingSubscription::topic)
        .collect();
    let topics = followed.iter().map(|stream| Topic::from(*stream));
    topics.filter(|topic| !joined.contains(topic)).collect()
}

/// Leaves streams that the user has left while the socket was joining them.
fn leave_others(session: &mut SocketSession, followed: &[StreamName]) {
    let followed: HashSet<StreamName> = followed.iter().copied().collect();
    let (connection, hub) = (&session.connection, &session.hub);
    session.pending.retain(|pending| {
        let stream: Option<StreamName> = pending.topic().as_str().parse().ok();
        let stays =
            stream.is_none_or(|stream| stream.owner().is_some() || followed.contains(&stream));
        if !stays {
            hub.leave(connection, pending.topic());
        }
        stays
    });
}

fn position(pending: &PendingSubscription) -> (String, StreamPosition) {
    (pending.topic().to_string(), pending.from)
}
