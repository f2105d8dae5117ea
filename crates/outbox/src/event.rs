//! Events, before and after they are stored.

use contract::catalogue::EventName;
use contract::streams::StreamName;
use db::names::PendingRenames;
use diesel::prelude::*;
use kernel::{AppError, Id, Timestamp, UserId, id_type};
use serde::Serialize;

use crate::schema::stream_events;

id_type!(SubjectId, SubjectKind, "subject of an event");

/// A row of `stream_events`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = stream_events)]
pub(crate) struct EventRow {
    pub(crate) stream: String,
    pub(crate) seq: i64,
    pub(crate) name: String,
    pub(crate) data: String,
    pub(crate) author: Option<UserId>,
    pub(crate) at: Timestamp,
    pub(crate) subject: Option<SubjectId>,
}

/// An event of a stream. Its data is JSON, encoded once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Name of the stream, as in `user:…`.
    pub stream: String,
    /// Sequence number within the stream, without gaps.
    pub seq: i64,
    /// Identifies the numbering of the stream: numbers of different epochs cannot be compared.
    pub epoch: i64,
    /// Name of the event on the wire.
    pub name: String,
    /// Data of the event, as JSON.
    pub data: String,
    /// The user who caused it, if users who block them must not receive it.
    pub author: Option<UserId>,
    /// Time when it was stored.
    pub at: Timestamp,
}

/// An event to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub(crate) stream: String,
    pub(crate) name: EventName,
    pub(crate) data: String,
    pub(crate) author: Option<UserId>,
    pub(crate) subject: Option<SubjectId>,
}

impl NewEvent {
    /// An event of a stream.
    ///
    /// # Errors
    /// The data cannot be encoded as JSON.
    pub fn new(
        stream: StreamName,
        name: EventName,
        data: &impl Serialize,
    ) -> Result<Self, AppError> {
        Ok(Self {
            stream: stream.to_string(),
            name,
            data: serde_json::to_string(data)?,
            author: None,
            subject: None,
        })
    }

    /// Sets the user who caused it, if users who block them must not receive it.
    #[must_use]
    pub fn by(mut self, author: UserId) -> Self {
        self.author = Some(author);
        self
    }

    /// Sets its subject, so that [`rewrite`](crate::rewrite) finds it when the subject is changed or
    /// deleted.
    #[must_use]
    pub fn about<K>(mut self, subject: Id<K>) -> Self {
        self.subject = Some(SubjectId::from_uuid(subject.uuid()));
        self
    }
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

    /// The event with the current names of users.
    pub(crate) fn read(
        self,
        epoch: i64,
        renames: &PendingRenames,
    ) -> Result<StoredEvent, AppError> {
        let mut event = self.of_epoch(epoch);
        event.data = renames.apply_to_text(event.data)?;
        Ok(event)
    }
}
