//! Addresses, hosts, request ids, callers.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use crate::harness::Door;

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

#[actix_web::test]
async fn all_four_forms_of_an_address_are_one_route_without_a_redirect() {
    let door = Door::usual().await;
    for start in ["/api/v1", "/api"] {
        for end in ["", "/"] {
            let answer = door.get(&format!("{start}/things/{ID}{end}")).await;
            assert_eq!(
                (answer.status, answer.json()["data"].as_str()),
                (200, Some(ID))
            );
            let list = door.get(&format!("{start}/things{end}?&limit=1")).await;
            let next = "http://localhost:8080/api/v1/things/?limit=1&offset=1";
            assert_eq!(list.json()["meta"]["next"], next);
        }
    }
}

#[actix_web::test]
async fn a_request_keeps_its_sane_id_and_otherwise_gets_one() {
    let door = Door::usual().await;
    let named = |id| {
        TestRequest::get()
            .uri("/healthz")
            .insert_header(("x-request-id", id))
    };
    assert_eq!(
        door.send(named("abc-1")).await.header("x-request-id"),
        Some("abc-1")
    );
    let renamed = door.send(named("a b")).await;
    assert!(
        renamed
            .header("x-request-id")
            .is_some_and(|id| id != "a b" && id.len() == 25)
    );
}

#[actix_web::test]
async fn only_our_names_are_answered() {
    let door = Door::usual().await;
    let named = |uri, host: &'static str| TestRequest::get().uri(uri).insert_header(("host", host));
    for host in ["evil.org", "localhost:1", "localhost:8080.evil.org", ""] {
        let answer = door.send_raw(named("/api/maybe/", host)).await;
        answer.refused(400, "unknown_host");
    }
    door.send_raw(TestRequest::get().uri("/api/maybe/"))
        .await
        .refused(400, "unknown_host");
    assert_eq!(
        door.send_raw(named("/api/maybe/", "127.0.0.1:8080"))
            .await
            .status,
        200
    );
    for probe in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(
            door.send_raw(named(probe, "10.1.2.3")).await.status,
            200,
            "{probe}"
        );
    }
    let twice = named("/api/maybe/", "localhost:8080").append_header(("host", "evil.org"));
    door.send_raw(twice).await.refused(400, "unknown_host");
    let absolute = named("http://evil.org/api/maybe/", "localhost:8080");
    door.send_raw(absolute).await.refused(400, "unknown_host");
}

#[actix_web::test]
async fn the_forwarded_address_counts_only_from_trusted_proxies() {
    let request = || {
        let request = TestRequest::get().uri("/api/address/");
        request.insert_header(("x-forwarded-for", "9.9.9.9, 8.8.8.8"))
    };
    let trusting = Door::open(&["--trusted-proxies=127.0.0.1"]).await;
    assert_eq!(trusting.send(request()).await.json()["data"], "8.8.8.8");
    assert_eq!(
        Door::usual().await.send(request()).await.json()["data"],
        "127.0.0.1"
    );
}

#[actix_web::test]
async fn metrics_are_for_this_machine_and_not_for_whom_a_proxy_speaks_for() {
    let door = Door::usual().await;
    let answer = door.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    let proxied = TestRequest::get()
        .uri("/metrics")
        .insert_header(("x-forwarded-for", "1.1.1.1"));
    door.send(proxied).await.refused(404, "not_found");
}

#[actix_web::test]
async fn a_wrong_method_is_told_what_is_right() {
    let door = Door::usual().await;
    let sent = |method, uri: &str| TestRequest::default().method(method).uri(uri);
    let wrong = door
        .send(sent(Method::PUT, &format!("/api/things/{ID}")))
        .await;
    wrong.refused(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), Some("DELETE, GET, HEAD, OPTIONS"));
    let asked = door.send(sent(Method::OPTIONS, "/api/things/")).await;
    assert_eq!(
        (asked.status, asked.header("allow")),
        (204, Some("GET, HEAD, OPTIONS, POST"))
    );
    for page in [
        "/",
        "/login",
        "/app.js",
        "/favicon.ico",
        "/docs",
        "/docs/",
        "/docs/ws",
        "/docs/ws/",
        "/docs/swagger-ui.css",
        "/docs/error-codes.md",
        "/openapi.json",
        "/asyncapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let refused = door.send(sent(method, page)).await;
            refused.refused(405, "method_not_allowed");
            assert_eq!(
                refused.header("allow"),
                Some("GET, HEAD, OPTIONS"),
                "{page}"
            );
        }
        let asked = door.send(sent(Method::OPTIONS, page)).await;
        assert_eq!(
            (asked.status, asked.header("allow")),
            (204, Some("GET, HEAD, OPTIONS")),
            "{page}"
        );
    }
    assert_eq!(
        door.send(sent(Method::HEAD, "/api/maybe")).await.status,
        200
    );
}

#[actix_web::test]
async fn pages_of_other_sites_may_call_only_where_they_are_listed() {
    let door = Door::open(&["--allowed-origins=https://app.example.org"]).await;
    let from = |request: TestRequest, origin| request.insert_header(("origin", origin));
    let get = || TestRequest::get().uri("/api/maybe/");
    let friend = door.send(from(get(), "https://app.example.org")).await;
    let allowed = friend.header("access-control-allow-origin");
    assert_eq!(allowed, Some("https://app.example.org"));
    assert_eq!(friend.header("access-control-allow-credentials"), None);
    assert_eq!(friend.header("vary"), Some("origin"));
    let exposed = friend.header("access-control-expose-headers").unwrap();
    for name in ["etag", "idempotency-replayed", "retry-after"] {
        assert!(exposed.split(", ").any(|one| one == name), "{name}");
    }
    let stranger = door.send(from(get(), "https://evil.org")).await;
    assert_eq!(
        (
            stranger.status,
            stranger.header("access-control-allow-origin")
        ),
        (200, None)
    );
    let ask = TestRequest::default()
        .method(Method::OPTIONS)
        .uri("/api/things/");
    let ask = ask.insert_header(("access-control-request-method", "POST"));
    let told = door.send(from(ask, "https://app.example.org")).await;
    assert_eq!(told.status, 204);
    assert!(
        told.header("access-control-allow-methods")
            .unwrap()
            .contains("POST")
    );
    assert!(
        told.header("access-control-allow-headers")
            .unwrap()
            .contains("idempotency-key")
    );
}

#[actix_web::test]
async fn a_stopping_server_is_not_ready_and_lets_go_of_connections() {
    let door = Door::usual().await;
    assert_eq!(
        door.get("/readyz").await.json()["data"]["checks"]["database"],
        "up"
    );
    door.services.lifecycle.stop();
    let error = door.get("/readyz").await.refused(503, "not_ready");
    assert_eq!(error["checks"]["database"], "up");
    assert_eq!(door.get("/healthz").await.status, 200, "it still answers");
}
