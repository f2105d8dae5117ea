//! Registration, email verification, login, passwords.

use e2e::{PASSWORD, deployments};
use serde_json::json;

const OTHER: &str = "amber-lantern-orbit-27";

#[tokio::test]
async fn register_verify_email_and_log_in_by_name_or_address() {
    for app in deployments().await {
        let mut ada = app.anonymous();
        let made = ada.register("Ada").await;
        let profile = made.data();
        assert_eq!(
            (
                profile["username"].as_str(),
                profile["email_verified"].as_bool()
            ),
            (Some("Ada"), Some(false))
        );
        ada.log_in().await;
        ada.verify_email().await;
        let profile = ada.get("/api/v1/users/profile/").await.expect(200).data();
        assert_eq!(profile["email_verified"], true);
        for name in ["ADA", "Ada@Example.ORG"] {
            let body = json!({"username": name, "password": PASSWORD});
            let response = ada.post("/api/token", body).await.expect(200).json();
            assert!(
                response["success"] == true
                    && response["access"].is_string()
                    && response["refresh"].is_string()
            );
        }
    }
}

#[tokio::test]
async fn register_reports_errors_by_field() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let body = |username: &str, email: &str, password: &str, confirm: &str| json!({"username": username, "email": email, "password": password, "password_confirm": confirm});
        let cases = [
            (
                body("ADA", "b@example.org", PASSWORD, PASSWORD),
                409,
                "auth.username_taken",
                "username",
            ),
            (
                body("bob", "ADA@example.org", PASSWORD, PASSWORD),
                409,
                "auth.email_taken",
                "email",
            ),
            (
                body("b b", "b@example.org", PASSWORD, PASSWORD),
                422,
                "auth.username_invalid",
                "username",
            ),
            (
                body("admin", "b@example.org", PASSWORD, PASSWORD),
                422,
                "auth.username_reserved",
                "username",
            ),
            (
                body("bob", "b@@example", PASSWORD, PASSWORD),
                422,
                "auth.email_invalid",
                "email",
            ),
            (
                body("bob", "b@example.org", "password123", "password123"),
                422,
                "auth.password_weak",
                "password",
            ),
            (
                body(
                    "bobby.tables",
                    "b@example.org",
                    "bobby.tables",
                    "bobby.tables",
                ),
                422,
                "auth.password_personal",
                "password",
            ),
            (
                body("bob", "b@example.org", PASSWORD, OTHER),
                422,
                "auth.password_mismatch",
                "password_confirm",
            ),
            (
                body("bo", "b@example.org", PASSWORD, PASSWORD),
                422,
                "invalid_fields",
                "username",
            ),
            (
                json!({"username": "bob", "email": "b@example.org", "password": PASSWORD}),
                422,
                "invalid_fields",
                "password_confirm",
            ),
        ];
        for (body, status, code, field) in cases {
            app.anonymous()
                .post("/api/v1/users/register/", body)
                .await
                .expect_field_error(status, code, field);
        }
        drop(ada);
    }
}

#[tokio::test]
async fn log_in_answers_alike_for_wrong_passwords_and_unknown_names() {
    for app in deployments().await {
        app.user("ada").await;
        let anonymous = app.anonymous();
        let wrong = anonymous
            .post(
                "/api/v1/token/",
                json!({"username": "ada", "password": OTHER}),
            )
            .await;
        let unknown = anonymous
            .post(
                "/api/v1/token/",
                json!({"username": "nobody", "password": OTHER}),
            )
            .await;
        wrong.expect_error(401, "auth.invalid_credentials");
        unknown.expect_error(401, "auth.invalid_credentials");
        let shape = |response: &e2e::Response| {
            let mut json = response.json();
            json["error"]["request_id"] = json!(null);
            json
        };
        assert_eq!(shape(&wrong), shape(&unknown));
        let forgot = |email: &str| {
            anonymous.post("/api/v1/auth/password/forgot/", json!({ "email": email }))
        };
        let (known, unknown) = (
            forgot("ada@example.org").await,
            forgot("nobody@example.org").await,
        );
        assert_eq!(
            (known.status, known.json()),
            (unknown.status, unknown.json())
        );
    }
}

#[tokio::test]
async fn reset_password_ends_all_sessions() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        ada.post(
            "/api/v1/auth/password/forgot/",
            json!({"email": ada.email()}),
        )
        .await
        .expect(200);
        let token = ada.mailed_token("reset-password").await;
        let reset = json!({"token": token, "password": OTHER, "password_confirm": OTHER});
        ada.post("/api/v1/auth/password/reset/", reset.clone())
            .await
            .expect(200);
        ada.post("/api/v1/auth/password/reset/", reset)
            .await
            .expect_error(422, "auth.link_invalid");
        ada.expect_error_everywhere("auth.session_ended").await;
        let anonymous = app.anonymous();
        let sign_in = |password: &str| {
            anonymous.post(
                "/api/v1/token/",
                json!({"username": "ada", "password": password}),
            )
        };
        sign_in(PASSWORD)
            .await
            .expect_error(401, "auth.invalid_credentials");
        let response = sign_in(OTHER).await.expect(200);
        ada.store_tokens(response);
        let change =
            json!({"current_password": OTHER, "password": PASSWORD, "password_confirm": PASSWORD});
        ada.post("/api/v1/auth/password/change/", change)
            .await
            .expect(200);
        ada.get("/api/v1/users/profile/").await.expect(200);
    }
}

#[tokio::test]
async fn change_email_takes_effect_when_verified() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        ada.post("/api/v1/auth/step-up/", json!({"password": PASSWORD}))
            .await
            .expect(200);
        let patched = ada
            .patch(
                "/api/v1/users/profile/",
                json!({"email": "new@example.org"}),
            )
            .await
            .expect(200);
        assert_eq!(patched.data()["email"], "ada@example.org");
        assert_eq!(patched.data()["pending_email"], "new@example.org");
        let mut reader = app.anonymous();
        reader.name = "new".to_owned();
        let token = reader.mailed_token("verify-email").await;
        ada.post("/api/v1/auth/email/verify/", json!({ "token": token }))
            .await
            .expect(200);
        let profile = ada.get("/api/v1/users/profile/").await.data();
        assert_eq!(
            (profile["email"].as_str(), profile["pending_email"].as_str()),
            (Some("new@example.org"), None)
        );
    }
}

#[tokio::test]
async fn repeat_request_returns_the_first_response() {
    for app in deployments().await {
        let anonymous = app.anonymous();
        let body = json!({"username": "ada", "email": "ada@example.org", "password": PASSWORD, "password_confirm": PASSWORD});
        let send = |body: serde_json::Value| {
            let request = anonymous.request(reqwest::Method::POST, "/api/v1/users/register/");
            anonymous.send(request.header("idempotency-key", "k-1").json(&body))
        };
        let first = send(body.clone()).await.expect(201).data();
        let again = send(body).await.expect(201).data();
        assert_eq!(first, again);
        let other = json!({"username": "bob", "email": "b@example.org", "password": PASSWORD, "password_confirm": PASSWORD});
        send(other)
            .await
            .expect_error(422, "idempotency.key_reused");
    }
}
