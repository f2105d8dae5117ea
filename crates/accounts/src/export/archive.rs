//! What stands in an export.

use bytes::Bytes;
use data_encoding::BASE64;
use kernel::{Fault, Timestamp, UserId};
use serde_json::{Map, Value, json};

use super::rows::{self, Account};
use crate::Accounts;
use crate::avatar::Format;
use crate::blobs::BlobKey;

/// How the file is built; raised when a reader of older ones would stumble.
const FORMAT: u32 = 1;

/// The whole file.
pub(super) async fn gather(
    accounts: &Accounts,
    user: UserId,
    now: Timestamp,
) -> Result<Bytes, Fault> {
    let read = move |conn: &mut _| rows::account(conn, user);
    let account = accounts.inner.store.read(read).await?;
    let mut file = Map::new();
    file.insert("format".to_owned(), json!(FORMAT));
    file.insert("made_at".to_owned(), json!(now));
    file.insert(
        "picture".to_owned(),
        picture(accounts, user, &account).await?,
    );
    file.insert("account".to_owned(), account.rows);
    for room in &accounts.inner.personal_data {
        file.insert(room.chapter().to_owned(), room.gather(user).await?);
    }
    Ok(serde_json::to_vec_pretty(&file)?.into())
}

async fn picture(accounts: &Accounts, user: UserId, account: &Account) -> Result<Value, Fault> {
    let Some(version) = &account.avatar else {
        return Ok(Value::Null);
    };
    let key = BlobKey::avatar(user, version);
    let Some(bytes) = accounts.inner.blobs.get(&key).await? else {
        return Ok(Value::Null);
    };
    Ok(json!({
        "media_type": Format::of(&bytes).media_type(),
        "base64": BASE64.encode(&bytes),
    }))
}
