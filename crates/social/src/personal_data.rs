//! The chapter of this crate in a data export.

use contract::social::FriendRequestId;
use db::{PagedJson, Store};
use kernel::{Timestamp, UserId};
use serde_json::{Value, json};

use crate::requests::queries::FriendRequestRow;
use crate::{blocks, friends, requests};

/// Friends, requests and blocks of a user.
pub(crate) fn export(store: &Store, user: UserId) -> PagedJson {
    PagedJson::object([
        (
            "friends",
            PagedJson::list(store, move |conn, after, limit| {
                let rows = friends::queries::export_page(conn, user, after, limit)?;
                Ok(rows.into_iter().map(export_user).collect())
            }),
        ),
        (
            "friend_requests",
            PagedJson::list(store, move |conn, after, limit| {
                let rows = requests::queries::export_page(conn, user, after, limit)?;
                Ok(rows.iter().map(export_request).collect())
            }),
        ),
        (
            "blocks",
            PagedJson::list(store, move |conn, after, limit| {
                let rows = blocks::queries::export_page(conn, user, after, limit)?;
                Ok(rows.into_iter().map(export_user).collect())
            }),
        ),
    ])
}

/// A friend or a blocked user, with the time since when.
fn export_user((id, since): (UserId, Timestamp)) -> (UserId, Value) {
    (id, json!([id, since]))
}

fn export_request(row: &FriendRequestRow) -> (FriendRequestId, Value) {
    (
        row.id,
        json!([row.sender_id, row.receiver_id, row.created_at]),
    )
}
