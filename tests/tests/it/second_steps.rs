//! Logins in two steps.

use e2e::{PASSWORD, Person, each};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Totp};

async fn step_up(person: &Person) {
    person
        .post("/api/v1/auth/step-up/", json!({"password": PASSWORD}))
        .await
        .expect(200);
}

pub(crate) fn authenticator(secret: &str) -> Totp {
    let secret = data_encoding::BASE32_NOPAD
        .decode(secret.as_bytes())
        .unwrap();
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(0)
        .with_step_duration(30)
        .with_secret(secret)
        .build()
        .unwrap()
}

pub(crate) fn now() -> u64 {
    #[allow(clippy::disallowed_methods, reason = "the test plays the phone")]
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Turns the app on and gives it, with the recovery codes.
async fn with_authenticator(person: &Person) -> (Totp, Vec<Value>) {
    step_up(person).await;
    let setup = person
        .post("/api/v1/auth/2fa/totp/setup/", json!({}))
        .await
        .expect(200)
        .data();
    assert!(setup["qr_svg"].as_str().unwrap().contains("<svg"));
    assert!(
        setup["otpauth_url"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/")
    );
    let app = authenticator(setup["secret"].as_str().unwrap());
    // The step before is still taken, which leaves the next one for the login.
    let code = app.generate(now() - 30).to_string();
    let enabled = person
        .post("/api/v1/auth/2fa/totp/enable/", json!({ "code": code }))
        .await
        .expect(200)
        .data();
    let codes = enabled["recovery_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    (app, codes)
}

async fn challenge(person: &Person) -> String {
    let answer = person
        .post(
            "/api/v1/auth/login/",
            json!({"username": person.name, "password": PASSWORD}),
        )
        .await
        .expect(200);
    answer.data()["second_factor"]["challenge"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn verify(person: &Person, challenge: &str, method: &str, code: &Value) -> e2e::Answer {
    person
        .post(
            "/api/v1/auth/login/verify/",
            json!({"challenge": challenge, "method": method, "code": code}),
        )
        .await
}

#[tokio::test]
async fn an_authenticator_app_guards_the_login_and_no_code_counts_twice() {
    for app in each().await {
        let ada = app.person("ada").await;
        let (phone, _) = with_authenticator(&ada).await;
        let visitor = app.visitor();
        let token = json!({"username": "ada", "password": PASSWORD});
        let error = visitor
            .post("/api/v1/token/", token)
            .await
            .refused(401, "auth.second_factor_required");
        assert!(error["challenge"].is_string());
        assert_eq!(error["methods"], json!(["totp", "recovery"]));
        let code = json!(phone.generate(now()).to_string());
        let first = challenge(&ada).await;
        verify(&ada, &first, "totp", &json!("000000"))
            .await
            .refused(401, "auth.code_invalid");
        let signed_in = verify(&ada, &first, "totp", &code).await.expect(200);
        assert_eq!(signed_in.data()["profile"]["username"], "ada");
        verify(&ada, &first, "totp", &code)
            .await
            .refused(401, "auth.challenge_invalid");
        let second = challenge(&ada).await;
        verify(&ada, &second, "totp", &code)
            .await
            .refused(401, "auth.code_invalid");
    }
}

#[tokio::test]
async fn recovery_codes_open_once_each() {
    for app in each().await {
        let ada = app.person("ada").await;
        let (_, codes) = with_authenticator(&ada).await;
        let first = challenge(&ada).await;
        verify(&ada, &first, "recovery", &codes[0])
            .await
            .expect(200);
        let second = challenge(&ada).await;
        verify(&ada, &second, "recovery", &codes[0])
            .await
            .refused(401, "auth.code_invalid");
        verify(&ada, &second, "recovery", &codes[1])
            .await
            .expect(200);
        let left =
            ada.get("/api/v1/users/profile/").await.data()["second_factor"]["recovery_codes_left"]
                .clone();
        assert_eq!(left, 8);
    }
}

#[tokio::test]
async fn mailed_codes_are_bound_to_their_login_and_to_five_tries() {
    for app in each().await {
        let ada = app.person("ada").await;
        step_up(&ada).await;
        ada.post("/api/v1/auth/2fa/email/enable/", json!({}))
            .await
            .expect(200);
        let tried = challenge(&ada).await;
        for _ in 0..5 {
            verify(&ada, &tried, "email", &json!("000000"))
                .await
                .refused(401, "auth.code_invalid");
        }
        verify(&ada, &tried, "email", &json!("000000"))
            .await
            .refused(410, "auth.too_many_tries");
        ada.post(
            "/api/v1/auth/login/resend/",
            json!({"challenge": "no-such-challenge-at-all"}),
        )
        .await
        .refused(401, "auth.challenge_invalid");
    }
}

#[tokio::test]
async fn second_steps_change_only_after_proving_again_who_is_there() {
    for app in each().await {
        let ada = app.person("ada").await;
        with_authenticator(&ada).await;
        let state = ada
            .post("/api/v1/auth/2fa/disable/", json!({"method": "totp"}))
            .await
            .expect(200)
            .data();
        assert_eq!(
            state,
            json!({"email": false, "totp": false, "recovery_codes_left": 0})
        );
        ada.post("/api/v1/auth/2fa/disable/", json!({}))
            .await
            .refused(409, "auth.second_factor_off");
        ada.post(
            "/api/v1/auth/step-up/",
            json!({"password": "not-the-password-1"}),
        )
        .await
        .refused_at(422, "auth.password_wrong", "password");
    }
}
