//! The dev clock.

use e2e::{App, Response, until};
use reqwest::Method;
use serde_json::{Value, json};

use crate::actions::ada_and_bob;

const PATH: &str = "/dev/clock/";
const HOUR: u64 = 3_600;

fn with_clock() -> e2e::Builder {
    App::with().switch("--dev-clock")
}

/// A request of a local client to the first node.
async fn local(app: &App, method: Method, kind: &str, body: &str) -> Response {
    let request = e2e::client().request(method, format!("{}{PATH}", app.url()));
    let request = request.header("content-type", kind).body(body.to_owned());
    Response::of(request.send().await.unwrap()).await
}

async fn post(app: &App, body: &str) -> Response {
    local(app, Method::POST, "application/json", body).await
}

/// Moves the clock of all nodes ahead.
async fn advance(app: &App, seconds: u64) -> Value {
    let body = json!({"advance_seconds": seconds}).to_string();
    let state = post(app, &body).await.expect(200).data();
    for node in &app.nodes[1..] {
        until("the other node moves its clock", async || {
            node.log().contains("dev clock moved by another node")
        })
        .await;
    }
    state
}

#[tokio::test]
async fn advance_expires_verification_links() {
    for app in with_clock().deployments().await {
        let mut ada = app.anonymous();
        ada.register("ada").await;
        let token = ada.mailed_token("verify-email").await;
        let state = advance(&app, 25 * HOUR).await;
        assert_eq!(state["ahead_seconds"], 25 * HOUR, "{state}");
        for _node in &app.nodes {
            let verified = ada.post("/api/v1/auth/email/verify/", json!({ "token": token }));
            verified.await.expect_error(410, "auth.link_expired");
        }
    }
}

#[tokio::test]
async fn advance_expires_invites_and_access_tokens() {
    for app in with_clock().deployments().await {
        let mut pair = ada_and_bob(&app).await;
        pair.ada_socket
            .expect_ack("game_invite", json!({"username": "bob"}))
            .await;
        let invited = pair.bob_socket.next_event("game_invite").await;
        advance(&app, 11 * 60).await;
        let canceled = pair.bob_socket.next_event("game_invite_canceled").await;
        assert_eq!(canceled["data"]["reason"], "expired", "{canceled}");
        let profile = pair.ada.get("/api/v1/users/profile/").await;
        profile.expect_error(401, "auth.token_expired");
        pair.bob.log_in().await;
        let id = invited["data"]["id"].as_str().unwrap();
        let accept = format!("/api/v1/invites/{id}/accept/");
        let accepted = pair.bob.post(&accept, json!({})).await;
        accepted.expect_error(410, "invites.expired");
    }
}

#[tokio::test]
async fn advance_removes_unverified_accounts_at_once() {
    for app in with_clock().deployments().await {
        let mut ada = app.anonymous();
        ada.register("ada").await;
        ada.mailed_token("verify-email").await;
        advance(&app, 8 * 24 * HOUR).await;
        until("the account is removed", async || {
            let body = json!({"username": "ada", "password": e2e::PASSWORD});
            // Another client each time, so that no rate limit is reached.
            app.anonymous().post("/api/v1/token/", body).await.status == 401
        })
        .await;
    }
}

#[tokio::test]
async fn advance_ends_sessions_and_their_sockets() {
    for app in with_clock().deployments().await {
        let ada = app.user("ada").await;
        let mut socket = app.open_socket(&ada, 1, "/ws/events/").await.0;
        advance(&app, 366 * 24 * HOUR).await;
        assert_eq!(socket.wait_for_close().await.0, 4401, "{}", app.name);
    }
}

#[tokio::test]
async fn start_node_catches_up_with_the_clock() {
    let Some(mut app) = with_clock().cluster(1) else {
        return;
    };
    advance(&app, HOUR).await;
    app.add_node();
    until("the new node moves its clock", async || {
        app.nodes[1]
            .log()
            .contains("dev clock moved by another node")
    })
    .await;
}

#[tokio::test]
async fn advance_refuses_bad_input() {
    let app = with_clock().embedded();
    for wrong in ["0", "-1", "1.5", "\"60\"", "null", "[60]", "1e400"] {
        let refused = post(&app, &format!("{{\"advance_seconds\": {wrong}}}")).await;
        assert!(
            matches!(refused.status, 400 | 422),
            "{wrong}: {}",
            refused.text()
        );
        assert_eq!(refused.json()["success"], false);
    }
    let field = "advance_seconds";
    for wrong in [
        json!({}),
        json!({field: 0}),
        json!({field: -1}),
        json!({field: "60"}),
        json!({field: 10 * 366 * 24 * HOUR}),
        json!({field: u64::MAX}),
    ] {
        let refused = post(&app, &wrong.to_string()).await;
        refused.expect_field_error(422, "invalid_fields", field);
    }
    let unknown = post(&app, r#"{"advance_seconds": 1, "backwards": true}"#).await;
    unknown.expect_field_error(422, "invalid_fields", "backwards");
    post(&app, "{").await.expect_error(400, "malformed_json");
    let text = local(&app, Method::POST, "text/plain", "60").await;
    text.expect_error(415, "unsupported_media_type");
    let read = local(&app, Method::GET, "application/json", "").await;
    read.expect_error(405, "method_not_allowed");
    // None of these requests has moved the clock.
    let state = post(&app, r#"{"advance_seconds": 1}"#).await.expect(200);
    assert_eq!(state.data()["ahead_seconds"], 1);
}

#[tokio::test]
async fn dev_clock_requires_its_flag_and_a_local_client() {
    let app = App::with().embedded();
    for method in [Method::POST, Method::GET] {
        let absent = local(&app, method, "application/json", "{}").await;
        absent.expect_error(404, "not_found");
    }
    let app = with_clock().embedded();
    let stranger = app.anonymous().post(PATH, json!({"wrong": 1})).await;
    stranger.expect_error(404, "not_found");
    let app = with_clock()
        .flag("--public-url", "https://play.example.org")
        .embedded();
    let request = e2e::client().post(format!("{}{PATH}", app.url()));
    let request = request.header("host", "play.example.org");
    let request = request.json(&json!({"advance_seconds": 1}));
    let hidden = Response::of(request.send().await.unwrap()).await;
    hidden.expect_error(404, "not_found");
    assert!(app.nodes[0].log().contains("dev clock not served"));
}
