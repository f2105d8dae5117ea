//! Every failure leaves in the same envelope, whoever noticed it.

use actix_web::http::Method;
use actix_web::test::TestRequest;

use crate::harness::{Door, json};

#[actix_web::test]
async fn an_address_where_nothing_is() {
    let door = Door::usual().await;
    for uri in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/nowhere",
        "/api/v2/things/",
        "/nowhere",
    ] {
        door.get(uri).await.refused(404, "not_found");
    }
    door.get("/api//things/").await.refused(404, "not_found");
}

#[actix_web::test]
async fn an_address_where_nothing_is_has_a_page_for_people() {
    let door = Door::usual().await;
    let visit = |uri| {
        TestRequest::get()
            .uri(uri)
            .insert_header(("accept", "text/html,application/xhtml+xml,*/*;q=0.8"))
    };
    let page = door.send(visit("/nowhere")).await;
    assert_eq!(
        (
            page.status,
            page.header("content-type"),
            page.header("etag")
        ),
        (404, Some("text/html; charset=utf-8"), None)
    );
    assert_eq!(page.body, door.get("/").await.body);
    for uri in ["/api/nowhere", "/api", "/ws/nowhere"] {
        door.send(visit(uri)).await.refused(404, "not_found");
    }
    let post = json(Method::POST, "/nowhere", "{}").insert_header(("accept", "text/html"));
    door.send(post).await.refused(404, "not_found");
}

#[actix_web::test]
async fn address_that_encodes_no_text_is_refused() {
    let door = Door::usual().await;
    for uri in [
        "/api/things/%ZZ/",
        "/api/things/%FF/",
        "/api/things/?name=%ZZ",
        "/api/things/?name=%C3",
        "/api/things/?name=a%00b",
        "/%00",
        "/docs/%F",
        "/healthz?%FF",
    ] {
        door.get(uri).await.refused(400, "malformed_address");
    }
    assert_eq!(door.get("/api/things/?name=%C3%A9%25").await.status, 200);
}

#[actix_web::test]
async fn an_id_that_is_none() {
    Door::usual()
        .await
        .get("/api/things/seven/")
        .await
        .refused(400, "malformed_id");
}

#[actix_web::test]
async fn a_body_that_is_not_what_was_asked_for() {
    let door = Door::usual().await;
    let post = |body: &str| json(Method::POST, "/api/things/", body);
    door.send(post("{")).await.refused(400, "malformed_json");
    door.send(post("")).await.refused(400, "malformed_json");
    let missing = door.send(post("{}")).await.refused(422, "invalid_fields");
    assert_eq!(missing["fields"]["name"][0], "is missing");
    let unknown = door
        .send(post(r#"{"name":"a","x":1}"#))
        .await
        .refused(422, "invalid_fields");
    assert_eq!(unknown["fields"]["x"][0], "is not a known field");
    let long = door.send(post(r#"{"name":"hunter2"}"#)).await;
    assert_eq!(
        long.refused(422, "invalid_fields")["fields"]["name"][0],
        "1 to 5 characters"
    );
    assert!(!String::from_utf8_lossy(&long.body).contains("hunter2"));
    let huge = format!(r#"{{"name":"{}"}}"#, "x".repeat(70_000));
    door.send(post(&huge)).await.refused(413, "body_too_large");
    let form = TestRequest::post()
        .uri("/api/things/")
        .set_payload("name=a");
    door.send(form).await.refused(415, "unsupported_media_type");
    let form = TestRequest::post()
        .uri("/api/things/")
        .insert_header(("content-type", "text/plain"))
        .set_payload(r#"{"name":"a"}"#);
    door.send(form).await.refused(415, "unsupported_media_type");
    let charset = TestRequest::post()
        .uri("/api/things/")
        .insert_header(("content-type", "application/json; charset=utf-8"))
        .set_payload(r#"{"name":"a"}"#);
    assert_eq!(door.send(charset).await.status, 201);
}

#[actix_web::test]
async fn encoded_body_is_refused() {
    let door = Door::usual().await;
    let post = |encoding: &'static str| {
        let request = json(Method::POST, "/api/things/", r#"{"name":"a"}"#);
        request.insert_header(("content-encoding", encoding))
    };
    for encoding in ["gzip", "br", "identity, gzip"] {
        let refused = door.send(post(encoding)).await;
        refused.refused(415, "unsupported_content_encoding");
    }
    assert_eq!(door.send(post("identity")).await.status, 201);
}

#[actix_web::test]
async fn encoding_counts_only_where_a_body_is_read() {
    let door = Door::usual().await;
    let with = |method, uri| {
        let request = TestRequest::default().method(method).uri(uri);
        request.insert_header(("content-encoding", "gzip"))
    };
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(door.send(with(method, "/api/things/")).await.status, 200);
    }
    let bodyless = with(Method::POST, "/api/limited/").set_payload("zipped");
    assert_eq!(door.send(bodyless).await.status, 201);
    let nowhere = with(Method::POST, "/api/nowhere/");
    door.send(nowhere).await.refused(404, "not_found");
}

#[actix_web::test]
async fn another_authorization_scheme_matters_only_where_it_is_asked_for() {
    let door = Door::usual().await;
    let with = |uri, value: &'static str| {
        let request = TestRequest::get().uri(uri);
        request.insert_header(("authorization", value))
    };
    for value in ["Basic YTpi", "Negotiate", "Bearer"] {
        assert_eq!(door.send(with("/api/things/", value)).await.status, 200);
        let refused = door.send(with("/api/who/", value)).await;
        refused.refused(400, "auth.malformed_credentials");
    }
    for value in ["Basic YTpi", "Negotiate"] {
        assert_eq!(door.send(with("/api/maybe/", value)).await.status, 200);
    }
    let bare = door.send(with("/api/maybe/", "Bearer")).await;
    bare.refused(400, "auth.malformed_credentials");
}

#[actix_web::test]
async fn a_query_that_is_not_right() {
    let door = Door::usual().await;
    let page = door
        .get("/api/things/?limit=x")
        .await
        .refused(422, "invalid_fields");
    assert!(page["fields"]["limit"].is_array());
    let filter = door
        .get("/api/things/?level=900")
        .await
        .refused(422, "invalid_fields");
    assert!(filter["fields"]["level"].is_array());
    let keys = door
        .get("/api/things/history/?before=7")
        .await
        .refused(422, "invalid_fields");
    assert!(keys["fields"]["before"].is_array());
    assert_eq!(
        door.get("/api/things/?&&page=2&unknown=1").await.status,
        200
    );
    for empty in ["?level=", "?=&limit=&level", "?&", "?=7"] {
        let answer = door.get(&format!("/api/things/{empty}")).await;
        assert_eq!(answer.status, 200, "{empty}");
    }
}

#[actix_web::test]
async fn who_does_not_say_who_they_are() {
    let door = Door::usual().await;
    let none = door.get("/api/who/").await;
    none.refused(401, "auth.not_signed_in");
    assert_eq!(none.header("www-authenticate"), Some("Bearer"));
    let with = |uri, value: &'static str| {
        TestRequest::get()
            .uri(uri)
            .insert_header(("authorization", value))
    };
    let member = door.send(with("/api/who/", "Bearer member")).await;
    assert_eq!(
        (member.status, member.header("cache-control")),
        (200, Some("no-store"))
    );
    door.send(with("/api/who/", "Bearer old"))
        .await
        .refused(401, "things.session_ended");
    door.send(with("/api/maybe/", "Bearer old"))
        .await
        .refused(401, "things.session_ended");
    door.send(with("/api/who/", "Basic abc"))
        .await
        .refused(400, "auth.malformed_credentials");
    let two = with("/api/who/", "Bearer member").append_header(("authorization", "Bearer admin"));
    door.send(two)
        .await
        .refused(400, "auth.ambiguous_credentials");
    // An old token at hand does not keep anybody from what is open to all.
    assert_eq!(
        door.send(with("/api/things/", "Bearer old")).await.status,
        200
    );
}

#[actix_web::test]
async fn who_may_not() {
    let door = Door::usual().await;
    let asked = |uri: &str, token: &str| {
        let request = TestRequest::get().uri(uri);
        request.insert_header(("authorization", format!("Bearer {token}")))
    };
    for route in ["/api/admin/", "/api/moderator/"] {
        door.send(asked(route, "member"))
            .await
            .refused(403, "auth.role_needed");
        assert_eq!(door.send(asked(route, "admin")).await.status, 200);
        door.get(route).await.refused(401, "auth.not_signed_in");
    }
    let unproven = door.send(asked("/api/verified/", "member")).await;
    unproven.refused(403, "auth.email_not_verified");
    assert_eq!(
        door.send(asked("/api/verified/", "admin")).await.status,
        200
    );
}

#[actix_web::test]
async fn what_breaks_within_stays_within() {
    let door = Door::usual().await;
    for route in ["/api/broken/", "/api/panicking/"] {
        let answer = door.get(route).await;
        answer.refused(500, "internal");
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter2"));
    }
    assert_eq!(
        door.get("/api/maybe/").await.status,
        200,
        "a panic takes nothing down"
    );
}

#[actix_web::test]
async fn what_acts_on_the_cookie_must_come_from_our_pages() {
    let door = Door::usual().await;
    let sent = |headers: &[(&'static str, &'static str)]| {
        let request = json(Method::POST, "/api/refresh/", "{}");
        let request = request.insert_header(("cookie", "courtside_refresh=abc"));
        headers
            .iter()
            .fold(request, |request, header| request.insert_header(*header))
    };
    door.send(sent(&[])).await.refused(403, "auth.cross_origin");
    door.send(sent(&[("sec-fetch-site", "cross-site")]))
        .await
        .refused(403, "auth.cross_origin");
    door.send(sent(&[("origin", "http://evil.org")]))
        .await
        .refused(403, "auth.cross_origin");
    let own = [("origin", "http://localhost:8080")];
    assert_eq!(door.send(sent(&own)).await.status, 200);
    assert_eq!(
        door.send(sent(&[("sec-fetch-site", "same-origin")]))
            .await
            .status,
        200
    );
    let form = sent(&own).insert_header(("content-type", "text/plain"));
    door.send(form).await.refused(415, "unsupported_media_type");
    let two = sent(&own).insert_header(("x-body-token", "other"));
    door.send(two)
        .await
        .refused(400, "auth.ambiguous_credentials");
    let planted = sent(&own).append_header(("cookie", "courtside_refresh=other"));
    door.send(planted)
        .await
        .refused(400, "auth.duplicate_cookie");
    let same = sent(&own).insert_header(("x-body-token", "abc"));
    assert_eq!(door.send(same).await.status, 200);
    let none = door.post("/api/refresh/", "{}").await;
    assert_eq!(none.json()["data"], false);
}

#[actix_web::test]
async fn a_login_takes_programs_and_our_pages_but_no_other_sites() {
    let door = Door::usual().await;
    let cookie = door.post("/api/login/", "{}").await;
    let expected = "courtside_refresh=abc; HttpOnly; SameSite=Strict; Path=/api; Max-Age=60";
    assert_eq!(cookie.header("set-cookie"), Some(expected));
    let other =
        json(Method::POST, "/api/login/", "{}").insert_header(("origin", "http://evil.org"));
    door.send(other).await.refused(403, "auth.cross_origin");
}

#[actix_web::test]
async fn who_asks_too_often_is_told_when_to_come_back_and_others_are_not_held_up() {
    let door = Door::usual().await;
    let first = door.get("/api/limited/").await;
    assert_eq!(first.header("ratelimit-limit"), Some("2"));
    assert_eq!(first.header("ratelimit-remaining"), Some("1"));
    assert_eq!(first.header("ratelimit-reset"), Some("30"));
    assert_eq!(door.get("/api/limited/").await.status, 200);
    let beyond = door.get("/api/limited/").await;
    beyond.refused(429, "too_many_requests");
    assert_eq!(beyond.header("retry-after"), Some("30"));
    assert_eq!(beyond.header("ratelimit-remaining"), Some("0"));
    let request = TestRequest::get().uri("/api/limited/");
    let other = request.insert_header(("authorization", "Bearer member"));
    assert_eq!(door.send(other).await.status, 200);
    assert_eq!(
        door.get("/api/maybe/").await.header("ratelimit-limit"),
        None
    );
}

#[actix_web::test]
async fn a_limit_by_network_counts_all_its_addresses_together() {
    let door = Door::open(&["--trusted-proxies=127.0.0.1"]).await;
    let ask = async |address: &'static str| {
        let request = TestRequest::get().uri("/api/limited-network/");
        let request = request.insert_header(("x-forwarded-for", address));
        door.send(request).await.status
    };
    assert_eq!(ask("2001:db8:1:1::1").await, 200);
    assert_eq!(ask("[2001:db8:1:2::1]:443").await, 200);
    assert_eq!(ask("2001:db8:1:3::1").await, 429);
    assert_eq!(ask("2001:db8:2:1::1").await, 200);
    for (address, status) in [("1.2.3.4", 200), ("1.2.3.5:99", 200), ("1.2.3.6", 429)] {
        assert_eq!(ask(address).await, status, "{address}");
    }
}
