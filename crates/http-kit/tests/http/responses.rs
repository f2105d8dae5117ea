//! Headers of all responses, conditional requests, compression and static files.

use std::io::Read;

use actix_web::test::TestRequest;
use http_kit::{HttpAccess, PublicUrl};

use crate::harness::TestApp;

#[actix_web::test]
async fn every_response_has_security_headers() {
    let app = TestApp::new().await;
    for uri in ["/", "/api/maybe/", "/api/nowhere/", "/healthz"] {
        let response = app.get(uri).await;
        assert_eq!(
            response.header("x-content-type-options"),
            Some("nosniff"),
            "{uri}"
        );
        assert_eq!(
            response.header("referrer-policy"),
            Some("no-referrer"),
            "{uri}"
        );
        assert_eq!(
            response.header("cross-origin-opener-policy"),
            Some("same-origin"),
            "{uri}"
        );
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{uri}: {policy}");
        // Of scripts from elsewhere and evaluated ones, only WebAssembly of this origin may run.
        let others = policy.replace("script-src 'self' 'wasm-unsafe-eval';", "");
        assert!(
            !others.contains("script-src") && !others.contains("unsafe-eval"),
            "{uri}"
        );
        assert!(response.header("permissions-policy").is_some(), "{uri}");
        assert_eq!(response.header("strict-transport-security"), None, "{uri}");
    }
    let api = app.get("/api/maybe/").await;
    assert!(
        api.header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert_eq!(api.header("cache-control"), Some("no-store"));
    let url = PublicUrl::parse("https://localhost").unwrap();
    let tls = TestApp::with(url, HttpAccess::default()).await;
    let response = tls.get("/api/maybe/").await;
    assert_eq!(
        response.header("strict-transport-security"),
        Some("max-age=31536000; includeSubDomains")
    );
}

#[actix_web::test]
async fn conditional_request_gets_no_body() {
    let app = TestApp::new().await;
    let first = app.get("/api/tagged/").await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.header("cache-control"), Some("private, no-cache"));
    let again = |tag: &str| {
        TestRequest::get()
            .uri("/api/tagged")
            .insert_header(("if-none-match", tag))
    };
    let same = app.send(again(&tag)).await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(same.header("etag"), Some(tag.as_str()));
    assert_eq!(same.header("content-type"), None);
    assert_eq!(app.send(again("\"other\"")).await.status, 200);
}

#[actix_web::test]
async fn long_response_is_compressed_if_the_client_accepts_it() {
    let app = TestApp::new().await;
    let long = |accepted| {
        TestRequest::get()
            .uri("/api/long/")
            .insert_header(("accept-encoding", accepted))
    };
    let zipped = app.send(long("gzip")).await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&zipped.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("xxxxx") && zipped.body.len() < 500);
    let brotli = app.send(long("gzip, br")).await;
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let plain = app.get("/api/long/").await;
    assert_eq!(
        (plain.header("content-encoding"), plain.body.len() > 5_000),
        (None, true)
    );
    let short = TestRequest::get()
        .uri("/api/maybe/")
        .insert_header(("accept-encoding", "br"));
    assert_eq!(app.send(short).await.header("content-encoding"), None);
}

#[actix_web::test]
async fn static_files_are_served_with_client_routes_and_redirects() {
    let app = TestApp::new().await;
    let start = app.get("/").await;
    assert_eq!(
        (start.status, start.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let route = app.get("/login").await;
    assert_eq!((route.status, &route.body), (200, &start.body));
    assert!(route.header("etag").is_some());
    let moved = app.get("/docs").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, Some("/docs/"))
    );
    app.get("/docs/../secret")
        .await
        .assert_error(404, "not_found");
}
