use std::collections::HashSet;
use std::time::Duration;

use accounts::prelude::*;
use accounts::{LoginStep, TokenTransport};
use contract::accounts::SecondFactorMethod as Method;
use contract::auth::{
    DisableSecondFactor, SecondFactor, SecondFactorState, StepUp, StepUpAnswer, TotpEnable, Verify,
};
use data_encoding::BASE32_NOPAD;
use diesel::prelude::*;
use diesel::sql_types::Binary;
use futures_util::future::join_all;
use kernel::{Actor, AppError, Secret};
use serde_json::json;

use crate::company::PASSWORD;
use crate::entrance::{answer, home, login, refusal, token_in};
use crate::world::{World, each};

const CODE: &str = "Your sign-in code";
const STEP: Duration = Duration::from_secs(30);

/// What an authenticator app shows now.
pub(crate) fn shown(world: &World, secret: &Secret) -> Secret {
    let key = BASE32_NOPAD.decode(secret.expose().as_bytes()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(key).build().unwrap();
    let now = world.store.env().now().seconds();
    Secret::new(totp.generate(u64::try_from(now).unwrap()).to_string())
}

/// Turns an app on; its secret and the recovery codes.
pub(crate) async fn with_app(world: &World, actor: &Actor) -> (Secret, Vec<Secret>) {
    let secret = world.accounts.set_up_totp(actor).await.unwrap().secret;
    let code = shown(world, &secret);
    let enabled = world
        .accounts
        .enable_totp(actor, TotpEnable { code })
        .await
        .unwrap();
    (secret, enabled.recovery_codes.unwrap())
}

pub(crate) async fn challenged(world: &World, name: &str) -> SecondFactor {
    match world.accounts.login(login(name), &home()).await.unwrap() {
        LoginStep::SecondStep(second) => second,
        LoginStep::Done(_) => panic!("a second step is on"),
    }
}

pub(crate) async fn verified(world: &World, verify: Verify) -> Result<TokenTransport, AppError> {
    let signed_in = world.accounts.verify_login(verify, &home()).await?;
    Ok(signed_in.carrier)
}

pub(crate) async fn mailed(world: &World, name: &str, count: usize) -> Secret {
    let address = format!("{name}@example.org");
    let come = async || world.letters(&address, CODE).len() == count;
    crate::company::until("the code has come", come).await;
    token_in(&world.letters(&address, CODE)[0])
}

#[tokio::test]
async fn an_app_is_on_after_its_first_code_and_asked_for_at_the_next_login() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let early = TotpEnable {
            code: Secret::new("0"),
        };
        let early = world.accounts.enable_totp(&ada, early).await;
        assert_eq!(refusal(early), "auth.totp_not_set_up");
        let setup = world.accounts.set_up_totp(&ada).await.unwrap();
        assert!(setup.otpauth_url.expose().contains(setup.secret.expose()));
        world.sign_in("ada", PASSWORD).await.unwrap();
        let wrong = TotpEnable {
            code: Secret::new("0"),
        };
        assert_eq!(
            refusal(world.accounts.enable_totp(&ada, wrong).await),
            "auth.code_wrong"
        );

        let code = shown(&world, &setup.secret);
        let enabled = world
            .accounts
            .enable_totp(&ada, TotpEnable { code: code.clone() })
            .await;
        let enabled = enabled.unwrap();
        assert!(enabled.second_factor.totp);
        assert_eq!(enabled.recovery_codes.unwrap().len(), 10);
        let again = world
            .accounts
            .enable_totp(&ada, TotpEnable { code: code.clone() })
            .await;
        assert_eq!(refusal(again), "auth.second_factor_already_on");
        let again = world.accounts.set_up_totp(&ada).await;
        assert_eq!(refusal(again), "auth.second_factor_already_on");

        let second = challenged(&world, "ada").await;
        assert_eq!(second.methods, [Method::Totp, Method::Recovery]);
        let spent = answer(&second.challenge, Method::Totp, &code);
        assert_eq!(refusal(verified(&world, spent).await), "auth.code_invalid");
        world.wait(STEP);
        let code = shown(&world, &setup.secret);
        let right = answer(&second.challenge, Method::Totp, &code);
        assert_eq!(
            verified(&world, right.clone()).await.unwrap(),
            TokenTransport::Browser
        );
        assert_eq!(
            refusal(verified(&world, right).await),
            "auth.challenge_invalid"
        );
    }
}

#[tokio::test]
async fn a_client_gets_the_challenge_in_the_refusal_and_tokens_after_its_answer() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (secret, _) = with_app(&world, &ada).await;
        world.wait(STEP);
        let error = world.sign_in("ada", PASSWORD).await.unwrap_err();
        assert_eq!(error.code().name, "auth.second_factor_required");
        let [(challenge, value), methods] = error.details() else {
            panic!("{:?}", error.details())
        };
        assert_eq!(*challenge, "challenge");
        assert_eq!(*methods, ("methods", json!(["totp", "recovery"])));
        let challenge = Secret::new(value.as_str().unwrap());
        let right = answer(&challenge, Method::Totp, &shown(&world, &secret));
        assert_eq!(
            verified(&world, right).await.unwrap(),
            TokenTransport::Client
        );
    }
}

#[tokio::test]
async fn one_code_of_an_app_opens_one_of_many_logins_at_once() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (secret, _) = with_app(&world, &ada).await;
        world.wait(STEP);
        let code = shown(&world, &secret);
        let challenges = join_all((0..5).map(|_| challenged(&world, "ada"))).await;
        let tries = challenges
            .iter()
            .map(|second| verified(&world, answer(&second.challenge, Method::Totp, &code)));
        let opened = join_all(tries)
            .await
            .into_iter()
            .filter(Result::is_ok)
            .count();
        assert_eq!(opened, 1, "on {:?}", world.store);
    }
}

#[tokio::test]
async fn one_answer_sent_many_times_at_once_opens_one_session() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let second = challenged(&world, "ada").await;
        let right = answer(&second.challenge, Method::Recovery, &codes[0]);
        let tries = join_all((0..10).map(|_| verified(&world, right.clone()))).await;
        assert_eq!(
            tries.into_iter().filter(Result::is_ok).count(),
            1,
            "on {:?}",
            world.store
        );
    }
}

#[tokio::test]
async fn a_recovery_code_opens_one_of_many_logins_and_is_used_up() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let shouted = Secret::new(codes[3].expose().to_uppercase().replace('-', " "));
        let challenges = join_all((0..5).map(|_| challenged(&world, "ada"))).await;
        let tries = challenges.iter().map(|second| {
            verified(
                &world,
                answer(&second.challenge, Method::Recovery, &shouted),
            )
        });
        let opened = join_all(tries)
            .await
            .into_iter()
            .filter(Result::is_ok)
            .count();
        assert_eq!(opened, 1, "on {:?}", world.store);
        let state = world.accounts.profile(&ada).await.unwrap().second_factor;
        assert_eq!(state.recovery_codes_left, 9);
    }
}

#[tokio::test]
async fn a_code_by_mail_opens_its_own_login_and_no_other() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let enabled = world.accounts.enable_email_codes(&ada).await.unwrap();
        assert!(enabled.second_factor.email && enabled.recovery_codes.is_some());
        let again = world.accounts.enable_email_codes(&ada).await;
        assert_eq!(refusal(again), "auth.second_factor_already_on");
        let first = challenged(&world, "ada").await;
        assert_eq!(first.methods, [Method::Email, Method::Recovery]);
        let code = mailed(&world, "ada", 1).await;
        let second = challenged(&world, "ada").await;
        mailed(&world, "ada", 2).await;
        let elsewhere = answer(&second.challenge, Method::Email, &code);
        assert_eq!(
            refusal(verified(&world, elsewhere).await),
            "auth.code_invalid"
        );
        let by_app = answer(&first.challenge, Method::Totp, &code);
        assert_eq!(
            refusal(verified(&world, by_app).await),
            "auth.method_unavailable"
        );
        let right = answer(&first.challenge, Method::Email, &code);
        verified(&world, right).await.unwrap();
    }
}

#[tokio::test]
async fn codes_by_mail_need_a_proven_address() {
    for world in each() {
        let ada = world.person("ada").await;
        let refused = world.accounts.enable_email_codes(&ada).await;
        assert_eq!(refusal(refused), "auth.email_not_verified");
    }
}

#[tokio::test]
async fn second_steps_are_turned_off_one_by_one_and_the_codes_go_with_the_last() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let off = |method| {
            world
                .accounts
                .disable_second_factor(&ada, DisableSecondFactor { method })
        };
        assert_eq!(refusal(off(None).await), "auth.second_factor_off");
        assert_eq!(
            refusal(world.accounts.renew_recovery_codes(&ada).await),
            "auth.second_factor_off"
        );
        let (_, codes) = with_app(&world, &ada).await;
        let both = world.accounts.enable_email_codes(&ada).await.unwrap();
        assert!(both.recovery_codes.is_none(), "they came with the first");
        assert_eq!(
            refusal(off(Some(Method::Recovery)).await),
            "auth.method_unavailable"
        );

        let fresh = world
            .accounts
            .renew_recovery_codes(&ada)
            .await
            .unwrap()
            .recovery_codes;
        let all: HashSet<_> = codes.iter().chain(&fresh).map(Secret::expose).collect();
        assert_eq!(all.len(), 20);
        let second = challenged(&world, "ada").await;
        let old = answer(&second.challenge, Method::Recovery, &codes[0]);
        assert_eq!(refusal(verified(&world, old).await), "auth.code_invalid");

        let left = off(Some(Method::Totp)).await.unwrap();
        assert_eq!(
            (left.email, left.totp, left.recovery_codes_left),
            (true, false, 10)
        );
        assert_eq!(
            refusal(off(Some(Method::Totp)).await),
            "auth.second_factor_off"
        );
        let none = SecondFactorState {
            email: false,
            totp: false,
            recovery_codes_left: 0,
        };
        assert_eq!(off(None).await.unwrap(), none);
        world.sign_in("ada", PASSWORD).await.unwrap();
        let letter = world
            .letter("ada@example.org", "Your two-step login was changed")
            .await;
        assert!(letter.starts_with("Hello ada,"));
    }
}

#[tokio::test]
async fn security_settings_ask_for_a_fresh_proof() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        world.wait(Duration::from_secs(15 * 60));
        let setup = world.accounts.set_up_totp(&ada).await;
        assert_eq!(refusal(setup), "auth.step_up_required");
        let wrong = StepUp {
            password: Secret::new("wrong"),
        };
        assert_eq!(
            refusal(world.accounts.step_up(&ada, wrong).await),
            "auth.password_wrong"
        );
        let right = || StepUp {
            password: Secret::new(PASSWORD),
        };
        let answered = world.accounts.step_up(&ada, right()).await.unwrap();
        let StepUpAnswer::Proven(proven) = answered else {
            panic!("no second step is on");
        };
        let now = world.store.env().now();
        assert_eq!(proven.proven_until, now + Duration::from_secs(15 * 60));
        let (secret, _) = with_app(&world, &ada).await;

        world.wait(Duration::from_secs(15 * 60));
        let renew = world.accounts.renew_recovery_codes(&ada).await;
        assert_eq!(refusal(renew), "auth.step_up_required");
        let answered = world.accounts.step_up(&ada, right()).await.unwrap();
        let StepUpAnswer::SecondStep(step) = answered else {
            panic!("a second step is on");
        };
        let renew = world.accounts.renew_recovery_codes(&ada).await;
        assert_eq!(refusal(renew), "auth.step_up_required");
        let challenge = step.second_factor.challenge;
        let wrong = answer(&challenge, Method::Totp, &Secret::new("0"));
        let refused = world.accounts.verify_step_up(&ada, wrong).await;
        assert_eq!(refusal(refused), "auth.code_wrong");
        let right = answer(&challenge, Method::Totp, &shown(&world, &secret));
        world.accounts.verify_step_up(&ada, right).await.unwrap();
        world.accounts.renew_recovery_codes(&ada).await.unwrap();
    }
}

#[tokio::test]
async fn a_step_up_is_for_its_own_session_and_no_login() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let (_, codes) = with_app(&world, &ada).await;
        let step_up = StepUp {
            password: Secret::new(PASSWORD),
        };
        let StepUpAnswer::SecondStep(step) = world.accounts.step_up(&ada, step_up).await.unwrap()
        else {
            panic!("a second step is on");
        };
        let for_step_up = answer(&step.second_factor.challenge, Method::Recovery, &codes[0]);
        let as_login = verified(&world, for_step_up.clone()).await;
        assert_eq!(refusal(as_login), "auth.challenge_invalid");
        let second = challenged(&world, "ada").await;
        let for_login = answer(&second.challenge, Method::Recovery, &codes[0]);
        let as_step_up = world.accounts.verify_step_up(&ada, for_login.clone()).await;
        assert_eq!(refusal(as_step_up), "auth.challenge_invalid");
        let signed_in = world
            .accounts
            .verify_login(for_login, &home())
            .await
            .unwrap();
        let other = world.who(&signed_in.tokens).await.unwrap();
        let elsewhere = world.accounts.verify_step_up(&other, for_step_up).await;
        assert_eq!(refusal(elsewhere), "auth.challenge_invalid");
    }
}

#[tokio::test]
async fn the_secret_of_an_app_is_sealed_in_the_database() {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Binary)]
        secret: Vec<u8>,
    }
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let secret = world.accounts.set_up_totp(&ada).await.unwrap().secret;
        let plain = BASE32_NOPAD.decode(secret.expose().as_bytes()).unwrap();
        let read = |conn: &mut db::AnyConn| {
            let query = diesel::sql_query("SELECT secret FROM authenticators");
            Ok(db::match_backend!(conn, c => query.get_result::<Row>(c))?.secret)
        };
        let stored = world.store.read(read).await.unwrap();
        assert!(!stored.windows(plain.len()).any(|window| window == plain));
    }
}
