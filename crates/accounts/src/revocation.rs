//! Voiding pending links and challenges when credentials change.

use db::Tx;
use kernel::{AppError, UserId};

use crate::links;
use crate::login::delete_challenges;

/// Voids all links and open challenges of an account. The caller holds the lock of the account, so
/// that none is used or issued concurrently.
pub(crate) fn revoke_pending(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    links::void_all(tx, user)?;
    delete_challenges(tx.conn, user)
}
