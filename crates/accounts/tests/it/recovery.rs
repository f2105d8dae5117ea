//! Getting an account back, and what must not outlive a change of its credentials.

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

use crate::company::{PASSWORD, until};
use crate::entrance::{answer, home, refusal, token_in};
use crate::second_factor::{challenged, shown, verified, with_app};
use crate::world::{World, each};

const ADA: &str = "ada@example.org";
const EVE: &str = "eve@example.org";
const NEW: &str = "amber-lantern-orbit-27";
const CHANGE: &str = "Confirm your new e-mail address";
const RESET: &str = "Set a new password";
const PROOF: Duration = Duration::from_secs(15 * 60);

async fn ask_for(world: &World, actor: &Actor, email: &str) {
    let patch = PatchProfile {
        email: Some(email.to_owned()),
        ..PatchProfile::default()
    };
    world.accounts.patch_profile(actor, patch).await.unwrap();
}

async fn link(world: &World, address: &str, subject: &str, count: usize) -> Secret {
    let come = async || world.letters(address, subject).len() == count;
    until(subject, come).await;
    token_in(&world.letters(address, subject)[0])
}

async fn reset_link(world: &World, count: usize) -> Secret {
    let email = ADA.to_owned();
    let request = ForgotPassword { email };
    world.accounts.forgot_password(request).await.unwrap();
    link(world, ADA, RESET, count).await
}

async fn follow(world: &World, token: &Secret) -> Result<(), AppError> {
    let token = token.clone();
    world.accounts.verify_email(VerifyEmail { token }).await
}

async fn reset(world: &World, token: &Secret, password: &str) -> Result<(), AppError> {
    let request = ResetPassword {
        token: token.clone(),
        password: Secret::new(password),
        password_confirm: Secret::new(password),
    };
    world.accounts.reset_password(request, &home()).await
}

async fn change(world: &World, actor: &Actor, current: &str, new: &str) -> Result<(), AppError> {
    let request = ChangePassword {
        current_password: Secret::new(current),
        password: Secret::new(new),
        password_confirm: Secret::new(new),
    };
    world.accounts.change_password(actor, request).await
}

async fn step_up(world: &World, actor: &Actor, code: &Secret) -> Result<(), AppError> {
    let password = Secret::new(PASSWORD);
    let step = world.accounts.step_up(actor, StepUp { password }).await?;
    let StepUpAnswer::SecondStep(step) = step else {
        panic!("a second factor is on");
    };
    let right = answer(&step.second_factor.challenge, Method::Recovery, code);
    world.accounts.verify_step_up(actor, right).await?;
    Ok(())
}

/// What is open to somebody who knows the account as it is guarded now.
struct Open {
    change: Secret,
    reset: Secret,
    login: Option<Verify>,
}

impl Open {
    /// Links, and with a factor on a login that waits for its second step.
    async fn all(world: &World, actor: &Actor, code: Option<&Secret>) -> Self {
        ask_for(world, actor, EVE).await;
        let login = match code {
            Some(code) => {
                let challenge = challenged(world, "ada").await.challenge;
                Some(answer(&challenge, Method::Recovery, code))
            }
            None => None,
        };
        Self {
            change: link(world, EVE, CHANGE, 1).await,
            reset: reset_link(world, 1).await,
            login,
        }
    }

    /// None of it leads anywhere any more.
    async fn expect_void(self, world: &World) {
        let followed = follow(world, &self.change).await;
        assert_eq!(refusal(followed), "auth.link_invalid");
        let set = reset(world, &self.reset, "third-lantern-orbit-27").await;
        assert_eq!(refusal(set), "auth.link_invalid");
        if let Some(login) = self.login {
            let refused = verified(world, login).await;
            assert_eq!(refusal(refused), "auth.challenge_invalid");
        }
    }
}

/// Runs a statement that stands for a row written before the rules of today.
async fn rewrite(world: &World, sql: &'static str) {
    let write = move |tx: &mut db::Tx<'_>| {
        let conn: &mut AnyConn = tx.conn;
        let query = diesel::sql_query(sql);
        db::match_backend!(conn, c => diesel::RunQueryDsl::execute(query, c))?;
        Ok(())
    };
    world.store.write(write).await.unwrap();
}

#[tokio::test]
async fn pending_change_of_address_does_not_survive_the_owners_reset() {
    for world in each() {
        let _working = world.working();
        // Eve registers with the address of Ada and wants the account moved to her own.
        let eve = world.person("ada").await;
        rewrite(
            &world,
            "UPDATE users SET email_verified_at = created_at WHERE username = 'ada'",
        )
        .await;
        ask_for(&world, &eve, EVE).await;
        let stolen = link(&world, EVE, CHANGE, 1).await;
        rewrite(
            &world,
            "UPDATE users SET email_verified_at = NULL WHERE username = 'ada'",
        )
        .await;
        let owner = reset_link(&world, 1).await;
        reset(&world, &owner, NEW).await.unwrap();
        assert_eq!(world.ended.sessions(), [eve.session]);
        assert_eq!(refusal(follow(&world, &stolen).await), "auth.link_invalid");
        world.sign_in(ADA, NEW).await.unwrap();
    }
}

#[tokio::test]
async fn pending_change_of_address_does_not_survive_the_first_verification() {
    for world in each() {
        let _working = world.working();
        let eve = world.person("ada").await;
        let first = link(&world, ADA, "Confirm your e-mail address", 1).await;
        rewrite(&world, "UPDATE users SET email_verified_at = created_at").await;
        ask_for(&world, &eve, EVE).await;
        let stolen = link(&world, EVE, CHANGE, 1).await;
        rewrite(&world, "UPDATE users SET email_verified_at = NULL").await;
        follow(&world, &first).await.unwrap();
        assert_eq!(refusal(follow(&world, &stolen).await), "auth.link_invalid");
    }
}

#[tokio::test]
async fn first_verification_by_reset_removes_factors_of_whoever_was_there_before() {
    for world in each() {
        let _working = world.working();
        let eve = world.verified_person("ada").await;
        with_app(&world, &eve).await;
        world.accounts.enable_email_codes(&eve).await.unwrap();
        rewrite(&world, "UPDATE users SET email_verified_at = NULL").await;
        let owner = reset_link(&world, 1).await;
        reset(&world, &owner, NEW).await.unwrap();
        assert_eq!(world.ended.sessions(), [eve.session]);
        let tokens = world.sign_in("ada", NEW).await.unwrap();
        let ada = world.who(&tokens).await.unwrap();
        let state = world.accounts.profile(&ada).await.unwrap().second_factor;
        assert!(!state.email && !state.totp);
        assert_eq!(state.recovery_codes_left, 0);
    }
}

#[tokio::test]
async fn factors_need_a_verified_address() {
    for world in each() {
        let ada = world.person("ada").await;
        let refused = world.accounts.set_up_totp(&ada).await;
        assert_eq!(refusal(refused), "auth.email_not_verified");
        let refused = world.accounts.enable_email_codes(&ada).await;
        assert_eq!(refusal(refused), "auth.email_not_verified");
    }
}

#[tokio::test]
async fn change_password_voids_links_and_challenges() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let open = Open::all(&world, &ada, Some(&codes[0])).await;
        change(&world, &ada, PASSWORD, NEW).await.unwrap();
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn reset_password_voids_the_other_links_and_challenges() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let open = Open::all(&world, &ada, Some(&codes[0])).await;
        world.wait(Duration::from_secs(60));
        let newer = reset_link(&world, 2).await;
        reset(&world, &newer, NEW).await.unwrap();
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn enable_factor_voids_links() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let open = Open::all(&world, &ada, None).await;
        with_app(&world, &ada).await;
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn disable_factor_voids_links_and_challenges() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let open = Open::all(&world, &ada, Some(&codes[0])).await;
        let all = DisableSecondFactor { method: None };
        let off = world.accounts.disable_second_factor(&ada, all).await;
        off.unwrap();
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn renew_recovery_codes_voids_links_and_challenges() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let open = Open::all(&world, &ada, Some(&codes[0])).await;
        world.accounts.renew_recovery_codes(&ada).await.unwrap();
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn sign_out_everywhere_voids_links_and_challenges() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let open = Open::all(&world, &ada, Some(&codes[0])).await;
        world.accounts.sign_out_everywhere(&ada).await.unwrap();
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn suspension_voids_links() {
    for world in each() {
        let _working = world.working();
        let boss = world.admin("boss").await;
        let ada = world.verified_person("ada").await;
        let open = Open::all(&world, &ada, None).await;
        world.accounts.suspend(&boss, "ada").await.unwrap();
        world.accounts.restore(&boss, "ada").await.unwrap();
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn verify_changed_address_voids_what_was_mailed_to_the_old_one() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let open = Open::all(&world, &ada, Some(&codes[0])).await;
        follow(&world, &open.change).await.unwrap();
        open.expect_void(&world).await;
    }
}

#[tokio::test]
async fn reset_link_opens_nothing_once_another_address_is_the_accounts() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let token = reset_link(&world, 1).await;
        rewrite(
            &world,
            "UPDATE users SET email = 'moved@example.org', email_key = 'moved@example.org' \
             WHERE username_key = 'ada'",
        )
        .await;
        let refused = reset(&world, &token, "a-brand-new-password").await;
        assert_eq!(refused.unwrap_err().code().name, "auth.link_invalid");
        world.accounts.profile(&ada).await.unwrap();
        world.sign_in("ada", PASSWORD).await.unwrap();
    }
}

fn with_password() -> DeleteAccount {
    DeleteAccount {
        password: Secret::new(PASSWORD),
    }
}

/// What needs a fresh proof with a factor on, and what each answers `actor`; none is done.
async fn refusals(world: &World, actor: &Actor, other: &Actor) -> Vec<&'static str> {
    let accounts = &world.accounts;
    let export = contract::users::ExportId::from_uuid(actor.user.uuid());
    vec![
        refusal(change(world, actor, PASSWORD, NEW).await),
        refusal(accounts.delete_account(actor, with_password()).await),
        refusal(accounts.request_export(actor).await),
        refusal(accounts.download_export(actor, export).await),
        refusal(accounts.end_session(actor, other.session).await),
        refusal(accounts.sign_out_everywhere(actor).await),
    ]
}

#[tokio::test]
async fn factor_guards_what_would_take_the_account_away() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (secret, codes) = with_app(&world, &ada).await;
        world.wait(PROOF);
        let second = challenged(&world, "ada").await;
        let login = answer(&second.challenge, Method::Totp, &shown(&world, &secret));
        let signed_in = world.accounts.verify_login(login, &home()).await.unwrap();
        let other = world.who(&signed_in.tokens).await.unwrap();
        let refused = refusals(&world, &ada, &other).await;
        assert_eq!(refused, ["auth.step_up_required"; 6]);

        step_up(&world, &ada, &codes[0]).await.unwrap();
        world
            .accounts
            .end_session(&ada, other.session)
            .await
            .unwrap();
        world.accounts.request_export(&ada).await.unwrap();
        change(&world, &ada, PASSWORD, NEW).await.unwrap();
        world.wait(PROOF);
        let stale = world.accounts.renew_recovery_codes(&ada).await;
        assert_eq!(refusal(stale), "auth.step_up_required");
        world.accounts.end_session(&ada, ada.session).await.unwrap();
    }
}

#[tokio::test]
async fn change_password_is_no_proof() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        world.wait(PROOF);
        step_up(&world, &ada, &codes[0]).await.unwrap();
        world.wait(PROOF - Duration::from_secs(1));
        change(&world, &ada, PASSWORD, NEW).await.unwrap();
        world.wait(Duration::from_secs(1));
        let all = DisableSecondFactor { method: None };
        let refused = world.accounts.disable_second_factor(&ada, all).await;
        assert_eq!(refusal(refused), "auth.step_up_required");
    }
}

#[tokio::test]
async fn without_a_factor_the_password_is_enough() {
    for world in each() {
        let ada = world.person("ada").await;
        let other = world.person("bea").await;
        world.wait(PROOF);
        change(&world, &ada, PASSWORD, NEW).await.unwrap();
        let refused = world.accounts.end_session(&ada, other.session).await;
        assert_eq!(refusal(refused), "auth.session_not_found");
        world.accounts.request_export(&ada).await.unwrap();
        world.accounts.sign_out_everywhere(&ada).await.unwrap();
    }
}

#[tokio::test]
async fn enable_factor_withdraws_the_proofs_of_other_sessions() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let thief = world.who(&world.tokens("ada").await).await.unwrap();
        with_app(&world, &ada).await;
        let refused = refusals(&world, &thief, &ada).await;
        assert_eq!(refused, ["auth.step_up_required"; 6]);
        let all = DisableSecondFactor { method: None };
        let refused = world.accounts.disable_second_factor(&thief, all).await;
        assert_eq!(refusal(refused), "auth.step_up_required");
        world.accounts.sign_out(&thief).await.unwrap();
        world.accounts.renew_recovery_codes(&ada).await.unwrap();
    }
}
