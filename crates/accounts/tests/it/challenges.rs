//! Challenges: how long they last, what wrong answers cost, how many mails they send.

use std::time::Duration;

use accounts::prelude::*;
use contract::accounts::SecondFactorMethod as Method;
use contract::auth::Resend;
use futures_util::future::join_all;
use kernel::Secret;

use crate::company::until;
use crate::entrance::{answer, known, refusal};
use crate::second_factor::{challenged, mailed, shown, verified, with_app};
use crate::world::each;

#[tokio::test]
async fn five_wrong_codes_end_a_challenge_however_they_come() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let second = challenged(&world, "ada").await;
        let wrong = answer(&second.challenge, Method::Recovery, &Secret::new("0"));
        let tries = join_all((0..20).map(|_| verified(&world, wrong.clone()))).await;
        let refusals: Vec<_> = tries.into_iter().map(refusal).collect();
        let looked_at = refusals.iter().filter(|code| **code == "auth.code_invalid");
        assert_eq!(looked_at.count(), 5, "on {:?}: {refusals:?}", world.store);
        let right = answer(&second.challenge, Method::Recovery, &codes[0]);
        assert_eq!(
            refusal(verified(&world, right).await),
            "auth.too_many_tries"
        );
    }
}

#[tokio::test]
async fn wrong_codes_over_many_challenges_cost_a_wait() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        for _ in 0..2 {
            let second = challenged(&world, "ada").await;
            for _ in 0..5 {
                let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
                assert_eq!(refusal(verified(&world, wrong).await), "auth.code_invalid");
            }
        }
        for wait in [1, 2, 4, 8, 16] {
            let second = challenged(&world, "ada").await;
            let wrong = || answer(&second.challenge, Method::Totp, &Secret::new("0"));
            let early = verified(&world, wrong()).await.unwrap_err();
            assert_eq!(early.code().name, "auth.too_many_attempts");
            assert_eq!(early.retry_delay(), Some(Duration::from_secs(wait)));
            world.wait(Duration::from_secs(wait));
            assert_eq!(
                refusal(verified(&world, wrong()).await),
                "auth.code_invalid"
            );
        }
        let second = challenged(&world, "ada").await;
        let right = answer(&second.challenge, Method::Recovery, &codes[0]);
        verified(&world, right).await.unwrap();
    }
}

#[tokio::test]
async fn wrong_recovery_codes_keep_nobody_from_using_a_right_one() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        for _ in 0..4 {
            let second = challenged(&world, "ada").await;
            for _ in 0..5 {
                let wrong = answer(&second.challenge, Method::Recovery, &Secret::new("0"));
                assert_eq!(refusal(verified(&world, wrong).await), "auth.code_invalid");
            }
        }
        for code in &codes[..2] {
            let second = challenged(&world, "ada").await;
            let right = answer(&second.challenge, Method::Recovery, code);
            verified(&world, right).await.unwrap();
        }
        let told = || world.letters("ada@example.org", "Wrong codes for your two-step login");
        until("the owner is told", async || told().len() == 1).await;
    }
}

#[tokio::test]
async fn ten_wrong_codes_in_a_row_are_told_to_the_owner_by_mail_once() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let told = || world.letters("ada@example.org", "Wrong codes for your two-step login");
        for round in 0..3 {
            let second = challenged(&world, "ada").await;
            for _ in 0..5 {
                let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
                assert_eq!(refusal(verified(&world, wrong).await), "auth.code_invalid");
                if round == 2 {
                    world.wait(Duration::from_secs(60));
                }
            }
            if round == 1 {
                world.wait(Duration::from_secs(1));
                until("the owner is told", async || told().len() == 1).await;
            }
        }
        let second = challenged(&world, "ada").await;
        let right = answer(&second.challenge, Method::Recovery, &codes[0]);
        verified(&world, right).await.unwrap();
        assert_eq!(told().len(), 1);
    }
}

#[tokio::test]
async fn a_right_code_after_nine_wrong_ones_alarms_nobody() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (secret, _) = with_app(&world, &ada).await;
        let known = known(&world, &ada);
        let mut second = challenged(&world, "ada").await;
        for n in 1..=9 {
            let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
            let refused = world.accounts.verify_login(wrong, &known).await;
            assert_eq!(refusal(refused), "auth.code_invalid");
            world.wait(Duration::from_secs(60));
            if n == 5 {
                second = challenged(&world, "ada").await;
            }
        }
        let right = answer(&second.challenge, Method::Totp, &shown(&world, &secret));
        world.accounts.verify_login(right, &known).await.unwrap();
        until("all mail is sent", async || {
            world.store.read(jobs::backlog).await.unwrap() == (0, 0)
        })
        .await;
        let told = world.letters("ada@example.org", "Wrong codes for your two-step login");
        assert_eq!(told.len(), 0);
    }
}

#[tokio::test]
async fn a_device_that_signed_in_before_is_spared_the_wrong_codes_of_others() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (secret, _) = with_app(&world, &ada).await;
        // The code that turned the app on is spent.
        world.wait(Duration::from_secs(30));
        let known = known(&world, &ada);
        for _ in 0..2 {
            let second = challenged(&world, "ada").await;
            for _ in 0..5 {
                let wrong = answer(&second.challenge, Method::Totp, &Secret::new("0"));
                assert_eq!(refusal(verified(&world, wrong).await), "auth.code_invalid");
            }
        }
        let second = challenged(&world, "ada").await;
        let right = answer(&second.challenge, Method::Totp, &shown(&world, &secret));
        assert_eq!(
            refusal(verified(&world, right.clone()).await),
            "auth.too_many_attempts"
        );
        world.accounts.verify_login(right, &known).await.unwrap();
    }
}

#[tokio::test]
async fn a_challenge_lasts_ten_minutes() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let second = challenged(&world, "ada").await;
        world.wait(Duration::from_secs(600));
        let late = answer(&second.challenge, Method::Recovery, &codes[0]);
        assert_eq!(
            refusal(verified(&world, late).await),
            "auth.challenge_expired"
        );
        let unknown = answer(&Secret::new("x"), Method::Recovery, &codes[0]);
        assert_eq!(
            refusal(verified(&world, unknown).await),
            "auth.challenge_invalid"
        );
    }
}

#[tokio::test]
async fn another_mail_may_be_asked_for_after_a_minute_and_voids_the_one_before() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        world.accounts.enable_email_codes(&ada).await.unwrap();
        let second = challenged(&world, "ada").await;
        let first_code = mailed(&world, "ada", 1).await;
        let resend = || Resend {
            challenge: second.challenge.clone(),
        };
        let soon = world.accounts.resend_code(resend()).await.unwrap_err();
        assert_eq!(soon.code().name, "auth.resend_too_soon");
        assert_eq!(soon.retry_delay(), Some(Duration::from_secs(60)));
        world.wait(Duration::from_secs(60));
        let many = join_all((0..6).map(|_| world.accounts.resend_code(resend()))).await;
        assert_eq!(
            many.iter().filter(|one| one.is_ok()).count(),
            1,
            "on {:?}",
            world.store
        );
        let second_code = mailed(&world, "ada", 2).await;
        if first_code != second_code {
            let void = answer(&second.challenge, Method::Email, &first_code);
            assert_eq!(refusal(verified(&world, void).await), "auth.code_invalid");
        }
        let right = answer(&second.challenge, Method::Email, &second_code);
        verified(&world, right).await.unwrap();
        assert_eq!(
            refusal(world.accounts.resend_code(resend()).await),
            "auth.challenge_invalid"
        );
    }
}

#[tokio::test]
async fn a_challenge_asks_for_no_more_than_a_few_mails_and_only_where_they_are_on() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        world.accounts.enable_email_codes(&ada).await.unwrap();
        let second = challenged(&world, "ada").await;
        for _ in 0..5 {
            world.wait(Duration::from_secs(60));
            let resend = Resend {
                challenge: second.challenge.clone(),
            };
            world.accounts.resend_code(resend).await.unwrap();
        }
        world.wait(Duration::from_secs(60));
        let resend = Resend {
            challenge: second.challenge.clone(),
        };
        assert_eq!(
            refusal(world.accounts.resend_code(resend).await),
            "auth.resend_too_soon"
        );

        let bea = world.verified_person("bea").await;
        with_app(&world, &bea).await;
        let resend = Resend {
            challenge: challenged(&world, "bea").await.challenge,
        };
        assert_eq!(
            refusal(world.accounts.resend_code(resend).await),
            "auth.method_unavailable"
        );
    }
}
