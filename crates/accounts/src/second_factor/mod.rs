//! Second factors: codes by mail, codes of an authenticator app, and recovery codes.

mod proof;
mod recovery;
mod store;

use async_trait::async_trait;
use contract::accounts::SecondFactorMethod;
use contract::auth::{
    DisableSecondFactor, RecoveryCodes, SecondFactorEnabled, SecondFactorState, TotpEnable,
    TotpSetup,
};
use db::Tx;
use kernel::error::Common;
use kernel::{Actor, AppError, Secret, UserId};
use mail::MailTemplate;
use serde_json::json;

use crate::Accounts;
use crate::account_rows::{self, AccountRow};
use crate::audit::{Action, AuditEntry};
use crate::error::Error;
use crate::revocation::revoke_pending;
use crate::rules::codes;
use crate::sessions::{require_proof, withdraw_proofs};
use crate::totp::TotpSecret;

pub(crate) use store::{methods, remove_all, state};

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
        let draw = move |tx: &mut Tx<'_>| {
            let member = open_verified(tx, &actor)?;
            let known = store::authenticator(tx.conn, member.id)?;
            if known.is_some_and(|app| app.enabled_at.is_some()) {
                return Err(Error::SecondFactorAlreadyOn.into());
            }
            let secret = TotpSecret::draw(tx.env());
            let sealed = this.sealed(tx, member.id, &secret)?;
            store::replace_authenticator(tx.conn, member.id, &sealed)?;
            Ok((secret, member.username))
        };
        let (secret, username) = self.inner.store.write(draw).await?;
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
            let member = open_verified(tx, &actor)?;
            this.enable_app(tx, &member, &code)?;
            this.turned_on(tx, &actor, &member, SecondFactorMethod::Totp)
        };
        self.inner.store.write(enable).await
    }

    async fn enable_email_codes(&self, actor: &Actor) -> Result<SecondFactorEnabled, AppError> {
        let (this, actor) = (self.clone(), *actor);
        let enable = move |tx: &mut Tx<'_>| {
            let member = open_verified(tx, &actor)?;
            if member.email_codes {
                return Err(Error::SecondFactorAlreadyOn.into());
            }
            store::set_email_codes(tx.conn, member.id, true)?;
            this.turned_on(tx, &actor, &member, SecondFactorMethod::Email)
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
            let member = open(tx, &actor)?;
            turn_off(tx, &member, method)?;
            this.changed(tx, &actor, &member, (Action::SecondFactorOff, method))?;
            store::state(tx.conn, member.id)
        };
        self.inner.store.write(disable).await
    }

    async fn renew_recovery_codes(&self, actor: &Actor) -> Result<RecoveryCodes, AppError> {
        let (this, actor, user) = (self.clone(), *actor, actor.user);
        let renew = move |tx: &mut Tx<'_>| {
            let member = open(tx, &actor)?;
            if !is_on(&store::state(tx.conn, member.id)?) {
                return Err(Error::SecondFactorOff.into());
            }
            let recovery_codes = this.fresh_codes(tx, member.id)?;
            this.changed(tx, &actor, &member, (Action::RecoveryCodesRenewed, None))?;
            Ok(RecoveryCodes { recovery_codes })
        };
        self.write_secret(user, renew).await
    }
}

impl Accounts {
    fn enable_app(
        &self,
        tx: &mut Tx<'_>,
        member: &AccountRow,
        code: &Secret,
    ) -> Result<(), AppError> {
        let app = store::authenticator(tx.conn, member.id)?.ok_or(Error::TotpNotSetUp)?;
        if app.enabled_at.is_some() {
            return Err(Error::SecondFactorAlreadyOn.into());
        }
        let now = tx.env().now();
        let secret = self.opened(member.id, &app.secret)?;
        let wrong = || Error::CodeWrong.on_field("code");
        let code = codes::read(code).ok_or_else(wrong)?;
        let step = secret.step(&code, app.last_step, now)?;
        let step = step.ok_or_else(wrong)?;
        store::enable_authenticator(tx.conn, member.id, step, now)
    }

    /// Creates recovery codes when the first second factor is enabled.
    fn turned_on(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        member: &AccountRow,
        method: SecondFactorMethod,
    ) -> Result<SecondFactorEnabled, AppError> {
        let before = store::state(tx.conn, member.id)?;
        let first = before.recovery_codes_left == 0;
        let recovery_codes = first.then(|| self.fresh_codes(tx, member.id)).transpose()?;
        self.changed(tx, actor, member, (Action::SecondFactorOn, Some(method)))?;
        Ok(SecondFactorEnabled {
            second_factor: store::state(tx.conn, member.id)?,
            recovery_codes,
        })
    }

    /// Voids links, challenges and the step-ups of other sessions, records the change, and informs
    /// the owner by mail.
    fn changed(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        member: &AccountRow,
        (action, method): (Action, Option<SecondFactorMethod>),
    ) -> Result<(), AppError> {
        revoke_pending(tx, member.id)?;
        withdraw_proofs(tx.conn, member.id, actor.session)?;
        AuditEntry::own(member.id, action)
            .detail(json!({ "method": method }))
            .record(tx)?;
        if !member.is_reachable() {
            return Ok(());
        }
        let at = tx.env().now();
        self.inner.mail_queue.enqueue(
            tx,
            &member.outgoing_mail(MailTemplate::SecondFactorChanged { at })?,
        )
    }

    fn sealed(&self, tx: &Tx<'_>, user: UserId, secret: &TotpSecret) -> Result<Vec<u8>, AppError> {
        let owner = user.uuid();
        self.inner
            .keys
            .seal(owner.as_bytes(), secret.bytes(), tx.env())
    }

    fn opened(&self, user: UserId, sealed: &[u8]) -> Result<TotpSecret, AppError> {
        let owner = user.uuid();
        let bytes = self.inner.keys.open(owner.as_bytes(), sealed)?;
        Ok(TotpSecret::from_bytes(bytes))
    }
}

/// Locks the actor's account for a change of its second factors, which requires a step-up.
fn open(tx: &mut Tx<'_>, actor: &Actor) -> Result<AccountRow, AppError> {
    account_rows::lock(tx, actor.user)?;
    require_proof(tx, actor)?;
    account_rows::by_id(tx.conn, actor.user)
}

/// As [`open`], for enabling a factor, which requires a verified address: otherwise it would lock
/// out the owner of an address that somebody else has registered.
fn open_verified(tx: &mut Tx<'_>, actor: &Actor) -> Result<AccountRow, AppError> {
    let member = open(tx, actor)?;
    match member.email_verified_at {
        Some(_) => Ok(member),
        None => Err(Common::EmailNotVerified.into()),
    }
}

fn turn_off(
    tx: &mut Tx<'_>,
    member: &AccountRow,
    method: Option<SecondFactorMethod>,
) -> Result<(), AppError> {
    let state = store::state(tx.conn, member.id)?;
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
        store::set_email_codes(tx.conn, member.id, false)?;
    }
    if totp {
        store::remove_authenticator(tx.conn, member.id)?;
    }
    if email == state.email && totp == state.totp {
        store::remove_codes(tx.conn, member.id)?;
    }
    Ok(())
}

/// Whether a login requires a second factor.
pub(crate) fn is_on(state: &SecondFactorState) -> bool {
    state.email || state.totp
}
