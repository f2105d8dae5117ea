//! The greeting, and catching up: a client that was away gets exactly what it missed, in order, or
//! is told to read the state again.

use std::collections::{BTreeMap, HashSet};

use chat::queries::Overview;
use cluster::Topic;
use contract::chat::ChatId;
use contract::frames::{AllUnread, Hello, Resume, Resync, StreamPosition};
use contract::users::UserSummary;
use db::AnyConn;
use http_kit::HttpError;
use kernel::{AppError, UserId};
use outbox::CatchUp;
use social::{Friend, PresenceService};

use super::{Refused, Session};
use crate::wiring::RESUME_WINDOW;
use crate::ws::channel::ChannelSpec;
use crate::ws::hub::{self, PendingSubscription, told};

/// The most events that are told again on one stream.
pub(crate) const MOST: i64 = 500;
/// The most that are told again on all streams together.
pub(crate) const MAX_IN_ALL: usize = 5_000;
/// So many events may have come on a stream since the socket was opened for a late `resume` to be
/// answered.
const MAX_HEARD: i64 = 5_000;

/// What a greeting tells, who is not there for the person, and their friends and chats where those
/// are shown and heard.
struct Found {
    user: UserSummary,
    unread: AllUnread,
    hidden: HashSet<UserId>,
    friends: Option<Vec<Friend>>,
    chats: Option<Vec<ChatId>>,
}

/// The topic of a chat.
pub(in crate::ws) fn topic_of(chat: ChatId) -> Topic {
    Topic::from(chat::stream_of(chat).as_str())
}

/// Hears these topics and says hello, and how far each is that is heard here. Gives the person's
/// friends, where they are shown next.
pub(super) async fn greet(
    line: &mut Session,
    topics: Vec<Topic>,
) -> Result<Option<Vec<Friend>>, AppError> {
    let turn = line.client.turn_to_hide();
    let found = listen(line, topics).await?;
    line.client.hide(turn, found.hidden);
    let hello = Hello {
        user: found.user,
        server_time: line.services.env.now(),
        streams: line.held.iter().map(position).collect::<BTreeMap<_, _>>(),
        unread: found.unread,
        resume_window: RESUME_WINDOW.as_secs(),
    };
    line.send("hello", &hello)?;
    Ok(found.friends)
}

/// Hears these topics, and then all chats that the person is in, where they are followed.
async fn listen(line: &mut Session, mut topics: Vec<Topic>) -> Result<Found, AppError> {
    let (user, channel) = (line.actor().user, line.client.channel);
    loop {
        let presence = line.services.social.presence().clone();
        let look = move |conn: &mut AnyConn| find(conn, &presence, user, channel);
        let found = line.listen_and_look(&topics, look).await?;
        let Some(chats) = &found.chats else {
            return Ok(found);
        };
        part_from_others(line, chats);
        topics = not_heard(line, chats);
        if topics.is_empty() {
            return Ok(found);
        }
    }
}

/// The chats that the person has joined since their chats were read.
fn not_heard(line: &Session, chats: &[ChatId]) -> Vec<Topic> {
    let heard: HashSet<&Topic> = line.held.iter().map(PendingSubscription::topic).collect();
    let topics = chats.iter().map(|chat| topic_of(*chat));
    topics.filter(|topic| !heard.contains(topic)).collect()
}

/// All in one look, since many may come back at once.
fn find(
    conn: &mut AnyConn,
    presence: &PresenceService,
    user: UserId,
    channel: &ChannelSpec,
) -> Result<Found, AppError> {
    let contacts = presence.contacts(conn, user, channel.shows_friends)?;
    let hidden: Vec<UserId> = contacts.hidden.iter().copied().collect();
    let (chats, messages) = if channel.follows_chats {
        let Overview { all, unread } = chat::queries::overview(conn, user, &hidden)?;
        (Some(all), unread)
    } else {
        (None, chat::queries::unread(conn, user, &hidden)?)
    };
    let notifications = notify::queries::unread(conn, user)?;
    let unread = AllUnread {
        messages,
        notifications,
    };
    let (user, friends) = (contacts.own, contacts.friends);
    Ok(Found {
        user: user.ok_or_else(|| AppError::from(HttpError::NotSignedIn))?,
        unread,
        hidden: contacts.hidden,
        friends: channel.shows_friends.then_some(friends),
        chats,
    })
}

/// Parts from chats that the person has left while the socket was joining them.
fn part_from_others(line: &mut Session, chats: &[ChatId]) {
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

fn position(held: &PendingSubscription) -> (String, StreamPosition) {
    let (seq, epoch) = (held.from.seq, held.from.epoch);
    (held.topic().to_string(), StreamPosition { seq, epoch })
}

/// Tells what the client missed on its streams, and then lets go of what came meanwhile.
pub(super) async fn resume(line: &mut Session, wanted: &Resume) -> Result<(), Refused> {
    line.count_resume()?;
    let mut lost: Vec<String> = vec![];
    let mut room = MAX_IN_ALL;
    for (stream, since) in &wanted.streams {
        match tell_missed(line, stream, *since, room).await? {
            Some(told) => room = room.saturating_sub(told),
            None => lost.push(stream.clone()),
        }
    }
    if !lost.is_empty() {
        tracing::debug!(user = %line.actor().user, "a client is told to read again");
        line.send("resync", &Resync { streams: lost })?;
    }
    line.release();
    Ok(())
}

/// Tells what came on a stream up to where the socket joined, and says how much that was; what came
/// after was told as it came, or is held back and follows. Nothing where it cannot be told any
/// more, or is more than this.
async fn tell_missed(
    line: &Session,
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
        hub::missed(conn, &name, since, MOST + heard.clamp(0, MAX_HEARD))
    };
    let CatchUp::Events(mut events) = line.services.store.read(missed).await? else {
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
        .for_each(|message| line.client.deliver(&message));
    Ok(Some(count))
}
