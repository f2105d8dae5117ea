use std::time::Duration;

use accounts::prelude::*;
use accounts::{Action, Tokens};
use contract::auth::{ChangePassword, ForgotPassword, ResetPassword, TotpEnable};
use futures_util::future::join_all;
use kernel::{AppError, PageRequest, Secret};

use crate::company::{PASSWORD, until};
use crate::entrance::{home, refusal, token_in};
use crate::second_factor::shown;
use crate::world::{World, each};

const NEW: &str = "amber-lantern-orbit-27";
const SUBJECT: &str = "Set a new password";
const ADA: &str = "ada@example.org";

async fn forgot(world: &World, email: &str) -> Result<(), AppError> {
    let email = email.to_owned();
    world
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

/// Asks for a link and waits for it; a worker must be there.
async fn link(world: &World) -> Secret {
    let before = world.letters(ADA, SUBJECT).len();
    forgot(world, ADA).await.unwrap();
    until("a link has come", async || {
        world.letters(ADA, SUBJECT).len() > before
    })
    .await;
    token_in(&world.letters(ADA, SUBJECT)[0])
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_and_all_sessions_end() {
    for world in each() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        let sessions: [Tokens; 2] = [world.tokens("ada").await, world.tokens("ada").await];
        let token = link(&world).await;
        world
            .accounts
            .reset_password(reset(&token, NEW), &home())
            .await
            .unwrap();
        for tokens in &sessions {
            assert_eq!(refusal(world.who(tokens).await), "auth.session_ended");
            let refreshed = world.accounts.refresh(&tokens.refresh, &home()).await;
            assert_eq!(refusal(refreshed), "auth.refresh_invalid");
        }
        assert_eq!(world.ended.sessions().len(), 2);
        assert_eq!(
            refusal(world.sign_in("ada", PASSWORD).await),
            "auth.invalid_credentials"
        );
        let tokens = world.sign_in("ada", NEW).await.unwrap();
        let actor = world.who(&tokens).await.unwrap();
        assert!(actor.verified, "who followed the link has the address");
        let again = world
            .accounts
            .reset_password(reset(&token, PASSWORD), &home())
            .await;
        assert_eq!(refusal(again), "auth.link_invalid");
    }
}

#[tokio::test]
async fn nothing_tells_whether_there_is_such_an_account() {
    for world in each() {
        let boss = world.admin("boss").await;
        world.register("ada").await.unwrap();
        world.register("bea").await.unwrap();
        world.accounts.suspend(&boss, "bea").await.unwrap();
        for email in [ADA, "eve@example.org", "bea@example.org", "no address"] {
            forgot(&world, email).await.unwrap();
        }
        let _working = world.working();
        world.letter(ADA, SUBJECT).await;
        let written = async || {
            let jobs = world.store.read(jobs::backlog);
            jobs.await.unwrap() == (0, 0)
        };
        until("all is done", written).await;
        let resets = world.mailbox.newest().into_iter();
        assert_eq!(
            resets.filter(|mail| mail.mail.subject == SUBJECT).count(),
            1
        );
    }
}

#[tokio::test]
async fn forgot_password_mails_once_a_minute_and_keeps_the_newest_three_links() {
    for world in each() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        let mut links = vec![link(&world).await];
        for _ in 0..3 {
            forgot(&world, ADA).await.unwrap();
        }
        for _ in 0..3 {
            world.wait(Duration::from_secs(60));
            links.push(link(&world).await);
        }
        assert_eq!(world.letters(ADA, SUBJECT).len(), 4);
        let void = world
            .accounts
            .reset_password(reset(&links[0], NEW), &home())
            .await;
        assert_eq!(refusal(void), "auth.link_invalid");
        let oldest = world
            .accounts
            .reset_password(reset(&links[1], NEW), &home())
            .await;
        oldest.unwrap();
        for link in &links[2..] {
            let void = world
                .accounts
                .reset_password(reset(link, PASSWORD), &home())
                .await;
            assert_eq!(refusal(void), "auth.link_invalid", "one password, one link");
        }
    }
}

#[tokio::test]
async fn forgot_password_mails_five_times_a_day_and_account() {
    for world in each() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        for _ in 0..5 {
            link(&world).await;
            world.wait(Duration::from_secs(60));
        }
        let settled = async || {
            let jobs = world.store.read(jobs::backlog);
            jobs.await.unwrap() == (0, 0)
        };
        forgot(&world, ADA).await.unwrap();
        until("the sixth is refused in silence", settled).await;
        assert_eq!(world.letters(ADA, SUBJECT).len(), 5);
        world.wait(Duration::from_secs(24 * 60 * 60 - 5 * 60));
        link(&world).await;
        assert_eq!(world.letters(ADA, SUBJECT).len(), 6);
    }
}

#[tokio::test]
async fn a_link_lasts_half_an_hour_and_the_password_must_be_fit() {
    for world in each() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        let token = link(&world).await;
        let weak = world
            .accounts
            .reset_password(reset(&token, "password1"), &home())
            .await;
        assert_eq!(refusal(weak), "auth.password_weak");
        let mut differ = reset(&token, NEW);
        differ.password_confirm = Secret::new("x");
        let differ = world.accounts.reset_password(differ, &home()).await;
        assert_eq!(refusal(differ), "auth.password_mismatch");
        let unknown = world
            .accounts
            .reset_password(reset(&Secret::new("x"), NEW), &home())
            .await;
        assert_eq!(refusal(unknown), "auth.link_invalid");
        world.wait(Duration::from_secs(30 * 60));
        let late = world
            .accounts
            .reset_password(reset(&token, NEW), &home())
            .await;
        assert_eq!(refusal(late), "auth.link_expired");
    }
}

#[tokio::test]
async fn one_link_sets_one_of_many_passwords_at_once() {
    for world in each() {
        let _working = world.working();
        world.register("ada").await.unwrap();
        let token = link(&world).await;
        let passwords: Vec<String> = (0..6).map(|n| format!("{NEW}-{n}{n}")).collect();
        let client_info = home();
        let tries = passwords.iter().map(|one| {
            world
                .accounts
                .reset_password(reset(&token, one), &client_info)
        });
        let results = join_all(tries).await;
        let won: Vec<_> = (0..6).filter(|n| results[*n].is_ok()).collect();
        assert_eq!(won.len(), 1, "on {:?}", world.store);
        world.sign_in("ada", &passwords[won[0]]).await.unwrap();
    }
}

#[tokio::test]
async fn a_reset_keeps_the_second_step_and_voids_challenges() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let secret = world.accounts.set_up_totp(&ada).await.unwrap().secret;
        let code = shown(&world, &secret);
        world
            .accounts
            .enable_totp(&ada, TotpEnable { code })
            .await
            .unwrap();
        let before = world.sign_in("ada", PASSWORD).await.unwrap_err();
        let challenge = Secret::new(before.details()[0].1.as_str().unwrap());
        let token = link(&world).await;
        world
            .accounts
            .reset_password(reset(&token, NEW), &home())
            .await
            .unwrap();
        world.wait(Duration::from_secs(30));
        let method = contract::accounts::SecondFactorMethod::Totp;
        let answer = crate::entrance::answer(&challenge, method, &shown(&world, &secret));
        let old = world.accounts.verify_login(answer, &home()).await;
        assert_eq!(refusal(old), "auth.challenge_invalid");
        assert_eq!(
            refusal(world.sign_in("ada", NEW).await),
            "auth.second_factor_required"
        );
    }
}

#[tokio::test]
async fn a_change_ends_the_other_sessions_and_is_told_by_mail() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let other = world.tokens("ada").await;
        world
            .accounts
            .change_password(&ada, change(PASSWORD, NEW))
            .await
            .unwrap();
        assert_eq!(refusal(world.who(&other).await), "auth.session_ended");
        assert!(world.ended.sessions().contains(&other.session));
        assert!(!world.ended.sessions().contains(&ada.session));
        world.sign_in("ada", NEW).await.unwrap();
        let letter = world.letter(ADA, "Your password was changed").await;
        assert!(letter.contains("All other sessions have ended."));
        let audit = world
            .accounts
            .audit(ada.user, PageRequest::default())
            .await
            .unwrap();
        assert!(
            audit
                .items
                .iter()
                .any(|line| line.action == Action::PasswordChanged)
        );
    }
}

#[tokio::test]
async fn a_change_needs_the_password_so_far_and_another_one() {
    for world in each() {
        let ada = world.person("lovelace").await;
        let tried = |current: &'static str, password: &'static str| {
            world
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
            refusal(tried(PASSWORD, PASSWORD).await),
            "auth.password_unchanged"
        );
        assert_eq!(
            refusal(tried(PASSWORD, "lovelace-1").await),
            "auth.password_personal"
        );
        for _ in 0..8 {
            assert_eq!(refusal(tried(NEW, NEW).await), "auth.password_wrong");
        }
        assert_eq!(
            refusal(tried(PASSWORD, NEW).await),
            "auth.too_many_attempts"
        );
        world.sign_in("lovelace", PASSWORD).await.unwrap();
        world.wait(Duration::from_secs(1));
        tried(PASSWORD, NEW).await.unwrap();
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_counts() {
    for world in each() {
        let ada = world.person("ada").await;
        let passwords: Vec<String> = (0..4).map(|n| format!("{NEW}-{n}{n}")).collect();
        let tries = passwords
            .iter()
            .map(|one| world.accounts.change_password(&ada, change(PASSWORD, one)));
        let results = join_all(tries).await;
        let won: Vec<_> = (0..4).filter(|n| results[*n].is_ok()).collect();
        assert_eq!(won.len(), 1, "on {:?}", world.store);
        world.sign_in("ada", &passwords[won[0]]).await.unwrap();
    }
}
