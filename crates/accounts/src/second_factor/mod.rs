//! Second factors: codes by mail, codes of an authenticator app, and recovery codes.

mod queries;
mod recovery_codes;
mod verification;

use async_trait::async_trait;
use contract::accounts::{SecondFactorMethod, SecondFactorState};
use contract::auth::{
    DisableSecondFactor, RecoveryCodes, SecondFactorEnabled, TotpEnable, TotpSetup,
};
use db::Tx;
use kernel::error::Common;
use kernel::{Actor, AppError, Secret, UserId};
use mail::MailTemplate;
use serde_json::json;

use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::audit::{AuditAction, AuditEntry};
use crate::error::Error;
use crate::revocation::revoke_pending;
use crate::rules::codes;
use crate::sessions::{require_step_up, revoke_other_step_ups};
use crate::totp::TotpSecret;

pub(crate) use queries::{methods, remove_all, state};

/// Second factors: codes by mail, authenticator apps, recovery codes.
#[async_trait]
pub trait SecondFactorService: Send + Sync {
    /// Creates the secret of an authenticator app, which is enabled by its first code
    /// ([`enable_totp`](Self::enable_totp)).
    ///
    /// # Errors
    /// `auth.step_up_required`; `auth.email_not_verified`; `auth.second_factor_already_on`.
    async fn set_up_totp(&self, actor: &Actor) -> Result<TotpSetup, AppError>;

    /// Enables the authenticator app with the first code that it shows.
    ///
    /// # Errors
    /// `auth.step_up_required`; `auth.email_not_verified`; `auth.totp_not_set_up`;
    /// `auth.second_factor_already_on`; `auth.code_wrong`.
    async fn enable_totp(
        &self,
        actor: &Actor,
        TotpEnable { code }: TotpEnable,
    ) -> Result<SecondFactorEnabled, AppError>;

    /// Enables codes by mail.
    ///
    /// # Errors
    /// `auth.step_up_required`; `auth.email_not_verified`; `auth.second_factor_already_on`.
    async fn enable_email_codes(&self, actor: &Actor) -> Result<SecondFactorEnabled, AppError>;

    /// Disables one second factor or all of them. Without any, the recovery codes are deleted too.
    ///
    /// # Errors
    /// `auth.step_up_required`; `auth.second_factor_off` if it is not enabled;
    /// `auth.method_unavailable` for recovery codes.
    async fn disable_second_factor(
        &self,
        actor: &Actor,
        DisableSecondFactor { method }: DisableSecondFactor,
    ) -> Result<SecondFactorState, AppError>;

    /// Creates ten recovery codes and voids the previous ones. Idempotent under a key.
    ///
    /// # Errors
    /// `auth.step_up_required`; `auth.second_factor_off`.
    async fn renew_recovery_codes(&self, actor: &Actor) -> Result<RecoveryCodes, AppError>;
}

#[async_trait]
impl SecondFactorService for Accounts {
    async fn set_up_totp(&self, actor: &Actor) -> Result<TotpSetup, AppError> {
        let (this, actor) = (self.clone(), *actor);
        let create = move |tx: &mut Tx<'_>| {
            let account = lock_verified_account(tx, &actor)?;
            let known = queries::authenticator(tx.conn, account.id)?;
            if known.is_some_and(|app| app.enabled_at.is_some()) {
                return Err(Error::SecondFactorAlreadyOn.into());
            }
            let secret = TotpSecret::generate(tx.env());
            let sealed = this.encrypt_secret(tx, account.id, &secret)?;
            queries::replace_authenticator(tx.conn, account.id, &sealed)?;
            Ok((secret, account.username))
        };
        let (secret, username) = self.inner.store.write(create).await?;
        Ok(TotpSetup {
            secret: secret.base32(),
            otpauth_url: secret.url(&username),
            qr_svg: secret.qr_svg(&username)?,
        })
    }

    async fn enable_totp(
        &self,
        actor: &Actor,
        TotpEnable { code }: TotpEnable,
    ) -> Result<SecondFactorEnabled, AppError> {
        let (this, actor) = (self.clone(), *actor);
        let enable = move |tx: &mut Tx<'_>| {
            let account = lock_verified_account(tx, &actor)?;
            this.enable_app(tx, &account, &code)?;
            this.after_enable(tx, &actor, &account, SecondFactorMethod::Totp)
        };
        self.inner.store.write(enable).await
    }

    async fn enable_email_codes(&self, actor: &Actor) -> Result<SecondFactorEnabled, AppError> {
        let (this, actor) = (self.clone(), *actor);
        let enable = move |tx: &mut Tx<'_>| {
            let account = lock_verified_account(tx, &actor)?;
            if account.email_codes {
                return Err(Error::SecondFactorAlreadyOn.into());
            }
            queries::set_email_codes(tx.conn, account.id, true)?;
            this.after_enable(tx, &actor, &account, SecondFactorMethod::Email)
        };
        self.inner.store.write(enable).await
    }

    async fn disable_second_factor(
        &self,
        actor: &Actor,
        DisableSecondFactor { method }: DisableSecondFactor,
    ) -> Result<SecondFactorState, AppError> {
        let (this, actor) = (self.clone(), *actor);
        let disable = move |tx: &mut Tx<'_>| {
            let account = lock_account(tx, &actor)?;
            disable(tx, &account, method)?;
            this.after_change(tx, &actor, &account, (AuditAction::SecondFactorOff, method))?;
            queries::state(tx.conn, account.id)
        };
        self.inner.store.write(disable).await
    }

    async fn renew_recovery_codes(&self, actor: &Actor) -> Result<RecoveryCodes, AppError> {
        let (this, actor, user) = (self.clone(), *actor, actor.user);
        let renew = move |tx: &mut Tx<'_>| {
            let account = lock_account(tx, &actor)?;
            if !is_enabled(&queries::state(tx.conn, account.id)?) {
                return Err(Error::SecondFactorOff.into());
            }
            let recovery_codes = this.replace_recovery_codes(tx, account.id)?;
            this.after_change(
                tx,
                &actor,
                &account,
                (AuditAction::RecoveryCodesRenewed, None),
            )?;
            Ok(RecoveryCodes { recovery_codes })
        };
        self.write_secret(user, renew).await
    }
}

impl Accounts {
    fn enable_app(
        &self,
        tx: &mut Tx<'_>,
        account: &AccountRow,
        code: &Secret,
    ) -> Result<(), AppError> {
        let app = queries::authenticator(tx.conn, account.id)?.ok_or(Error::TotpNotSetUp)?;
        if app.enabled_at.is_some() {
            return Err(Error::SecondFactorAlreadyOn.into());
        }
        let now = tx.env().now();
        let secret = self.decrypt_secret(account.id, &app.secret)?;
        let wrong = || Error::CodeWrong.on_field("code");
        let code = codes::parse(code).ok_or_else(wrong)?;
        let step = secret.step(&code, app.last_step, now)?;
        let step = step.ok_or_else(wrong)?;
        queries::enable_authenticator(tx.conn, account.id, step, now)
    }

    /// Creates recovery codes when the first second factor is enabled.
    fn after_enable(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        account: &AccountRow,
        method: SecondFactorMethod,
    ) -> Result<SecondFactorEnabled, AppError> {
        let before = queries::state(tx.conn, account.id)?;
        let first = before.recovery_codes_left == 0;
        let recovery_codes = first
            .then(|| self.replace_recovery_codes(tx, account.id))
            .transpose()?;
        self.after_change(
            tx,
            actor,
            account,
            (AuditAction::SecondFactorOn, Some(method)),
        )?;
        Ok(SecondFactorEnabled {
            second_factor: queries::state(tx.conn, account.id)?,
            recovery_codes,
        })
    }

    /// Voids links, challenges and the step-ups of other sessions, records the change, and informs
    /// the owner by mail.
    fn after_change(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        account: &AccountRow,
        (action, method): (AuditAction, Option<SecondFactorMethod>),
    ) -> Result<(), AppError> {
        revoke_pending(tx, account.id)?;
        revoke_other_step_ups(tx.conn, account.id, actor.session)?;
        AuditEntry::own(account.id, action)
            .detail(json!({ "method": method }))
            .record(tx)?;
        if !account.is_reachable() {
            return Ok(());
        }
        let at = tx.env().now();
        self.inner.mail_queue.enqueue(
            tx,
            &account.outgoing_mail(MailTemplate::SecondFactorChanged { at })?,
        )
    }

    fn encrypt_secret(
        &self,
        tx: &Tx<'_>,
        user: UserId,
        secret: &TotpSecret,
    ) -> Result<Vec<u8>, AppError> {
        let owner = user.uuid();
        self.inner
            .keys
            .seal(owner.as_bytes(), secret.bytes(), tx.env())
    }

    fn decrypt_secret(&self, user: UserId, sealed: &[u8]) -> Result<TotpSecret, AppError> {
        let owner = user.uuid();
        let bytes = self.inner.keys.open(owner.as_bytes(), sealed)?;
        Ok(TotpSecret::from_bytes(bytes))
    }
}

/// Locks the actor's account for a change of its second factors, which requires a step-up.
fn lock_account(tx: &mut Tx<'_>, actor: &Actor) -> Result<AccountRow, AppError> {
    account_rows::lock(tx, actor.user)?;
    require_step_up(tx, actor)?;
    account_rows::by_id(tx.conn, actor.user)
}

/// As [`lock_account`], for enabling a factor, which requires a verified address: otherwise it would lock
/// out the owner of an address that somebody else has registered.
fn lock_verified_account(tx: &mut Tx<'_>, actor: &Actor) -> Result<AccountRow, AppError> {
    let account = lock_account(tx, actor)?;
    match account.email_verified_at {
        Some(_) => Ok(account),
        None => Err(Common::EmailNotVerified.into()),
    }
}

fn disable(
    tx: &mut Tx<'_>,
    account: &AccountRow,
    method: Option<SecondFactorMethod>,
) -> Result<(), AppError> {
    let state = queries::state(tx.conn, account.id)?;
    let (email, totp) = match method {
        None => (state.email, state.totp),
        Some(SecondFactorMethod::Email) => (state.email, false),
        Some(SecondFactorMethod::Totp) => (false, state.totp),
        Some(SecondFactorMethod::Recovery) => {
            return Err(Error::MethodUnavailable.on_field("method"));
        }
    };
    if !(email || totp) {
        return Err(Error::SecondFactorOff.into());
    }
    if email {
        queries::set_email_codes(tx.conn, account.id, false)?;
    }
    if totp {
        queries::remove_authenticator(tx.conn, account.id)?;
    }
    if email == state.email && totp == state.totp {
        queries::remove_codes(tx.conn, account.id)?;
    }
    Ok(())
}

/// Whether a login requires a second factor.
pub(crate) fn is_enabled(state: &SecondFactorState) -> bool {
    state.email || state.totp
}
