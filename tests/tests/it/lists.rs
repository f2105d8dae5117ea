//! Every documented list: contradicting query pairs, and links in both directions.

use e2e::{App, TestUser, deployments, until};
use serde_json::{Value, json};

use crate::domains::DOMAINS;

const LOBBY: &str = "/api/v1/chats/lobbies/chess/join/";

/// A user with at least two rows in each list.
async fn user_with_rows(app: &App) -> TestUser {
    let mut ada = app.user("ada").await;
    for name in ["bob", "cyd"] {
        let friend = app.user(name).await;
        friend.befriend(&ada).await;
        let chat = ada.chat_with(&friend).await;
        let path = format!("/api/v1/chats/rooms/{chat}/messages/");
        for text in ["one", "two", "three"] {
            ada.post(&path, json!({"content": text})).await.expect(201);
        }
        let invite = |to: &TestUser| json!({"username": to.name, "game": "pong"});
        ada.post("/api/v1/invites/", invite(&friend))
            .await
            .expect(201);
        friend.post(LOBBY, json!({})).await.expect(200);
    }
    for name in ["eve", "fay"] {
        let stranger = app.user(name).await;
        let body = json!({"username": "ada"});
        for path in ["/api/v1/friends/requests/", "/api/v1/invites/"] {
            stranger.post(path, body.clone()).await.expect(201);
        }
        let body = json!({"username": format!("blocked-{name}")});
        app.user(body["username"].as_str().unwrap()).await;
        ada.post("/api/v1/blocks/", body).await.expect(201);
    }
    for name in ["chess", "go"] {
        let path = format!("/api/v1/chats/lobbies/{name}/join/");
        ada.post(&path, json!({})).await.expect(200);
    }
    for domain in DOMAINS {
        (domain.fill_lists)(&ada).await;
    }
    ada.log_in().await;
    until(
        "all notifications exist, and those of accepted requests are read",
        || async {
            let unread = ada.get("/api/v1/notifications/?unread=true").await.json();
            let all = ada.get("/api/v1/notifications/").await.json();
            (&unread["meta"]["total"], &all["meta"]["total"]) == (&json!(4), &json!(6))
        },
    )
    .await;
    ada
}

/// The paths of all documented lists, and whether they are histories.
async fn lists(app: &App, ada: &TestUser) -> Vec<(String, bool)> {
    let lobby = ada.get("/api/v1/chats/rooms/").await.data();
    let lobby = lobby.as_array().unwrap().iter();
    let chess = lobby.filter(|one| one["name"] == "chess");
    let id = chess.map(|one| one["chat_id"].as_str().unwrap()).next();
    let tournament = ada.get("/api/v1/tournaments/").await.data()[0].clone();
    let document = app.anonymous().get("/openapi.json").await.json();
    let mut found = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array();
        let has = |name: &str| {
            let mut all = parameters.into_iter().flatten();
            all.any(|one| one["name"] == name && one["in"] == "query")
        };
        if has("page") {
            let own = tournament["id"].as_str().unwrap();
            let is_of_tournament = path.starts_with("/api/v1/tournaments/");
            let path = path.replace("{id}", if is_of_tournament { own } else { id.unwrap() });
            let path = path.replace("{username}", "bob").replace("{game}", "pong");
            found.push((path, has("before")));
        }
    }
    assert!(found.len() > 12, "{found:?}");
    found
}

/// Follows a link from page to page, and returns the rows of all pages.
async fn follow(ada: &TestUser, first: &str, link: &str) -> (Vec<Value>, String) {
    let (mut path, mut rows) = (first.to_owned(), vec![]);
    loop {
        let page = ada.get(&path).await.expect(200).json();
        let by_row = path.contains("before=") || path.contains("after=");
        assert_eq!(page["meta"]["offset"].is_null(), by_row, "{path}");
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        let Some(next) = page["meta"][link].as_str() else {
            return (rows, path);
        };
        path = next.replace("http://localhost:8080", "");
        assert!(rows.len() < 50, "{first} has no end");
    }
}

#[tokio::test]
async fn list_operations_page_both_ways_and_refuse_contradictions() {
    for app in deployments().await {
        let ada = user_with_rows(&app).await;
        let mut walked = 0;
        for (path, is_history) in lists(&app, &ada).await {
            let mark = if path == "/api/v1/users/" {
                "search=fa&"
            } else {
                ""
            };
            contradict(&ada, &path, mark, is_history).await;
            let first = format!("{path}?{mark}limit=1");
            let total = ada.get(&first).await.expect(200).json()["meta"]["total"].clone();
            let (forth, last) = follow(&ada, &first, "next").await;
            assert_eq!(total, forth.len(), "{path}");
            let (mut back, start) = follow(&ada, &last, "previous").await;
            back.reverse();
            assert_eq!(back, forth, "{path}");
            let (again, _) = follow(&ada, &start, "next").await;
            assert_eq!(again, forth, "{path}, once more");
            walked += usize::from(forth.len() > 1);
            if is_history && !forth.is_empty() {
                oldest_first(&ada, &path, &forth).await;
            }
        }
        assert!(walked > 9, "{walked} lists had two rows");
    }
}

/// A history after its oldest row is read oldest first, to its end and back.
async fn oldest_first(ada: &TestUser, path: &str, newest_first: &[Value]) {
    let (oldest, newer) = newest_first.split_last().unwrap();
    let first = format!("{path}?limit=1&after={}", oldest["id"].as_str().unwrap());
    let (forth, last) = follow(ada, &first, "next").await;
    assert!(forth.iter().eq(newer.iter().rev()), "{path}");
    let (mut back, _) = follow(ada, &last, "previous").await;
    back.reverse();
    assert!(back.iter().eq(newest_first.iter().rev()), "{path}");
}

/// Combinations of two pairs: `limit` is the size of a `page`, others are refused.
async fn contradict(ada: &TestUser, path: &str, mark: &str, is_history: bool) {
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let row = format!("before={id}");
    let plain = [
        ("limit=1&page_size=2", "page_size"),
        ("offset=1&page=1", "page"),
        ("limit=0", "limit"),
        ("page=x", "page"),
    ];
    let rows = [
        (format!("{row}&after={id}"), "after"),
        (format!("{row}&offset=1"), "offset"),
        (format!("{row}&page=2"), "page"),
        ("order=oldest".to_owned(), "order"),
    ];
    let plain = plain.map(|(pairs, field)| (pairs.to_owned(), field));
    let rows = rows.into_iter().filter(|_| is_history);
    for (pairs, field) in plain.into_iter().chain(rows) {
        let response = ada.get(&format!("{path}?{mark}{pairs}")).await;
        response.expect_field_error(422, "invalid_fields", field);
    }
    let all = if is_history { "&before=z&order=z" } else { "" };
    let response = ada.get(&format!("{path}?limit=x&offset=y{all}")).await;
    let mut fields = vec!["limit", "offset"];
    if is_history {
        fields.splice(0..0, ["before"]);
        fields.push("order");
    } else if !mark.is_empty() {
        fields.push("search");
    }
    let reported = response.expect_error(422, "invalid_fields")["fields"].clone();
    let reported = reported.as_object().unwrap().keys();
    assert_eq!(reported.collect::<Vec<_>>(), fields, "{path}");
    let paged = ada.get(&format!("{path}?{mark}page=2&limit=1")).await;
    let meta = paged.expect(200).json()["meta"].clone();
    assert_eq!(
        (&meta["limit"], &meta["offset"]),
        (&json!(1), &json!(1)),
        "{path}"
    );
}
