//! Registering, proving an address, signing in, passwords.

use e2e::{PASSWORD, each};
use serde_json::json;

const OTHER: &str = "amber-lantern-orbit-27";

#[tokio::test]
async fn somebody_registers_proves_the_address_and_signs_in_by_name_or_address() {
    for app in each().await {
        let mut ada = app.visitor();
        let made = ada.register("Ada").await;
        let profile = made.data();
        assert_eq!(
            (
                profile["username"].as_str(),
                profile["email_verified"].as_bool()
            ),
            (Some("Ada"), Some(false))
        );
        ada.sign_in().await;
        ada.verify_email().await;
        let profile = ada.get("/api/v1/users/profile/").await.expect(200).data();
        assert_eq!(profile["email_verified"], true);
        for name in ["ADA", "Ada@Example.ORG"] {
            let body = json!({"username": name, "password": PASSWORD});
            let answer = ada.post("/api/token", body).await.expect(200).json();
            assert!(
                answer["success"] == true
                    && answer["access"].is_string()
                    && answer["refresh"].is_string()
            );
        }
    }
}

#[tokio::test]
async fn what_cannot_be_registered_is_told_field_by_field() {
    for app in each().await {
        let ada = app.person("ada").await;
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
            app.visitor()
                .post("/api/v1/users/register/", body)
                .await
                .refused_at(status, code, field);
        }
        drop(ada);
    }
}

#[tokio::test]
async fn wrong_passwords_and_unknown_names_are_told_alike() {
    for app in each().await {
        app.person("ada").await;
        let visitor = app.visitor();
        let wrong = visitor
            .post(
                "/api/v1/token/",
                json!({"username": "ada", "password": OTHER}),
            )
            .await;
        let unknown = visitor
            .post(
                "/api/v1/token/",
                json!({"username": "nobody", "password": OTHER}),
            )
            .await;
        wrong.refused(401, "auth.invalid_credentials");
        unknown.refused(401, "auth.invalid_credentials");
        let shape = |answer: &e2e::Answer| {
            let mut json = answer.json();
            json["error"]["request_id"] = json!(null);
            json
        };
        assert_eq!(shape(&wrong), shape(&unknown));
        let forgot =
            |email: &str| visitor.post("/api/v1/auth/password/forgot/", json!({ "email": email }));
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
async fn a_forgotten_password_is_set_anew_by_mail_and_ends_all_sessions() {
    for app in each().await {
        let mut ada = app.person("ada").await;
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
            .refused(422, "auth.link_invalid");
        ada.refused_everywhere("auth.session_ended").await;
        let visitor = app.visitor();
        let sign_in = |password: &str| {
            visitor.post(
                "/api/v1/token/",
                json!({"username": "ada", "password": password}),
            )
        };
        sign_in(PASSWORD)
            .await
            .refused(401, "auth.invalid_credentials");
        let answer = sign_in(OTHER).await.expect(200);
        ada.keep_tokens(answer);
        let change =
            json!({"current_password": OTHER, "password": PASSWORD, "password_confirm": PASSWORD});
        ada.post("/api/v1/auth/password/change/", change)
            .await
            .expect(200);
        ada.get("/api/v1/users/profile/").await.expect(200);
    }
}

#[tokio::test]
async fn a_new_address_is_saved_only_when_it_is_proven() {
    for app in each().await {
        let ada = app.person("ada").await;
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
        let mut reader = app.visitor();
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
async fn a_request_that_is_sent_again_gets_the_first_answer_again() {
    for app in each().await {
        let visitor = app.visitor();
        let body = json!({"username": "ada", "email": "ada@example.org", "password": PASSWORD, "password_confirm": PASSWORD});
        let send = |body: serde_json::Value| {
            let request = visitor.request(reqwest::Method::POST, "/api/v1/users/register/");
            visitor.send(request.header("idempotency-key", "k-1").json(&body))
        };
        let first = send(body.clone()).await.expect(201).data();
        let again = send(body).await.expect(201).data();
        assert_eq!(first, again);
        let other = json!({"username": "bob", "email": "b@example.org", "password": PASSWORD, "password_confirm": PASSWORD});
        send(other).await.refused(422, "idempotency.key_reused");
    }
}
