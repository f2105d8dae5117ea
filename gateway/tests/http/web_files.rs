//! The files embedded in the binary.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use crate::harness::TestApp;

#[actix_web::test]
async fn get_returns_embedded_files() {
    let app = TestApp::new().await;
    let start = app.get("/").await;
    assert_eq!(
        (start.status, start.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let view = app.get("/account/verify-email").await;
    assert_eq!((view.status, &view.body), (200, &start.body));
    assert_eq!(view.header("etag"), start.header("etag"));
    assert!(view.header("etag").is_some());
    let docs = app.get("/docs/").await;
    assert!(String::from_utf8_lossy(&docs.body).contains("swagger-ui-bundle.js"));
    let moved = app.get("/docs").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, Some("/docs/"))
    );
    let bundle = TestRequest::get()
        .uri("/docs/swagger-ui-bundle.js")
        .insert_header(("accept-encoding", "gzip"));
    let bundle = app.send(bundle).await;
    assert_eq!(bundle.header("content-encoding"), Some("gzip"));
    assert!(bundle.body.len() < 600_000);
    let api = app.get("/openapi.json").await;
    assert_eq!(api.json()["openapi"], "3.1.0");
    app.get("/docs/../secret")
        .await
        .assert_error(404, "not_found");
}

#[actix_web::test]
async fn embedded_files_accept_get_only() {
    let app = TestApp::new().await;
    let sent = |method, uri: &str| TestRequest::default().method(method).uri(uri);
    for file in [
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
        "/docs/rate-limits.md",
        "/openapi.json",
        "/asyncapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let response = app.send(sent(method, file)).await;
            response.assert_error(405, "method_not_allowed");
            let allowed = response.header("allow");
            assert_eq!(allowed, Some("GET, HEAD, OPTIONS"), "{file}");
        }
        let options = app.send(sent(Method::OPTIONS, file)).await;
        let found = (options.status, options.header("allow"));
        assert_eq!(found, (204, Some("GET, HEAD, OPTIONS")), "{file}");
    }
}
