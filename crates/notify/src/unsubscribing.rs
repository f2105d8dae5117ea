//! Mail that is no longer wanted.

use contract::notify::DigestFrequency;
use db::Tx;
use kernel::{AppError, UserId};

use crate::Notify;
use crate::service::lock_one;
use crate::store::preferences;

impl Notify {
    /// Ends all mail about what waits for somebody, as the link in each of these mails asks.
    /// Asking twice changes nothing.
    ///
    /// # Errors
    /// Only where the database is away.
    pub async fn unsubscribe(&self, user: UserId) -> Result<(), AppError> {
        let parts = std::sync::Arc::clone(&self.parts);
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            let found = parts.people.summaries(tx.conn, &[user])?;
            if found.get(&user).is_none_or(|person| person.is_deleted) {
                return Ok(());
            }
            let mut wishes = preferences::of_one(tx.conn, user)?;
            wishes.digest = DigestFrequency::Off;
            preferences::put(tx.conn, user, &wishes)
        };
        self.parts.store.write(write).await
    }
}
