//! What a download of somebody's data holds of chats, and what goes with their account.

use contract::chat::{ChatId, MessageId};
use contract::rooms::ReportId;
use db::{PagedJson, Tx};
use kernel::{AppError, UserId};
use serde_json::{Value, json};

use crate::Chat;
use crate::store::members::MembershipRow;
use crate::store::messages::{self, MessageRow};
use crate::store::reports::MadeReport;
use crate::store::{members, reports};

impl Chat {
    /// The chats somebody is in, all they wrote and all they reported. What others wrote is theirs.
    #[must_use]
    pub fn personal_data(&self, user: UserId) -> PagedJson {
        let store = &self.inner.parts.store;
        PagedJson::object([
            (
                "chats",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = members::memberships(conn, user, after, limit)?;
                    Ok(rows.into_iter().map(membership).collect())
                }),
            ),
            (
                "messages",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = messages::by(conn, user, after, limit)?;
                    Ok(rows.iter().map(message).collect())
                }),
            ),
            (
                "reports",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = reports::made_by(conn, user, after, limit)?;
                    Ok(rows.iter().map(report).collect())
                }),
            ),
        ])
    }

    /// Takes somebody out of all lobbies and rooms. Conversations stay with the other side, and
    /// what was written stays where it was read.
    pub async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let forget = move |tx: &mut Tx<'_>| Ok(members::remove_from_rooms(tx.conn, user)?);
        self.inner.parts.store.write(forget).await.map(drop)
    }
}

fn membership((chat, kind, title, peer, joined_at): MembershipRow) -> (ChatId, Value) {
    let line = json!({
        "chat_id": chat, "kind": kind, "name": title, "with": peer, "joined_at": joined_at,
    });
    (chat, line)
}

fn message(row: &MessageRow) -> (MessageId, Value) {
    let line = json!({
        "id": row.id, "chat_id": row.chat_id, "content": row.content, "date": row.sent_at,
        "edited_at": row.edited_at, "deleted_at": row.deleted_at, "reply_to": row.reply_to,
    });
    (row.id, line)
}

fn report(row: &MadeReport) -> (ReportId, Value) {
    let line = json!({
        "message_id": row.message_id, "reason": row.reason, "details": row.details,
        "created_at": row.created_at,
    });
    (row.id, line)
}
