//! Idempotent creation of secrets, whose kept results are encrypted.

use db::Tx;
use kernel::{AppError, UserId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Accounts;

/// An encrypted result.
#[derive(Debug, Serialize, Deserialize)]
struct SealedResult(Vec<u8>);

impl Accounts {
    /// As `Store::write_once`, for a result that must not be readable in the database.
    pub(crate) async fn write_secret<T, F>(&self, owner: UserId, run: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, AppError> + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let Some(key) = &self.key else {
            return self.inner.store.write(run).await;
        };
        let this = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            let plain = serde_json::to_vec(&run(tx)?)?;
            let env = tx.env();
            let sealed = this.inner.keys.seal(owner.uuid().as_bytes(), &plain, env)?;
            Ok(SealedResult(sealed))
        };
        let SealedResult(sealed) = self.inner.store.write_once(Some(key), write).await?;
        let plain = self.inner.keys.open(owner.uuid().as_bytes(), &sealed)?;
        Ok(serde_json::from_slice(&plain)?)
    }
}
