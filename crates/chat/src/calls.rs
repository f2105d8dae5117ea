//! Calling people who have not read what was written to them.
//!
//! Whoever has the chat before their eyes reads at once, so a call waits a moment. When it is due,
//! it is taken together with others: those whose people have read meanwhile come to nothing, and
//! the rest becomes notifications in one transaction. What was read before anybody was notified of
//! it never has to be settled.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use contract::chat::{ChatId, MessageId, MessageNotice};
use contract::notify::{Action, NotificationEvent};
use db::Tx;
use jobs::{BatchHandler, Job, JobClass, NewJob, Registration};
use kernel::{AppError, UserId};
use serde::{Deserialize, Serialize};

use crate::queries::ReadContext;
use crate::store::chats::ChatRow;
use crate::store::{batch, members};
use crate::{Chat, ChatParts};

/// Who has the chat before their eyes reads within this time, and need not be called.
const CALL_AFTER: Duration = Duration::from_secs(2);

/// Somebody who is to hear of a message, unless they read it soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnreadCall {
    pub(crate) user_id: UserId,
    pub(crate) chat_id: ChatId,
    pub(crate) seq: i64,
    pub(crate) message_id: MessageId,
    pub(crate) sender_id: UserId,
    /// Whether the message names them.
    pub(crate) mention: bool,
}

impl Job for UnreadCall {
    const KIND: &'static str = "chat.call";
    const CLASS: JobClass = JobClass::Timer;
}

impl UnreadCall {
    /// The job that calls them in a moment.
    pub(crate) fn later(&self, tx: &Tx<'_>) -> Result<NewJob, AppError> {
        Ok(NewJob::new(self)?.at(tx.env().now() + CALL_AFTER))
    }

    fn happened(&self, sender: String) -> Result<NotificationEvent, AppError> {
        let notice = MessageNotice {
            chat_id: self.chat_id,
            message_id: self.message_id,
            seq: self.seq,
            sender_id: self.sender_id,
            sender,
            mention: self.mention,
        };
        Ok(NotificationEvent {
            user_id: self.user_id,
            action: Action::NewMessage,
            data: serde_json::to_value(notice)?,
            key: format!("message:{}", self.message_id),
        })
    }
}

impl Chat {
    /// The background work of this crate, for the worker.
    #[must_use]
    pub fn jobs(&self) -> Vec<Registration> {
        vec![Registration::batch(CallHandler(self.inner.parts.clone()))]
    }
}

/// Turns calls that are due into notifications.
struct CallHandler(ChatParts);

impl BatchHandler<UnreadCall> for CallHandler {
    fn run(&self, tx: &mut Tx<'_>, mut calls: Vec<UnreadCall>) -> Result<(), AppError> {
        let called = calls.iter().map(|call| call.user_id).collect();
        self.0.notices.hold(tx, &called)?;
        retain_unread(tx, &mut calls)?;
        if calls.is_empty() {
            return Ok(());
        }
        let senders = calls.iter().map(|call| call.sender_id);
        let called = ReadContext::new(&self.0, tx.conn).called(senders)?;
        let happened = calls
            .iter()
            .map(|call| call.happened(called.get(call.sender_id).username));
        let happened = happened.collect::<Result<_, _>>()?;
        self.0.notices.deliver(tx, happened)
    }
}

/// Notifications were made of messages up to these places: reading them has something to settle.
///
/// # Errors
/// Only where the database is away.
pub fn note_notified(
    tx: &mut Tx<'_>,
    places: &BTreeMap<(UserId, ChatId), i64>,
) -> Result<(), AppError> {
    members::note_notified(tx.conn, places)?;
    Ok(())
}

/// Leaves out calls for what was read meanwhile, and notes that the others are made. The chats are
/// held first, as they are by those who write in them.
fn retain_unread(tx: &mut Tx<'_>, calls: &mut Vec<UnreadCall>) -> Result<(), AppError> {
    let chats: BTreeSet<ChatId> = calls.iter().map(|call| call.chat_id).collect();
    let chats: Vec<ChatId> = chats.into_iter().collect();
    let chats = batch::lock_chats(tx.conn, &chats)?;
    let places: BTreeSet<_> = calls
        .iter()
        .map(|call| (call.user_id, call.chat_id))
        .collect();
    let places: Vec<_> = places.into_iter().collect();
    let members = members::held(tx.conn, &places)?.into_iter();
    let read: HashMap<_, _> = members
        .map(|row| ((row.user_id, row.chat_id), row.last_read_seq))
        .collect();
    calls.retain(|call| match read.get(&(call.user_id, call.chat_id)) {
        Some(seq) => *seq < call.seq,
        None => is_open(chats.get(&call.chat_id)),
    });
    let mut notified = BTreeMap::new();
    for call in calls.iter() {
        let seq = notified.entry((call.user_id, call.chat_id)).or_insert(0);
        *seq = call.seq.max(*seq);
    }
    members::note_notified(tx.conn, &notified)?;
    Ok(())
}

/// Whether somebody who is no member of it can be meant by what is written in it.
fn is_open(chat: Option<&ChatRow>) -> bool {
    let kind = chat.and_then(|chat| chat.kind().ok());
    kind.is_some_and(|kind| kind.is_open())
}
