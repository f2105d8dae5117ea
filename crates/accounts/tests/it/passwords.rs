use std::time::Duration;

use accounts::prelude::*;
use accounts::{AuditAction, Tokens};
use contract::auth::{ChangePassword, ForgotPassword, ResetPassword, TotpEnable};
use futures_util::future::join_all;
use kernel::{AppError, PageRequest, Secret};

use crate::fixture::Fixture;
use crate::requests::{error_code, home, token_in};
use crate::second_factor::current_code;
use crate::test_users::{PASSWORD, until};

testkit::database_tests!(
    reset_password_ends_all_sessions,
    forgot_password_does_not_reveal_accounts,
    forgot_password_mails_once_a_minute_and_keeps_the_newest_three_links,
    forgot_password_has_a_daily_quota,
    reset_password_checks_expiry_and_password,
    concurrent_resets_use_a_link_once,
    reset_password_keeps_second_factors_and_voids_challenges,
    change_password_ends_other_sessions_and_informs_the_owner,
    change_password_requires_the_current_and_a_different_password,
    concurrent_password_changes_apply_once,
);

const NEW: &str = "amber-lantern-orbit-27";
const SUBJECT: &str = "Set a new password";
const ADA: &str = "ada@example.org";

async fn request_link(fixture: &Fixture, email: &str) -> Result<(), AppError> {
    let email = email.to_owned();
    fixture
        .accounts
        .forgot_password(ForgotPassword { email })
        .await
}

fn reset(token: &Secret, password: &str) -> ResetPassword {
    ResetPassword {
        token: token.clone(),
        password: Secret::new(password),
        password_confirm: Secret::new(password),
    }
}

fn change(current: &str, password: &str) -> ChangePassword {
    ChangePassword {
        current_password: Secret::new(current),
        password: Secret::new(password),
        password_confirm: Secret::new(password),
    }
}

/// Waits until the worker has executed all jobs.
async fn jobs_done(fixture: &Fixture) {
    until("all jobs are done", async || {
        let jobs = fixture.store.read(jobs::backlog);
        jobs.await.unwrap() == (0, 0)
    })
    .await;
}

/// Requests a link and waits for it; requires a worker.
async fn link(fixture: &Fixture) -> Secret {
    let before = fixture.mails(ADA, SUBJECT).len();
    request_link(fixture, ADA).await.unwrap();
    until("a link has come", async || {
        fixture.mails(ADA, SUBJECT).len() > before
    })
    .await;
    token_in(&fixture.mails(ADA, SUBJECT)[0])
}

async fn reset_password_ends_all_sessions(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    let sessions: [Tokens; 2] = [fixture.tokens("ada").await, fixture.tokens("ada").await];
    let token = link(&fixture).await;
    fixture
        .accounts
        .reset_password(reset(&token, NEW), &home())
        .await
        .unwrap();
    for tokens in &sessions {
        assert_eq!(
            error_code(fixture.authenticate(tokens).await),
            "auth.session_ended"
        );
        let refreshed = fixture.accounts.refresh(&tokens.refresh, &home()).await;
        assert_eq!(error_code(refreshed), "auth.refresh_invalid");
    }
    assert_eq!(fixture.ended.sessions().len(), 2);
    assert_eq!(
        error_code(fixture.sign_in("ada", PASSWORD).await),
        "auth.invalid_credentials"
    );
    let tokens = fixture.sign_in("ada", NEW).await.unwrap();
    let actor = fixture.authenticate(&tokens).await.unwrap();
    assert!(actor.verified, "who followed the link has the address");
    let again = fixture
        .accounts
        .reset_password(reset(&token, PASSWORD), &home())
        .await;
    assert_eq!(error_code(again), "auth.link_invalid");
}

async fn forgot_password_does_not_reveal_accounts(fixture: Fixture) {
    let boss = fixture.admin("boss").await;
    fixture.register("ada").await.unwrap();
    fixture.register("bea").await.unwrap();
    fixture.accounts.suspend(&boss, "bea").await.unwrap();
    for email in [ADA, "eve@example.org", "bea@example.org", "no address"] {
        request_link(&fixture, email).await.unwrap();
    }
    let _worker = fixture.start_worker();
    fixture.mail(ADA, SUBJECT).await;
    let written = async || {
        let jobs = fixture.store.read(jobs::backlog);
        jobs.await.unwrap() == (0, 0)
    };
    until("all is done", written).await;
    let resets = fixture.mailbox.newest().into_iter();
    assert_eq!(
        resets.filter(|mail| mail.mail.subject == SUBJECT).count(),
        1
    );
}

async fn forgot_password_mails_once_a_minute_and_keeps_the_newest_three_links(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    let mut links = vec![link(&fixture).await];
    for _ in 0..3 {
        request_link(&fixture, ADA).await.unwrap();
    }
    for _ in 0..3 {
        // A request that is handled after the minute would send a mail.
        jobs_done(&fixture).await;
        fixture.advance(Duration::from_secs(60));
        links.push(link(&fixture).await);
    }
    assert_eq!(fixture.mails(ADA, SUBJECT).len(), 4);
    let void = fixture
        .accounts
        .reset_password(reset(&links[0], NEW), &home())
        .await;
    assert_eq!(error_code(void), "auth.link_invalid");
    let oldest = fixture
        .accounts
        .reset_password(reset(&links[1], NEW), &home())
        .await;
    oldest.unwrap();
    for link in &links[2..] {
        let void = fixture
            .accounts
            .reset_password(reset(link, PASSWORD), &home())
            .await;
        assert_eq!(
            error_code(void),
            "auth.link_invalid",
            "one password, one link"
        );
    }
}

async fn forgot_password_has_a_daily_quota(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    for _ in 0..5 {
        link(&fixture).await;
        fixture.advance(Duration::from_secs(60));
    }
    request_link(&fixture, ADA).await.unwrap();
    jobs_done(&fixture).await;
    assert_eq!(fixture.mails(ADA, SUBJECT).len(), 5);
    fixture.advance(Duration::from_secs(24 * 60 * 60 - 5 * 60));
    link(&fixture).await;
    assert_eq!(fixture.mails(ADA, SUBJECT).len(), 6);
}

async fn reset_password_checks_expiry_and_password(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    let token = link(&fixture).await;
    let weak = fixture
        .accounts
        .reset_password(reset(&token, "password1"), &home())
        .await;
    assert_eq!(error_code(weak), "auth.password_weak");
    let mut differ = reset(&token, NEW);
    differ.password_confirm = Secret::new("x");
    let differ = fixture.accounts.reset_password(differ, &home()).await;
    assert_eq!(error_code(differ), "auth.password_mismatch");
    let unknown = fixture
        .accounts
        .reset_password(reset(&Secret::new("x"), NEW), &home())
        .await;
    assert_eq!(error_code(unknown), "auth.link_invalid");
    fixture.advance(Duration::from_secs(30 * 60));
    let late = fixture
        .accounts
        .reset_password(reset(&token, NEW), &home())
        .await;
    assert_eq!(error_code(late), "auth.link_expired");
}

async fn concurrent_resets_use_a_link_once(fixture: Fixture) {
    let _worker = fixture.start_worker();
    fixture.register("ada").await.unwrap();
    let token = link(&fixture).await;
    let passwords: Vec<String> = (0..6).map(|n| format!("{NEW}-{n}{n}")).collect();
    let client_info = home();
    let tries = passwords.iter().map(|one| {
        fixture
            .accounts
            .reset_password(reset(&token, one), &client_info)
    });
    let results = join_all(tries).await;
    let won: Vec<_> = (0..6).filter(|n| results[*n].is_ok()).collect();
    assert_eq!(won.len(), 1, "on {:?}", fixture.store);
    fixture.sign_in("ada", &passwords[won[0]]).await.unwrap();
}

async fn reset_password_keeps_second_factors_and_voids_challenges(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let secret = fixture.accounts.set_up_totp(&ada).await.unwrap().secret;
    let code = current_code(&fixture, &secret);
    fixture
        .accounts
        .enable_totp(&ada, TotpEnable { code })
        .await
        .unwrap();
    let before = fixture.sign_in("ada", PASSWORD).await.unwrap_err();
    let challenge = Secret::new(before.details()[0].1.as_str().unwrap());
    let token = link(&fixture).await;
    fixture
        .accounts
        .reset_password(reset(&token, NEW), &home())
        .await
        .unwrap();
    fixture.advance(Duration::from_secs(30));
    let method = contract::accounts::SecondFactorMethod::Totp;
    let answer = crate::requests::answer(&challenge, method, &current_code(&fixture, &secret));
    let old = fixture.accounts.verify_login(answer, &home()).await;
    assert_eq!(error_code(old), "auth.challenge_invalid");
    assert_eq!(
        error_code(fixture.sign_in("ada", NEW).await),
        "auth.second_factor_required"
    );
}

async fn change_password_ends_other_sessions_and_informs_the_owner(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let other = fixture.tokens("ada").await;
    fixture
        .accounts
        .change_password(&ada, change(PASSWORD, NEW))
        .await
        .unwrap();
    assert_eq!(
        error_code(fixture.authenticate(&other).await),
        "auth.session_ended"
    );
    assert!(fixture.ended.sessions().contains(&other.session));
    assert!(!fixture.ended.sessions().contains(&ada.session));
    fixture.sign_in("ada", NEW).await.unwrap();
    let mail = fixture.mail(ADA, "Your password was changed").await;
    assert!(mail.contains("All other sessions were ended."));
    let audit = fixture
        .accounts
        .audit(ada.user, PageRequest::default())
        .await
        .unwrap();
    assert!(
        audit
            .items
            .iter()
            .any(|line| line.action == AuditAction::PasswordChanged)
    );
}

async fn change_password_requires_the_current_and_a_different_password(fixture: Fixture) {
    let ada = fixture.user("lovelace").await;
    let tried = |current: &'static str, password: &'static str| {
        fixture
            .accounts
            .change_password(&ada, change(current, password))
    };
    let error = tried(NEW, NEW).await.unwrap_err();
    assert_eq!(error.code().name, "auth.password_wrong");
    assert_eq!(error.fields()[0].field, "current_password");
    let both = tried(NEW, "short").await.unwrap_err();
    assert_eq!(both.code().name, "invalid_fields");
    let fields = both.fields().iter().map(|error| error.field.as_str());
    assert_eq!(fields.collect::<Vec<_>>(), ["current_password", "password"]);
    assert_eq!(
        error_code(tried(PASSWORD, PASSWORD).await),
        "auth.password_unchanged"
    );
    assert_eq!(
        error_code(tried(PASSWORD, "lovelace-1").await),
        "auth.password_personal"
    );
    for _ in 0..8 {
        assert_eq!(error_code(tried(NEW, NEW).await), "auth.password_wrong");
    }
    assert_eq!(
        error_code(tried(PASSWORD, NEW).await),
        "auth.too_many_attempts"
    );
    fixture.sign_in("lovelace", PASSWORD).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    tried(PASSWORD, NEW).await.unwrap();
}

async fn concurrent_password_changes_apply_once(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let passwords: Vec<String> = (0..4).map(|n| format!("{NEW}-{n}{n}")).collect();
    let tries = passwords.iter().map(|one| {
        fixture
            .accounts
            .change_password(&ada, change(PASSWORD, one))
    });
    let results = join_all(tries).await;
    let won: Vec<_> = (0..4).filter(|n| results[*n].is_ok()).collect();
    assert_eq!(won.len(), 1, "on {:?}", fixture.store);
    fixture.sign_in("ada", &passwords[won[0]]).await.unwrap();
}
