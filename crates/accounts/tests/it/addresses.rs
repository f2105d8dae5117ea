use std::time::Duration;

use accounts::Action;
use accounts::prelude::*;
use contract::auth::{ForgotPassword, ResetPassword, VerifyEmail};
use contract::users::{PatchProfile, Profile};
use futures_util::future::join_all;
use kernel::{Actor, AppError, PageRequest, Secret};

use crate::company::{PASSWORD, until};
use crate::entrance::{home, refusal, token_in};
use crate::world::{World, each, each_strict};

const CONFIRM: &str = "Confirm your e-mail address";
const CONFIRM_NEW: &str = "Confirm your new e-mail address";
const IN_USE: &str = "You have an account already";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn verify(world: &World, token: &Secret) -> Result<(), AppError> {
    let token = token.clone();
    world.accounts.verify_email(VerifyEmail { token }).await
}

async fn ask(world: &World, actor: &Actor, email: &str) -> Result<Profile, AppError> {
    let patch = PatchProfile {
        email: Some(email.to_owned()),
        ..PatchProfile::default()
    };
    world.accounts.patch_profile(actor, patch).await
}

async fn newest(world: &World, address: &str, subject: &str, count: usize) -> Secret {
    let come = async || world.letters(address, subject).len() == count;
    until("the link has come", come).await;
    token_in(&world.letters(address, subject)[0])
}

#[tokio::test]
async fn a_link_proves_the_address_once() {
    for world in each_strict() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        let tokens = world.tokens("ada").await;
        let actor = world.who(&tokens).await.unwrap();
        let refused = world.accounts.require_verified(&actor);
        assert_eq!(refusal(refused), "auth.email_not_verified");
        let token = newest(&world, "ada@example.org", CONFIRM, 1).await;
        let tries = join_all((0..6).map(|_| verify(&world, &token))).await;
        assert_eq!(
            tries.iter().filter(|one| one.is_ok()).count(),
            1,
            "on {:?}",
            world.store
        );
        let actor = world.who(&tokens).await.unwrap();
        assert!(actor.verified, "what was remembered is forgotten");
        world.accounts.require_verified(&actor).unwrap();
        let resend = world.accounts.resend_verification(&actor).await;
        assert_eq!(refusal(resend), "auth.email_already_verified");
    }
}

#[tokio::test]
async fn where_it_is_optional_nobody_is_held_up() {
    for world in each() {
        let ada = world.person("ada").await;
        assert!(!ada.verified);
        world.accounts.require_verified(&ada).unwrap();
    }
}

#[tokio::test]
async fn a_link_lasts_a_day_and_another_may_be_asked_for() {
    for world in each() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        let ada = world.who(&world.tokens("ada").await).await.unwrap();
        let soon = world.accounts.resend_verification(&ada).await.unwrap_err();
        assert_eq!(soon.code().name, "auth.resend_too_soon");
        assert_eq!(soon.retry_delay(), Some(Duration::from_secs(60)));
        let first = newest(&world, "ada@example.org", CONFIRM, 1).await;
        world.wait(Duration::from_secs(60));
        let many = join_all((0..5).map(|_| world.accounts.resend_verification(&ada))).await;
        assert_eq!(
            many.iter().filter(|one| one.is_ok()).count(),
            1,
            "on {:?}",
            world.store
        );
        let second = newest(&world, "ada@example.org", CONFIRM, 2).await;
        assert_eq!(refusal(verify(&world, &first).await), "auth.link_invalid");
        world.wait(DAY);
        assert_eq!(refusal(verify(&world, &second).await), "auth.link_expired");
        assert_eq!(
            refusal(verify(&world, &Secret::new("x")).await),
            "auth.link_invalid"
        );
        let ada = world.who(&world.tokens("ada").await).await.unwrap();
        world.accounts.resend_verification(&ada).await.unwrap();
        let third = newest(&world, "ada@example.org", CONFIRM, 3).await;
        verify(&world, &third).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_address_counts_when_it_is_proven() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let profile = ask(&world, &ada, "Lady@Example.org").await.unwrap();
        assert_eq!(profile.email, "ada@example.org");
        assert_eq!(profile.pending_email.as_deref(), Some("Lady@example.org"));
        let token = newest(&world, "lady@example.org", CONFIRM_NEW, 1).await;
        let notice = "A new e-mail address for your account";
        let notice = world.letter("ada@example.org", notice).await;
        assert!(notice.contains("L***@example.org") && !notice.contains("Lady@"));
        world.sign_in("ada@example.org", PASSWORD).await.unwrap();

        verify(&world, &token).await.unwrap();
        let profile = world.accounts.profile(&ada).await.unwrap();
        assert_eq!(
            (profile.email.as_str(), profile.pending_email),
            ("Lady@example.org", None)
        );
        assert!(profile.email_verified);
        world.sign_in("LADY@example.org", PASSWORD).await.unwrap();
        let old = world.sign_in("ada@example.org", PASSWORD).await;
        assert_eq!(refusal(old), "auth.invalid_credentials");
        let audit = world
            .accounts
            .audit(ada.user, PageRequest::default())
            .await
            .unwrap();
        assert!(
            audit
                .items
                .iter()
                .any(|line| line.action == Action::EmailChanged)
        );
    }
}

#[tokio::test]
async fn ask_for_address_requires_a_fresh_proof_and_an_address() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let error = ask(&world, &ada, "lady").await.unwrap_err();
        assert_eq!(
            (error.code().name, error.fields()[0].field.as_str()),
            ("auth.email_invalid", "email")
        );
        ask(&world, &ada, "lady@example.org").await.unwrap();
        let again = ask(&world, &ada, "countess@example.org").await;
        assert_eq!(refusal(again), "auth.resend_too_soon");
        world.wait(Duration::from_secs(15 * 60));
        let stale = ask(&world, &ada, "countess@example.org").await;
        assert_eq!(refusal(stale), "auth.step_up_required");
        let back = ask(&world, &ada, "ADA@example.org").await.unwrap();
        assert_eq!(
            back.pending_email, None,
            "who wants the old one wants no other"
        );
    }
}

#[tokio::test]
async fn ask_for_address_tells_only_the_mailbox_that_it_is_taken() {
    for world in each() {
        let _working = world.working();
        world.verified_person("bea").await;
        let (ada, cid) = (
            world.verified_person("ada").await,
            world.person("cid").await,
        );
        for (name, actor) in [("ada", &ada), ("cid", &cid)] {
            let taken = ask(&world, actor, "BEA@example.org").await.unwrap();
            world.wait(Duration::from_secs(60));
            let free = ask(&world, actor, "BE2@example.org").await.unwrap();
            let shape = |profile: &Profile| {
                serde_json::to_string(profile)
                    .unwrap()
                    .replace("BEA", "BE2")
            };
            assert_eq!(shape(&taken), shape(&free), "{name}");
            for address in ["bea@example.org", "be2@example.org"] {
                world.wait(Duration::from_secs(60));
                ask(&world, actor, address).await.unwrap();
                let login = world.sign_in(address, "not-the-password-1").await;
                assert_eq!(refusal(login), "auth.invalid_credentials");
                if name == "cid" {
                    // Its own password opens it by name only, whoever has the address.
                    let own = world.sign_in("cid", PASSWORD).await;
                    own.unwrap();
                }
            }
        }
        until("the owner was told each time", async || {
            world.letters("bea@example.org", IN_USE).len() == 4
        })
        .await;
        assert_eq!(world.letters("bea@example.org", CONFIRM_NEW).len(), 0);
        assert_eq!(world.letters("be2@example.org", CONFIRM_NEW).len(), 4);
        assert!(world.letters("bea@example.org", IN_USE)[0].starts_with("Hello bea,"));
    }
}

#[tokio::test]
async fn resend_of_a_taken_address_tells_its_owner_again() {
    for world in each() {
        let _working = world.working();
        world.verified_person("bea").await;
        let cid = world.person("cid").await;
        ask(&world, &cid, "bea@example.org").await.unwrap();
        let told = async |count| {
            let come = async || world.letters("bea@example.org", IN_USE).len() == count;
            until("the owner was told", come).await;
        };
        told(1).await;
        // First while the link is pending, then after it has expired.
        for (count, pause) in [(2, Duration::from_secs(60)), (3, DAY)] {
            world.wait(pause);
            let cid = world.who(&world.tokens("cid").await).await.unwrap();
            world.accounts.resend_verification(&cid).await.unwrap();
            told(count).await;
        }
        world.sign_in("bea@example.org", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn ask_for_address_replaces_one_that_was_never_verified() {
    for world in each() {
        let _working = world.working();
        let ada = world.person("ada").await;
        let first = newest(&world, "ada@example.org", CONFIRM, 1).await;
        let profile = ask(&world, &ada, "lady@example.org").await.unwrap();
        assert_eq!(
            (profile.email.as_str(), profile.pending_email),
            ("lady@example.org", None)
        );
        assert!(!profile.email_verified);
        assert_eq!(refusal(verify(&world, &first).await), "auth.link_invalid");
        // The address that was never theirs is free for its owner.
        let old = world.sign_in("ada@example.org", PASSWORD).await;
        assert_eq!(refusal(old), "auth.invalid_credentials");
        let mut owner = crate::entrance::account("dora");
        owner.email = "ada@example.org".to_owned();
        world
            .accounts
            .register(owner, &crate::entrance::home())
            .await
            .unwrap();
        let again = ask(&world, &ada, "LADY@example.org").await.unwrap();
        assert_eq!(again.email, "lady@example.org");
        let token = newest(&world, "lady@example.org", CONFIRM_NEW, 1).await;
        verify(&world, &token).await.unwrap();
        let profile = world.accounts.profile(&ada).await.unwrap();
        assert!(profile.email_verified);
        world.sign_in("lady@example.org", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn a_replaced_address_can_be_verified_after_its_first_link_expired() {
    for world in each() {
        let _working = world.working();
        let ada = world.person("ada").await;
        ask(&world, &ada, "lady@example.org").await.unwrap();
        world.wait(DAY);
        let ada = world.who(&world.tokens("ada").await).await.unwrap();
        world.accounts.resend_verification(&ada).await.unwrap();
        let token = newest(&world, "lady@example.org", CONFIRM, 1).await;
        verify(&world, &token).await.unwrap();
        world.sign_in("lady@example.org", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn verify_changed_address_ends_other_sessions_and_tells_the_old_one() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let other = world.tokens("ada").await;
        ask(&world, &ada, "lady@example.org").await.unwrap();
        let token = newest(&world, "lady@example.org", CONFIRM_NEW, 1).await;
        world.who(&other).await.unwrap();
        verify(&world, &token).await.unwrap();
        assert_eq!(refusal(world.who(&other).await), "auth.session_ended");
        assert_eq!(world.ended.sessions(), [other.session]);
        world.accounts.profile(&ada).await.unwrap();
        let letter = world
            .letter("ada@example.org", "Your e-mail address was changed")
            .await;
        assert!(letter.contains("l***@example.org") && !letter.contains("lady@"));
    }
}

#[tokio::test]
async fn mails_to_addresses_are_limited_per_day_and_account() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        // The link of the registration was the first of ten.
        for number in 1..10 {
            let address = format!("lady{number}@example.org");
            ask(&world, &ada, &address).await.unwrap();
            world.wait(Duration::from_secs(60));
        }
        let error = ask(&world, &ada, "lady@example.org").await.unwrap_err();
        assert_eq!(error.code().name, "auth.resend_too_soon");
        assert_eq!(error.retry_delay(), Some(DAY - Duration::from_secs(9 * 60)));
        let resend = world.accounts.resend_verification(&ada).await;
        assert_eq!(refusal(resend), "auth.resend_too_soon");
        world.wait(DAY - Duration::from_secs(9 * 60));
        let ada = world.who(&world.tokens("ada").await).await.unwrap();
        ask(&world, &ada, "lady@example.org").await.unwrap();
    }
}

#[tokio::test]
async fn of_two_who_prove_one_address_one_has_it() {
    for world in each() {
        let _working = world.working();
        let mut tokens = vec![];
        for (name, count) in [("ada", 1), ("bea", 2), ("cid", 3)] {
            let actor = world.person(name).await;
            ask(&world, &actor, "lady@example.org").await.unwrap();
            tokens.push(newest(&world, "lady@example.org", CONFIRM_NEW, count).await);
        }
        let tries = join_all(tokens.iter().map(|token| verify(&world, token))).await;
        let (moved, refused): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
        assert_eq!(moved.len(), 1, "on {:?}", world.store);
        assert!(
            refused
                .into_iter()
                .all(|one| refusal(one) == "auth.email_taken")
        );
    }
}

#[tokio::test]
async fn links_to_the_old_address_open_nothing_any_more() {
    for world in each() {
        let _working = world.working();
        let ada = world.person("ada").await;
        let proof = newest(&world, "ada@example.org", CONFIRM, 1).await;
        let email = "ada@example.org".to_owned();
        world
            .accounts
            .forgot_password(ForgotPassword { email })
            .await
            .unwrap();
        let reset = newest(&world, "ada@example.org", "Set a new password", 1).await;
        ask(&world, &ada, "lady@example.org").await.unwrap();
        let token = newest(&world, "lady@example.org", CONFIRM_NEW, 1).await;
        verify(&world, &token).await.unwrap();
        assert_eq!(refusal(verify(&world, &proof).await), "auth.link_invalid");
        let reset = ResetPassword {
            token: reset,
            password: Secret::new("amber-lantern-orbit-27"),
            password_confirm: Secret::new("amber-lantern-orbit-27"),
        };
        let refused = world.accounts.reset_password(reset, &home()).await;
        assert_eq!(refusal(refused), "auth.link_invalid");
    }
}

#[tokio::test]
async fn a_link_for_one_purpose_serves_no_other() {
    for world in each() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        let proof = newest(&world, "ada@example.org", CONFIRM, 1).await;
        let reset = ResetPassword {
            token: proof.clone(),
            password: Secret::new("amber-lantern-orbit-27"),
            password_confirm: Secret::new("amber-lantern-orbit-27"),
        };
        let refused = world.accounts.reset_password(reset, &home()).await;
        assert_eq!(refusal(refused), "auth.link_invalid");
        let email = "ada@example.org".to_owned();
        world
            .accounts
            .forgot_password(ForgotPassword { email })
            .await
            .unwrap();
        let reset = newest(&world, "ada@example.org", "Set a new password", 1).await;
        assert_eq!(refusal(verify(&world, &reset).await), "auth.link_invalid");
        verify(&world, &proof).await.unwrap();
    }
}

#[tokio::test]
async fn a_pending_change_may_be_mailed_again() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        ask(&world, &ada, "lady@example.org").await.unwrap();
        let first = newest(&world, "lady@example.org", CONFIRM_NEW, 1).await;
        world.wait(Duration::from_secs(60));
        world.accounts.resend_verification(&ada).await.unwrap();
        let second = newest(&world, "lady@example.org", CONFIRM_NEW, 2).await;
        assert_eq!(refusal(verify(&world, &first).await), "auth.link_invalid");
        verify(&world, &second).await.unwrap();
    }
}
