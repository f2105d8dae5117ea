//! Two-step login and reauthentication.

use e2e::{PASSWORD, TestUser, deployments};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Totp};

async fn step_up(user: &TestUser) {
    user.post("/api/v1/auth/step-up/", json!({"password": PASSWORD}))
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

/// Enables an authenticator app; returns it and the recovery codes.
async fn with_authenticator(user: &TestUser) -> (Totp, Vec<Value>) {
    step_up(user).await;
    let setup = user
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
    // The code of the previous period is accepted, too, which leaves the next one for the login.
    let code = app.generate(now() - 30).to_string();
    let enabled = user
        .post("/api/v1/auth/2fa/totp/enable/", json!({ "code": code }))
        .await
        .expect(200)
        .data();
    let codes = enabled["recovery_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    (app, codes)
}

async fn challenge(user: &TestUser) -> String {
    let response = user
        .post(
            "/api/v1/auth/login/",
            json!({"username": user.name, "password": PASSWORD}),
        )
        .await
        .expect(200);
    response.data()["second_factor"]["challenge"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn verify(user: &TestUser, challenge: &str, method: &str, code: &Value) -> e2e::Response {
    user.post(
        "/api/v1/auth/login/verify/",
        json!({"challenge": challenge, "method": method, "code": code}),
    )
    .await
}

#[tokio::test]
async fn log_in_with_authenticator_accepts_each_code_once() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let (phone, _) = with_authenticator(&ada).await;
        let anonymous = app.anonymous();
        let token = json!({"username": "ada", "password": PASSWORD});
        let error = anonymous
            .post("/api/v1/token/", token)
            .await
            .expect_error(401, "auth.second_factor_required");
        assert!(error["challenge"].is_string());
        assert_eq!(error["methods"], json!(["totp", "recovery"]));
        let code = json!(phone.generate(now()).to_string());
        let first = challenge(&ada).await;
        verify(&ada, &first, "totp", &json!("000000"))
            .await
            .expect_error(401, "auth.code_invalid");
        let signed_in = verify(&ada, &first, "totp", &code).await.expect(200);
        assert_eq!(signed_in.data()["profile"]["username"], "ada");
        verify(&ada, &first, "totp", &code)
            .await
            .expect_error(401, "auth.challenge_invalid");
        let second = challenge(&ada).await;
        verify(&ada, &second, "totp", &code)
            .await
            .expect_error(401, "auth.code_invalid");
    }
}

#[tokio::test]
async fn log_in_with_recovery_code_accepts_each_code_once() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let (_, codes) = with_authenticator(&ada).await;
        let first = challenge(&ada).await;
        verify(&ada, &first, "recovery", &codes[0])
            .await
            .expect(200);
        let second = challenge(&ada).await;
        verify(&ada, &second, "recovery", &codes[0])
            .await
            .expect_error(401, "auth.code_invalid");
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
async fn log_in_with_mailed_code_allows_five_attempts_per_login() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        step_up(&ada).await;
        ada.post("/api/v1/auth/2fa/email/enable/", json!({}))
            .await
            .expect(200);
        let tried = challenge(&ada).await;
        for _ in 0..5 {
            verify(&ada, &tried, "email", &json!("000000"))
                .await
                .expect_error(401, "auth.code_invalid");
        }
        verify(&ada, &tried, "email", &json!("000000"))
            .await
            .expect_error(410, "auth.too_many_tries");
        ada.post(
            "/api/v1/auth/login/resend/",
            json!({"challenge": "no-such-challenge-at-all"}),
        )
        .await
        .expect_error(401, "auth.challenge_invalid");
    }
}

#[tokio::test]
async fn change_second_factor_requires_reauthentication() {
    for app in deployments().await {
        let ada = app.user("ada").await;
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
            .expect_error(409, "auth.second_factor_off");
        ada.post(
            "/api/v1/auth/step-up/",
            json!({"password": "not-the-password-1"}),
        )
        .await
        .expect_field_error(422, "auth.password_wrong", "password");
    }
}
