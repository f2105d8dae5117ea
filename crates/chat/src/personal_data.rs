//! The export and the deletion of a user's data.

use async_trait::async_trait;
use contract::chat::{ChatId, MessageId};
use contract::rooms::ReportId;
use db::{PagedJson, Tx};
use kernel::{AppError, UserId};
use serde_json::{Value, json};

use crate::Chat;
use crate::queries::members::MembershipRow;
use crate::queries::messages::{self, MessageRow};
use crate::queries::reports::ReportRow;
use crate::queries::{members, reports};

/// The export and the deletion of a user's data.
#[async_trait]
pub trait ChatDataService: Send + Sync {
    /// The user's memberships, messages and reports, read page by page.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Removes a deleted user from all lobbies and rooms. Their conversations and messages stay with
    /// the other users.
    ///
    /// # Errors
    /// Only those of the database.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;
}

#[async_trait]
impl ChatDataService for Chat {
    fn personal_data(&self, user: UserId) -> PagedJson {
        let store = &self.inner.parts.store;
        let chats = PagedJson::list(store, move |conn, after, limit| {
            let rows = members::memberships(conn, user, after, limit)?;
            Ok(rows.into_iter().map(membership).collect())
        });
        let messages = PagedJson::list(store, move |conn, after, limit| {
            let rows = messages::sent_by(conn, user, after, limit)?;
            Ok(rows.iter().map(message).collect())
        });
        let reports = PagedJson::list(store, move |conn, after, limit| {
            let rows = reports::made_by(conn, user, after, limit)?;
            Ok(rows.iter().map(report).collect())
        });
        PagedJson::object([
            ("chats", chats),
            ("messages", messages),
            ("reports", reports),
        ])
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let remove = move |tx: &mut Tx<'_>| Ok(members::remove_from_rooms(tx.conn, user)?);
        self.inner.parts.store.write(remove).await.map(drop)
    }
}

fn membership((chat, kind, title, peer, joined_at): MembershipRow) -> (ChatId, Value) {
    let item = json!({
        "chat_id": chat, "kind": kind, "name": title, "with": peer, "joined_at": joined_at,
    });
    (chat, item)
}

fn message(row: &MessageRow) -> (MessageId, Value) {
    let item = json!({
        "id": row.id, "chat_id": row.chat_id, "content": row.content, "date": row.sent_at,
        "edited_at": row.edited_at, "deleted_at": row.deleted_at, "reply_to": row.reply_to,
    });
    (row.id, item)
}

fn report(row: &ReportRow) -> (ReportId, Value) {
    let item = json!({
        "message_id": row.message_id, "reason": row.reason, "details": row.details,
        "created_at": row.created_at,
    });
    (row.id, item)
}
