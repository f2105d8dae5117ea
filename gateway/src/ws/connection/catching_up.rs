//! The greeting, and catching up: a client that was away gets exactly what it missed, in order, or
//! is told to read the state again.

use std::collections::{BTreeMap, HashSet};

use contract::chat::ChatId;
use contract::frames::{AllUnread, Hello, Resume, Resync, StreamPosition};
use contract::users::UserSummary;
use kernel::{AppError, UserId};
use social::FriendChoice;
use store::AnyConn;
use store::outbox::{self, Missed};

use super::{Line, Refused};
use crate::error::Error;
use crate::wiring::RESUME_WINDOW;
use crate::ws::hub::{self, Held, told};
use crate::ws::manner::Manner;

/// The most events that are told again on one stream.
pub(crate) const MOST: i64 = 500;
/// The most that are told again on all streams together.
pub(crate) const MOST_IN_ALL: usize = 5_000;
/// So many events may have come on a stream since the socket was opened for a late `resume` to be
/// answered.
const MOST_HEARD: i64 = 5_000;

/// What a greeting tells, who is not there for the person, and their friends and chats where those
/// are shown and heard.
struct Found {
    user: UserSummary,
    unread: AllUnread,
    hidden: HashSet<UserId>,
    friends: Option<Vec<FriendChoice>>,
    chats: Option<Vec<ChatId>>,
}

/// Says hello, and how far each stream is that is heard here. Gives the person's friends, where
/// they are shown next.
pub(super) async fn greet(line: &mut Line) -> Result<Option<Vec<FriendChoice>>, AppError> {
    let (user, turn) = (line.actor().user, line.client.turn_to_hide());
    let manner = line.client.manner;
    let look = move |conn: &mut AnyConn| find(conn, user, manner);
    let found = line.services.store.read(look).await?;
    line.client.hide(turn, found.hidden);
    if let Some(chats) = found.chats {
        part_from_others(line, &chats);
    }
    let hello = Hello {
        user: found.user,
        server_time: line.services.env.now(),
        streams: line.held.iter().map(position).collect::<BTreeMap<_, _>>(),
        unread: found.unread,
        resume_window: RESUME_WINDOW.as_secs(),
    };
    line.tell("hello", &hello)?;
    Ok(found.friends)
}

/// All in one look, since many may come back at once.
fn find(conn: &mut AnyConn, user: UserId, manner: &Manner) -> Result<Found, AppError> {
    let hidden = social::look::hidden_from(conn, user)?;
    let them = accounts::look::summaries(conn, &[user])?.remove(&user);
    let unread = AllUnread {
        messages: chat::look::unread(conn, user, &hidden.iter().copied().collect::<Vec<_>>())?,
        notifications: notify::look::unread(conn, user)?,
    };
    Ok(Found {
        user: them.ok_or_else(|| AppError::from(Error::NotSignedIn))?,
        unread,
        hidden,
        friends: (manner.shows_friends)
            .then(|| social::look::friends(conn, user))
            .transpose()?,
        chats: (manner.follows_chats)
            .then(|| chat::look::chats_of(conn, user))
            .transpose()?,
    })
}

/// Parts from chats that the person has left while the socket was joining them.
fn part_from_others(line: &mut Line, chats: &[ChatId]) {
    let theirs: HashSet<String> = chats.iter().map(|chat| chat::stream_of(*chat)).collect();
    let (client, hub) = (&line.client, &line.services.hub);
    line.held.retain(|held| {
        let topic = held.topic();
        let stays = !topic.as_str().starts_with("chat:") || theirs.contains(topic.as_str());
        if !stays {
            hub.part(client, topic);
        }
        stays
    });
}

fn position(held: &Held) -> (String, StreamPosition) {
    let (seq, epoch) = (held.from.seq, held.from.epoch);
    (held.topic().to_string(), StreamPosition { seq, epoch })
}

/// Tells what the client missed on its streams, and then lets go of what came meanwhile.
pub(super) async fn resume(line: &mut Line, wanted: &Resume) -> Result<(), Refused> {
    line.count_resume()?;
    let mut lost: Vec<String> = vec![];
    let mut room = MOST_IN_ALL;
    for (stream, since) in &wanted.streams {
        match tell_missed(line, stream, *since, room).await? {
            Some(told) => room = room.saturating_sub(told),
            None => lost.push(stream.clone()),
        }
    }
    if !lost.is_empty() {
        tracing::debug!(user = %line.actor().user, "a client is told to read again");
        line.tell("resync", &Resync { streams: lost })?;
    }
    line.release();
    Ok(())
}

/// Tells what came on a stream up to where the socket joined, and says how much that was; what came
/// after was told as it came, or is held back and follows. Nothing where it cannot be told any
/// more, or is more than this.
async fn tell_missed(
    line: &Line,
    stream: &str,
    since: StreamPosition,
    most: usize,
) -> Result<Option<usize>, AppError> {
    let Some(from) = line.client.heard_from(stream) else {
        return Ok(None);
    };
    if (since.seq, since.epoch) == (from.seq, from.epoch) {
        return Ok(Some(0));
    }
    let name = stream.to_owned();
    let missed = move |conn: &mut AnyConn| {
        // What the socket has heard since it joined does not count.
        let heard = outbox::head(conn, &name)?.0 - from.seq;
        hub::missed(conn, &name, since, MOST + heard.clamp(0, MOST_HEARD))
    };
    let Missed::Events(mut events) = line.services.store.read(missed).await? else {
        return Ok(None);
    };
    events.retain(|event| event.seq <= from.seq);
    if events.len() > most {
        return Ok(None);
    }
    let count = events.len();
    events
        .into_iter()
        .filter_map(told)
        .for_each(|message| line.client.hear(&message));
    Ok(Some(count))
}
