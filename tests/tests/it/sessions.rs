//! Tokens and sessions.

use std::time::Duration;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use e2e::{App, PASSWORD, Socket, SocketEvent, deployments, until};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn refresh_rotates_the_token_and_reuse_ends_the_session() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        let refresh = |token: &str| {
            ada.request(Method::POST, "/api/v1/token/refresh/")
                .json(&json!({ "refresh": token }))
        };
        let first = ada.refresh.clone();
        let mut newest = first.clone();
        for _ in 0..3 {
            let response = ada.send(refresh(&newest)).await.expect(200).json();
            newest = response["refresh"].as_str().unwrap().to_owned();
        }
        ada.send(refresh(&first))
            .await
            .expect_error(401, "auth.refresh_reused");
        let ended = ada.send(refresh(&newest)).await;
        assert_eq!(ended.status, 401, "the whole family has ended");
        ada.access.clear();
    }
}

#[tokio::test]
async fn refresh_returns_the_profile_if_it_is_asked_for() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        let profile = ada.get("/api/v1/users/profile/").await.data();
        let refresh = |query: &str, token: &str| {
            let path = format!("/api/v1/token/refresh/{query}");
            ada.request(Method::POST, &path)
                .json(&json!({ "refresh": token }))
        };
        let with = ada.send(refresh("?profile=true", &ada.refresh)).await;
        let with = with.expect(200).json();
        assert_eq!(with["profile"], profile);
        assert!(with["access"].is_string() && with["refresh"].is_string());
        // A response that was lost is repeated, with the profile as well.
        let again = ada.send(refresh("?profile=true", &ada.refresh)).await;
        let again = again.expect(200).json();
        assert_eq!(again["refresh"], with["refresh"]);
        assert_eq!(again["profile"], profile);
        let newest = again["refresh"].as_str().unwrap();
        ada.send(refresh("?profile=maybe", newest))
            .await
            .expect_error(422, "invalid_fields");
        let without = ada.send(refresh("?profile=false", newest)).await;
        let without = without.expect(200).json();
        assert!(without.get("profile").is_none(), "{without}");
        let newest = without["refresh"].as_str().unwrap();
        let plain = ada.send(refresh("", newest)).await.expect(200).json();
        assert!(plain.get("profile").is_none(), "{plain}");
        ada.send(refresh("?profile=true", "not-one-of-ours"))
            .await
            .expect_error(401, "auth.refresh_invalid");
        ada.send(refresh("?profile=true", &ada.refresh))
            .await
            .expect_error(401, "auth.refresh_reused");
        ada.access.clear();
    }
}

#[tokio::test]
async fn list_and_end_sessions_on_every_node() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        let body = json!({"username": "ada", "password": PASSWORD});
        let other = ada.post("/api/v1/token/", body).await.expect(200).json();
        let other = other["access"].as_str().unwrap().to_owned();
        let listed = ada.get("/api/v1/auth/sessions/").await.expect(200).json();
        assert_eq!(listed["meta"]["total"], 2, "{listed}");
        let sessions = listed["data"].as_array().unwrap();
        let theirs = sessions
            .iter()
            .find(|session| session["current"] == false)
            .unwrap();
        let path = format!("/api/v1/auth/sessions/{}/", theirs["id"].as_str().unwrap());
        ada.delete(&path).await.expect(200);
        ada.delete(&path)
            .await
            .expect_error(404, "auth.session_not_found");
        let mut ended = ada.duplicate();
        ended.access = other;
        ended.expect_error_everywhere("auth.session_ended").await;
        ada.post("/api/v1/auth/logout-all/", json!({}))
            .await
            .expect(200);
        ada.expect_error_everywhere("auth.session_ended").await;
        ada.access.clear();
    }
}

/// Runs a statement directly in the database.
pub(crate) fn execute(app: &App, statement: &str) {
    let url = app.database_url();
    match url.strip_prefix("sqlite:") {
        Some(file) => {
            let mut connection = diesel::SqliteConnection::establish(file).unwrap();
            let patient = format!("PRAGMA busy_timeout = 10000; {statement}");
            connection.batch_execute(&patient).unwrap();
        }
        None => {
            let mut connection = diesel::PgConnection::establish(url).unwrap();
            connection.batch_execute(statement).unwrap();
        }
    }
}

/// Waits until the server closes the idle socket, and returns the code.
async fn wait_for_close(socket: &mut Socket) -> u16 {
    loop {
        socket
            .try_send(json!({"action": "ping"}).to_string().into())
            .await;
        match socket.receive().await {
            SocketEvent::Frame(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            SocketEvent::Closed(code, _) => return code,
            SocketEvent::Cut => panic!("the connection was cut without a close frame"),
        }
    }
}

#[tokio::test]
async fn suspend_closes_sockets_on_every_node() {
    for app in deployments().await {
        let (ada, mut bob) = (app.user("ada").await, app.user("bob").await);
        let mut ada_socket = app.open_socket(&ada, 0, "/ws/events/").await.0;
        let mut first = app.open_socket(&bob, 0, "/ws/events/").await.0;
        let mut second = app.open_socket(&bob, 1, "/ws/notifications/").await.0;
        let suspend = "UPDATE users SET suspended_at = created_at WHERE username = 'bob'";
        execute(&app, suspend);
        let codes = tokio::join!(wait_for_close(&mut first), wait_for_close(&mut second));
        assert_eq!(codes, (4401, 4401), "{}", app.name);
        until("every node refuses the token", || async {
            let mut refused = 0;
            for _ in &app.nodes {
                let response = bob.get("/api/v1/users/profile/").await;
                refused += usize::from(response.status == 403);
            }
            refused == app.nodes.len()
        })
        .await;
        let again = app
            .connect_socket(&bob, 0, "/ws/events/")
            .await
            .first()
            .await;
        assert_eq!(again, Err(4401), "{}", app.name);
        ada_socket.sync().await;
        bob.access.clear();
    }
}

/// The number of logins that are answered from addresses of this /48, each of which stays below the limit
/// per address.
async fn logins_from(app: &App, network: &str, at_most: usize) -> usize {
    let client = e2e::client();
    for n in 0..at_most {
        let url = app.nodes[n % app.nodes.len()].url();
        let address = format!("{network}:{:x}::1", n / 20);
        let request = client.post(format!("{url}/api/v1/token/"));
        let request = request.header("x-forwarded-for", address);
        let guess = json!({"username": "ada", "password": "not-the-password-1"});
        let response = e2e::Response::of(request.json(&guess).send().await.unwrap()).await;
        let code = response.json()["error"]["code"].clone();
        assert!([401, 429].contains(&response.status), "{code}");
        if code == "too_many_requests" {
            assert_ne!(response.header("retry-after"), "");
            return n;
        }
    }
    at_most
}

#[tokio::test]
async fn log_in_is_limited_by_network_over_all_nodes() {
    for app in deployments().await {
        // The limit of 400 refills meanwhile.
        let responded = logins_from(&app, "2001:db8:7", 2_000).await;
        assert!((400..2_000).contains(&responded), "{responded}");
        assert_eq!(logins_from(&app, "2001:db8:8", 20).await, 20);
    }
}

#[tokio::test]
async fn end_session_of_another_user_is_not_found() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let listed = ada.get("/api/v1/auth/sessions/").await.json();
        let id = listed["data"][0]["id"].as_str().unwrap().to_owned();
        bob.delete(&format!("/api/v1/auth/sessions/{id}/"))
            .await
            .expect_error(404, "auth.session_not_found");
        bob.delete("/api/v1/auth/sessions/7/")
            .await
            .expect_error(400, "malformed_id");
        ada.get("/api/v1/users/profile/").await.expect(200);
    }
}

#[tokio::test]
async fn log_in_sets_a_refresh_cookie_that_other_sites_cannot_use() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let login = json!({"username": "ada", "password": PASSWORD});
        let response = ada
            .send(
                ada.request(Method::POST, "/api/v1/auth/login/")
                    .header("sec-fetch-site", "same-origin")
                    .json(&login),
            )
            .await;
        let data = response.data();
        assert!(
            data["access"].is_string()
                && data["profile"]["username"] == "ada"
                && data["refresh"].is_null()
        );
        let cookie = response.header("set-cookie").to_owned();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let refresh = |site: &'static str, cookie: &str| {
            let request = ada
                .request(Method::POST, "/api/v1/token/refresh/")
                .header("cookie", cookie);
            ada.send(request.header("sec-fetch-site", site).json(&json!({})))
        };
        refresh("cross-site", &cookie)
            .await
            .expect_error(403, "auth.cross_origin");
        let renewed = refresh("same-origin", &cookie).await.expect(200);
        assert!(renewed.json()["access"].is_string());
        assert_eq!(renewed.json().get("refresh"), None, "it is in the cookie");
        let renewed = renewed
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        assert_ne!(renewed, cookie);
        let out = ada
            .request(Method::POST, "/api/v1/auth/logout/")
            .header("cookie", &renewed);
        let out = ada
            .send(out.header("sec-fetch-site", "same-origin").json(&json!({})))
            .await
            .expect(200);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(refresh("same-origin", &renewed).await.status, 401);
        let twice = ada
            .request(Method::POST, "/api/v1/token/refresh/")
            .header("cookie", "courtside_refresh=a");
        ada.send(
            twice
                .header("sec-fetch-site", "same-origin")
                .json(&json!({"refresh": "b"})),
        )
        .await
        .expect_error(400, "auth.ambiguous_credentials");
        let login = ada
            .request(Method::POST, "/api/v1/auth/login/")
            .header("origin", "https://evil.example")
            .json(&login);
        ada.send(login).await.expect_error(403, "auth.cross_origin");
    }
}

#[tokio::test]
async fn refresh_cookie_over_https_is_bound_to_the_host() {
    let app = App::with()
        .flag("--public-url", "https://localhost")
        .embedded();
    let ada = app.user("ada").await;
    let sent = |path: &str, body: serde_json::Value, cookies: &str| {
        let request = ada
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookies);
        ada.send(request.json(&body))
    };
    let login = json!({"username": "ada", "password": PASSWORD});
    let response = sent("/api/v1/auth/login/", login, "courtside_refresh=old").await;
    let set: Vec<_> = response.headers.get_all("set-cookie").iter().collect();
    let set: Vec<&str> = set.iter().map(|value| value.to_str().unwrap()).collect();
    let of = |name: &str| *set.iter().find(|one| one.starts_with(name)).unwrap();
    let cookie = of("__Host-courtside_refresh=");
    assert!(
        cookie.contains("; Secure") && cookie.contains("; Path=/;"),
        "{cookie}"
    );
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(of("courtside_refresh=;").contains("Max-Age=0"), "{set:?}");
    let cookie = cookie.split(';').next().unwrap();
    let refresh = "/api/v1/token/refresh/";
    let planted = format!("{cookie}; __Host-courtside_refresh=planted");
    sent(refresh, json!({}), &planted)
        .await
        .expect_error(400, "auth.duplicate_cookie");
    let (_, value) = cookie.split_once('=').unwrap();
    sent(refresh, json!({}), &format!("courtside_refresh={value}"))
        .await
        .expect_error(401, "auth.refresh_invalid");
    sent(
        refresh,
        json!({}),
        &format!("courtside_refresh=planted; {cookie}"),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn log_in_from_a_known_device_ignores_failures_of_others() {
    for app in deployments().await {
        let (ada, stranger) = (app.user("ada").await, app.anonymous());
        let login = |password: &str| json!({"username": "ada", "password": password});
        let sign_in = |cookie: String, body: serde_json::Value| {
            let request = stranger.request(Method::POST, "/api/v1/auth/login/");
            stranger.send(request.header("cookie", cookie).json(&body))
        };
        let response = ada.post("/api/v1/auth/login/", login(PASSWORD)).await;
        let set = response.headers.get_all("set-cookie").iter();
        let mut set = set.map(|value| value.to_str().unwrap());
        let device = set.next_back().unwrap();
        assert!(device.starts_with("courtside_device="), "{device}");
        assert!(
            device.contains("HttpOnly") && device.contains("SameSite=Strict"),
            "{device}"
        );
        let device = device.split(';').next().unwrap().to_owned();
        until("a stranger at this place has to wait", || async {
            let guess = sign_in(String::new(), login("not-the-password-1")).await;
            guess.status == 429
        })
        .await;
        let known = sign_in(device.clone(), login(PASSWORD)).await.expect(200);
        let again = known
            .headers
            .get_all("set-cookie")
            .iter()
            .next_back()
            .unwrap();
        assert!(
            again.to_str().unwrap().starts_with(&device),
            "it is the same"
        );
    }
}

#[tokio::test]
async fn log_out_refuses_credentials_of_two_sessions() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        let body = json!({"username": "ada", "password": PASSWORD});
        let other = ada.post("/api/v1/token/", body).await.expect(200).json();
        let other = other["refresh"].as_str().unwrap().to_owned();
        let logout = |body: serde_json::Value, cookie: &str| {
            let request = ada.authenticated_request(Method::POST, "/api/v1/auth/logout/");
            let request = request.header("cookie", format!("courtside_refresh={cookie}"));
            ada.send(request.json(&body))
        };
        logout(json!({ "refresh": other }), &ada.refresh)
            .await
            .expect_error(400, "auth.ambiguous_credentials");
        logout(json!({}), &other)
            .await
            .expect_error(400, "auth.ambiguous_credentials");
        logout(json!({ "refreshed": "x" }), &ada.refresh)
            .await
            .expect_error(422, "invalid_fields");
        ada.get("/api/v1/users/profile/").await.expect(200);
        logout(json!({ "refresh": ada.refresh }), "not-one-of-ours")
            .await
            .expect(200);
        let by_body = ada.request(Method::POST, "/api/v1/auth/logout/");
        ada.send(by_body.json(&json!({ "refresh": other })))
            .await
            .expect(200);
        for spent in [&ada.refresh, &other] {
            let again = ada.request(Method::POST, "/api/v1/token/refresh/");
            ada.send(again.json(&json!({ "refresh": spent })))
                .await
                .expect_error(401, "auth.refresh_invalid");
        }
        ada.access.clear();
    }
}

#[tokio::test]
async fn log_out_ignores_other_authorization_schemes() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        let logout = || {
            let request = ada.request(Method::POST, "/api/v1/auth/logout/");
            request.header("authorization", "Basic YTpi")
        };
        ada.send(logout()).await.expect(200);
        let by_body = logout().json(&json!({ "refresh": ada.refresh }));
        ada.send(by_body).await.expect(200);
        ada.expect_error_everywhere("auth.session_ended").await;
        let malformed = ada.request(Method::POST, "/api/v1/auth/logout/");
        let malformed = malformed.header("authorization", "Bearer a b");
        ada.send(malformed)
            .await
            .expect_error(400, "auth.malformed_credentials");
        ada.access.clear();
    }
}

#[tokio::test]
async fn forged_token_is_refused() {
    for app in deployments().await {
        let mut ada = app.user("ada").await;
        let good = ada.access.clone();
        let (head, rest) = good.split_once('.').unwrap();
        let (body, _) = rest.split_once('.').unwrap();
        let none = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"at+jwt"}"#);
        for forged in [
            format!("{head}.{body}."),
            format!("{none}.{body}."),
            format!("{good}x"),
            "x".to_owned(),
        ] {
            ada.access = forged;
            ada.get("/api/v1/users/profile/")
                .await
                .expect_error(401, "auth.token_invalid");
        }
    }
}
