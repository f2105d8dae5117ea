//! The HTTP layer of the real server: headers, hosts, envelope, rate limits, dev mailbox.

use e2e::{App, deployments};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn responses_have_request_ids_and_security_headers() {
    for app in deployments().await {
        let anonymous = app.anonymous();
        for path in [
            "/",
            "/docs/",
            "/healthz",
            "/readyz",
            "/openapi.json",
            "/api/v1/nothing/",
            "/api/v1/users/profile/",
        ] {
            let response = anonymous.get(path).await;
            assert!(!response.header("x-request-id").is_empty(), "{path}");
            assert_eq!(
                response.header("x-content-type-options"),
                "nosniff",
                "{path}"
            );
            assert!(
                response
                    .header("content-security-policy")
                    .contains("frame-ancestors 'none'"),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn unknown_hosts_are_refused() {
    for app in deployments().await {
        let anonymous = app.anonymous();
        let request = anonymous
            .request(Method::GET, "/api/v1/users/profile/")
            .header("host", "evil.example");
        anonymous
            .send(request)
            .await
            .expect_error(400, "unknown_host");
    }
}

#[tokio::test]
async fn framework_errors_have_the_envelope() {
    for app in deployments().await {
        let anonymous = app.anonymous();
        anonymous
            .get("/api/v1/no/such/thing/")
            .await
            .expect_error(404, "not_found");
        anonymous
            .delete("/api/v1/token/")
            .await
            .expect_error(405, "method_not_allowed");
        let raw = |kind: &'static str, body: String| {
            anonymous.send(
                anonymous
                    .request(Method::POST, "/api/v1/token/")
                    .header("content-type", kind)
                    .body(body),
            )
        };
        raw("application/json", "{".to_owned())
            .await
            .expect_error(400, "malformed_json");
        raw("text/plain", "{}".to_owned())
            .await
            .expect_error(415, "unsupported_media_type");
        raw("application/json", format!("\"{}\"", "x".repeat(100_000)))
            .await
            .expect_error(413, "body_too_large");
        raw("application/json", "{}".to_owned())
            .await
            .expect_field_error(422, "invalid_fields", "username");
    }
}

#[tokio::test]
async fn nul_characters_are_refused_or_not_found() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        for path in ["/api/v1/users/a%00b/", "/api/v1/users/?search=a%00b"] {
            ada.get(path).await.expect_error(400, "malformed_address");
        }
        let wrong = json!({"username": "a\0b", "password": "a\0b"});
        let response = ada.post("/api/v1/token/", wrong).await;
        response.expect_error(401, "auth.invalid_credentials");
        let nobody = json!({"username": "a\0b"});
        for path in ["/api/v1/friends/requests/", "/api/v1/blocks/"] {
            let response = ada.post(path, nobody.clone()).await;
            response.expect_error(404, "users.not_found");
        }
        let invite = json!({"username": "a\0b", "game": "pong"});
        let response = ada.post("/api/v1/invites/", invite).await;
        response.expect_error(404, "users.not_found");
        let world = ada.put("/api/v1/chats/lobbies/world/", json!({})).await;
        let world = world.data()["chat_id"].as_str().unwrap().to_owned();
        let room = format!("/api/v1/chats/rooms/{world}/messages/");
        let payload = ada.post(&room, json!({"content": "a", "timestamp": "\0"}));
        let payload = payload.await.expect(201).data();
        let content = ada.post(&room, json!({"content": "a\0"})).await;
        content.expect_field_error(422, "chat.content_control_character", "content");
        let bob = app.user("bob").await;
        let report = format!(
            "/api/v1/messages/{}/report/",
            payload["id"].as_str().unwrap()
        );
        let random_frame = json!({"reason": "spam", "details": "a\0"});
        let response = bob.post(&report, random_frame).await;
        response.expect_field_error(422, "invalid_fields", "details");
        let mut socket = app.open_socket(&bob, 0, "/ws/events/").await.0;
        let invite = json!({"username": "a\0b", "client_id": "1"});
        socket
            .expect_error("game_invite", invite, "users.not_found")
            .await;
        let preferences = ada
            .put("/api/v1/users/profile/preferences/", json!({"a": "b\0"}))
            .await;
        assert!(
            [200, 422].contains(&preferences.status),
            "{}",
            preferences.text()
        );
    }
}

#[tokio::test]
async fn rate_limits_are_reported_and_shared_by_all_nodes() {
    for app in deployments().await {
        let anonymous = app.anonymous();
        let forgot = || {
            anonymous.post(
                "/api/v1/auth/password/forgot/",
                json!({"email": "a@example.org"}),
            )
        };
        let first = forgot().await.expect(200);
        assert_eq!(first.header("ratelimit-limit"), "10");
        let mut allowed = 1;
        let refused = loop {
            let response = forgot().await;
            if response.status != 200 {
                break response;
            }
            allowed += 1;
        };
        refused.expect_error(429, "too_many_requests");
        assert!(!refused.header("retry-after").is_empty());
        assert_eq!(allowed, 10, "{}", app.name);
    }
}

#[tokio::test]
async fn dev_mailbox_requires_a_local_client() {
    let app = App::with().embedded();
    let anonymous = app.anonymous();
    anonymous
        .get("/dev/mailbox/")
        .await
        .expect_error(404, "not_found");
    assert!(anonymous.mails().await.is_empty());
    let app = App::with()
        .flag("--smtp-url", "smtp://127.0.0.1:1")
        .embedded();
    let plain = e2e::client();
    let response = plain
        .get(format!("{}/dev/mailbox/", app.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn dev_mailbox_refuses_unknown_formats() {
    let app = App::with().embedded();
    let ask = async |format: &str| {
        let url = format!("{}/dev/mailbox/?format={format}", app.url());
        e2e::Response::of(e2e::client().get(url).send().await.unwrap()).await
    };
    ask("xml")
        .await
        .expect_field_error(422, "invalid_fields", "format");
    ask("json").await.expect(200).data();
    ask("").await.expect(200);
    let stranger = app.anonymous().get("/dev/mailbox/?format=xml").await;
    stranger.expect_error(404, "not_found");
}

#[tokio::test]
async fn content_encoding_is_checked_only_if_a_body_is_read() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let send = |method: Method, path: &str, body: &'static str| {
            let request = ada
                .authenticated_request(method, path)
                .header("content-encoding", "gzip");
            let request = request.header("content-type", "application/json");
            ada.send(request.body(body))
        };
        let profile = "/api/v1/users/profile/";
        send(Method::GET, profile, "").await.expect(200);
        send(Method::POST, "/api/v1/auth/ws-ticket/", "zipped")
            .await
            .expect(201);
        send(Method::POST, "/api/v1/notifications/clear/", "zipped")
            .await
            .expect(200);
        let code = "unsupported_content_encoding";
        send(Method::PATCH, profile, "{}")
            .await
            .expect_error(415, code);
        send(Method::POST, "/api/v1/auth/logout/", "{}")
            .await
            .expect_error(415, code);
        send(Method::POST, "/api/v1/users/profile/avatar/", "x")
            .await
            .expect_error(415, code);
        send(Method::POST, "/api/v1/auth/logout/", "")
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn log_contains_no_secrets() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        ada.get(&format!("/api/v1/users/profile/?token={}", ada.access))
            .await
            .expect(200);
        let log: String = app.nodes.iter().map(e2e::Node::log).collect();
        for secret in [&ada.access, &ada.refresh, e2e::PASSWORD, "ada@example.org"] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
}
