use std::time::Duration;

use accounts::AuditAction;
use accounts::prelude::*;
use contract::auth::{ForgotPassword, ResetPassword, VerifyEmail};
use contract::users::{PatchProfile, Profile};
use futures_util::future::join_all;
use kernel::{Actor, AppError, PageRequest, Secret};
use testkit::Database;

use crate::fixture::Fixture;
use crate::requests::{error_code, home, token_in};
use crate::test_users::{PASSWORD, until};

testkit::database_tests!(
    verify_email_accepts_a_link_once,
    require_verified_passes_when_verification_is_optional,
    verification_link_expires_after_a_day,
    change_email_takes_effect_when_verified,
    change_email_requires_a_step_up_and_a_valid_address,
    change_email_reveals_a_taken_address_only_by_mail,
    resend_of_a_taken_address_informs_its_owner_again,
    change_email_replaces_an_unverified_address,
    verify_email_accepts_a_resent_link_of_a_replaced_address,
    verify_changed_address_ends_other_sessions_and_informs_the_old_address,
    verification_mails_have_a_daily_quota,
    verify_email_gives_an_address_to_one_of_two_accounts,
    verify_email_voids_links_to_the_old_address,
    verify_email_refuses_links_for_other_purposes,
    resend_verification_mails_a_pending_change,
);

const CONFIRM: &str = "Verify your email address";
const CONFIRM_NEW: &str = "Verify your new email address";
const IN_USE: &str = "You already have an account";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn verify(fixture: &Fixture, token: &Secret) -> Result<(), AppError> {
    let token = token.clone();
    fixture.accounts.verify_email(VerifyEmail { token }).await
}

async fn request_change(
    fixture: &Fixture,
    actor: &Actor,
    email: &str,
) -> Result<Profile, AppError> {
    let patch = PatchProfile {
        email: Some(email.to_owned()),
        ..PatchProfile::default()
    };
    fixture.accounts.patch_profile(actor, patch).await
}

async fn newest(fixture: &Fixture, address: &str, subject: &str, count: usize) -> Secret {
    let come = async || fixture.mails(address, subject).len() == count;
    until("the link has come", come).await;
    token_in(&fixture.mails(address, subject)[0])
}

async fn verify_email_accepts_a_link_once(database: Database) {
    let fixture = Fixture::strict(database);
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    let tokens = fixture.tokens("ada").await;
    let actor = fixture.authenticate(&tokens).await.unwrap();
    let error = fixture.accounts.require_verified(&actor);
    assert_eq!(error_code(error), "auth.email_not_verified");
    let token = newest(&fixture, "ada@example.org", CONFIRM, 1).await;
    let tries = join_all((0..6).map(|_| verify(&fixture, &token))).await;
    assert_eq!(
        tries.iter().filter(|one| one.is_ok()).count(),
        1,
        "on {:?}",
        fixture.store
    );
    let actor = fixture.authenticate(&tokens).await.unwrap();
    assert!(actor.verified, "what was remembered is forgotten");
    fixture.accounts.require_verified(&actor).unwrap();
    let resend = fixture.accounts.resend_verification(&actor).await;
    assert_eq!(error_code(resend), "auth.email_already_verified");
}

async fn require_verified_passes_when_verification_is_optional(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    assert!(!ada.verified);
    fixture.accounts.require_verified(&ada).unwrap();
}

async fn verification_link_expires_after_a_day(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    let ada = fixture
        .authenticate(&fixture.tokens("ada").await)
        .await
        .unwrap();
    let soon = fixture
        .accounts
        .resend_verification(&ada)
        .await
        .unwrap_err();
    assert_eq!(soon.code().name, "auth.resend_too_soon");
    assert_eq!(soon.retry_delay(), Some(Duration::from_secs(60)));
    let first = newest(&fixture, "ada@example.org", CONFIRM, 1).await;
    fixture.advance(Duration::from_secs(60));
    let many = join_all((0..5).map(|_| fixture.accounts.resend_verification(&ada))).await;
    assert_eq!(
        many.iter().filter(|one| one.is_ok()).count(),
        1,
        "on {:?}",
        fixture.store
    );
    let second = newest(&fixture, "ada@example.org", CONFIRM, 2).await;
    assert_eq!(
        error_code(verify(&fixture, &first).await),
        "auth.link_invalid"
    );
    fixture.advance(DAY);
    assert_eq!(
        error_code(verify(&fixture, &second).await),
        "auth.link_expired"
    );
    assert_eq!(
        error_code(verify(&fixture, &Secret::new("x")).await),
        "auth.link_invalid"
    );
    let ada = fixture
        .authenticate(&fixture.tokens("ada").await)
        .await
        .unwrap();
    fixture.accounts.resend_verification(&ada).await.unwrap();
    let third = newest(&fixture, "ada@example.org", CONFIRM, 3).await;
    verify(&fixture, &third).await.unwrap();
}

async fn change_email_takes_effect_when_verified(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let profile = request_change(&fixture, &ada, "Lady@Example.org")
        .await
        .unwrap();
    assert_eq!(profile.email, "ada@example.org");
    assert_eq!(profile.pending_email.as_deref(), Some("Lady@example.org"));
    let token = newest(&fixture, "lady@example.org", CONFIRM_NEW, 1).await;
    let notice = "Email address change requested";
    let notice = fixture.mail("ada@example.org", notice).await;
    assert!(notice.contains("L***@example.org") && !notice.contains("Lady@"));
    fixture.sign_in("ada@example.org", PASSWORD).await.unwrap();

    verify(&fixture, &token).await.unwrap();
    let profile = fixture.accounts.profile(&ada).await.unwrap();
    assert_eq!(
        (profile.email.as_str(), profile.pending_email),
        ("Lady@example.org", None)
    );
    assert!(profile.email_verified);
    fixture.sign_in("LADY@example.org", PASSWORD).await.unwrap();
    let old = fixture.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(error_code(old), "auth.invalid_credentials");
    let audit = fixture
        .accounts
        .audit(ada.user, PageRequest::default())
        .await
        .unwrap();
    assert!(
        audit
            .items
            .iter()
            .any(|line| line.action == AuditAction::EmailChanged)
    );
}

async fn change_email_requires_a_step_up_and_a_valid_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let error = request_change(&fixture, &ada, "lady").await.unwrap_err();
    assert_eq!(
        (error.code().name, error.fields()[0].field.as_str()),
        ("auth.email_invalid", "email")
    );
    request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap();
    let again = request_change(&fixture, &ada, "countess@example.org").await;
    assert_eq!(error_code(again), "auth.resend_too_soon");
    fixture.advance(Duration::from_secs(15 * 60));
    let stale = request_change(&fixture, &ada, "countess@example.org").await;
    assert_eq!(error_code(stale), "auth.step_up_required");
    let back = request_change(&fixture, &ada, "ADA@example.org")
        .await
        .unwrap();
    assert_eq!(
        back.pending_email, None,
        "who wants the old one wants no other"
    );
}

async fn change_email_reveals_a_taken_address_only_by_mail(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.verified_user("bea").await;
    let (ada, cid) = (
        fixture.verified_user("ada").await,
        fixture.user("cid").await,
    );
    for (name, actor) in [("ada", &ada), ("cid", &cid)] {
        let taken = request_change(&fixture, actor, "BEA@example.org")
            .await
            .unwrap();
        fixture.advance(Duration::from_secs(60));
        let free = request_change(&fixture, actor, "BE2@example.org")
            .await
            .unwrap();
        let shape = |profile: &Profile| {
            serde_json::to_string(profile)
                .unwrap()
                .replace("BEA", "BE2")
        };
        assert_eq!(shape(&taken), shape(&free), "{name}");
        for address in ["bea@example.org", "be2@example.org"] {
            fixture.advance(Duration::from_secs(60));
            request_change(&fixture, actor, address).await.unwrap();
            let login = fixture.sign_in(address, "not-the-password-1").await;
            assert_eq!(error_code(login), "auth.invalid_credentials");
            if name == "cid" {
                // The account can log in by its username, whoever owns the address.
                let own = fixture.sign_in("cid", PASSWORD).await;
                own.unwrap();
            }
        }
    }
    until("the owner is informed each time", async || {
        fixture.mails("bea@example.org", IN_USE).len() == 4
    })
    .await;
    assert_eq!(fixture.mails("bea@example.org", CONFIRM_NEW).len(), 0);
    assert_eq!(fixture.mails("be2@example.org", CONFIRM_NEW).len(), 4);
    assert!(fixture.mails("bea@example.org", IN_USE)[0].starts_with("Hello bea,"));
}

async fn resend_of_a_taken_address_informs_its_owner_again(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.verified_user("bea").await;
    let cid = fixture.user("cid").await;
    request_change(&fixture, &cid, "bea@example.org")
        .await
        .unwrap();
    let expect_mails = async |count| {
        let come = async || fixture.mails("bea@example.org", IN_USE).len() == count;
        until("the owner is informed", come).await;
    };
    expect_mails(1).await;
    // First while the link is pending, then after it has expired.
    for (count, pause) in [(2, Duration::from_secs(60)), (3, DAY)] {
        fixture.advance(pause);
        let cid = fixture
            .authenticate(&fixture.tokens("cid").await)
            .await
            .unwrap();
        fixture.accounts.resend_verification(&cid).await.unwrap();
        expect_mails(count).await;
    }
    fixture.sign_in("bea@example.org", PASSWORD).await.unwrap();
}

async fn change_email_replaces_an_unverified_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.user("ada").await;
    let first = newest(&fixture, "ada@example.org", CONFIRM, 1).await;
    let profile = request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap();
    assert_eq!(
        (profile.email.as_str(), profile.pending_email),
        ("lady@example.org", None)
    );
    assert!(!profile.email_verified);
    assert_eq!(
        error_code(verify(&fixture, &first).await),
        "auth.link_invalid"
    );
    // The address that was never verified is available to its owner.
    let old = fixture.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(error_code(old), "auth.invalid_credentials");
    let mut owner = crate::requests::account("dora");
    owner.email = "ada@example.org".to_owned();
    fixture
        .accounts
        .register(owner, &crate::requests::home())
        .await
        .unwrap();
    let again = request_change(&fixture, &ada, "LADY@example.org")
        .await
        .unwrap();
    assert_eq!(again.email, "lady@example.org");
    let token = newest(&fixture, "lady@example.org", CONFIRM_NEW, 1).await;
    verify(&fixture, &token).await.unwrap();
    let profile = fixture.accounts.profile(&ada).await.unwrap();
    assert!(profile.email_verified);
    fixture.sign_in("lady@example.org", PASSWORD).await.unwrap();
}

async fn verify_email_accepts_a_resent_link_of_a_replaced_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.user("ada").await;
    request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap();
    fixture.advance(DAY);
    let ada = fixture
        .authenticate(&fixture.tokens("ada").await)
        .await
        .unwrap();
    fixture.accounts.resend_verification(&ada).await.unwrap();
    let token = newest(&fixture, "lady@example.org", CONFIRM, 1).await;
    verify(&fixture, &token).await.unwrap();
    fixture.sign_in("lady@example.org", PASSWORD).await.unwrap();
}

async fn verify_changed_address_ends_other_sessions_and_informs_the_old_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let other = fixture.tokens("ada").await;
    request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap();
    let token = newest(&fixture, "lady@example.org", CONFIRM_NEW, 1).await;
    fixture.authenticate(&other).await.unwrap();
    verify(&fixture, &token).await.unwrap();
    assert_eq!(
        error_code(fixture.authenticate(&other).await),
        "auth.session_ended"
    );
    assert_eq!(fixture.ended.sessions(), [other.session]);
    fixture.accounts.profile(&ada).await.unwrap();
    let mail = fixture
        .mail("ada@example.org", "Your email address was changed")
        .await;
    assert!(mail.contains("l***@example.org") && !mail.contains("lady@"));
}

async fn verification_mails_have_a_daily_quota(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    // The link of the registration was the first of ten.
    for number in 1..10 {
        let address = format!("lady{number}@example.org");
        request_change(&fixture, &ada, &address).await.unwrap();
        fixture.advance(Duration::from_secs(60));
    }
    let error = request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap_err();
    assert_eq!(error.code().name, "auth.resend_too_soon");
    assert_eq!(error.retry_delay(), Some(DAY - Duration::from_secs(9 * 60)));
    let resend = fixture.accounts.resend_verification(&ada).await;
    assert_eq!(error_code(resend), "auth.resend_too_soon");
    fixture.advance(DAY - Duration::from_secs(9 * 60));
    let ada = fixture
        .authenticate(&fixture.tokens("ada").await)
        .await
        .unwrap();
    request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap();
}

async fn verify_email_gives_an_address_to_one_of_two_accounts(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let mut tokens = vec![];
    for (name, count) in [("ada", 1), ("bea", 2), ("cid", 3)] {
        let actor = fixture.user(name).await;
        request_change(&fixture, &actor, "lady@example.org")
            .await
            .unwrap();
        tokens.push(newest(&fixture, "lady@example.org", CONFIRM_NEW, count).await);
    }
    let tries = join_all(tokens.iter().map(|token| verify(&fixture, token))).await;
    let (moved, error): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
    assert_eq!(moved.len(), 1, "on {:?}", fixture.store);
    assert!(
        error
            .into_iter()
            .all(|one| error_code(one) == "auth.email_taken")
    );
}

async fn verify_email_voids_links_to_the_old_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.user("ada").await;
    let verification = newest(&fixture, "ada@example.org", CONFIRM, 1).await;
    let email = "ada@example.org".to_owned();
    fixture
        .accounts
        .forgot_password(ForgotPassword { email })
        .await
        .unwrap();
    let reset = newest(&fixture, "ada@example.org", "Set a new password", 1).await;
    request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap();
    let token = newest(&fixture, "lady@example.org", CONFIRM_NEW, 1).await;
    verify(&fixture, &token).await.unwrap();
    assert_eq!(
        error_code(verify(&fixture, &verification).await),
        "auth.link_invalid"
    );
    let reset = ResetPassword {
        token: reset,
        password: Secret::new("amber-lantern-orbit-27"),
        password_confirm: Secret::new("amber-lantern-orbit-27"),
    };
    let error = fixture.accounts.reset_password(reset, &home()).await;
    assert_eq!(error_code(error), "auth.link_invalid");
}

async fn verify_email_refuses_links_for_other_purposes(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    let verification = newest(&fixture, "ada@example.org", CONFIRM, 1).await;
    let reset = ResetPassword {
        token: verification.clone(),
        password: Secret::new("amber-lantern-orbit-27"),
        password_confirm: Secret::new("amber-lantern-orbit-27"),
    };
    let error = fixture.accounts.reset_password(reset, &home()).await;
    assert_eq!(error_code(error), "auth.link_invalid");
    let email = "ada@example.org".to_owned();
    fixture
        .accounts
        .forgot_password(ForgotPassword { email })
        .await
        .unwrap();
    let reset = newest(&fixture, "ada@example.org", "Set a new password", 1).await;
    assert_eq!(
        error_code(verify(&fixture, &reset).await),
        "auth.link_invalid"
    );
    verify(&fixture, &verification).await.unwrap();
}

async fn resend_verification_mails_a_pending_change(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    request_change(&fixture, &ada, "lady@example.org")
        .await
        .unwrap();
    let first = newest(&fixture, "lady@example.org", CONFIRM_NEW, 1).await;
    fixture.advance(Duration::from_secs(60));
    fixture.accounts.resend_verification(&ada).await.unwrap();
    let second = newest(&fixture, "lady@example.org", CONFIRM_NEW, 2).await;
    assert_eq!(
        error_code(verify(&fixture, &first).await),
        "auth.link_invalid"
    );
    verify(&fixture, &second).await.unwrap();
}
