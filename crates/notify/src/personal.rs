//! What this crate knows of a person, to be downloaded and forgotten.

use ::store::{AnyConn, Tx};
use kernel::{Fault, UserId};
use serde_json::{Value, json};

use crate::Notify;
use crate::rules::subject::EVERYTHING;
use crate::service::lock_one;
use crate::store::notifications::{self, Row};
use crate::store::{deliveries, preferences, settled};

impl Notify {
    /// What a download of somebody's data holds of this crate.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        let read = move |conn: &mut AnyConn| {
            let rows = notifications::all_of(conn, user)?;
            let mails = deliveries::all_of(conn, user)?;
            Ok(json!({
                "notifications": rows.iter().map(line).collect::<Value>(),
                "preferences": preferences::of_one(conn, user)?,
                "mails": mails
                    .iter()
                    .map(|(at, state)| json!({"created_at": at, "state": state}))
                    .collect::<Value>(),
            }))
        };
        self.parts.store.read(read).await
    }

    /// Forgets a person whose account is deleted, also for what is still on its way to them.
    pub async fn forget(&self, user: UserId) -> Result<(), Fault> {
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            notifications::forget(tx.conn, user)?;
            preferences::forget(tx.conn, user)?;
            deliveries::forget(tx.conn, user)?;
            settled::forget(tx.conn, user)?;
            settled::note(tx.conn, user, EVERYTHING, 0, tx.ambient().now())
        };
        self.parts.store.write(write).await
    }
}

fn line(row: &Row) -> Value {
    json!({
        "id": row.id, "action": row.action, "data": row.data.0, "created_at": row.created_at,
        "read_at": row.read_at, "in_app": row.in_app, "by_mail": row.by_mail,
    })
}
