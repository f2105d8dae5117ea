//! Paths, hosts, request ids, client addresses, methods and origins.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use http_kit::{HttpAccess, PublicUrl};

use crate::harness::TestApp;

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

#[actix_web::test]
async fn all_four_forms_of_a_path_reach_the_route() {
    let app = TestApp::new().await;
    for start in ["/api/v1", "/api"] {
        for end in ["", "/"] {
            let response = app.get(&format!("{start}/things/{ID}{end}")).await;
            assert_eq!(
                (response.status, response.json()["data"].as_str()),
                (200, Some(ID))
            );
            let list = app.get(&format!("{start}/things{end}?&limit=1")).await;
            let next = "http://localhost:8080/api/v1/things/?limit=1&offset=1";
            assert_eq!(list.json()["meta"]["next"], next);
        }
    }
}

#[actix_web::test]
async fn request_keeps_a_valid_id_and_otherwise_gets_one() {
    let app = TestApp::new().await;
    let named = |id| {
        TestRequest::get()
            .uri("/healthz")
            .insert_header(("x-request-id", id))
    };
    assert_eq!(
        app.send(named("abc-1")).await.header("x-request-id"),
        Some("abc-1")
    );
    let renamed = app.send(named("a b")).await;
    assert!(
        renamed
            .header("x-request-id")
            .is_some_and(|id| id != "a b" && id.len() == 25)
    );
}

#[actix_web::test]
async fn unknown_host_is_refused() {
    let app = TestApp::new().await;
    let named = |uri, host: &'static str| TestRequest::get().uri(uri).insert_header(("host", host));
    for host in ["evil.org", "localhost:1", "localhost:8080.evil.org", ""] {
        let response = app.send_raw(named("/api/maybe/", host)).await;
        response.assert_error(400, "unknown_host");
    }
    app.send_raw(TestRequest::get().uri("/api/maybe/"))
        .await
        .assert_error(400, "unknown_host");
    assert_eq!(
        app.send_raw(named("/api/maybe/", "127.0.0.1:8080"))
            .await
            .status,
        200
    );
    for probe in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(
            app.send_raw(named(probe, "10.1.2.3")).await.status,
            200,
            "{probe}"
        );
    }
    let twice = named("/api/maybe/", "localhost:8080").append_header(("host", "evil.org"));
    app.send_raw(twice).await.assert_error(400, "unknown_host");
    let absolute = named("http://evil.org/api/maybe/", "localhost:8080");
    app.send_raw(absolute)
        .await
        .assert_error(400, "unknown_host");
}

#[actix_web::test]
async fn forwarded_address_counts_only_from_trusted_proxies() {
    let request = || {
        let request = TestRequest::get().uri("/api/address/");
        request.insert_header(("x-forwarded-for", "9.9.9.9, 8.8.8.8"))
    };
    let trusting = TestApp::behind_proxy().await;
    assert_eq!(trusting.send(request()).await.json()["data"], "8.8.8.8");
    assert_eq!(
        TestApp::new().await.send(request()).await.json()["data"],
        "127.0.0.1"
    );
}

#[actix_web::test]
async fn wrong_method_gets_an_allow_header() {
    let app = TestApp::new().await;
    let sent = |method, uri: &str| TestRequest::default().method(method).uri(uri);
    let wrong = app
        .send(sent(Method::PUT, &format!("/api/things/{ID}")))
        .await;
    wrong.assert_error(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), Some("DELETE, GET, HEAD, OPTIONS"));
    // A fixed path is no parameter of another route, which has this method.
    let fixed = app.send(sent(Method::DELETE, "/api/things/history/")).await;
    fixed.assert_error(405, "method_not_allowed");
    assert_eq!(fixed.header("allow"), Some("GET, HEAD, OPTIONS"));
    let options = app.send(sent(Method::OPTIONS, "/api/things/")).await;
    assert_eq!(
        (options.status, options.header("allow")),
        (204, Some("GET, HEAD, OPTIONS, POST"))
    );
    for page in [
        "/", "/login", "/app.js", "/docs", "/healthz", "/readyz", "/metrics",
    ] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let refused = app.send(sent(method, page)).await;
            refused.assert_error(405, "method_not_allowed");
            assert_eq!(
                refused.header("allow"),
                Some("GET, HEAD, OPTIONS"),
                "{page}"
            );
        }
        let options = app.send(sent(Method::OPTIONS, page)).await;
        assert_eq!(
            (options.status, options.header("allow")),
            (204, Some("GET, HEAD, OPTIONS")),
            "{page}"
        );
    }
    assert_eq!(app.send(sent(Method::HEAD, "/api/maybe")).await.status, 200);
}

#[actix_web::test]
async fn other_origins_may_call_only_if_they_are_allowed() {
    let access = HttpAccess {
        allowed_origins: vec!["https://app.example.org".to_owned()],
        ..HttpAccess::default()
    };
    let app = TestApp::with(PublicUrl::local(8080), access).await;
    let from = |request: TestRequest, origin| request.insert_header(("origin", origin));
    let get = || TestRequest::get().uri("/api/maybe/");
    let allowed_origin = app.send(from(get(), "https://app.example.org")).await;
    let allowed = allowed_origin.header("access-control-allow-origin");
    assert_eq!(allowed, Some("https://app.example.org"));
    assert_eq!(
        allowed_origin.header("access-control-allow-credentials"),
        None
    );
    assert_eq!(allowed_origin.header("vary"), Some("origin"));
    let exposed = allowed_origin
        .header("access-control-expose-headers")
        .unwrap();
    for name in ["etag", "idempotency-replayed", "retry-after"] {
        assert!(exposed.split(", ").any(|one| one == name), "{name}");
    }
    let other_origin = app.send(from(get(), "https://evil.org")).await;
    assert_eq!(
        (
            other_origin.status,
            other_origin.header("access-control-allow-origin")
        ),
        (200, None)
    );
    let ask = TestRequest::default()
        .method(Method::OPTIONS)
        .uri("/api/things/");
    let ask = ask.insert_header(("access-control-request-method", "POST"));
    let preflight = app.send(from(ask, "https://app.example.org")).await;
    assert_eq!(preflight.status, 204);
    assert!(
        preflight
            .header("access-control-allow-methods")
            .unwrap()
            .contains("POST")
    );
    assert!(
        preflight
            .header("access-control-allow-headers")
            .unwrap()
            .contains("idempotency-key")
    );
}

#[actix_web::test]
async fn stopping_server_closes_connections() {
    let app = TestApp::new().await;
    let response = app.get("/healthz").await;
    assert_eq!((response.status, response.closes()), (200, false));
    app.state.lifecycle.stop();
    let response = app.get("/healthz").await;
    assert_eq!((response.status, response.closes()), (200, true));
}
