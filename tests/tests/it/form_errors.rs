//! All errors of a body are reported at once, each at its field.

use e2e::deployments;
use reqwest::Method;
use serde_json::json;

use crate::wrong_types::Calls;

#[tokio::test]
async fn submit_form_reports_all_errors_at_once() {
    let mut calls = Calls::new().await;
    let profile = json!({
        "display_name": "a\u{0}b", "bio": 7, "theme": "pink", "language": "english",
        "email": "no address", "privacy": {"profile": "all"}, "moon": 1
    });
    let invite = json!({
        "username": "", "game": "pong", "client_id": [],
        "options": {"score_to_win": 99, "ranked": "yes", "moon": 1}
    });
    for (method, address, body, fields) in [
        (
            Method::PATCH,
            "/api/v1/users/profile/",
            profile.clone(),
            vec![
                "bio",
                "display_name",
                "email",
                "language",
                "moon",
                "privacy.profile",
                "theme",
            ],
        ),
        (
            Method::PUT,
            "/api/v1/users/profile/",
            profile,
            vec![
                "bio",
                "display_name",
                "email",
                "language",
                "moon",
                "privacy.profile",
                "theme",
            ],
        ),
        (
            Method::POST,
            "/api/v1/invites/",
            invite,
            vec![
                "client_id",
                "options.moon",
                "options.ranked",
                "options.score_to_win",
                "username",
            ],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/change/",
            json!({"current_password": "wrong", "password": "short", "password_confirm": "short"}),
            vec!["current_password", "password"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/change/",
            json!({"current_password": "wrong", "password": "password", "password_confirm": [], "x": 1}),
            vec!["current_password", "password", "password_confirm", "x"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/change/",
            // A missing password is neither wrong nor different from the other one.
            json!({"password": 7, "password_confirm": "violet-comet-harbour-19"}),
            vec!["current_password", "password"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/reset/",
            json!({"token": "none", "password": "password", "password_confirm": "other"}),
            vec!["password", "password_confirm", "token"],
        ),
        (
            Method::POST,
            "/api/v1/auth/password/reset/",
            json!({"token": "x".repeat(513), "password": "password", "password_confirm": 7}),
            vec!["password", "password_confirm", "token"],
        ),
        (
            Method::POST,
            "/api/v1/users/register/",
            json!({"username": "a", "email": "none", "password": "password", "password_confirm": "x"}),
            vec!["email", "password", "password_confirm", "username"],
        ),
        (
            Method::POST,
            "/api/v1/users/register/",
            json!({"username": ".ab.", "email": 7, "password": "password", "password_confirm": "x"}),
            vec!["email", "password", "password_confirm", "username"],
        ),
    ] {
        let response = calls.send(&method, address, &body).await;
        let error = response.expect_error(422, "invalid_fields");
        let reported = error["fields"].as_object().unwrap().keys();
        assert_eq!(reported.collect::<Vec<_>>(), fields, "{method} {address}");
    }
}

#[tokio::test]
async fn send_message_reports_all_errors_at_once() {
    let mut calls = Calls::new().await;
    let (chat, message) = (calls.chat.clone(), calls.message.clone());
    let path = format!("/api/v1/chats/rooms/{chat}/messages/");
    let long = "x".repeat(2_001);
    let wrong = json!({"content": long, "client_id": "~", "reply_to": "x", "timestamp": long});
    let message = format!("/api/v1/messages/{message}/");
    let report = format!("{message}report/");
    for (method, path, body, fields) in [
        (
            Method::POST,
            &path,
            wrong,
            vec!["client_id", "content", "reply_to", "timestamp"],
        ),
        (
            Method::POST,
            &path,
            json!({"content": format!("\u{7}{long}"), "client_id": "x".repeat(101)}),
            vec!["client_id", "content"],
        ),
        (
            Method::PATCH,
            &message,
            json!({"content": " ", "x": 1}),
            vec!["content", "x"],
        ),
        (
            Method::POST,
            &report,
            json!({"reason": "other", "x": 1}),
            vec!["details", "x"],
        ),
        (
            Method::POST,
            &report,
            json!({"reason": "boring"}),
            vec!["reason"],
        ),
    ] {
        let response = calls.send(&method, path, &body).await;
        let error = response.expect_error(422, "invalid_fields");
        let reported = error["fields"].as_object().unwrap().keys();
        assert_eq!(reported.collect::<Vec<_>>(), fields, "{method} {path}");
    }
    let both = json!({"content": format!("\u{7}{long}")});
    let response = calls.send(&Method::POST, &path, &both).await;
    let error = response.expect_error(422, "invalid_fields");
    assert_eq!(error["fields"]["content"].as_array().unwrap().len(), 2);
    let one = json!({"content": long});
    let response = calls.send(&Method::POST, &path, &one).await;
    response.expect_field_error(422, "chat.content_too_long", "content");
}

#[tokio::test]
async fn register_reports_a_taken_name_with_other_errors_but_not_a_taken_email() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let anonymous = app.anonymous();
        let register = async |name: &str, email: &str, password: &str| {
            let body = json!({
                "username": name, "email": email, "password": password,
                "password_confirm": password,
            });
            anonymous.post("/api/v1/users/register/", body).await
        };
        let error = register("ADA", &ada.email(), "password").await;
        let error = error.expect_error(422, "invalid_fields");
        let reported = error["fields"].as_object().unwrap().keys();
        assert_eq!(reported.collect::<Vec<_>>(), ["password", "username"]);
        assert_eq!(
            error["fields"]["username"],
            json!(["This username is taken."])
        );
        let long = register("ADA", "new@example.org", &"x".repeat(129)).await;
        let error = long.expect_error(422, "invalid_fields");
        let reported = error["fields"].as_object().unwrap().keys();
        assert_eq!(
            reported.collect::<Vec<_>>(),
            ["password", "password_confirm", "username"]
        );
        let weak = register("eve", &ada.email(), "password").await;
        let error = weak.expect_error(422, "auth.password_weak");
        assert!(error["fields"]["email"].is_null(), "{error}");
        let taken = register("ada", "new@example.org", e2e::PASSWORD).await;
        taken.expect_field_error(409, "auth.username_taken", "username");
        let taken = register("eve", &ada.email(), e2e::PASSWORD).await;
        taken.expect_field_error(409, "auth.email_taken", "email");
    }
}
