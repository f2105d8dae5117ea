//! Challenges: their lifetime, the delays after wrong answers, and the limits of their mails.

use std::time::Duration;

use accounts::prelude::*;
use contract::accounts::SecondFactorMethod as Method;
use contract::auth::Resend;
use futures_util::future::join_all;
use kernel::Secret;

use crate::fixture::Fixture;
use crate::requests::{answer, error_code, known};
use crate::second_factor::{begin_login, current_code, mailed_code, verified, with_app};
use crate::test_users::until;

testkit::database_tests!(
    five_wrong_codes_end_a_challenge,
    wrong_codes_of_many_challenges_cause_a_delay,
    wrong_recovery_codes_cause_no_delay,
    ten_wrong_codes_alert_the_owner_once,
    right_code_below_the_threshold_sends_no_alert,
    known_device_is_not_delayed_by_wrong_codes_of_others,
    challenge_expires_after_ten_minutes,
    resend_code_voids_the_previous_code,
    resend_code_is_limited_and_requires_email_codes,
);

async fn five_wrong_codes_end_a_challenge(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let second = begin_login(&fixture, "ada").await;
    let wrong = answer(&second.challenge, Method::Recovery, &Secret::new("0"));
    let tries = join_all((0..20).map(|_| verified(&fixture, wrong.clone()))).await;
    let refusals: Vec<_> = tries.into_iter().map(error_code).collect();
    let looked_at = refusals.iter().filter(|code| **code == "auth.code_invalid");
    assert_eq!(looked_at.count(), 5, "on {:?}: {refusals:?}", fixture.store);
    let right = answer(&second.challenge, Method::Recovery, &codes[0]);
    assert_eq!(
        error_code(verified(&fixture, right).await),
        "auth.too_many_tries"
    );
}

async fn wrong_codes_of_many_challenges_cause_a_delay(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    for _ in 0..2 {
        let second = begin_login(&fixture, "ada").await;
        for _ in 0..5 {
            let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
            assert_eq!(
                error_code(verified(&fixture, wrong).await),
                "auth.code_invalid"
            );
        }
    }
    for wait in [1, 2, 4, 8, 16] {
        let second = begin_login(&fixture, "ada").await;
        let wrong = || answer(&second.challenge, Method::Totp, &Secret::new("0"));
        let early = verified(&fixture, wrong()).await.unwrap_err();
        assert_eq!(early.code().name, "auth.too_many_attempts");
        assert_eq!(early.retry_delay(), Some(Duration::from_secs(wait)));
        fixture.advance(Duration::from_secs(wait));
        assert_eq!(
            error_code(verified(&fixture, wrong()).await),
            "auth.code_invalid"
        );
    }
    let second = begin_login(&fixture, "ada").await;
    let right = answer(&second.challenge, Method::Recovery, &codes[0]);
    verified(&fixture, right).await.unwrap();
}

async fn wrong_recovery_codes_cause_no_delay(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    for _ in 0..4 {
        let second = begin_login(&fixture, "ada").await;
        for _ in 0..5 {
            let wrong = answer(&second.challenge, Method::Recovery, &Secret::new("0"));
            assert_eq!(
                error_code(verified(&fixture, wrong).await),
                "auth.code_invalid"
            );
        }
    }
    for code in &codes[..2] {
        let second = begin_login(&fixture, "ada").await;
        let right = answer(&second.challenge, Method::Recovery, code);
        verified(&fixture, right).await.unwrap();
    }
    let alerts = || fixture.mails("ada@example.org", "Failed two-step login attempts");
    until("the alert is mailed", async || alerts().len() == 1).await;
}

async fn ten_wrong_codes_alert_the_owner_once(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let alerts = || fixture.mails("ada@example.org", "Failed two-step login attempts");
    for round in 0..3 {
        let second = begin_login(&fixture, "ada").await;
        for _ in 0..5 {
            let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
            assert_eq!(
                error_code(verified(&fixture, wrong).await),
                "auth.code_invalid"
            );
            if round == 2 {
                fixture.advance(Duration::from_secs(60));
            }
        }
        if round == 1 {
            fixture.advance(Duration::from_secs(1));
            until("the alert is mailed", async || alerts().len() == 1).await;
        }
    }
    let second = begin_login(&fixture, "ada").await;
    let right = answer(&second.challenge, Method::Recovery, &codes[0]);
    verified(&fixture, right).await.unwrap();
    assert_eq!(alerts().len(), 1);
}

async fn right_code_below_the_threshold_sends_no_alert(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (secret, _) = with_app(&fixture, &ada).await;
    let known = known(&fixture, &ada);
    let mut second = begin_login(&fixture, "ada").await;
    for n in 1..=9 {
        let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
        let error = fixture.accounts.verify_login(wrong, &known).await;
        assert_eq!(error_code(error), "auth.code_invalid");
        fixture.advance(Duration::from_secs(60));
        if n == 5 {
            second = begin_login(&fixture, "ada").await;
        }
    }
    let right = answer(
        &second.challenge,
        Method::Totp,
        &current_code(&fixture, &secret),
    );
    fixture.accounts.verify_login(right, &known).await.unwrap();
    until("all mail is sent", async || {
        fixture.store.read(jobs::backlog).await.unwrap() == (0, 0)
    })
    .await;
    let alerts = fixture.mails("ada@example.org", "Failed two-step login attempts");
    assert_eq!(alerts.len(), 0);
}

async fn known_device_is_not_delayed_by_wrong_codes_of_others(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (secret, _) = with_app(&fixture, &ada).await;
    // The code that enabled the app is spent.
    fixture.advance(Duration::from_secs(30));
    let known = known(&fixture, &ada);
    for _ in 0..2 {
        let second = begin_login(&fixture, "ada").await;
        for _ in 0..5 {
            let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
            assert_eq!(
                error_code(verified(&fixture, wrong).await),
                "auth.code_invalid"
            );
        }
    }
    let second = begin_login(&fixture, "ada").await;
    let right = answer(
        &second.challenge,
        Method::Totp,
        &current_code(&fixture, &secret),
    );
    assert_eq!(
        error_code(verified(&fixture, right.clone()).await),
        "auth.too_many_attempts"
    );
    fixture.accounts.verify_login(right, &known).await.unwrap();
}

async fn challenge_expires_after_ten_minutes(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let second = begin_login(&fixture, "ada").await;
    fixture.advance(Duration::from_secs(600));
    let late = answer(&second.challenge, Method::Recovery, &codes[0]);
    assert_eq!(
        error_code(verified(&fixture, late).await),
        "auth.challenge_expired"
    );
    let unknown = answer(&Secret::new("x"), Method::Recovery, &codes[0]);
    assert_eq!(
        error_code(verified(&fixture, unknown).await),
        "auth.challenge_invalid"
    );
}

async fn resend_code_voids_the_previous_code(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    fixture.accounts.enable_email_codes(&ada).await.unwrap();
    let second = begin_login(&fixture, "ada").await;
    let first_code = mailed_code(&fixture, "ada", 1).await;
    let resend = || Resend {
        challenge: second.challenge.clone(),
    };
    let soon = fixture.accounts.resend_code(resend()).await.unwrap_err();
    assert_eq!(soon.code().name, "auth.resend_too_soon");
    assert_eq!(soon.retry_delay(), Some(Duration::from_secs(60)));
    fixture.advance(Duration::from_secs(60));
    let many = join_all((0..6).map(|_| fixture.accounts.resend_code(resend()))).await;
    assert_eq!(
        many.iter().filter(|one| one.is_ok()).count(),
        1,
        "on {:?}",
        fixture.store
    );
    let second_code = mailed_code(&fixture, "ada", 2).await;
    if first_code != second_code {
        let void = answer(&second.challenge, Method::Email, &first_code);
        assert_eq!(
            error_code(verified(&fixture, void).await),
            "auth.code_invalid"
        );
    }
    let right = answer(&second.challenge, Method::Email, &second_code);
    verified(&fixture, right).await.unwrap();
    assert_eq!(
        error_code(fixture.accounts.resend_code(resend()).await),
        "auth.challenge_invalid"
    );
}

async fn resend_code_is_limited_and_requires_email_codes(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    fixture.accounts.enable_email_codes(&ada).await.unwrap();
    let second = begin_login(&fixture, "ada").await;
    for _ in 0..5 {
        fixture.advance(Duration::from_secs(60));
        let resend = Resend {
            challenge: second.challenge.clone(),
        };
        fixture.accounts.resend_code(resend).await.unwrap();
    }
    fixture.advance(Duration::from_secs(60));
    let resend = Resend {
        challenge: second.challenge.clone(),
    };
    assert_eq!(
        error_code(fixture.accounts.resend_code(resend).await),
        "auth.resend_too_soon"
    );

    let bea = fixture.verified_user("bea").await;
    with_app(&fixture, &bea).await;
    let resend = Resend {
        challenge: begin_login(&fixture, "bea").await.challenge,
    };
    assert_eq!(
        error_code(fixture.accounts.resend_code(resend).await),
        "auth.method_unavailable"
    );
}
