//! The front door of the real server.

use e2e::{App, each};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn every_answer_has_its_id_and_its_guards() {
    for app in each().await {
        let visitor = app.visitor();
        for path in [
            "/",
            "/docs/",
            "/healthz",
            "/readyz",
            "/openapi.json",
            "/api/v1/nothing/",
            "/api/v1/users/profile/",
        ] {
            let answer = visitor.get(path).await;
            assert!(!answer.header("x-request-id").is_empty(), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert!(
                answer
                    .header("content-security-policy")
                    .contains("frame-ancestors 'none'"),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn strangers_in_the_host_header_are_refused() {
    for app in each().await {
        let visitor = app.visitor();
        let request = visitor
            .request(Method::GET, "/api/v1/users/profile/")
            .header("host", "evil.example");
        visitor.send(request).await.refused(400, "unknown_host");
    }
}

#[tokio::test]
async fn what_the_framework_refuses_has_the_envelope_too() {
    for app in each().await {
        let visitor = app.visitor();
        visitor
            .get("/api/v1/no/such/thing/")
            .await
            .refused(404, "not_found");
        visitor
            .delete("/api/v1/token/")
            .await
            .refused(405, "method_not_allowed");
        let raw = |kind: &'static str, body: String| {
            visitor.send(
                visitor
                    .request(Method::POST, "/api/v1/token/")
                    .header("content-type", kind)
                    .body(body),
            )
        };
        raw("application/json", "{".to_owned())
            .await
            .refused(400, "malformed_json");
        raw("text/plain", "{}".to_owned())
            .await
            .refused(415, "unsupported_media_type");
        raw("application/json", format!("\"{}\"", "x".repeat(100_000)))
            .await
            .refused(413, "body_too_large");
        raw("application/json", "{}".to_owned()).await.refused_at(
            422,
            "invalid_fields",
            "username",
        );
    }
}

#[tokio::test]
async fn nul_characters_are_refused_or_found_nowhere() {
    for app in each().await {
        let ada = app.person("ada").await;
        for path in ["/api/v1/users/a%00b/", "/api/v1/users/?search=a%00b"] {
            ada.get(path).await.refused(400, "malformed_address");
        }
        let wrong = json!({"username": "a\0b", "password": "a\0b"});
        let answer = ada.post("/api/v1/token/", wrong).await;
        answer.refused(401, "auth.invalid_credentials");
        let nobody = json!({"username": "a\0b"});
        for path in ["/api/v1/friends/requests/", "/api/v1/blocks/"] {
            let answer = ada.post(path, nobody.clone()).await;
            answer.refused(404, "users.not_found");
        }
        let invite = json!({"username": "a\0b", "game": "pong"});
        let answer = ada.post("/api/v1/invites/", invite).await;
        answer.refused(404, "users.not_found");
        let world = ada.put("/api/v1/chats/lobbies/world/", json!({})).await;
        let world = world.data()["chat_id"].as_str().unwrap().to_owned();
        let room = format!("/api/v1/chats/rooms/{world}/messages/");
        let said = ada.post(&room, json!({"content": "a", "timestamp": "\0"}));
        let said = said.await.expect(201).data();
        let content = ada.post(&room, json!({"content": "a\0"})).await;
        content.refused_at(422, "chat.content_control_character", "content");
        let bob = app.person("bob").await;
        let report = format!("/api/v1/messages/{}/report/", said["id"].as_str().unwrap());
        let odd = json!({"reason": "spam", "details": "a\0"});
        let answer = bob.post(&report, odd).await;
        answer.refused_at(422, "invalid_fields", "details");
        let mut socket = app.greeted(&bob, 0, "/ws/events/").await.0;
        let invite = json!({"username": "a\0b", "client_id": "1"});
        socket
            .refused("game_invite", invite, "users.not_found")
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
async fn limits_are_told_and_kept_over_all_nodes() {
    for app in each().await {
        let visitor = app.visitor();
        let forgot = || {
            visitor.post(
                "/api/v1/auth/password/forgot/",
                json!({"email": "a@example.org"}),
            )
        };
        let first = forgot().await.expect(200);
        assert_eq!(first.header("ratelimit-limit"), "10");
        let mut allowed = 1;
        let refused = loop {
            let answer = forgot().await;
            if answer.status != 200 {
                break answer;
            }
            allowed += 1;
        };
        refused.refused(429, "too_many_requests");
        assert!(!refused.header("retry-after").is_empty());
        assert_eq!(allowed, 10, "{}", app.name);
    }
}

#[tokio::test]
async fn the_dev_mailbox_is_for_this_machine_alone() {
    let app = App::with().embedded();
    let visitor = app.visitor();
    visitor.get("/dev/mailbox/").await.refused(404, "not_found");
    assert!(visitor.mails().await.is_empty());
    let app = App::with()
        .flag("--smtp-url", "smtp://127.0.0.1:1")
        .embedded();
    let plain = e2e::client();
    let answer = plain
        .get(format!("{}/dev/mailbox/", app.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn the_dev_mailbox_refuses_unknown_formats() {
    let app = App::with().embedded();
    let ask = async |format: &str| {
        let url = format!("{}/dev/mailbox/?format={format}", app.url());
        e2e::Answer::of(e2e::client().get(url).send().await.unwrap()).await
    };
    ask("xml").await.refused_at(422, "invalid_fields", "format");
    ask("json").await.expect(200).data();
    ask("").await.expect(200);
    let stranger = app.visitor().get("/dev/mailbox/?format=xml").await;
    stranger.refused(404, "not_found");
}

#[tokio::test]
async fn an_encoding_counts_only_where_a_body_is_read() {
    for app in each().await {
        let ada = app.person("ada").await;
        let send = |method: Method, path: &str, body: &'static str| {
            let request = ada.signed(method, path).header("content-encoding", "gzip");
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
        send(Method::PATCH, profile, "{}").await.refused(415, code);
        send(Method::POST, "/api/v1/auth/logout/", "{}")
            .await
            .refused(415, code);
        send(Method::POST, "/api/v1/users/profile/avatar/", "x")
            .await
            .refused(415, code);
        send(Method::POST, "/api/v1/auth/logout/", "")
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn no_secret_is_ever_logged() {
    for app in each().await {
        let ada = app.person("ada").await;
        ada.get(&format!("/api/v1/users/profile/?token={}", ada.access))
            .await
            .expect(200);
        let log: String = app.nodes.iter().map(e2e::Node::log).collect();
        for secret in [&ada.access, &ada.refresh, e2e::PASSWORD, "ada@example.org"] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
}
