//! Idempotency keys.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use db::IdempotencyKey;
use futures_util::future::join;
use sha2::{Digest, Sha256};

use crate::harness::{TestApp, json};

fn keyed(key: &'static str, name: &str) -> TestRequest {
    let body = format!(r#"{{"name":"{name}"}}"#);
    json(Method::POST, "/api/things/", &body).insert_header(("idempotency-key", key))
}

#[actix_web::test]
async fn repeated_request_gets_the_first_response() {
    let app = TestApp::new().await;
    let first = app.send(keyed("k1", "a")).await;
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (201, None)
    );
    let again = app.send(keyed("k1", "a")).await;
    assert_eq!((again.status, again.body == first.body), (201, true));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let other = app.send(keyed("k2", "a")).await;
    assert_ne!(other.body, first.body);
    let unkeyed = app.post("/api/things/", r#"{"name":"a"}"#).await;
    assert_ne!(unkeyed.body, first.body);
}

#[actix_web::test]
async fn key_belongs_to_one_body_and_one_user() {
    let app = TestApp::new().await;
    let first = app.send(keyed("k1", "a")).await;
    app.send(keyed("k1", "b"))
        .await
        .assert_error(422, "idempotency.key_reused");
    let other = keyed("k1", "b").insert_header(("authorization", "Bearer member"));
    let other = app.send(other).await;
    assert_eq!((other.status, other.body == first.body), (201, false));
    app.send(keyed("a b", "a"))
        .await
        .assert_error(400, "idempotency.malformed_key");
}

#[actix_web::test]
async fn key_belongs_to_one_body_even_if_it_is_ignored() {
    let app = TestApp::new().await;
    let send = async |body: &'static str| {
        let request = TestRequest::post().uri("/api/limited/").set_payload(body);
        app.send(request.insert_header(("idempotency-key", "k1")))
            .await
    };
    let first = send("").await;
    assert_eq!(first.status, 201);
    for same in ["", "{}", " {}\n"] {
        assert_eq!(send(same).await.body, first.body, "{same:?}");
    }
    send(r#"{"x":1}"#)
        .await
        .assert_error(422, "idempotency.key_reused");
}

#[actix_web::test]
async fn request_with_two_different_keys_is_refused() {
    let app = TestApp::new().await;
    let twice = |other: &'static str| keyed("k1", "a").append_header(("idempotency-key", other));
    let refused = app.send(twice("k2")).await;
    refused.assert_error(400, "idempotency.malformed_key");
    assert_eq!(app.send(twice("k1")).await.status, 201);
}

#[actix_web::test]
async fn stored_digest_of_a_body_cannot_be_guessed() {
    let app = TestApp::new().await;
    app.send(keyed("k1", "a")).await;
    let plain = Sha256::digest(r#"{"name":"a"}"#);
    let hash = [[1].as_slice(), &plain].concat();
    let scope = "127.0.0.1 POST /api/v1/things/".to_owned();
    let store = &app.state.store;
    let kept = store
        .has_stored_result(scope.clone(), "k1".to_owned())
        .await;
    assert!(kept.unwrap());
    let guess = IdempotencyKey::new(scope, "k1".to_owned(), hash);
    let refused = store.stored_result::<u32>(Some(&guess)).await.unwrap_err();
    assert_eq!(refused.code().name, "idempotency.key_reused");
}

#[actix_web::test]
async fn repeated_requests_bypass_the_limit_up_to_a_point() {
    let app = TestApp::new().await;
    let send = async || {
        let request = TestRequest::post().uri("/api/limited/");
        app.send(request.insert_header(("idempotency-key", "k1")))
            .await
            .status
    };
    for _ in 0..60 {
        assert_eq!(send().await, 201);
    }
    let mut status = 201;
    for _ in 0..1_000 {
        status = send().await;
        if status != 201 {
            break;
        }
    }
    assert_eq!(status, 429);
}

#[actix_web::test]
async fn failed_request_leaves_the_key_unused() {
    let app = TestApp::new().await;
    for (name, status, code) in [("full", 409, "things.full"), ("away", 503, "unavailable")] {
        for _ in 0..2 {
            let refused = app.send(keyed("k1", name)).await;
            refused.assert_error(status, code);
            assert_eq!(refused.header("idempotency-replayed"), None);
        }
    }
    assert_eq!(app.send(keyed("k1", "a")).await.status, 201);
}

#[actix_web::test]
async fn concurrent_requests_with_one_key_create_one_thing() {
    let app = TestApp::new().await;
    let (one, two) = join(app.send(keyed("k1", "a")), app.send(keyed("k1", "a"))).await;
    assert_eq!((one.status, two.status), (201, 201));
    assert_eq!(one.body, two.body);
}
