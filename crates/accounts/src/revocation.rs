//! Voiding what is open to whoever knew an account's credentials before they changed.

use db::Tx;
use kernel::{AppError, UserId};

use crate::{links, signin};

/// Voids every link and every open challenge of an account. The caller holds the lock of the
/// account, so that none is used or issued meanwhile.
pub(crate) fn revoke_pending(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    links::void_all(tx, user)?;
    signin::forget_challenges(tx.conn, user)
}
