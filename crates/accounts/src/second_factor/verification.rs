//! Verification of codes. A right code is spent at once: of two requests with the same code, only
//! one succeeds.

use contract::accounts::SecondFactorMethod;
use db::Tx;
use kernel::{AppError, Secret, UserId};

use super::queries;
use crate::Accounts;
use crate::audit::{AuditAction, AuditEntry};
use crate::error::Error;
use crate::rules::codes;

impl Accounts {
    /// Spends a code of the authenticator app or a recovery code; returns whether it was right.
    ///
    /// # Errors
    /// `auth.method_unavailable` if the method is not enabled.
    pub(crate) fn spend_code(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        method: SecondFactorMethod,
        code: &Secret,
    ) -> Result<bool, AppError> {
        match method {
            SecondFactorMethod::Totp => self.spend_step(tx, user, code),
            SecondFactorMethod::Recovery => self.spend_recovery(tx, user, code),
            SecondFactorMethod::Email => Err(Error::MethodUnavailable.on_field("method")),
        }
    }

    fn spend_step(&self, tx: &mut Tx<'_>, user: UserId, code: &Secret) -> Result<bool, AppError> {
        let app = queries::authenticator(tx.conn, user)?.filter(|app| app.enabled_at.is_some());
        let app = app.ok_or_else(|| Error::MethodUnavailable.on_field("method"))?;
        let Some(code) = codes::parse(code) else {
            return Ok(false);
        };
        let secret = self.decrypt_secret(user, &app.secret)?;
        match secret.step(&code, app.last_step, tx.env().now())? {
            Some(step) => queries::spend_step(tx.conn, user, step),
            None => Ok(false),
        }
    }

    fn spend_recovery(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        code: &Secret,
    ) -> Result<bool, AppError> {
        let Some(code) = codes::parse_recovery(code) else {
            return Ok(false);
        };
        let digest = self.recovery_digest(user, &code);
        let spent = queries::spend_code(tx.conn, user, &digest, tx.env().now())?;
        if spent {
            AuditEntry::own(user, AuditAction::RecoveryCodeUsed).record(tx)?;
        }
        Ok(spent)
    }
}
