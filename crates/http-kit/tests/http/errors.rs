//! Errors, which all have the same envelope.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use crate::harness::{TestApp, json};

#[actix_web::test]
async fn unknown_path_is_not_found() {
    let app = TestApp::new().await;
    for uri in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/nowhere",
        "/api/v2/things/",
        "/nowhere",
    ] {
        app.get(uri).await.assert_error(404, "not_found");
    }
    app.get("/api//things/")
        .await
        .assert_error(404, "not_found");
}

#[actix_web::test]
async fn unknown_path_has_a_page_for_browsers() {
    let app = TestApp::new().await;
    let visit = |uri| {
        TestRequest::get()
            .uri(uri)
            .insert_header(("accept", "text/html,application/xhtml+xml,*/*;q=0.8"))
    };
    let page = app.send(visit("/nowhere")).await;
    assert_eq!(
        (
            page.status,
            page.header("content-type"),
            page.header("etag")
        ),
        (404, Some("text/html; charset=utf-8"), None)
    );
    assert_eq!(page.body, app.get("/").await.body);
    for uri in ["/api/nowhere", "/api", "/ws/nowhere"] {
        app.send(visit(uri)).await.assert_error(404, "not_found");
    }
    let post = json(Method::POST, "/nowhere", "{}").insert_header(("accept", "text/html"));
    app.send(post).await.assert_error(404, "not_found");
}

#[actix_web::test]
async fn malformed_percent_encoding_is_refused() {
    let app = TestApp::new().await;
    for uri in [
        "/api/things/%ZZ/",
        "/api/things/%FF/",
        "/api/things/?name=%ZZ",
        "/api/things/?name=%C3",
        "/api/things/?name=a%00b",
        "/%00",
        "/login/%F",
        "/healthz?%FF",
    ] {
        app.get(uri).await.assert_error(400, "malformed_address");
    }
    assert_eq!(app.get("/api/things/?name=%C3%A9%25").await.status, 200);
}

#[actix_web::test]
async fn invalid_id_is_malformed() {
    TestApp::new()
        .await
        .get("/api/things/seven/")
        .await
        .assert_error(400, "malformed_id");
}

#[actix_web::test]
async fn invalid_body_is_refused() {
    let app = TestApp::new().await;
    let post = |body: &str| json(Method::POST, "/api/things/", body);
    app.send(post("{"))
        .await
        .assert_error(400, "malformed_json");
    app.send(post(" "))
        .await
        .assert_error(400, "malformed_json");
    // No body has no fields.
    let none = TestRequest::post().uri("/api/things/");
    for without_body in [post(""), none] {
        let missing = app
            .send(without_body)
            .await
            .assert_error(422, "invalid_fields");
        assert_eq!(missing["fields"]["name"][0], "is required");
    }
    let missing = app
        .send(post("{}"))
        .await
        .assert_error(422, "invalid_fields");
    assert_eq!(missing["fields"]["name"][0], "is required");
    let unknown = app
        .send(post(r#"{"name":"a","x":1}"#))
        .await
        .assert_error(422, "invalid_fields");
    assert_eq!(unknown["fields"]["x"][0], "is an unknown field");
    let long = app.send(post(r#"{"name":"hunter2"}"#)).await;
    assert_eq!(
        long.assert_error(422, "invalid_fields")["fields"]["name"][0],
        "1 to 5 characters"
    );
    assert!(!String::from_utf8_lossy(&long.body).contains("hunter2"));
    let huge = format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000));
    app.send(post(&huge))
        .await
        .assert_error(413, "body_too_large");
    let form = TestRequest::post()
        .uri("/api/things/")
        .set_payload("name=a");
    app.send(form)
        .await
        .assert_error(415, "unsupported_media_type");
    let form = TestRequest::post()
        .uri("/api/things/")
        .insert_header(("content-type", "text/plain"))
        .set_payload(r#"{"name":"a"}"#);
    app.send(form)
        .await
        .assert_error(415, "unsupported_media_type");
    let charset = TestRequest::post()
        .uri("/api/things/")
        .insert_header(("content-type", "application/json; charset=utf-8"))
        .set_payload(r#"{"name":"a"}"#);
    assert_eq!(app.send(charset).await.status, 201);
}

#[actix_web::test]
async fn body_with_content_encoding_is_refused() {
    let app = TestApp::new().await;
    let post = |encoding: &'static str| {
        let request = json(Method::POST, "/api/things/", r#"{"name":"a"}"#);
        request.insert_header(("content-encoding", encoding))
    };
    for encoding in ["gzip", "br", "identity, gzip"] {
        let refused = app.send(post(encoding)).await;
        refused.assert_error(415, "unsupported_content_encoding");
    }
    assert_eq!(app.send(post("identity")).await.status, 201);
}

#[actix_web::test]
async fn content_encoding_matters_only_if_a_body_is_read() {
    let app = TestApp::new().await;
    let with = |method, uri| {
        let request = TestRequest::default().method(method).uri(uri);
        request.insert_header(("content-encoding", "gzip"))
    };
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(app.send(with(method, "/api/things/")).await.status, 200);
    }
    let bodyless = with(Method::POST, "/api/limited/").set_payload("zipped");
    assert_eq!(app.send(bodyless).await.status, 201);
    let nowhere = with(Method::POST, "/api/nowhere/");
    app.send(nowhere).await.assert_error(404, "not_found");
}

#[actix_web::test]
async fn other_authorization_scheme_matters_only_if_a_user_is_required() {
    let app = TestApp::new().await;
    let with = |uri, value: &'static str| {
        let request = TestRequest::get().uri(uri);
        request.insert_header(("authorization", value))
    };
    for value in ["Basic YTpi", "Negotiate", "Bearer"] {
        assert_eq!(app.send(with("/api/things/", value)).await.status, 200);
        let refused = app.send(with("/api/who/", value)).await;
        refused.assert_error(400, "auth.malformed_credentials");
    }
    for value in ["Basic YTpi", "Negotiate"] {
        assert_eq!(app.send(with("/api/maybe/", value)).await.status, 200);
    }
    let bare = app.send(with("/api/maybe/", "Bearer")).await;
    bare.assert_error(400, "auth.malformed_credentials");
}

#[actix_web::test]
async fn invalid_query_is_refused() {
    let app = TestApp::new().await;
    let page = app
        .get("/api/things/?limit=x")
        .await
        .assert_error(422, "invalid_fields");
    assert!(page["fields"]["limit"].is_array());
    let filter = app
        .get("/api/things/?level=900")
        .await
        .assert_error(422, "invalid_fields");
    assert!(filter["fields"]["level"].is_array());
    let keys = app
        .get("/api/things/history/?before=7")
        .await
        .assert_error(422, "invalid_fields");
    assert!(keys["fields"]["before"].is_array());
    assert_eq!(app.get("/api/things/?&&page=2&unknown=1").await.status, 200);
    for empty in ["?level=", "?=&limit=&level", "?&", "?=7"] {
        let response = app.get(&format!("/api/things/{empty}")).await;
        assert_eq!(response.status, 200, "{empty}");
    }
}

#[actix_web::test]
async fn anonymous_request_is_unauthenticated() {
    let app = TestApp::new().await;
    let none = app.get("/api/who/").await;
    none.assert_error(401, "auth.not_signed_in");
    assert_eq!(none.header("www-authenticate"), Some("Bearer"));
    let with = |uri, value: &'static str| {
        TestRequest::get()
            .uri(uri)
            .insert_header(("authorization", value))
    };
    let member = app.send(with("/api/who/", "Bearer member")).await;
    assert_eq!(
        (member.status, member.header("cache-control")),
        (200, Some("no-store"))
    );
    app.send(with("/api/who/", "Bearer old"))
        .await
        .assert_error(401, "things.session_ended");
    app.send(with("/api/maybe/", "Bearer old"))
        .await
        .assert_error(401, "things.session_ended");
    app.send(with("/api/who/", "Basic abc"))
        .await
        .assert_error(400, "auth.malformed_credentials");
    let two = with("/api/who/", "Bearer member").append_header(("authorization", "Bearer admin"));
    app.send(two)
        .await
        .assert_error(400, "auth.ambiguous_credentials");
    assert_eq!(
        app.send(with("/api/things/", "Bearer old")).await.status,
        200
    );
}

#[actix_web::test]
async fn missing_role_or_verification_is_forbidden() {
    let app = TestApp::new().await;
    let request = |uri: &str, token: &str| {
        let request = TestRequest::get().uri(uri);
        request.insert_header(("authorization", format!("Bearer {token}")))
    };
    for route in ["/api/admin/", "/api/moderator/"] {
        app.send(request(route, "member"))
            .await
            .assert_error(403, "auth.role_needed");
        assert_eq!(app.send(request(route, "admin")).await.status, 200);
        app.get(route).await.assert_error(401, "auth.not_signed_in");
    }
    let unverified = app.send(request("/api/verified/", "member")).await;
    unverified.assert_error(403, "auth.email_not_verified");
    assert_eq!(
        app.send(request("/api/verified/", "admin")).await.status,
        200
    );
}

#[actix_web::test]
async fn internal_error_and_panic_hide_their_cause() {
    let app = TestApp::new().await;
    for route in ["/api/broken/", "/api/panicking/"] {
        let response = app.get(route).await;
        response.assert_error(500, "internal");
        assert!(!String::from_utf8_lossy(&response.body).contains("hunter2"));
    }
    assert_eq!(
        app.get("/api/maybe/").await.status,
        200,
        "a panic takes nothing down"
    );
}

#[actix_web::test]
async fn cookie_counts_only_from_own_pages() {
    let app = TestApp::new().await;
    let sent = |headers: &[(&'static str, &'static str)]| {
        let request = json(Method::POST, "/api/refresh/", "{}");
        let request = request.insert_header(("cookie", "courtside_refresh=abc"));
        headers
            .iter()
            .fold(request, |request, header| request.insert_header(*header))
    };
    app.send(sent(&[]))
        .await
        .assert_error(403, "auth.cross_origin");
    app.send(sent(&[("sec-fetch-site", "cross-site")]))
        .await
        .assert_error(403, "auth.cross_origin");
    app.send(sent(&[("origin", "http://evil.org")]))
        .await
        .assert_error(403, "auth.cross_origin");
    let own = [("origin", "http://localhost:8080")];
    assert_eq!(app.send(sent(&own)).await.status, 200);
    assert_eq!(
        app.send(sent(&[("sec-fetch-site", "same-origin")]))
            .await
            .status,
        200
    );
    let form = sent(&own).insert_header(("content-type", "text/plain"));
    app.send(form)
        .await
        .assert_error(415, "unsupported_media_type");
    let two = sent(&own).insert_header(("x-body-token", "other"));
    app.send(two)
        .await
        .assert_error(400, "auth.ambiguous_credentials");
    let planted = sent(&own).append_header(("cookie", "courtside_refresh=other"));
    app.send(planted)
        .await
        .assert_error(400, "auth.duplicate_cookie");
    let same = sent(&own).insert_header(("x-body-token", "abc"));
    assert_eq!(app.send(same).await.status, 200);
    let none = app.post("/api/refresh/", "{}").await;
    assert_eq!(none.json()["data"], false);
}

#[actix_web::test]
async fn login_is_refused_from_other_sites() {
    let app = TestApp::new().await;
    let cookie = app.post("/api/login/", "{}").await;
    let expected = "courtside_refresh=abc; HttpOnly; SameSite=Strict; Path=/api; Max-Age=60";
    assert_eq!(cookie.header("set-cookie"), Some(expected));
    let other =
        json(Method::POST, "/api/login/", "{}").insert_header(("origin", "http://evil.org"));
    app.send(other).await.assert_error(403, "auth.cross_origin");
}

#[actix_web::test]
async fn rate_limit_applies_per_user_and_reports_the_delay() {
    let app = TestApp::new().await;
    let first = app.get("/api/limited/").await;
    assert_eq!(first.header("ratelimit-limit"), Some("2"));
    assert_eq!(first.header("ratelimit-remaining"), Some("1"));
    assert_eq!(first.header("ratelimit-reset"), Some("30"));
    assert_eq!(app.get("/api/limited/").await.status, 200);
    let beyond = app.get("/api/limited/").await;
    beyond.assert_error(429, "too_many_requests");
    assert_eq!(beyond.header("retry-after"), Some("30"));
    assert_eq!(beyond.header("ratelimit-remaining"), Some("0"));
    let request = TestRequest::get().uri("/api/limited/");
    let other = request.insert_header(("authorization", "Bearer member"));
    assert_eq!(app.send(other).await.status, 200);
    assert_eq!(app.get("/api/maybe/").await.header("ratelimit-limit"), None);
}

#[actix_web::test]
async fn network_limit_counts_all_addresses_together() {
    let app = TestApp::behind_proxy().await;
    let ask = async |address: &'static str| {
        let request = TestRequest::get().uri("/api/limited-network/");
        let request = request.insert_header(("x-forwarded-for", address));
        app.send(request).await.status
    };
    assert_eq!(ask("2001:db8:1:1::1").await, 200);
    assert_eq!(ask("[2001:db8:1:2::1]:443").await, 200);
    assert_eq!(ask("2001:db8:1:3::1").await, 429);
    assert_eq!(ask("2001:db8:2:1::1").await, 200);
    for (address, status) in [("1.2.3.4", 200), ("1.2.3.5:99", 200), ("1.2.3.6", 429)] {
        assert_eq!(ask(address).await, status, "{address}");
    }
}
