//! What is revoked by a change of credentials, and how owners recover their accounts.

use std::time::Duration;

use accounts::prelude::*;
use contract::accounts::SecondFactorMethod as Method;
use contract::auth::{
    ChangePassword, DisableSecondFactor, ForgotPassword, ResetPassword, StepUp, StepUpAnswer,
    Verify, VerifyEmail,
};
use contract::users::{DeleteAccount, PatchProfile};
use db::AnyConn;
use kernel::{Actor, AppError, Secret};

use crate::fixture::Fixture;
use crate::requests::{answer, error_code, home, token_in};
use crate::second_factor::{begin_login, current_code, verified, with_app};
use crate::test_users::{PASSWORD, until};

testkit::database_tests!(
    pending_change_of_address_does_not_survive_the_owners_reset,
    pending_change_of_address_does_not_survive_the_first_verification,
    first_verification_by_reset_removes_earlier_factors,
    enable_factor_requires_a_verified_address,
    change_password_voids_links_and_challenges,
    reset_password_voids_the_other_links_and_challenges,
    enable_factor_voids_links,
    disable_factor_voids_links_and_challenges,
    renew_recovery_codes_voids_links_and_challenges,
    sign_out_everywhere_voids_links_and_challenges,
    suspension_voids_links,
    verify_changed_address_voids_links_to_the_old_address,
    reset_link_is_void_after_a_change_of_address,
    sensitive_actions_require_a_step_up_with_a_second_factor,
    change_password_is_no_step_up,
    sensitive_actions_require_no_step_up_without_a_second_factor,
    enable_factor_revokes_step_ups_of_other_sessions,
);

const ADA: &str = "ada@example.org";
const EVE: &str = "eve@example.org";
const NEW: &str = "amber-lantern-orbit-27";
const CHANGE: &str = "Verify your new email address";
const RESET: &str = "Set a new password";
const PROOF: Duration = Duration::from_secs(15 * 60);

async fn request_change(fixture: &Fixture, actor: &Actor, email: &str) {
    let patch = PatchProfile {
        email: Some(email.to_owned()),
        ..PatchProfile::default()
    };
    fixture.accounts.patch_profile(actor, patch).await.unwrap();
}

async fn link(fixture: &Fixture, address: &str, subject: &str, count: usize) -> Secret {
    let come = async || fixture.mails(address, subject).len() == count;
    until(subject, come).await;
    token_in(&fixture.mails(address, subject)[0])
}

async fn reset_link(fixture: &Fixture, count: usize) -> Secret {
    let email = ADA.to_owned();
    let request = ForgotPassword { email };
    fixture.accounts.forgot_password(request).await.unwrap();
    link(fixture, ADA, RESET, count).await
}

async fn follow(fixture: &Fixture, token: &Secret) -> Result<(), AppError> {
    let token = token.clone();
    fixture.accounts.verify_email(VerifyEmail { token }).await
}

async fn reset(fixture: &Fixture, token: &Secret, password: &str) -> Result<(), AppError> {
    let request = ResetPassword {
        token: token.clone(),
        password: Secret::new(password),
        password_confirm: Secret::new(password),
    };
    fixture.accounts.reset_password(request, &home()).await
}

async fn change(
    fixture: &Fixture,
    actor: &Actor,
    current: &str,
    new: &str,
) -> Result<(), AppError> {
    let request = ChangePassword {
        current_password: Secret::new(current),
        password: Secret::new(new),
        password_confirm: Secret::new(new),
    };
    fixture.accounts.change_password(actor, request).await
}

async fn step_up(fixture: &Fixture, actor: &Actor, code: &Secret) -> Result<(), AppError> {
    let password = Secret::new(PASSWORD);
    let step = fixture.accounts.step_up(actor, StepUp { password }).await?;
    let StepUpAnswer::SecondStep(step) = step else {
        panic!("a second factor is on");
    };
    let right = answer(&step.second_factor.challenge, Method::Recovery, code);
    fixture.accounts.verify_step_up(actor, right).await?;
    Ok(())
}

/// What the current credentials of an account give access to.
struct PendingAccess {
    change: Secret,
    reset: Secret,
    login: Option<Verify>,
}

impl PendingAccess {
    /// Requests links, and with a second factor a challenge.
    async fn all(fixture: &Fixture, actor: &Actor, code: Option<&Secret>) -> Self {
        request_change(fixture, actor, EVE).await;
        let login = match code {
            Some(code) => {
                let challenge = begin_login(fixture, "ada").await.challenge;
                Some(answer(&challenge, Method::Recovery, code))
            }
            None => None,
        };
        Self {
            change: link(fixture, EVE, CHANGE, 1).await,
            reset: reset_link(fixture, 1).await,
            login,
        }
    }

    /// Checks that all of it is void.
    async fn expect_void(self, fixture: &Fixture) {
        let followed = follow(fixture, &self.change).await;
        assert_eq!(error_code(followed), "auth.link_invalid");
        let set = reset(fixture, &self.reset, "third-lantern-orbit-27").await;
        assert_eq!(error_code(set), "auth.link_invalid");
        if let Some(login) = self.login {
            let error = verified(fixture, login).await;
            assert_eq!(error_code(error), "auth.challenge_invalid");
        }
    }
}

/// Runs a statement, for rows that earlier versions have written.
async fn rewrite(fixture: &Fixture, sql: &'static str) {
    let write = move |tx: &mut db::Tx<'_>| {
        let conn: &mut AnyConn = tx.conn;
        let query = diesel::sql_query(sql);
        db::match_backend!(conn, c => diesel::RunQueryDsl::execute(query, c))?;
        Ok(())
    };
    fixture.store.write(write).await.unwrap();
}

async fn pending_change_of_address_does_not_survive_the_owners_reset(fixture: Fixture) {
    let _worker = fixture.start_worker();
    // Eve registers with the address of Ada and requests a change to her own.
    let eve = fixture.user("ada").await;
    rewrite(
        &fixture,
        "UPDATE users SET email_verified_at = created_at WHERE username = 'ada'",
    )
    .await;
    request_change(&fixture, &eve, EVE).await;
    let stolen = link(&fixture, EVE, CHANGE, 1).await;
    rewrite(
        &fixture,
        "UPDATE users SET email_verified_at = NULL WHERE username = 'ada'",
    )
    .await;
    let owner = reset_link(&fixture, 1).await;
    reset(&fixture, &owner, NEW).await.unwrap();
    assert_eq!(fixture.ended.sessions(), [eve.session]);
    assert_eq!(
        error_code(follow(&fixture, &stolen).await),
        "auth.link_invalid"
    );
    fixture.sign_in(ADA, NEW).await.unwrap();
}

async fn pending_change_of_address_does_not_survive_the_first_verification(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let eve = fixture.user("ada").await;
    let first = link(&fixture, ADA, "Verify your email address", 1).await;
    rewrite(&fixture, "UPDATE users SET email_verified_at = created_at").await;
    request_change(&fixture, &eve, EVE).await;
    let stolen = link(&fixture, EVE, CHANGE, 1).await;
    rewrite(&fixture, "UPDATE users SET email_verified_at = NULL").await;
    follow(&fixture, &first).await.unwrap();
    assert_eq!(
        error_code(follow(&fixture, &stolen).await),
        "auth.link_invalid"
    );
}

async fn first_verification_by_reset_removes_earlier_factors(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let eve = fixture.verified_user("ada").await;
    with_app(&fixture, &eve).await;
    fixture.accounts.enable_email_codes(&eve).await.unwrap();
    rewrite(&fixture, "UPDATE users SET email_verified_at = NULL").await;
    let owner = reset_link(&fixture, 1).await;
    reset(&fixture, &owner, NEW).await.unwrap();
    assert_eq!(fixture.ended.sessions(), [eve.session]);
    let tokens = fixture.sign_in("ada", NEW).await.unwrap();
    let ada = fixture.authenticate(&tokens).await.unwrap();
    let state = fixture.accounts.profile(&ada).await.unwrap().second_factor;
    assert!(!state.email && !state.totp);
    assert_eq!(state.recovery_codes_left, 0);
}

async fn enable_factor_requires_a_verified_address(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let error = fixture.accounts.set_up_totp(&ada).await;
    assert_eq!(error_code(error), "auth.email_not_verified");
    let error = fixture.accounts.enable_email_codes(&ada).await;
    assert_eq!(error_code(error), "auth.email_not_verified");
}

async fn change_password_voids_links_and_challenges(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let open = PendingAccess::all(&fixture, &ada, Some(&codes[0])).await;
    change(&fixture, &ada, PASSWORD, NEW).await.unwrap();
    open.expect_void(&fixture).await;
}

async fn reset_password_voids_the_other_links_and_challenges(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let open = PendingAccess::all(&fixture, &ada, Some(&codes[0])).await;
    fixture.advance(Duration::from_secs(60));
    let newer = reset_link(&fixture, 2).await;
    reset(&fixture, &newer, NEW).await.unwrap();
    open.expect_void(&fixture).await;
}

async fn enable_factor_voids_links(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let open = PendingAccess::all(&fixture, &ada, None).await;
    with_app(&fixture, &ada).await;
    open.expect_void(&fixture).await;
}

async fn disable_factor_voids_links_and_challenges(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let open = PendingAccess::all(&fixture, &ada, Some(&codes[0])).await;
    let all = DisableSecondFactor { method: None };
    let off = fixture.accounts.disable_second_factor(&ada, all).await;
    off.unwrap();
    open.expect_void(&fixture).await;
}

async fn renew_recovery_codes_voids_links_and_challenges(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let open = PendingAccess::all(&fixture, &ada, Some(&codes[0])).await;
    fixture.accounts.renew_recovery_codes(&ada).await.unwrap();
    open.expect_void(&fixture).await;
}

async fn sign_out_everywhere_voids_links_and_challenges(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let open = PendingAccess::all(&fixture, &ada, Some(&codes[0])).await;
    fixture.accounts.sign_out_everywhere(&ada).await.unwrap();
    open.expect_void(&fixture).await;
}

async fn suspension_voids_links(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let boss = fixture.admin("boss").await;
    let ada = fixture.verified_user("ada").await;
    let open = PendingAccess::all(&fixture, &ada, None).await;
    fixture.accounts.suspend(&boss, "ada").await.unwrap();
    fixture.accounts.restore(&boss, "ada").await.unwrap();
    open.expect_void(&fixture).await;
}

async fn verify_changed_address_voids_links_to_the_old_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let open = PendingAccess::all(&fixture, &ada, Some(&codes[0])).await;
    follow(&fixture, &open.change).await.unwrap();
    open.expect_void(&fixture).await;
}

async fn reset_link_is_void_after_a_change_of_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let token = reset_link(&fixture, 1).await;
    rewrite(
        &fixture,
        "UPDATE users SET email = 'moved@example.org', email_key = 'moved@example.org' \
         WHERE username_key = 'ada'",
    )
    .await;
    let result = reset(&fixture, &token, "a-brand-new-password").await;
    assert_eq!(result.unwrap_err().code().name, "auth.link_invalid");
    fixture.accounts.profile(&ada).await.unwrap();
    fixture.sign_in("ada", PASSWORD).await.unwrap();
}

fn with_password() -> DeleteAccount {
    DeleteAccount {
        password: Secret::new(PASSWORD),
    }
}

/// The errors of all actions that require a step-up with a second factor; none has an effect.
async fn step_up_errors(fixture: &Fixture, actor: &Actor, other: &Actor) -> Vec<&'static str> {
    let accounts = &fixture.accounts;
    let export = contract::users::ExportId::from_uuid(actor.user.uuid());
    vec![
        error_code(change(fixture, actor, PASSWORD, NEW).await),
        error_code(accounts.delete_account(actor, with_password()).await),
        error_code(accounts.request_export(actor).await),
        error_code(accounts.download_export(actor, export).await),
        error_code(accounts.end_session(actor, other.session).await),
        error_code(accounts.sign_out_everywhere(actor).await),
    ]
}

async fn sensitive_actions_require_a_step_up_with_a_second_factor(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (secret, codes) = with_app(&fixture, &ada).await;
    fixture.advance(PROOF);
    let second = begin_login(&fixture, "ada").await;
    let login = answer(
        &second.challenge,
        Method::Totp,
        &current_code(&fixture, &secret),
    );
    let signed_in = fixture.accounts.verify_login(login, &home()).await.unwrap();
    let other = fixture.authenticate(&signed_in.tokens).await.unwrap();
    let errors = step_up_errors(&fixture, &ada, &other).await;
    assert_eq!(errors, ["auth.step_up_required"; 6]);

    step_up(&fixture, &ada, &codes[0]).await.unwrap();
    fixture
        .accounts
        .end_session(&ada, other.session)
        .await
        .unwrap();
    fixture.accounts.request_export(&ada).await.unwrap();
    change(&fixture, &ada, PASSWORD, NEW).await.unwrap();
    fixture.advance(PROOF);
    let stale = fixture.accounts.renew_recovery_codes(&ada).await;
    assert_eq!(error_code(stale), "auth.step_up_required");
    fixture
        .accounts
        .end_session(&ada, ada.session)
        .await
        .unwrap();
}

async fn change_password_is_no_step_up(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    fixture.advance(PROOF);
    step_up(&fixture, &ada, &codes[0]).await.unwrap();
    fixture.advance(PROOF - Duration::from_secs(1));
    change(&fixture, &ada, PASSWORD, NEW).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    let all = DisableSecondFactor { method: None };
    let result = fixture.accounts.disable_second_factor(&ada, all).await;
    assert_eq!(error_code(result), "auth.step_up_required");
}

async fn sensitive_actions_require_no_step_up_without_a_second_factor(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let other = fixture.user("bea").await;
    fixture.advance(PROOF);
    change(&fixture, &ada, PASSWORD, NEW).await.unwrap();
    let result = fixture.accounts.end_session(&ada, other.session).await;
    assert_eq!(error_code(result), "auth.session_not_found");
    fixture.accounts.request_export(&ada).await.unwrap();
    fixture.accounts.sign_out_everywhere(&ada).await.unwrap();
}

async fn enable_factor_revokes_step_ups_of_other_sessions(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let thief = fixture
        .authenticate(&fixture.tokens("ada").await)
        .await
        .unwrap();
    with_app(&fixture, &ada).await;
    let errors = step_up_errors(&fixture, &thief, &ada).await;
    assert_eq!(errors, ["auth.step_up_required"; 6]);
    let all = DisableSecondFactor { method: None };
    let result = fixture.accounts.disable_second_factor(&thief, all).await;
    assert_eq!(error_code(result), "auth.step_up_required");
    fixture.accounts.sign_out(&thief).await.unwrap();
    fixture.accounts.renew_recovery_codes(&ada).await.unwrap();
}
