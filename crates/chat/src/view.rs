//! Messages as one user sees them.

use std::collections::{HashMap, HashSet};

use contract::chat::{Message, MessageId};
use contract::users::UserSummary;
use kernel::UserId;

use crate::queries::messages::MessageRow;
use crate::rules::ClientId;

/// The summaries of users that were loaded.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserSummaries(HashMap<UserId, UserSummary>);

impl From<HashMap<UserId, UserSummary>> for UserSummaries {
    fn from(summaries: HashMap<UserId, UserSummary>) -> Self {
        Self(summaries)
    }
}

impl UserSummaries {
    /// The summary of a user, without a name if it was not loaded.
    pub(crate) fn get(&self, id: UserId) -> UserSummary {
        self.0.get(&id).cloned().unwrap_or_else(|| UserSummary {
            id,
            username: String::new(),
            display_name: String::new(),
            avatar: String::new(),
            is_deleted: false,
        })
    }
}

/// What the rendering of messages depends on: the viewer, and what they have read and liked.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageView {
    /// The viewer; `None` for an event that goes to all members.
    pub(crate) viewer: Option<UserId>,
    /// The last message that the viewer has read.
    pub(crate) last_read: i64,
    /// The last message that the peer has confirmed as read.
    pub(crate) receipt: i64,
    /// The messages that the viewer likes.
    pub(crate) liked: HashSet<MessageId>,
}

impl MessageView {
    /// The view of a list in which only the newest message of each chat is shown.
    pub(crate) fn of_last(
        viewer: UserId,
        (last_read, receipt): (i64, i64),
        last: Option<&MessageRow>,
        is_liked: bool,
    ) -> Self {
        let liked = last.filter(|_| is_liked).map(|message| message.id);
        Self {
            viewer: Some(viewer),
            last_read,
            receipt,
            liked: liked.into_iter().collect(),
        }
    }

    pub(crate) fn render(&self, row: MessageRow, users: &UserSummaries) -> Message {
        let mentioned = row.mentioned().into_iter();
        let mentions = mentioned.map(|id| users.get(id)).collect();
        let read_up_to = if self.viewer == Some(row.sender) {
            self.receipt
        } else {
            self.last_read
        };
        Message {
            id: row.id,
            chat_id: row.chat_id,
            seq: row.seq,
            sender: users.get(row.sender),
            content: row.content,
            date: row.sent_at,
            edited_at: row.edited_at,
            is_deleted: row.deleted_at.is_some(),
            is_read: row.seq <= read_up_to,
            is_liked: self.liked.contains(&row.id),
            like_count: row.like_count,
            reply_to: row.reply_to,
            client_id: ClientId::to_contract(row.client_id),
            mentions,
        }
    }
}
