//! Recovery codes: created ten at a time, each valid once.

use db::Tx;
use kernel::{AppError, Secret, UserId};

use super::queries;
use crate::Accounts;
use crate::keys::TokenDigest;
use crate::rules::codes;

impl Accounts {
    /// Replaces the recovery codes by ten new ones.
    pub(super) fn replace_recovery_codes(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
    ) -> Result<Vec<Secret>, AppError> {
        let codes = codes::generate_recovery(tx.env());
        let stored: Vec<TokenDigest> = codes
            .iter()
            .filter_map(codes::parse_recovery)
            .map(|code| self.recovery_digest(user, &code))
            .collect();
        queries::replace_codes(tx.conn, user, &stored)?;
        Ok(codes)
    }

    pub(super) fn recovery_digest(&self, user: UserId, code: &Secret) -> TokenDigest {
        self.inner.keys.code_digest(user.uuid().as_bytes(), code)
    }
}
