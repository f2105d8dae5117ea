//! Tokens and sessions.

use std::time::Duration;

use diesel::Connection;
use diesel::connection::SimpleConnection;
use e2e::{App, Heard, PASSWORD, Socket, each, until};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn refresh_tokens_rotate_and_an_old_one_ends_the_session() {
    for app in each().await {
        let mut ada = app.person("ada").await;
        let refresh = |token: &str| {
            ada.request(Method::POST, "/api/v1/token/refresh/")
                .json(&json!({ "refresh": token }))
        };
        let first = ada.refresh.clone();
        let mut newest = first.clone();
        for _ in 0..3 {
            let answer = ada.send(refresh(&newest)).await.expect(200).json();
            newest = answer["refresh"].as_str().unwrap().to_owned();
        }
        ada.send(refresh(&first))
            .await
            .refused(401, "auth.refresh_reused");
        let ended = ada.send(refresh(&newest)).await;
        assert_eq!(ended.status, 401, "the whole family has ended");
        ada.access.clear();
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_on_every_node() {
    for app in each().await {
        let mut ada = app.person("ada").await;
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
            .refused(404, "auth.session_not_found");
        let mut ended = ada.again();
        ended.access = other;
        ended.refused_everywhere("auth.session_ended").await;
        ada.post("/api/v1/auth/logout-all/", json!({}))
            .await
            .expect(200);
        ada.refused_everywhere("auth.session_ended").await;
        ada.access.clear();
    }
}

/// Runs a statement in the database, behind the back of the nodes.
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

/// Waits until the server closes the socket, which is idle otherwise, and gives the code.
async fn closed(socket: &mut Socket) -> u16 {
    loop {
        socket
            .try_send(json!({"action": "ping"}).to_string().into())
            .await;
        match socket.heard().await {
            Heard::Frame(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            Heard::Closed(code, _) => return code,
            Heard::Cut => panic!("the connection was cut without a close frame"),
        }
    }
}

#[tokio::test]
async fn suspended_person_loses_their_sockets_on_every_node() {
    for app in each().await {
        let (ada, mut bob) = (app.person("ada").await, app.person("bob").await);
        let mut at_ada = app.greeted(&ada, 0, "/ws/events/").await.0;
        let mut first = app.greeted(&bob, 0, "/ws/events/").await.0;
        let mut second = app.greeted(&bob, 1, "/ws/notifications/").await.0;
        let suspend = "UPDATE users SET suspended_at = created_at WHERE username = 'bob'";
        execute(&app, suspend);
        let codes = tokio::join!(closed(&mut first), closed(&mut second));
        assert_eq!(codes, (4401, 4401), "{}", app.name);
        until("every node refuses the token", || async {
            let mut refused = 0;
            for _ in &app.nodes {
                let answer = bob.get("/api/v1/users/profile/").await;
                refused += usize::from(answer.status == 403);
            }
            refused == app.nodes.len()
        })
        .await;
        let again = app.socket(&bob, 0, "/ws/events/").await.first().await;
        assert_eq!(again, Err(4401), "{}", app.name);
        at_ada.settled().await;
        bob.access.clear();
    }
}

/// How many sign-ins are answered for one name from addresses of this /48, of which each has fewer
/// than are answered for one address.
async fn sign_ins_from(app: &App, network: &str, at_most: usize) -> usize {
    let client = e2e::client();
    for n in 0..at_most {
        let url = app.nodes[n % app.nodes.len()].url();
        let address = format!("{network}:{:x}::1", n / 20);
        let request = client.post(format!("{url}/api/v1/token/"));
        let request = request.header("x-forwarded-for", address);
        let guess = json!({"username": "ada", "password": "not-the-password-1"});
        let answer = e2e::Answer::of(request.json(&guess).send().await.unwrap()).await;
        let code = answer.json()["error"]["code"].clone();
        assert!([401, 429].contains(&answer.status), "{code}");
        if code == "too_many_requests" {
            assert_ne!(answer.header("retry-after"), "");
            return n;
        }
    }
    at_most
}

#[tokio::test]
async fn sign_ins_are_limited_by_network_over_all_nodes() {
    for app in each().await {
        // What is earned back meanwhile comes on top of the 400 that are answered at once.
        let answered = sign_ins_from(&app, "2001:db8:7", 2_000).await;
        assert!((400..2_000).contains(&answered), "{answered}");
        assert_eq!(sign_ins_from(&app, "2001:db8:8", 20).await, 20);
    }
}

#[tokio::test]
async fn a_session_of_somebody_else_is_not_there() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let listed = ada.get("/api/v1/auth/sessions/").await.json();
        let id = listed["data"][0]["id"].as_str().unwrap().to_owned();
        bob.delete(&format!("/api/v1/auth/sessions/{id}/"))
            .await
            .refused(404, "auth.session_not_found");
        bob.delete("/api/v1/auth/sessions/7/")
            .await
            .refused(400, "malformed_id");
        ada.get("/api/v1/users/profile/").await.expect(200);
    }
}

#[tokio::test]
async fn a_browser_keeps_its_refresh_token_in_a_cookie_that_other_sites_cannot_use() {
    for app in each().await {
        let ada = app.person("ada").await;
        let login = json!({"username": "ada", "password": PASSWORD});
        let answer = ada
            .send(
                ada.request(Method::POST, "/api/v1/auth/login/")
                    .header("sec-fetch-site", "same-origin")
                    .json(&login),
            )
            .await;
        let data = answer.data();
        assert!(
            data["access"].is_string()
                && data["profile"]["username"] == "ada"
                && data["refresh"].is_null()
        );
        let cookie = answer.header("set-cookie").to_owned();
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
            .refused(403, "auth.cross_origin");
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
        .refused(400, "auth.ambiguous_credentials");
        let login = ada
            .request(Method::POST, "/api/v1/auth/login/")
            .header("origin", "https://evil.example")
            .json(&login);
        ada.send(login).await.refused(403, "auth.cross_origin");
    }
}

#[tokio::test]
async fn over_https_the_cookie_belongs_to_this_host_alone_and_two_of_them_are_refused() {
    let app = App::with()
        .flag("--public-url", "https://localhost")
        .embedded();
    let ada = app.person("ada").await;
    let sent = |path: &str, body: serde_json::Value, cookies: &str| {
        let request = ada
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookies);
        ada.send(request.json(&body))
    };
    let login = json!({"username": "ada", "password": PASSWORD});
    let answer = sent("/api/v1/auth/login/", login, "courtside_refresh=old").await;
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
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
        .refused(400, "auth.duplicate_cookie");
    let (_, value) = cookie.split_once('=').unwrap();
    sent(refresh, json!({}), &format!("courtside_refresh={value}"))
        .await
        .refused(401, "auth.refresh_invalid");
    sent(
        refresh,
        json!({}),
        &format!("courtside_refresh=planted; {cookie}"),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn a_browser_that_signed_in_before_is_spared_the_guesses_of_others() {
    for app in each().await {
        let (ada, stranger) = (app.person("ada").await, app.visitor());
        let login = |password: &str| json!({"username": "ada", "password": password});
        let sign_in = |cookie: String, body: serde_json::Value| {
            let request = stranger.request(Method::POST, "/api/v1/auth/login/");
            stranger.send(request.header("cookie", cookie).json(&body))
        };
        let answer = ada.post("/api/v1/auth/login/", login(PASSWORD)).await;
        let set = answer.headers.get_all("set-cookie").iter();
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
async fn logout_refuses_credentials_of_two_sessions_and_takes_those_of_one() {
    for app in each().await {
        let mut ada = app.person("ada").await;
        let body = json!({"username": "ada", "password": PASSWORD});
        let other = ada.post("/api/v1/token/", body).await.expect(200).json();
        let other = other["refresh"].as_str().unwrap().to_owned();
        let logout = |body: serde_json::Value, cookie: &str| {
            let request = ada.signed(Method::POST, "/api/v1/auth/logout/");
            let request = request.header("cookie", format!("courtside_refresh={cookie}"));
            ada.send(request.json(&body))
        };
        logout(json!({ "refresh": other }), &ada.refresh)
            .await
            .refused(400, "auth.ambiguous_credentials");
        logout(json!({}), &other)
            .await
            .refused(400, "auth.ambiguous_credentials");
        logout(json!({ "refreshed": "x" }), &ada.refresh)
            .await
            .refused(422, "invalid_fields");
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
                .refused(401, "auth.refresh_invalid");
        }
        ada.access.clear();
    }
}

#[tokio::test]
async fn logout_takes_another_authorization_scheme_for_none() {
    for app in each().await {
        let mut ada = app.person("ada").await;
        let logout = || {
            let request = ada.request(Method::POST, "/api/v1/auth/logout/");
            request.header("authorization", "Basic YTpi")
        };
        ada.send(logout()).await.expect(200);
        let by_body = logout().json(&json!({ "refresh": ada.refresh }));
        ada.send(by_body).await.expect(200);
        ada.refused_everywhere("auth.session_ended").await;
        let malformed = ada.request(Method::POST, "/api/v1/auth/logout/");
        let malformed = malformed.header("authorization", "Bearer a b");
        ada.send(malformed)
            .await
            .refused(400, "auth.malformed_credentials");
        ada.access.clear();
    }
}

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    for app in each().await {
        let mut ada = app.person("ada").await;
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
                .refused(401, "auth.token_invalid");
        }
    }
}
