//! The greeting, and catching up: a client that was away gets exactly what it missed, in order, or
//! is told to read the state again.

use std::collections::{BTreeMap, HashSet};

use contract::frames::{AllUnread, Hello, Resume, Resync, StreamPosition};
use contract::users::UserSummary;
use kernel::{Fault, UserId};
use social::FriendChoice;
use store::AnyConn;
use store::outbox::Missed;

use super::{Line, Refused};
use crate::error::Error;
use crate::wiring::RESUME_WINDOW;
use crate::ws::hub::{self, Held, told};

/// The most events that are told again on one stream.
const MOST: i64 = 500;

/// What a greeting tells, who is not there for the person, and their friends where they are shown.
struct Found {
    user: UserSummary,
    unread: AllUnread,
    hidden: HashSet<UserId>,
    friends: Option<Vec<FriendChoice>>,
}

/// Says hello, and how far each stream is that is heard here. Gives the person's friends, where
/// they are shown next.
pub(super) async fn greet(line: &Line) -> Result<Option<Vec<FriendChoice>>, Fault> {
    let (user, turn) = (line.actor().user, line.client.turn_to_hide());
    let with_friends = line.client.manner.shows_friends;
    let look = move |conn: &mut AnyConn| find(conn, user, with_friends);
    let found = line.services.store.read(look).await?;
    line.client.hide(turn, found.hidden);
    let hello = Hello {
        user: found.user,
        server_time: line.services.ambient.now(),
        streams: line.held.iter().map(position).collect::<BTreeMap<_, _>>(),
        unread: found.unread,
        resume_window: RESUME_WINDOW.as_secs(),
    };
    line.tell("hello", &hello)?;
    Ok(found.friends)
}

/// All in one look, since many may come back at once.
fn find(conn: &mut AnyConn, user: UserId, with_friends: bool) -> Result<Found, Fault> {
    let hidden = social::look::hidden_from(conn, user)?;
    let them = accounts::look::summaries(conn, &[user])?.remove(&user);
    let unread = AllUnread {
        messages: chat::look::unread(conn, user, &hidden.iter().copied().collect::<Vec<_>>())?,
        notifications: notify::look::unread(conn, user)?,
    };
    Ok(Found {
        user: them.ok_or_else(|| Fault::from(Error::NotSignedIn))?,
        unread,
        hidden,
        friends: with_friends
            .then(|| social::look::friends(conn, user))
            .transpose()?,
    })
}

fn position(held: &Held) -> (String, StreamPosition) {
    let (seq, epoch) = (held.from.seq, held.from.epoch);
    (held.topic().to_owned(), StreamPosition { seq, epoch })
}

/// Tells what the client missed on its streams, and then lets go of what came meanwhile.
pub(super) async fn resume(line: &mut Line, wanted: &Resume) -> Result<(), Refused> {
    let held = std::mem::take(&mut line.held);
    let mut lost: Vec<String> = vec![];
    for (stream, since) in &wanted.streams {
        let heard = held.iter().find(|held| held.topic() == stream.as_str());
        let caught_up = match heard {
            Some(held) => tell_missed(line, held, *since).await?,
            None => false,
        };
        if !caught_up {
            lost.push(stream.clone());
        }
    }
    if !lost.is_empty() {
        tracing::debug!(user = %line.actor().user, "a client is told to read again");
        line.tell("resync", &Resync { streams: lost })?;
    }
    held.into_iter().for_each(Held::release);
    Ok(())
}

/// Tells what came on a stream up to where the socket joined; what came after is held back, and
/// follows. False where it cannot be told any more.
async fn tell_missed(line: &Line, held: &Held, since: StreamPosition) -> Result<bool, Fault> {
    let (stream, until) = (held.topic().to_owned(), held.from.seq);
    let missed = move |conn: &mut AnyConn| hub::missed(conn, &stream, since, MOST);
    let Missed::Events(events) = line.services.store.read(missed).await? else {
        return Ok(false);
    };
    let before = events.into_iter().filter(|event| event.seq <= until);
    before
        .filter_map(told)
        .for_each(|message| line.client.hear(&message));
    Ok(true)
}
