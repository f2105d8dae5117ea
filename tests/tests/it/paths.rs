//! The sockets beside `/ws/events/`: who may open which, what each hears, and when it ends.

use e2e::{App, Person, Socket, each, name};
use reqwest::Method;
use serde_json::{Value, json};

/// What a socket of one chat says of it, once nothing is held back any more.
async fn in_chat(app: &App, person: &Person, node: usize, path: &str) -> (Socket, Value) {
    let (mut socket, hello) = app.greeted(person, node, path).await;
    let joined = socket.next_named("joined").await;
    assert!(joined["timestamp"].is_string(), "{joined}");
    let stream = format!("chat:{}", joined["data"]["chat_id"].as_str().unwrap());
    let streams: Vec<_> = hello["streams"].as_object().unwrap().keys().collect();
    assert_eq!(streams, [&stream]);
    socket.settled().await;
    (socket, joined["data"].clone())
}

#[tokio::test]
async fn presence_comes_as_a_snapshot_and_then_as_changes() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let path = "/ws/friends/status/";
        let (mut at_ada, hello) = app.greeted(&ada, 0, path).await;
        assert_eq!(hello["streams"], json!({}));
        let snapshot = at_ada.next().await;
        assert_eq!(name(&snapshot), "friends_status");
        assert_eq!(snapshot["data"]["friends"], json!([]));
        ada.befriend(&bob).await;
        let with_bob = at_ada.next_named("friends_status").await;
        assert_eq!(with_bob["data"]["friends"][0]["username"], "bob");
        assert_eq!(with_bob["data"]["friends"][0]["status"], "offline");
        let (mut at_bob, _) = app.greeted(&bob, 1, path).await;
        let online = at_ada.next_named("user_online").await;
        assert_eq!(online["data"]["username"], "bob");
        assert!(online["timestamp"].is_string() && online["type"] == "user_online");
        at_bob
            .done("user_offline", json!({"username": "bob"}))
            .await;
        at_ada.next_named("user_offline").await;
        at_bob.done("user_online", json!({"username": "bob"})).await;
        at_ada.next_named("user_online").await;
        at_bob
            .refused(
                "user_online",
                json!({"username": "ada"}),
                "friends.not_yourself",
            )
            .await;
        bob.delete("/api/v1/friends/ada/").await.expect(200);
        let without = at_ada.next_named("friends_status").await;
        assert_eq!(without["data"]["friends"], json!([]));
        at_ada
            .send(json!({"type": "new_message", "data": {}}))
            .await;
        assert_eq!(at_ada.closed().await.0, 4400);
    }
}

#[tokio::test]
async fn friends_talk_over_the_socket_of_their_conversation() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let id = bob.get("/api/v1/users/profile/").await.data()["id"].clone();
        let by_id = format!("/ws/chat/{}/", id.as_str().unwrap());
        let (mut at_ada, joined) = in_chat(&app, &ada, 0, &by_id).await;
        assert_eq!(
            (&joined["kind"], &joined["name"]),
            (&json!("direct"), &json!("bob"))
        );
        let (mut at_bob, same) = in_chat(&app, &bob, 1, "/ws/chat/ada/").await;
        assert_eq!(joined["chat_id"], same["chat_id"]);
        let said = json!({"content": "over here", "client_id": "a-1", "timestamp": "mine"});
        at_ada.done("new_message", said).await;
        let heard = at_bob.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], "over here");
        assert_eq!(heard["data"]["timestamp"], "mine");
        assert!(heard["timestamp"].is_string() && heard["seq"].is_i64());
        let of = json!({"id": heard["data"]["id"]});
        at_bob.done("typing", json!({"is_typing": true})).await;
        assert_eq!(at_ada.next_named("typing").await["data"]["username"], "bob");
        at_bob.done("like_message", of.clone()).await;
        let liked = at_ada.next_named("chat_like_update").await;
        assert_eq!(liked["data"]["like_count"], 1);
        at_bob.done("unlike_message", of.clone()).await;
        at_bob.done("read_message", of.clone()).await;
        let edit = json!({"id": of["id"], "content": "over there"});
        at_ada.done("edit_message", edit).await;
        let edited = at_bob.next_named("message_edited").await;
        assert_eq!(edited["data"]["content"], "over there");
        at_ada.done("delete_message", of).await;
        at_bob.next_named("message_deleted").await;
    }
}

#[tokio::test]
async fn the_socket_of_one_chat_knows_no_other() {
    for app in each().await {
        let (ada, bob, eve) = (
            app.person("ada").await,
            app.person("bob").await,
            app.person("eve").await,
        );
        ada.befriend(&bob).await;
        ada.befriend(&eve).await;
        let other = ada.chat_with(&eve).await;
        let into = format!("/api/v1/chats/rooms/{other}/messages/");
        let sent = ada.post(&into, json!({"content": "for eve"})).await;
        let there = sent.expect(201).data()["id"].clone();
        let (mut at_ada, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let elsewhere = json!({"chat_id": other, "content": "x"});
        at_ada
            .refused("new_message", elsewhere, "sockets.other_chat")
            .await;
        let typing = json!({"chat_id": other, "is_typing": true});
        at_ada.refused("typing", typing, "sockets.other_chat").await;
        let like = json!({"chat_id": other, "id": there});
        at_ada
            .refused("like_message", like, "sockets.other_chat")
            .await;
        for action in ["delete_message", "read_message", "like_message"] {
            at_ada
                .refused(action, json!({"id": there}), "chat.message_not_found")
                .await;
        }
        let edit = json!({"id": there, "content": "x"});
        at_ada
            .refused("edit_message", edit, "chat.message_not_found")
            .await;
        ada.post(&into, json!({"content": "more"}))
            .await
            .expect(201);
        let own = format!(
            "/api/v1/chats/rooms/{}/messages/",
            ada.chat_with(&bob).await
        );
        bob.post(&own, json!({"content": "for ada"}))
            .await
            .expect(201);
        let (passed, heard) = at_ada.passing_over("new_message").await;
        assert_eq!(heard["data"]["content"], "for ada", "passed {passed:?}");
        at_ada
            .send(json!({"action": "join_chat", "data": {"chat_id": other}}))
            .await;
        assert_eq!(at_ada.closed().await.0, 4400);
    }
}

#[tokio::test]
async fn who_may_not_be_in_a_conversation_is_told_by_the_close_code() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let mut codes = vec![];
        for path in [
            "/ws/chat/bob/",
            "/ws/chat/ada/",
            "/ws/chat/nobody/",
            "/ws/chat/%20/",
            "/ws/chat/%FF/",
            "/ws/chat/a%00b/",
        ] {
            codes.push(app.socket(&ada, 0, path).await.closed().await.0);
        }
        let expected = [4403, 4403, 4404, 4404, 4400, 4400];
        assert_eq!(codes, expected, "{}", app.name);
        let mut unsigned = Socket::open(app.url(), "/ws/chat/bob/", &[]).await;
        assert_eq!(unsigned.closed().await.0, 4401);
        ada.befriend(&bob).await;
        let (mut at_ada, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let (mut at_bob, _) = in_chat(&app, &bob, 1, "/ws/chat/ada/").await;
        ada.delete("/api/v1/friends/bob/").await.expect(200);
        assert_eq!(at_ada.closed().await.0, 4403);
        assert_eq!(at_bob.closed().await.0, 4403);
        let mut again = app.socket(&bob, 0, "/ws/chat/ada/").await;
        assert_eq!(
            again.closed().await.0,
            4403,
            "they can read, but write no more"
        );
    }
}

#[tokio::test]
async fn a_block_ends_the_socket_of_a_conversation_for_both() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let (mut at_ada, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let (mut at_bob, _) = in_chat(&app, &bob, 1, "/ws/chat/ada/").await;
        ada.post("/api/v1/blocks/", json!({"username": "bob"}))
            .await
            .expect(201);
        assert_eq!(at_ada.closed().await.0, 4403);
        assert_eq!(at_bob.closed().await.0, 4403);
        let mut again = app.socket(&bob, 0, "/ws/chat/ada/").await;
        assert_eq!(
            again.closed().await.0,
            4404,
            "across a block nobody is there"
        );
    }
}

#[tokio::test]
async fn who_was_away_from_a_conversation_gets_what_was_missed() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let (mut at_ada, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let (at_bob, hello) = app.greeted(&bob, 1, "/ws/chat/ada/").await;
        drop(at_bob);
        for n in 0..5 {
            let said = json!({"content": format!("{n}"), "client_id": format!("c-{n}")});
            at_ada.done("new_message", said).await;
        }
        let (mut at_bob, _) = app.greeted(&bob, 0, "/ws/chat/ada/").await;
        at_bob
            .send(json!({"type": "resume", "data": {"streams": hello["streams"]}}))
            .await;
        for n in 0..5 {
            let heard = at_bob.next_named("new_message").await;
            assert_eq!(heard["data"]["content"], n.to_string(), "{}", app.name);
        }
    }
}

/// The names in a list of people, sorted.
fn usernames(people: &Value) -> Vec<&str> {
    let people = people.as_array().unwrap().iter();
    let mut names: Vec<_> = people
        .map(|one| one["username"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_lobby_shows_who_is_there_and_who_comes_and_goes() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let path = "/ws/chat/lobby/Chess/";
        let (mut at_ada, _) = app.greeted(&ada, 0, path).await;
        let joined = at_ada.next_named("joined").await;
        assert_eq!(joined["data"]["name"], "chess");
        let members = at_ada.next_named("members").await;
        assert_eq!(usernames(&members["data"]["members"]), ["ada"]);
        let (mut at_bob, _) = app.greeted(&bob, 1, path).await;
        let came = at_ada.next_named("member_joined").await;
        assert_eq!(
            (&came["data"]["user"]["username"], &came["data"]["total"]),
            (&json!("bob"), &json!(2))
        );
        let members = at_bob.next_named("members").await;
        assert_eq!(
            usernames(&members["data"]["members"]),
            ["ada", "bob"],
            "{}",
            app.name
        );
        let second = app.greeted(&bob, 0, path).await.0;
        at_bob
            .done("new_message", json!({"content": "hi all"}))
            .await;
        let heard = at_ada.next_named("new_message").await;
        assert_eq!(heard["data"]["sender"]["username"], "bob");
        at_bob.leave().await;
        at_ada
            .done("new_message", json!({"content": "still here?"}))
            .await;
        second.leave().await;
        let (passed, went) = at_ada.passing_over("member_left").await;
        assert_eq!(
            (&went["data"]["user"]["username"], &went["data"]["total"]),
            (&json!("bob"), &json!(1)),
            "passed {passed:?}"
        );
    }
}

#[tokio::test]
async fn everybody_may_look_at_the_world_and_bad_names_are_no_lobbies() {
    for app in each().await {
        let mut looking = app.visitor();
        looking.register("ada").await;
        looking.sign_in().await;
        let (mut socket, joined) = in_chat(&app, &looking, 0, "/ws/chat/lobby/world/").await;
        assert_eq!(joined["kind"], "lobby");
        socket
            .refused(
                "new_message",
                json!({"content": "hi"}),
                "auth.email_not_verified",
            )
            .await;
        let mut fresh = app.socket(&looking, 1, "/ws/chat/lobby/brand-new/").await;
        assert_eq!(fresh.closed().await.0, 4404, "only who may write makes one");
        let mut odd = app.socket(&looking, 0, "/ws/chat/lobby/no%20spaces/").await;
        let (code, reason) = odd.closed().await;
        assert!(
            code == 4400 && reason.starts_with("BAD_DATA"),
            "{code} {reason}"
        );
    }
}

#[tokio::test]
async fn who_is_blocked_is_not_there_in_a_lobby() {
    for app in each().await {
        let (ada, bob, eve) = (
            app.person("ada").await,
            app.person("bob").await,
            app.person("eve").await,
        );
        ada.post("/api/v1/blocks/", json!({"username": "bob"}))
            .await
            .expect(201);
        let path = "/ws/chat/lobby/world/";
        let (mut at_bob, _) = app.greeted(&bob, 1, path).await;
        at_bob.next_named("members").await;
        let (mut at_ada, _) = app.greeted(&ada, 0, path).await;
        let members = at_ada.next_named("members").await;
        assert_eq!(usernames(&members["data"]["members"]), ["ada"]);
        let (mut at_eve, _) = app.greeted(&eve, 0, path).await;
        at_eve.settled().await;
        let (passed, came) = at_bob.passing_over("member_joined").await;
        assert_eq!(came["data"]["user"]["username"], "eve", "passed {passed:?}");
        at_bob
            .done("new_message", json!({"content": "from bob"}))
            .await;
        at_eve.next_named("new_message").await;
        at_eve
            .done("new_message", json!({"content": "from eve"}))
            .await;
        let heard = at_ada.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], "from eve");
        at_ada
            .done("new_message", json!({"content": "from ada"}))
            .await;
        ada.delete("/api/v1/blocks/bob/").await.expect(200);
        e2e::until("the block is gone", || async {
            bob.get("/api/v1/users/ada/").await.status == 200
        })
        .await;
        // The end of a block reaches sockets in a moment; what is said after that is heard.
        let mut tries = 0;
        loop {
            tries += 1;
            let said = json!({"content": format!("again {tries}")});
            at_ada.done("new_message", said).await;
            at_eve.done("new_message", json!({"content": "mark"})).await;
            let mut heard = vec![];
            loop {
                let next = at_bob.next_named("new_message").await;
                if next["data"]["content"] == "mark" {
                    break;
                }
                heard.push(next["data"]["content"].clone());
            }
            assert!(!heard.contains(&json!("from ada")), "said while blocked");
            if heard
                .iter()
                .any(|text| text.as_str().unwrap().starts_with("again"))
            {
                break;
            }
            assert!(tries < 20, "bob never hears ada again");
        }
    }
}

#[tokio::test]
async fn the_personal_socket_hears_everything_but_messages() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let (mut at_ada, hello) = app.greeted(&ada, 0, "/ws/notifications/").await;
        let streams: Vec<_> = hello["streams"].as_object().unwrap().keys().collect();
        assert!(streams.len() == 1 && streams[0].starts_with("user:"));
        at_ada.next_named("friends_status").await;
        at_ada.settled().await;
        bob.befriend(&ada).await;
        let asked = at_ada.next_named("friend_request").await;
        assert!(
            asked["type"] == "friend_request" && asked["seq"].is_i64(),
            "{asked}"
        );
        let chat = bob.chat_with(&ada).await;
        let into = format!("/api/v1/chats/rooms/{chat}/messages/");
        bob.post(&into, json!({"content": "hi"})).await.expect(201);
        let (mut at_bob, _) = app.greeted(&bob, 1, "/ws/notifications/").await;
        at_bob
            .done("game_invite", json!({"username": "ada", "options": {}}))
            .await;
        let (passed, invited) = at_ada.passing_over("game_invite").await;
        let of_chats = ["new_message", "chat_joined", "room_created"];
        assert!(
            passed.iter().all(|name| !of_chats.contains(&name.as_str())),
            "{passed:?}"
        );
        assert_eq!(invited["data"]["username"], "bob");
        at_ada
            .done("game_declined", json!({"username": "bob"}))
            .await;
        at_bob.next_named("game_declined").await;
        // Away for a moment, and back on another node.
        drop(at_ada);
        at_bob
            .done("game_invite", json!({"username": "ada", "options": {}}))
            .await;
        let (mut at_ada, _) = app.greeted(&ada, 1, "/ws/notifications/").await;
        at_ada
            .send(json!({"type": "resume", "data": {"streams": hello["streams"]}}))
            .await;
        let (passed, _) = at_ada.passing_over("game_declined").await;
        assert!(passed.contains(&"game_invite".to_owned()), "{passed:?}");
        at_ada.next_named("game_invite").await;
        at_ada
            .send(json!({"type": "new_message", "data": {}}))
            .await;
        assert_eq!(at_ada.closed().await.0, 4400, "chats are for other sockets");
    }
}

#[tokio::test]
async fn each_path_ends_with_the_session_and_with_the_server() {
    for mut app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        ada.befriend(&bob).await;
        let paths = [
            "/ws/events/",
            "/ws/notifications/",
            "/ws/friends/status/",
            "/ws/chat/bob/",
            "/ws/chat/lobby/world/",
        ];
        let (mut of_ada, mut of_bob) = (vec![], vec![]);
        for (node, path) in paths.iter().enumerate() {
            of_ada.push(app.greeted(&ada, node, path).await.0);
            let theirs = path.replace("bob", "ada");
            of_bob.push(app.greeted(&bob, 0, &theirs).await.0);
        }
        let evil = ("origin", "https://evil.example".to_owned());
        let bearer = ("authorization", format!("Bearer {}", bob.access));
        for path in paths {
            let headers = [bearer.clone(), evil.clone()];
            let mut refused = Socket::open(app.url(), path, &headers).await;
            assert_eq!(refused.closed().await.0, 4403, "{path}");
            let answer = bob.send(bob.signed(Method::GET, path)).await;
            answer.refused(400, "not_a_websocket");
        }
        ada.post("/api/v1/auth/logout/", json!({}))
            .await
            .expect(200);
        for socket in &mut of_ada {
            assert_eq!(socket.closed().await.0, 4401, "{}", app.name);
        }
        app.nodes[0].signal("TERM");
        for socket in &mut of_bob {
            assert_eq!(socket.closed().await.0, 1012, "{}", app.name);
        }
        app.nodes.clear();
    }
}
