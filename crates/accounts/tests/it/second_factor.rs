use std::collections::HashSet;
use std::time::Duration;

use accounts::prelude::*;
use accounts::{LoginStep, TokenTransport};
use contract::accounts::{SecondFactorMethod as Method, SecondFactorState};
use contract::auth::{DisableSecondFactor, SecondFactor, StepUp, StepUpAnswer, TotpEnable, Verify};
use data_encoding::BASE32_NOPAD;
use diesel::prelude::*;
use diesel::sql_types::Binary;
use futures_util::future::join_all;
use kernel::{Actor, AppError, Secret};
use serde_json::json;

use crate::fixture::Fixture;
use crate::requests::{answer, error_code, home, login, token_in};
use crate::test_users::PASSWORD;

testkit::database_tests!(
    enable_totp_requires_a_code_at_the_next_login,
    token_returns_the_challenge_in_its_error,
    totp_code_is_accepted_once,
    concurrent_answers_create_one_session,
    recovery_code_is_accepted_once,
    email_code_is_bound_to_its_challenge,
    enable_email_codes_requires_a_verified_address,
    disable_second_factor_deletes_recovery_codes_with_the_last,
    second_factor_changes_require_a_step_up,
    step_up_challenge_is_bound_to_its_session,
    totp_secret_is_encrypted_in_the_database,
);

const CODE: &str = "Your login code";
const STEP: Duration = Duration::from_secs(30);

/// The current code of an authenticator app.
pub(crate) fn current_code(fixture: &Fixture, secret: &Secret) -> Secret {
    let key = BASE32_NOPAD.decode(secret.expose().as_bytes()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(key).build().unwrap();
    let now = fixture.store.env().now().seconds();
    Secret::new(totp.generate(u64::try_from(now).unwrap()).to_string())
}

/// Enables an authenticator app; returns its secret and the recovery codes.
pub(crate) async fn with_app(fixture: &Fixture, actor: &Actor) -> (Secret, Vec<Secret>) {
    let secret = fixture.accounts.set_up_totp(actor).await.unwrap().secret;
    let code = current_code(fixture, &secret);
    let enabled = fixture
        .accounts
        .enable_totp(actor, TotpEnable { code })
        .await
        .unwrap();
    (secret, enabled.recovery_codes.unwrap())
}

pub(crate) async fn begin_login(fixture: &Fixture, name: &str) -> SecondFactor {
    match fixture.accounts.login(login(name), &home()).await.unwrap() {
        LoginStep::SecondFactorRequired(second) => second,
        LoginStep::Completed(_) => panic!("a second factor is enabled"),
    }
}

pub(crate) async fn verified(
    fixture: &Fixture,
    verify: Verify,
) -> Result<TokenTransport, AppError> {
    let signed_in = fixture.accounts.verify_login(verify, &home()).await?;
    Ok(signed_in.transport)
}

pub(crate) async fn mailed_code(fixture: &Fixture, name: &str, count: usize) -> Secret {
    let address = format!("{name}@example.org");
    let come = async || fixture.mails(&address, CODE).len() == count;
    crate::test_users::until("the code has come", come).await;
    token_in(&fixture.mails(&address, CODE)[0])
}

async fn enable_totp_requires_a_code_at_the_next_login(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let early = TotpEnable {
        code: Secret::new("0"),
    };
    let early = fixture.accounts.enable_totp(&ada, early).await;
    assert_eq!(error_code(early), "auth.totp_not_set_up");
    let setup = fixture.accounts.set_up_totp(&ada).await.unwrap();
    assert!(setup.otpauth_url.expose().contains(setup.secret.expose()));
    fixture.sign_in("ada", PASSWORD).await.unwrap();
    let wrong = TotpEnable {
        code: Secret::new("0"),
    };
    assert_eq!(
        error_code(fixture.accounts.enable_totp(&ada, wrong).await),
        "auth.code_wrong"
    );

    let code = current_code(&fixture, &setup.secret);
    let enabled = fixture
        .accounts
        .enable_totp(&ada, TotpEnable { code: code.clone() })
        .await;
    let enabled = enabled.unwrap();
    assert!(enabled.second_factor.totp);
    assert_eq!(enabled.recovery_codes.unwrap().len(), 10);
    let again = fixture
        .accounts
        .enable_totp(&ada, TotpEnable { code: code.clone() })
        .await;
    assert_eq!(error_code(again), "auth.second_factor_already_on");
    let again = fixture.accounts.set_up_totp(&ada).await;
    assert_eq!(error_code(again), "auth.second_factor_already_on");

    let second = begin_login(&fixture, "ada").await;
    assert_eq!(second.methods, [Method::Totp, Method::Recovery]);
    let spent = answer(&second.challenge, Method::Totp, &code);
    assert_eq!(
        error_code(verified(&fixture, spent).await),
        "auth.code_invalid"
    );
    fixture.advance(STEP);
    let code = current_code(&fixture, &setup.secret);
    let right = answer(&second.challenge, Method::Totp, &code);
    assert_eq!(
        verified(&fixture, right.clone()).await.unwrap(),
        TokenTransport::Browser
    );
    assert_eq!(
        error_code(verified(&fixture, right).await),
        "auth.challenge_invalid"
    );
}

async fn token_returns_the_challenge_in_its_error(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (secret, _) = with_app(&fixture, &ada).await;
    fixture.advance(STEP);
    let error = fixture.sign_in("ada", PASSWORD).await.unwrap_err();
    assert_eq!(error.code().name, "auth.second_factor_required");
    let [(challenge, value), methods] = error.details() else {
        panic!("{:?}", error.details())
    };
    assert_eq!(*challenge, "challenge");
    assert_eq!(*methods, ("methods", json!(["totp", "recovery"])));
    let challenge = Secret::new(value.as_str().unwrap());
    let right = answer(&challenge, Method::Totp, &current_code(&fixture, &secret));
    assert_eq!(
        verified(&fixture, right).await.unwrap(),
        TokenTransport::Client
    );
}

async fn totp_code_is_accepted_once(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (secret, _) = with_app(&fixture, &ada).await;
    fixture.advance(STEP);
    let code = current_code(&fixture, &secret);
    let challenges = join_all((0..5).map(|_| begin_login(&fixture, "ada"))).await;
    let tries = challenges
        .iter()
        .map(|second| verified(&fixture, answer(&second.challenge, Method::Totp, &code)));
    let opened = join_all(tries)
        .await
        .into_iter()
        .filter(Result::is_ok)
        .count();
    assert_eq!(opened, 1, "on {:?}", fixture.store);
}

async fn concurrent_answers_create_one_session(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let second = begin_login(&fixture, "ada").await;
    let right = answer(&second.challenge, Method::Recovery, &codes[0]);
    let tries = join_all((0..10).map(|_| verified(&fixture, right.clone()))).await;
    assert_eq!(
        tries.into_iter().filter(Result::is_ok).count(),
        1,
        "on {:?}",
        fixture.store
    );
}

async fn recovery_code_is_accepted_once(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let shouted = Secret::new(codes[3].expose().to_uppercase().replace('-', " "));
    let challenges = join_all((0..5).map(|_| begin_login(&fixture, "ada"))).await;
    let tries = challenges.iter().map(|second| {
        verified(
            &fixture,
            answer(&second.challenge, Method::Recovery, &shouted),
        )
    });
    let opened = join_all(tries)
        .await
        .into_iter()
        .filter(Result::is_ok)
        .count();
    assert_eq!(opened, 1, "on {:?}", fixture.store);
    let state = fixture.accounts.profile(&ada).await.unwrap().second_factor;
    assert_eq!(state.recovery_codes_left, 9);
}

async fn email_code_is_bound_to_its_challenge(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let enabled = fixture.accounts.enable_email_codes(&ada).await.unwrap();
    assert!(enabled.second_factor.email && enabled.recovery_codes.is_some());
    let again = fixture.accounts.enable_email_codes(&ada).await;
    assert_eq!(error_code(again), "auth.second_factor_already_on");
    let first = begin_login(&fixture, "ada").await;
    assert_eq!(first.methods, [Method::Email, Method::Recovery]);
    let code = mailed_code(&fixture, "ada", 1).await;
    let second = begin_login(&fixture, "ada").await;
    mailed_code(&fixture, "ada", 2).await;
    let elsewhere = answer(&second.challenge, Method::Email, &code);
    assert_eq!(
        error_code(verified(&fixture, elsewhere).await),
        "auth.code_invalid"
    );
    let by_app = answer(&first.challenge, Method::Totp, &code);
    assert_eq!(
        error_code(verified(&fixture, by_app).await),
        "auth.method_unavailable"
    );
    let right = answer(&first.challenge, Method::Email, &code);
    verified(&fixture, right).await.unwrap();
}

async fn enable_email_codes_requires_a_verified_address(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let error = fixture.accounts.enable_email_codes(&ada).await;
    assert_eq!(error_code(error), "auth.email_not_verified");
}

async fn disable_second_factor_deletes_recovery_codes_with_the_last(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let off = |method| {
        fixture
            .accounts
            .disable_second_factor(&ada, DisableSecondFactor { method })
    };
    assert_eq!(error_code(off(None).await), "auth.second_factor_off");
    assert_eq!(
        error_code(fixture.accounts.renew_recovery_codes(&ada).await),
        "auth.second_factor_off"
    );
    let (_, codes) = with_app(&fixture, &ada).await;
    let both = fixture.accounts.enable_email_codes(&ada).await.unwrap();
    assert!(both.recovery_codes.is_none(), "they came with the first");
    assert_eq!(
        error_code(off(Some(Method::Recovery)).await),
        "auth.method_unavailable"
    );

    let fresh = fixture
        .accounts
        .renew_recovery_codes(&ada)
        .await
        .unwrap()
        .recovery_codes;
    let all: HashSet<_> = codes.iter().chain(&fresh).map(Secret::expose).collect();
    assert_eq!(all.len(), 20);
    let second = begin_login(&fixture, "ada").await;
    let old = answer(&second.challenge, Method::Recovery, &codes[0]);
    assert_eq!(
        error_code(verified(&fixture, old).await),
        "auth.code_invalid"
    );

    let left = off(Some(Method::Totp)).await.unwrap();
    assert_eq!(
        (left.email, left.totp, left.recovery_codes_left),
        (true, false, 10)
    );
    assert_eq!(
        error_code(off(Some(Method::Totp)).await),
        "auth.second_factor_off"
    );
    let none = SecondFactorState {
        email: false,
        totp: false,
        recovery_codes_left: 0,
    };
    assert_eq!(off(None).await.unwrap(), none);
    fixture.sign_in("ada", PASSWORD).await.unwrap();
    let mail = fixture
        .mail(
            "ada@example.org",
            "Your two-step login settings were changed",
        )
        .await;
    assert!(mail.starts_with("Hello ada,"));
}

async fn second_factor_changes_require_a_step_up(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    fixture.advance(Duration::from_secs(15 * 60));
    let setup = fixture.accounts.set_up_totp(&ada).await;
    assert_eq!(error_code(setup), "auth.step_up_required");
    let wrong = StepUp {
        password: Secret::new("wrong"),
    };
    assert_eq!(
        error_code(fixture.accounts.step_up(&ada, wrong).await),
        "auth.password_wrong"
    );
    let right = || StepUp {
        password: Secret::new(PASSWORD),
    };
    let answered = fixture.accounts.step_up(&ada, right()).await.unwrap();
    let StepUpAnswer::Proven(proven) = answered else {
        panic!("no second step is on");
    };
    let now = fixture.store.env().now();
    assert_eq!(proven.proven_until, now + Duration::from_secs(15 * 60));
    let (secret, _) = with_app(&fixture, &ada).await;

    fixture.advance(Duration::from_secs(15 * 60));
    let renew = fixture.accounts.renew_recovery_codes(&ada).await;
    assert_eq!(error_code(renew), "auth.step_up_required");
    let answered = fixture.accounts.step_up(&ada, right()).await.unwrap();
    let StepUpAnswer::SecondStep(step) = answered else {
        panic!("a second factor is enabled");
    };
    let renew = fixture.accounts.renew_recovery_codes(&ada).await;
    assert_eq!(error_code(renew), "auth.step_up_required");
    let challenge = step.second_factor.challenge;
    let wrong = answer(&challenge, Method::Totp, &Secret::new("0"));
    let error = fixture.accounts.verify_step_up(&ada, wrong).await;
    assert_eq!(error_code(error), "auth.code_wrong");
    let right = answer(&challenge, Method::Totp, &current_code(&fixture, &secret));
    fixture.accounts.verify_step_up(&ada, right).await.unwrap();
    fixture.accounts.renew_recovery_codes(&ada).await.unwrap();
}

async fn step_up_challenge_is_bound_to_its_session(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let (_, codes) = with_app(&fixture, &ada).await;
    let step_up = StepUp {
        password: Secret::new(PASSWORD),
    };
    let StepUpAnswer::SecondStep(step) = fixture.accounts.step_up(&ada, step_up).await.unwrap()
    else {
        panic!("a second factor is enabled");
    };
    let for_step_up = answer(&step.second_factor.challenge, Method::Recovery, &codes[0]);
    let as_login = verified(&fixture, for_step_up.clone()).await;
    assert_eq!(error_code(as_login), "auth.challenge_invalid");
    let second = begin_login(&fixture, "ada").await;
    let for_login = answer(&second.challenge, Method::Recovery, &codes[0]);
    let as_step_up = fixture
        .accounts
        .verify_step_up(&ada, for_login.clone())
        .await;
    assert_eq!(error_code(as_step_up), "auth.challenge_invalid");
    let signed_in = fixture
        .accounts
        .verify_login(for_login, &home())
        .await
        .unwrap();
    let other = fixture.authenticate(&signed_in.tokens).await.unwrap();
    let elsewhere = fixture.accounts.verify_step_up(&other, for_step_up).await;
    assert_eq!(error_code(elsewhere), "auth.challenge_invalid");
}

async fn totp_secret_is_encrypted_in_the_database(fixture: Fixture) {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Binary)]
        secret: Vec<u8>,
    }
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let secret = fixture.accounts.set_up_totp(&ada).await.unwrap().secret;
    let plain = BASE32_NOPAD.decode(secret.expose().as_bytes()).unwrap();
    let read = |conn: &mut db::AnyConn| {
        let query = diesel::sql_query("SELECT secret FROM authenticators");
        Ok(db::match_backend!(conn, c => query.get_result::<Row>(c))?.secret)
    };
    let stored = fixture.store.read(read).await.unwrap();
    assert!(!stored.windows(plain.len()).any(|window| window == plain));
}
