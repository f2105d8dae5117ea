//! Headers of all answers, and files of the binary.

use std::io::Read;

use actix_web::test::TestRequest;

use crate::harness::Door;

#[actix_web::test]
async fn every_answer_is_guarded() {
    let door = Door::usual().await;
    for uri in ["/", "/docs/", "/api/maybe/", "/api/nowhere/", "/healthz"] {
        let answer = door.get(uri).await;
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{uri}"
        );
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{uri}"
        );
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            Some("same-origin"),
            "{uri}"
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{uri}: {policy}");
        assert!(
            !policy.contains("script-src") && !policy.contains("unsafe-eval"),
            "{uri}"
        );
        assert!(answer.header("permissions-policy").is_some(), "{uri}");
        assert_eq!(answer.header("strict-transport-security"), None, "{uri}");
    }
    let api = door.get("/api/maybe/").await;
    assert!(
        api.header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert_eq!(api.header("cache-control"), Some("no-store"));
    let tls = Door::open(&["--public-url=https://localhost"]).await;
    let answer = tls.get("/api/maybe/").await;
    assert_eq!(
        answer.header("strict-transport-security"),
        Some("max-age=31536000; includeSubDomains")
    );
}

#[actix_web::test]
async fn who_has_an_answer_already_is_spared_it() {
    let door = Door::usual().await;
    let first = door.get("/api/tagged/").await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.header("cache-control"), Some("private, no-cache"));
    let again = |tag: &str| {
        TestRequest::get()
            .uri("/api/tagged")
            .insert_header(("if-none-match", tag))
    };
    let same = door.send(again(&tag)).await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(same.header("etag"), Some(tag.as_str()));
    assert_eq!(same.header("content-type"), None);
    assert_eq!(door.send(again("\"other\"")).await.status, 200);
}

#[actix_web::test]
async fn long_answers_travel_compressed_for_those_who_take_that() {
    let door = Door::usual().await;
    let long = |accepted| {
        TestRequest::get()
            .uri("/api/long/")
            .insert_header(("accept-encoding", accepted))
    };
    let zipped = door.send(long("gzip")).await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&zipped.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains("xxxxx") && zipped.body.len() < 500);
    let brotli = door.send(long("gzip, br")).await;
    assert_eq!(brotli.header("content-encoding"), Some("br"));
    let plain = door.get("/api/long/").await;
    assert_eq!(
        (plain.header("content-encoding"), plain.body.len() > 5_000),
        (None, true)
    );
    let short = TestRequest::get()
        .uri("/api/maybe/")
        .insert_header(("accept-encoding", "br"));
    assert_eq!(door.send(short).await.header("content-encoding"), None);
}

#[actix_web::test]
async fn the_start_page_swagger_ui_and_the_description_are_part_of_the_binary() {
    let door = Door::usual().await;
    let start = door.get("/").await;
    assert_eq!(
        (start.status, start.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let view = door.get("/account/verify-email").await;
    assert_eq!((view.status, &view.body), (200, &start.body));
    assert_eq!(view.header("etag"), start.header("etag"));
    assert!(view.header("etag").is_some());
    let docs = door.get("/docs/").await;
    assert!(String::from_utf8_lossy(&docs.body).contains("swagger-ui-bundle.js"));
    let moved = door.get("/docs").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, Some("/docs/"))
    );
    let bundle = TestRequest::get()
        .uri("/docs/swagger-ui-bundle.js")
        .insert_header(("accept-encoding", "gzip"));
    let bundle = door.send(bundle).await;
    assert_eq!(bundle.header("content-encoding"), Some("gzip"));
    assert!(bundle.body.len() < 600_000);
    let api = door.get("/openapi.json").await;
    assert_eq!(api.json()["openapi"], "3.1.0");
    door.get("/docs/../secret").await.refused(404, "not_found");
}
