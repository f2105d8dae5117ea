//! Reauthentication of a session (step-up) before sensitive actions.

use async_trait::async_trait;
use contract::auth::{Proven, SecondStep, StepUp, StepUpAnswer, Verify};
use db::Tx;
use kernel::{Actor, AppError};

use super::queries::ChallengePurpose;
use crate::error::Error;
use crate::sessions::SessionsService;
use crate::{Accounts, second_factor};

/// Reauthentication of a session (step-up) before sensitive actions.
#[async_trait]
pub trait StepUpService: Send + Sync {
    /// Reauthenticates the session with the password, or returns the challenge of the second factor
    /// if one is enabled.
    ///
    /// # Errors
    /// `auth.password_wrong`; `auth.too_many_attempts`.
    async fn step_up(&self, actor: &Actor, request: StepUp) -> Result<StepUpAnswer, AppError>;

    /// Completes a step-up with a code of the second factor.
    ///
    /// # Errors
    /// `auth.code_wrong`; otherwise as [`LoginService::verify_login`](super::LoginService::verify_login).
    async fn verify_step_up(&self, actor: &Actor, verify: Verify) -> Result<Proven, AppError>;
}

#[async_trait]
impl StepUpService for Accounts {
    async fn step_up(&self, actor: &Actor, request: StepUp) -> Result<StepUpAnswer, AppError> {
        let password = &request.password;
        let reauthenticated = self
            .verify_own_password(actor.user, password, "password")
            .await?;
        let (this, session) = (self.clone(), actor.session);
        let step = move |tx: &mut Tx<'_>| {
            let account = reauthenticated.recheck(tx, "password")?;
            let state = second_factor::state(tx.conn, account.id)?;
            if !second_factor::is_enabled(&state) {
                let proven_until = this.record_step_up(tx, session)?;
                return Ok(StepUpAnswer::Proven(Proven { proven_until }));
            }
            let second = this.challenge(
                tx,
                &account,
                &state,
                ChallengePurpose::StepUp,
                Some(session),
            )?;
            Ok(StepUpAnswer::SecondStep(SecondStep {
                second_factor: second,
            }))
        };
        let answer = self.inner.store.write(step).await?;
        self.forget_sessions(&[actor.session]);
        Ok(answer)
    }

    async fn verify_step_up(&self, actor: &Actor, verify: Verify) -> Result<Proven, AppError> {
        let (this, session) = (self.clone(), actor.session);
        let step_up = |purpose: ChallengePurpose| purpose == ChallengePurpose::StepUp;
        let finish = move |tx: &mut Tx<'_>, _: &_, _| this.record_step_up(tx, session);
        let answered = self
            .verify_answer(verify, step_up, Some(session), None, finish)
            .await?;
        self.forget_sessions(&[actor.session]);
        let proven_until = answered.ok_or_else(|| Error::CodeWrong.on_field("code"))?;
        Ok(Proven { proven_until })
    }
}
