//! Messages as one person sees them.

use std::collections::{HashMap, HashSet};

use contract::chat::{Message, MessageId};
use contract::users::UserSummary;
use kernel::UserId;

use crate::rules::ClientId;
use crate::store::messages::MessageRow;

/// What people are called, as far as it was looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserSummaries(HashMap<UserId, UserSummary>);

impl From<HashMap<UserId, UserSummary>> for UserSummaries {
    fn from(found: HashMap<UserId, UserSummary>) -> Self {
        Self(found)
    }
}

impl UserSummaries {
    /// The person's line; one without a name where nothing is known of them.
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

/// Who looks at messages, and what they have read and like.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageView {
    /// Who looks; nobody in particular for an event that goes to all.
    pub(crate) viewer: Option<UserId>,
    /// Up to where they have read.
    pub(crate) last_read: i64,
    /// Up to where the other lets it be known that they have read.
    pub(crate) receipt: i64,
    /// What they like.
    pub(crate) liked: HashSet<MessageId>,
}

impl MessageView {
    pub(crate) fn render(&self, row: MessageRow, called: &UserSummaries) -> Message {
        let mentions = row
            .mentioned()
            .into_iter()
            .map(|id| called.get(id))
            .collect();
        let read_up_to = if self.viewer == Some(row.sender) {
            self.receipt
        } else {
            self.last_read
        };
        Message {
            id: row.id,
            chat_id: row.chat_id,
            seq: row.seq,
            sender: called.get(row.sender),
            content: row.content,
            date: row.sent_at,
            edited_at: row.edited_at,
            is_deleted: row.deleted_at.is_some(),
            is_read: row.seq <= read_up_to,
            is_liked: self.liked.contains(&row.id),
            like_count: row.like_count,
            reply_to: row.reply_to,
            client_id: ClientId::on_the_wire(row.client_id),
            mentions,
        }
    }
}
