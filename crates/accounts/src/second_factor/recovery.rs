//! Recovery codes: created ten at a time, each valid once.

use db::Tx;
use kernel::{AppError, Secret, UserId};

use super::store;
use crate::Accounts;
use crate::keys::Digest;
use crate::rules::codes;

impl Accounts {
    /// Replaces the recovery codes by ten new ones.
    pub(super) fn fresh_codes(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
    ) -> Result<Vec<Secret>, AppError> {
        let codes = codes::draw_recovery(tx.env());
        let stored: Vec<Digest> = codes
            .iter()
            .filter_map(codes::read_recovery)
            .map(|code| self.recovery_digest(user, &code))
            .collect();
        store::replace_codes(tx.conn, user, &stored)?;
        Ok(codes)
    }

    pub(super) fn recovery_digest(&self, user: UserId, code: &Secret) -> Digest {
        self.inner.keys.code(user.uuid().as_bytes(), code)
    }
}
