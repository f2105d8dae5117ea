//! Notifications of unread messages.
//!
//! A message schedules a notification job that is due two seconds later, so that users who have the
//! chat open can read first. Due jobs run in batches: those of users who have read meanwhile have no
//! effect, and the others become notifications in one transaction. Only messages for which a
//! notification was created have one to resolve.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use contract::chat::{ChatId, MessageId, MessageNotice};
use contract::notify::{Action, NotificationEvent};
use db::Tx;
use jobs::{BatchHandler, Job, JobClass, NewJob};
use kernel::{AppError, UserId};
use serde::{Deserialize, Serialize};

use crate::ChatParts;
use crate::queries::chats::ChatRow;
use crate::queries::{batch, members};
use crate::read_context::ReadContext;

/// How long after a message the notification of it is due.
const NOTIFY_AFTER: Duration = Duration::from_secs(2);

/// Notifies a user of a message, unless they have read it when the job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MessageNotificationJob {
    pub(crate) user_id: UserId,
    pub(crate) chat_id: ChatId,
    pub(crate) seq: i64,
    pub(crate) message_id: MessageId,
    pub(crate) sender_id: UserId,
    /// Whether the message mentions the user.
    pub(crate) mention: bool,
}

impl Job for MessageNotificationJob {
    const KIND: &'static str = "chat.call";
    const CLASS: JobClass = JobClass::Timer;
}

impl MessageNotificationJob {
    /// The job, due in a moment.
    pub(crate) fn scheduled(&self, tx: &Tx<'_>) -> Result<NewJob, AppError> {
        Ok(NewJob::new(self)?.at(tx.env().now() + NOTIFY_AFTER))
    }

    fn to_event(self, sender: String) -> Result<NotificationEvent, AppError> {
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

/// Runs [`MessageNotificationJob`]s.
pub(crate) struct MessageNotificationHandler(pub(crate) ChatParts);

impl BatchHandler<MessageNotificationJob> for MessageNotificationHandler {
    fn run(&self, tx: &mut Tx<'_>, mut jobs: Vec<MessageNotificationJob>) -> Result<(), AppError> {
        let users = jobs.iter().map(|job| job.user_id).collect();
        self.0.notifications.lock_users(tx, &users)?;
        retain_unread(tx, &mut jobs)?;
        if jobs.is_empty() {
            return Ok(());
        }
        let senders = jobs.iter().map(|job| job.sender_id);
        let senders = ReadContext::new(&self.0, tx.conn).summaries(senders)?;
        let event = |job: MessageNotificationJob| {
            let sender = senders.get(job.sender_id).username;
            job.to_event(sender)
        };
        let events = jobs.into_iter().map(event).collect::<Result<_, _>>()?;
        self.0.notifications.deliver(tx, events)
    }
}

/// Stores up to which message of each chat notifications were created for a user, so that reading
/// resolves them.
///
/// # Errors
/// The database is unavailable.
pub fn record_notified(
    tx: &mut Tx<'_>,
    newest: &BTreeMap<(UserId, ChatId), i64>,
) -> Result<(), AppError> {
    members::store_notified(tx.conn, newest)?;
    Ok(())
}

/// Removes the jobs of messages that were read meanwhile, and stores for which messages the others
/// notify. It locks chats before members, as posting does.
fn retain_unread(tx: &mut Tx<'_>, jobs: &mut Vec<MessageNotificationJob>) -> Result<(), AppError> {
    let chats: BTreeSet<ChatId> = jobs.iter().map(|job| job.chat_id).collect();
    let chats: Vec<ChatId> = chats.into_iter().collect();
    let chats = batch::lock_chats(tx.conn, &chats)?;
    let keys: BTreeSet<_> = jobs.iter().map(|job| (job.user_id, job.chat_id)).collect();
    let keys: Vec<_> = keys.into_iter().collect();
    let members = members::lock_all(tx.conn, &keys)?.into_iter();
    let read: HashMap<_, _> = members
        .map(|row| ((row.user_id, row.chat_id), row.last_read_seq))
        .collect();
    jobs.retain(|job| match read.get(&(job.user_id, job.chat_id)) {
        Some(seq) => *seq < job.seq,
        None => is_open(chats.get(&job.chat_id)),
    });
    let mut notified = BTreeMap::new();
    for job in jobs.iter() {
        let seq = notified.entry((job.user_id, job.chat_id)).or_insert(0);
        *seq = job.seq.max(*seq);
    }
    members::store_notified(tx.conn, &notified)?;
    Ok(())
}

/// Whether users who are not members can be mentioned in the chat.
fn is_open(chat: Option<&ChatRow>) -> bool {
    let kind = chat.and_then(|chat| chat.kind().ok());
    kind.is_some_and(|kind| kind.is_open())
}
