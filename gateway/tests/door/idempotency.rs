//! Requests that are sent again.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use db::IdempotencyKey;
use futures_util::future::join;
use sha2::{Digest, Sha256};

use crate::harness::{Door, json};

fn keyed(key: &'static str, name: &str) -> TestRequest {
    let body = format!(r#"{{"name":"{name}"}}"#);
    json(Method::POST, "/api/things/", &body).insert_header(("idempotency-key", key))
}

#[actix_web::test]
async fn the_first_answer_is_given_again_and_the_work_is_done_once() {
    let door = Door::usual().await;
    let first = door.send(keyed("k1", "a")).await;
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (201, None)
    );
    let again = door.send(keyed("k1", "a")).await;
    assert_eq!((again.status, again.body == first.body), (201, true));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let other = door.send(keyed("k2", "a")).await;
    assert_ne!(other.body, first.body);
    let unkeyed = door.post("/api/things/", r#"{"name":"a"}"#).await;
    assert_ne!(unkeyed.body, first.body);
}

#[actix_web::test]
async fn a_key_belongs_to_one_body_and_one_caller() {
    let door = Door::usual().await;
    let first = door.send(keyed("k1", "a")).await;
    door.send(keyed("k1", "b"))
        .await
        .refused(422, "idempotency.key_reused");
    let other = keyed("k1", "b").insert_header(("authorization", "Bearer member"));
    let other = door.send(other).await;
    assert_eq!((other.status, other.body == first.body), (201, false));
    door.send(keyed("a b", "a"))
        .await
        .refused(400, "idempotency.malformed_key");
}

#[actix_web::test]
async fn a_key_belongs_to_one_body_where_none_is_taken() {
    let door = Door::usual().await;
    let send = async |body: &'static str| {
        let request = TestRequest::post().uri("/api/limited/").set_payload(body);
        door.send(request.insert_header(("idempotency-key", "k1")))
            .await
    };
    let first = send("").await;
    assert_eq!(first.status, 201);
    for same in ["", "{}", " {}\n"] {
        assert_eq!(send(same).await.body, first.body, "{same:?}");
    }
    send(r#"{"x":1}"#)
        .await
        .refused(422, "idempotency.key_reused");
}

#[actix_web::test]
async fn two_different_keys_are_refused() {
    let door = Door::usual().await;
    let twice = |other: &'static str| keyed("k1", "a").append_header(("idempotency-key", other));
    let refused = door.send(twice("k2")).await;
    refused.refused(400, "idempotency.malformed_key");
    assert_eq!(door.send(twice("k1")).await.status, 201);
}

#[actix_web::test]
async fn what_is_stored_of_a_body_is_no_digest_that_others_can_make() {
    let door = Door::usual().await;
    door.send(keyed("k1", "a")).await;
    let plain = Sha256::digest(r#"{"name":"a"}"#);
    let hash = [[1].as_slice(), &plain].concat();
    let scope = "127.0.0.1 POST /api/v1/things/".to_owned();
    let store = &door.services.store;
    let kept = store.has_kept(scope.clone(), "k1".to_owned()).await;
    assert!(kept.unwrap());
    let guess = IdempotencyKey::new(scope, "k1".to_owned(), hash);
    let refused = store.kept::<u32>(Some(&guess)).await.unwrap_err();
    assert_eq!(refused.code().name, "idempotency.key_reused");
}

#[actix_web::test]
async fn repeats_are_free_of_limits_but_not_without_end() {
    let door = Door::usual().await;
    let send = async || {
        let request = TestRequest::post().uri("/api/limited/");
        door.send(request.insert_header(("idempotency-key", "k1")))
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
async fn a_refusal_leaves_the_key_free() {
    let door = Door::usual().await;
    for (name, status, code) in [("full", 409, "things.full"), ("away", 503, "unavailable")] {
        for _ in 0..2 {
            let refused = door.send(keyed("k1", name)).await;
            refused.refused(status, code);
            assert_eq!(refused.header("idempotency-replayed"), None);
        }
    }
    assert_eq!(door.send(keyed("k1", "a")).await.status, 201);
}

#[actix_web::test]
async fn two_at_once_make_one_thing() {
    let door = Door::usual().await;
    let (one, two) = join(door.send(keyed("k1", "a")), door.send(keyed("k1", "a"))).await;
    assert_eq!((one.status, two.status), (201, 201));
    assert_eq!(one.body, two.body);
}
