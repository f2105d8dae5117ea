//! Durable events: numbered within their stream, stored with what they tell of, published after
//! the commit, and read again by clients that were away.
//!
//! A node that dies between commit and publishing leaves events that nobody was told of. Instead
//! of marking each event when it was published (a second write for every one), each node writes a
//! heartbeat; another node that sees it stop publishes again what was stored since shortly before
//! the last beat. Events whose commit was not answered are looked up and published by the node that
//! stored them. Receivers know the numbers they have and drop what comes twice.
//!
//! Stored events can be read for days. What is deleted or changed meanwhile is rewritten in them
//! too: by their subject ([`rewrite`]), and where they name a person ([`rename`]); until that is
//! done, names are replaced as events are read ([`PendingRenames`]).

mod appending;
mod relay;
mod rewriting;

use std::collections::HashMap;

use diesel::prelude::*;
use kernel::{AppError, Id, Timestamp, UserId, id_type};
use serde::Serialize;

pub(crate) use appending::{append, append_all};
pub use relay::{Relay, leave, relay};
pub use rewriting::{rename, rewrite};

use crate::names::PendingRenames;
use crate::schema::{stream_events, streams};
use crate::{AnyConn, Listed, delete_batch};

id_type!(NodeId, NodeKind, "node");
id_type!(SubjectId, SubjectKind, "subject of an event");

/// An event as it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = stream_events)]
struct EventRow {
    stream: String,
    seq: i64,
    name: String,
    data: String,
    author: Option<UserId>,
    at: Timestamp,
    subject: Option<SubjectId>,
}

/// An event of a stream. Its data is JSON, encoded once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The stream's name, as in `user:…`.
    pub stream: String,
    /// Its number within the stream, without gaps.
    pub seq: i64,
    /// The stream's life: numbers of another epoch mean nothing.
    pub epoch: i64,
    /// The event's name on the wire.
    pub name: String,
    /// The event's data, as JSON.
    pub data: String,
    /// Who caused it, where somebody who blocks them must not hear of it.
    pub author: Option<UserId>,
    /// When it was stored.
    pub at: Timestamp,
}

/// An event to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewEvent<'a, T> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a T,
    pub(crate) author: Option<UserId>,
}

/// An event to be stored together with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    stream: String,
    name: &'static str,
    data: String,
    author: Option<UserId>,
    subject: Option<SubjectId>,
}

impl Event {
    /// An event of a stream.
    pub fn new(
        stream: impl Into<String>,
        name: &'static str,
        data: &impl Serialize,
    ) -> Result<Self, AppError> {
        Ok(Self {
            stream: stream.into(),
            name,
            data: serde_json::to_string(data)?,
            author: None,
            subject: None,
        })
    }

    /// Says who caused it, where somebody who blocks them must not hear of it.
    #[must_use]
    pub fn by(mut self, author: UserId) -> Self {
        self.author = Some(author);
        self
    }

    /// Says what it is about, so that [`rewrite`] finds it when that is changed or deleted.
    #[must_use]
    pub fn about<K>(mut self, subject: Id<K>) -> Self {
        self.subject = Some(SubjectId::from_uuid(subject.uuid()));
        self
    }
}

/// Carries committed events to whoever listens. It is called on one thread and must not block. On
/// SQLite it is called in the order of the commits, on PostgreSQL only for those of one connection.
pub trait Publish: Send + Sync {
    /// These events are committed.
    fn publish(&self, events: &[StoredEvent]);
}

/// What a client that was away has missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// Exactly these, in order.
    Events(Vec<StoredEvent>),
    /// It cannot be told any more: read the state again.
    Resync,
}

impl EventRow {
    fn of_epoch(self, epoch: i64) -> StoredEvent {
        StoredEvent {
            stream: self.stream,
            seq: self.seq,
            epoch,
            name: self.name,
            data: self.data,
            author: self.author,
            at: self.at,
        }
    }

    /// The event as it is handed out after it was stored.
    fn read(self, epoch: i64, renames: &PendingRenames) -> Result<StoredEvent, AppError> {
        let mut event = self.of_epoch(epoch);
        event.data = renames.apply_to_text(event.data)?;
        Ok(event)
    }
}

/// The newest number and the epoch of a stream; zeros where nothing was ever said on it.
pub fn head(conn: &mut AnyConn, stream: &str) -> Result<(i64, i64), AppError> {
    let row = streams::table
        .find(stream)
        .select((streams::seq, streams::epoch))
        .first(conn)
        .optional()?;
    Ok(row.unwrap_or((0, 0)))
}

/// The same for many streams at once; those are left out on which nothing was ever said.
pub fn heads(
    conn: &mut AnyConn,
    streams: &[String],
) -> Result<HashMap<String, (i64, i64)>, AppError> {
    let rows: Vec<(String, i64, i64)> = streams::table
        .filter(streams::name.one_of(streams))
        .select((streams::name, streams::seq, streams::epoch))
        .load(conn)?;
    let entry = |(name, seq, epoch)| (name, (seq, epoch));
    Ok(rows.into_iter().map(entry).collect())
}

/// What came on a stream after number `seq` of `epoch`, at most `most` events.
pub fn missed(
    conn: &mut AnyConn,
    stream: &str,
    epoch: i64,
    seq: i64,
    most: i64,
) -> Result<Missed, AppError> {
    let (newest, current) = head(conn, stream)?;
    if current != epoch || seq > newest || newest - seq > most {
        return Ok(if current == epoch && seq == newest {
            Missed::Events(vec![])
        } else {
            Missed::Resync
        });
    }
    let renames = PendingRenames::load(conn)?;
    let rows: Vec<EventRow> = stream_events::table
        .filter(
            stream_events::stream
                .eq(stream)
                .and(stream_events::seq.gt(seq)),
        )
        .filter(stream_events::seq.le(newest))
        .order(stream_events::seq)
        .select(EventRow::as_select())
        .load(conn)?;
    // Old events are pruned; a hole means that this client was away for too long.
    let complete = i64::try_from(rows.len()).is_ok_and(|count| count == newest - seq);
    if !complete {
        return Ok(Missed::Resync);
    }
    let events = rows.into_iter().map(|row| row.read(epoch, &renames));
    Ok(Missed::Events(events.collect::<Result<_, _>>()?))
}

/// Forgets a [`BATCH`](crate::BATCH) of the events stored before `limit`; the numbers go on.
pub fn prune(conn: &mut AnyConn, limit: Timestamp) -> Result<usize, AppError> {
    Ok(delete_batch(
        conn,
        "stream_events",
        "stream, seq",
        "at < $1",
        limit,
    )?)
}

diesel::allow_tables_to_appear_in_same_query!(stream_events, streams);
