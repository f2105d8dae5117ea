//! What a download of somebody's data holds of chats, and what goes with their account.

use contract::chat::MessageId;
use kernel::{Fault, UserId};
use serde_json::{Value, json};
use store::{AnyConn, Tx};

use crate::Chat;
use crate::store::messages::{self, MessageRow};
use crate::store::reports::MadeReport;
use crate::store::{members, reports};

/// Messages gathered in one look, so that a long history holds up nobody else's reading.
const AT_ONCE: i64 = 1_000;

impl Chat {
    /// The chats somebody is in, all they wrote and all they reported. What others wrote is theirs.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        let look = move |conn: &mut AnyConn| {
            Ok((members::all_of(conn, user)?, reports::made_by(conn, user)?))
        };
        let (places, made) = self.inner.parts.store.read(look).await?;
        let place = |(chat, kind, title, peer, joined_at)| json!({"chat_id": chat, "kind": kind, "name": title, "with": peer, "joined_at": joined_at});
        Ok(json!({
            "chats": places.into_iter().map(place).collect::<Vec<_>>(),
            "messages": self.written_by(user).await?,
            "reports": made.iter().map(report).collect::<Vec<_>>(),
        }))
    }

    async fn written_by(&self, user: UserId) -> Result<Vec<Value>, Fault> {
        let mut written = vec![];
        let mut after: Option<MessageId> = None;
        loop {
            let look = move |conn: &mut AnyConn| Ok(messages::by(conn, user, after, AT_ONCE)?);
            let some = self.inner.parts.store.read(look).await?;
            let Some(last) = some.last() else {
                return Ok(written);
            };
            after = Some(last.id);
            written.extend(some.iter().map(message));
        }
    }

    /// Takes somebody out of all lobbies and rooms. Conversations stay with the other side, and
    /// what was written stays where it was read.
    pub async fn forget(&self, user: UserId) -> Result<(), Fault> {
        let forget = move |tx: &mut Tx<'_>| Ok(members::remove_from_rooms(tx.conn, user)?);
        self.inner.parts.store.write(forget).await.map(drop)
    }
}

fn message(row: &MessageRow) -> Value {
    json!({
        "id": row.id, "chat_id": row.chat_id, "content": row.content, "date": row.sent_at,
        "edited_at": row.edited_at, "deleted_at": row.deleted_at, "reply_to": row.reply_to,
    })
}

fn report(row: &MadeReport) -> Value {
    json!({
        "message_id": row.message_id, "reason": row.reason, "details": row.details,
        "created_at": row.created_at,
    })
}
