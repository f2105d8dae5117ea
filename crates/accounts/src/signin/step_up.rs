//! Reauthentication of a session (step-up) before sensitive actions.

use async_trait::async_trait;
use contract::auth::{Proven, SecondStep, StepUp, StepUpAnswer, Verify};
use db::Tx;
use kernel::{Actor, AppError};

use super::store::Purpose;
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
        let typed = &request.password;
        let confirmed = self.confirm_password(actor.user, typed, "password").await?;
        let (this, session) = (self.clone(), actor.session);
        let step = move |tx: &mut Tx<'_>| {
            let member = confirmed.still(tx, "password")?;
            let state = second_factor::state(tx.conn, member.id)?;
            if !second_factor::is_on(&state) {
                let proven_until = this.prove_session(tx, session)?;
                return Ok(StepUpAnswer::Proven(Proven { proven_until }));
            }
            let second = this.challenge(tx, &member, &state, Purpose::StepUp, Some(session))?;
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
        let step_up = |purpose: Purpose| purpose == Purpose::StepUp;
        let finish = move |tx: &mut Tx<'_>, _: &_, _| this.prove_session(tx, session);
        let answered = self
            .answer(verify, step_up, Some(session), None, finish)
            .await?;
        self.forget_sessions(&[actor.session]);
        let proven_until = answered.ok_or_else(|| Error::CodeWrong.on_field("code"))?;
        Ok(Proven { proven_until })
    }
}
