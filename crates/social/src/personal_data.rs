//! What a download of somebody's data holds of this crate.

use contract::social::FriendRequestId;
use db::PagedJson;
use kernel::{Timestamp, UserId};
use serde_json::{Value, json};

use crate::{Social, blocks, friends, requests};

impl Social {
    /// What a download of somebody's data holds of this crate.
    #[must_use]
    pub fn personal_data(&self, user: UserId) -> PagedJson {
        let store = &self.inner.store;
        PagedJson::object([
            (
                "friends",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = friends::store::dated(conn, user, after, limit)?;
                    Ok(rows.into_iter().map(dated).collect())
                }),
            ),
            (
                "friend_requests",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = requests::store::of(conn, user, after, limit)?;
                    Ok(rows.iter().map(request).collect())
                }),
            ),
            (
                "blocks",
                PagedJson::list(store, move |conn, after, limit| {
                    let rows = blocks::store::dated(conn, user, after, limit)?;
                    Ok(rows.into_iter().map(dated).collect())
                }),
            ),
        ])
    }
}

/// A person and since when they are a friend or blocked, in a download.
fn dated((id, since): (UserId, Timestamp)) -> (UserId, Value) {
    (id, json!([id, since]))
}

/// A friend request in a download.
fn request(row: &requests::store::Row) -> (FriendRequestId, Value) {
    (
        row.id,
        json!([row.sender_id, row.receiver_id, row.created_at]),
    )
}
