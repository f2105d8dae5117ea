//! The socket paths other than `/ws/events/`: permissions, events and closing.

use e2e::{App, Socket, TestUser, deployments, name};
use reqwest::Method;
use serde_json::{Value, json};

/// Opens the socket of a chat; returns the data of `joined`, when no events wait for a resume any more.
async fn in_chat(app: &App, user: &TestUser, node: usize, path: &str) -> (Socket, Value) {
    let (mut socket, hello) = app.open_socket(user, node, path).await;
    let joined = socket.next_event("joined").await;
    assert!(joined["timestamp"].is_string(), "{joined}");
    let stream = format!("chat:{}", joined["data"]["chat_id"].as_str().unwrap());
    let streams: Vec<_> = hello["streams"].as_object().unwrap().keys().collect();
    assert_eq!(streams, [&stream]);
    socket.sync().await;
    (socket, joined["data"].clone())
}

#[tokio::test]
async fn presence_socket_sends_a_snapshot_and_changes() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let path = "/ws/friends/status/";
        let (mut ada_socket, hello) = app.open_socket(&ada, 0, path).await;
        assert_eq!(hello["streams"], json!({}));
        let snapshot = ada_socket.next().await;
        assert_eq!(name(&snapshot), "friends_status");
        assert_eq!(snapshot["data"]["friends"], json!([]));
        ada.befriend(&bob).await;
        let with_bob = ada_socket.next_event("friends_status").await;
        assert_eq!(with_bob["data"]["friends"][0]["username"], "bob");
        assert_eq!(with_bob["data"]["friends"][0]["status"], "offline");
        let (mut bob_socket, _) = app.open_socket(&bob, 1, path).await;
        let online = ada_socket.next_event("user_online").await;
        assert_eq!(online["data"]["username"], "bob");
        assert!(online["timestamp"].is_string() && online["type"] == "user_online");
        bob_socket
            .expect_ack("user_offline", json!({"username": "bob"}))
            .await;
        ada_socket.next_event("user_offline").await;
        bob_socket
            .expect_ack("user_online", json!({"username": "bob"}))
            .await;
        ada_socket.next_event("user_online").await;
        bob_socket
            .expect_error(
                "user_online",
                json!({"username": "ada"}),
                "friends.not_yourself",
            )
            .await;
        bob.delete("/api/v1/friends/ada/").await.expect(200);
        let without = ada_socket.next_event("friends_status").await;
        assert_eq!(without["data"]["friends"], json!([]));
        ada_socket
            .send(json!({"type": "new_message", "data": {}}))
            .await;
        assert_eq!(ada_socket.wait_for_close().await.0, 4400);
    }
}

#[tokio::test]
async fn direct_chat_socket_carries_the_conversation() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let id = bob.get("/api/v1/users/profile/").await.data()["id"].clone();
        let by_id = format!("/ws/chat/{}/", id.as_str().unwrap());
        let (mut ada_socket, joined) = in_chat(&app, &ada, 0, &by_id).await;
        assert_eq!(
            (&joined["kind"], &joined["name"]),
            (&json!("direct"), &json!("bob"))
        );
        let (mut bob_socket, same) = in_chat(&app, &bob, 1, "/ws/chat/ada/").await;
        assert_eq!(joined["chat_id"], same["chat_id"]);
        let payload = json!({"content": "over here", "client_id": "a-1", "timestamp": "mine"});
        ada_socket.expect_ack("new_message", payload).await;
        let received = bob_socket.next_event("new_message").await;
        assert_eq!(received["data"]["content"], "over here");
        assert_eq!(received["data"]["timestamp"], "mine");
        assert!(received["timestamp"].is_string() && received["seq"].is_i64());
        let of = json!({"id": received["data"]["id"]});
        bob_socket
            .expect_ack("typing", json!({"is_typing": true}))
            .await;
        assert_eq!(
            ada_socket.next_event("typing").await["data"]["username"],
            "bob"
        );
        bob_socket.expect_ack("like_message", of.clone()).await;
        let liked = ada_socket.next_event("chat_like_update").await;
        assert_eq!(liked["data"]["like_count"], 1);
        bob_socket.expect_ack("unlike_message", of.clone()).await;
        bob_socket.expect_ack("read_message", of.clone()).await;
        let edit = json!({"id": of["id"], "content": "over there"});
        ada_socket.expect_ack("edit_message", edit).await;
        let edited = bob_socket.next_event("message_edited").await;
        assert_eq!(edited["data"]["content"], "over there");
        ada_socket.expect_ack("delete_message", of).await;
        bob_socket.next_event("message_deleted").await;
    }
}

#[tokio::test]
async fn direct_chat_socket_refuses_other_chats() {
    for app in deployments().await {
        let (ada, bob, eve) = (
            app.user("ada").await,
            app.user("bob").await,
            app.user("eve").await,
        );
        ada.befriend(&bob).await;
        ada.befriend(&eve).await;
        let other = ada.chat_with(&eve).await;
        let into = format!("/api/v1/chats/rooms/{other}/messages/");
        let sent = ada.post(&into, json!({"content": "for eve"})).await;
        let there = sent.expect(201).data()["id"].clone();
        let (mut ada_socket, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let from_another_address = json!({"chat_id": other, "content": "x"});
        ada_socket
            .expect_error("new_message", from_another_address, "sockets.other_chat")
            .await;
        let typing = json!({"chat_id": other, "is_typing": true});
        ada_socket
            .expect_error("typing", typing, "sockets.other_chat")
            .await;
        let like = json!({"chat_id": other, "id": there});
        ada_socket
            .expect_error("like_message", like, "sockets.other_chat")
            .await;
        for action in ["delete_message", "read_message", "like_message"] {
            ada_socket
                .expect_error(action, json!({"id": there}), "chat.message_not_found")
                .await;
        }
        let edit = json!({"id": there, "content": "x"});
        ada_socket
            .expect_error("edit_message", edit, "chat.message_not_found")
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
        let (passed, received) = ada_socket.skip_to("new_message").await;
        assert_eq!(received["data"]["content"], "for ada", "passed {passed:?}");
        ada_socket
            .send(json!({"action": "join_chat", "data": {"chat_id": other}}))
            .await;
        assert_eq!(ada_socket.wait_for_close().await.0, 4400);
    }
}

#[tokio::test]
async fn open_direct_chat_without_permission_closes_with_a_code() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let mut codes = vec![];
        for path in [
            "/ws/chat/bob/",
            "/ws/chat/ada/",
            "/ws/chat/nobody/",
            "/ws/chat/%20/",
            "/ws/chat/%FF/",
            "/ws/chat/a%00b/",
        ] {
            codes.push(
                app.connect_socket(&ada, 0, path)
                    .await
                    .wait_for_close()
                    .await
                    .0,
            );
        }
        let expected = [4403, 4403, 4404, 4404, 4400, 4400];
        assert_eq!(codes, expected, "{}", app.name);
        let mut unsigned = Socket::open(app.url(), "/ws/chat/bob/", &[]).await;
        assert_eq!(unsigned.wait_for_close().await.0, 4401);
        ada.befriend(&bob).await;
        let (mut ada_socket, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let (mut bob_socket, _) = in_chat(&app, &bob, 1, "/ws/chat/ada/").await;
        ada.delete("/api/v1/friends/bob/").await.expect(200);
        assert_eq!(ada_socket.wait_for_close().await.0, 4403);
        assert_eq!(bob_socket.wait_for_close().await.0, 4403);
        let mut again = app.connect_socket(&bob, 0, "/ws/chat/ada/").await;
        assert_eq!(
            again.wait_for_close().await.0,
            4403,
            "they can read, but write no more"
        );
    }
}

#[tokio::test]
async fn block_closes_direct_chat_sockets_of_both() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let (mut ada_socket, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let (mut bob_socket, _) = in_chat(&app, &bob, 1, "/ws/chat/ada/").await;
        ada.post("/api/v1/blocks/", json!({"username": "bob"}))
            .await
            .expect(201);
        assert_eq!(ada_socket.wait_for_close().await.0, 4403);
        assert_eq!(bob_socket.wait_for_close().await.0, 4403);
        let mut again = app.connect_socket(&bob, 0, "/ws/chat/ada/").await;
        assert_eq!(
            again.wait_for_close().await.0,
            4404,
            "across a block nobody is there"
        );
    }
}

#[tokio::test]
async fn resume_direct_chat_returns_missed_messages() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        ada.befriend(&bob).await;
        let (mut ada_socket, _) = in_chat(&app, &ada, 0, "/ws/chat/bob/").await;
        let (bob_socket, hello) = app.open_socket(&bob, 1, "/ws/chat/ada/").await;
        drop(bob_socket);
        for n in 0..5 {
            let payload = json!({"content": format!("{n}"), "client_id": format!("c-{n}")});
            ada_socket.expect_ack("new_message", payload).await;
        }
        let (mut bob_socket, _) = app.open_socket(&bob, 0, "/ws/chat/ada/").await;
        bob_socket
            .send(json!({"type": "resume", "data": {"streams": hello["streams"]}}))
            .await;
        for n in 0..5 {
            let received = bob_socket.next_event("new_message").await;
            assert_eq!(received["data"]["content"], n.to_string(), "{}", app.name);
        }
    }
}

/// The sorted usernames in a list of users.
fn usernames(users: &Value) -> Vec<&str> {
    let users = users.as_array().unwrap().iter();
    let mut names: Vec<_> = users.map(|one| one["username"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn lobby_socket_sends_members_and_changes() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let path = "/ws/chat/lobby/Chess/";
        let (mut ada_socket, _) = app.open_socket(&ada, 0, path).await;
        let joined = ada_socket.next_event("joined").await;
        assert_eq!(joined["data"]["name"], "chess");
        let members = ada_socket.next_event("members").await;
        assert_eq!(usernames(&members["data"]["members"]), ["ada"]);
        let (mut bob_socket, _) = app.open_socket(&bob, 1, path).await;
        let came = ada_socket.next_event("member_joined").await;
        assert_eq!(
            (&came["data"]["user"]["username"], &came["data"]["total"]),
            (&json!("bob"), &json!(2))
        );
        let members = bob_socket.next_event("members").await;
        assert_eq!(
            usernames(&members["data"]["members"]),
            ["ada", "bob"],
            "{}",
            app.name
        );
        let second = app.open_socket(&bob, 0, path).await.0;
        bob_socket
            .expect_ack("new_message", json!({"content": "hi all"}))
            .await;
        let received = ada_socket.next_event("new_message").await;
        assert_eq!(received["data"]["sender"]["username"], "bob");
        bob_socket.close().await;
        ada_socket
            .expect_ack("new_message", json!({"content": "still here?"}))
            .await;
        second.close().await;
        let (passed, went) = ada_socket.skip_to("member_left").await;
        assert_eq!(
            (&went["data"]["user"]["username"], &went["data"]["total"]),
            (&json!("bob"), &json!(1)),
            "passed {passed:?}"
        );
    }
}

#[tokio::test]
async fn open_lobby_accepts_world_and_refuses_invalid_names() {
    for app in deployments().await {
        let mut looking = app.anonymous();
        looking.register("ada").await;
        looking.log_in().await;
        let (mut socket, joined) = in_chat(&app, &looking, 0, "/ws/chat/lobby/world/").await;
        assert_eq!(joined["kind"], "lobby");
        socket
            .expect_error(
                "new_message",
                json!({"content": "hi"}),
                "auth.email_not_verified",
            )
            .await;
        let mut fresh = app
            .connect_socket(&looking, 1, "/ws/chat/lobby/brand-new/")
            .await;
        assert_eq!(
            fresh.wait_for_close().await.0,
            4404,
            "only who may write makes one"
        );
        let mut random_frame = app
            .connect_socket(&looking, 0, "/ws/chat/lobby/no%20spaces/")
            .await;
        let (code, reason) = random_frame.wait_for_close().await;
        assert!(
            code == 4400 && reason.starts_with("BAD_DATA"),
            "{code} {reason}"
        );
    }
}

#[tokio::test]
async fn block_hides_users_in_a_lobby() {
    for app in deployments().await {
        let (ada, bob, eve) = (
            app.user("ada").await,
            app.user("bob").await,
            app.user("eve").await,
        );
        ada.post("/api/v1/blocks/", json!({"username": "bob"}))
            .await
            .expect(201);
        let path = "/ws/chat/lobby/world/";
        let (mut bob_socket, _) = app.open_socket(&bob, 1, path).await;
        bob_socket.next_event("members").await;
        let (mut ada_socket, _) = app.open_socket(&ada, 0, path).await;
        let members = ada_socket.next_event("members").await;
        assert_eq!(usernames(&members["data"]["members"]), ["ada"]);
        let (mut eve_socket, _) = app.open_socket(&eve, 0, path).await;
        eve_socket.sync().await;
        let (passed, came) = bob_socket.skip_to("member_joined").await;
        assert_eq!(came["data"]["user"]["username"], "eve", "passed {passed:?}");
        bob_socket
            .expect_ack("new_message", json!({"content": "from bob"}))
            .await;
        eve_socket.next_event("new_message").await;
        eve_socket
            .expect_ack("new_message", json!({"content": "from eve"}))
            .await;
        let received = ada_socket.next_event("new_message").await;
        assert_eq!(received["data"]["content"], "from eve");
        ada_socket
            .expect_ack("new_message", json!({"content": "from ada"}))
            .await;
        ada.delete("/api/v1/blocks/bob/").await.expect(200);
        e2e::until("the block is gone", || async {
            bob.get("/api/v1/users/ada/").await.status == 200
        })
        .await;
        // Unblocking takes effect on sockets shortly after; later messages arrive.
        let mut tries = 0;
        loop {
            tries += 1;
            let payload = json!({"content": format!("again {tries}")});
            ada_socket.expect_ack("new_message", payload).await;
            eve_socket
                .expect_ack("new_message", json!({"content": "mark"}))
                .await;
            let mut received = vec![];
            loop {
                let next = bob_socket.next_event("new_message").await;
                if next["data"]["content"] == "mark" {
                    break;
                }
                received.push(next["data"]["content"].clone());
            }
            assert!(!received.contains(&json!("from ada")), "said while blocked");
            if received
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
async fn notifications_socket_gets_everything_but_messages() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let (mut ada_socket, hello) = app.open_socket(&ada, 0, "/ws/notifications/").await;
        let streams: Vec<_> = hello["streams"].as_object().unwrap().keys().collect();
        assert!(streams.len() == 1 && streams[0].starts_with("user:"));
        ada_socket.next_event("friends_status").await;
        ada_socket.sync().await;
        bob.befriend(&ada).await;
        let asked = ada_socket.next_event("friend_request").await;
        assert!(
            asked["type"] == "friend_request" && asked["seq"].is_i64(),
            "{asked}"
        );
        let chat = bob.chat_with(&ada).await;
        let into = format!("/api/v1/chats/rooms/{chat}/messages/");
        bob.post(&into, json!({"content": "hi"})).await.expect(201);
        let (mut bob_socket, _) = app.open_socket(&bob, 1, "/ws/notifications/").await;
        bob_socket
            .expect_ack("game_invite", json!({"username": "ada", "options": {}}))
            .await;
        let (passed, invited) = ada_socket.skip_to("game_invite").await;
        let of_chats = ["new_message", "chat_joined", "room_created"];
        assert!(
            passed.iter().all(|name| !of_chats.contains(&name.as_str())),
            "{passed:?}"
        );
        assert_eq!(invited["data"]["username"], "bob");
        ada_socket
            .expect_ack("game_declined", json!({"username": "bob"}))
            .await;
        bob_socket.next_event("game_declined").await;
        // Disconnected, and reconnected to another node.
        drop(ada_socket);
        bob_socket
            .expect_ack("game_invite", json!({"username": "ada", "options": {}}))
            .await;
        let (mut ada_socket, _) = app.open_socket(&ada, 1, "/ws/notifications/").await;
        ada_socket
            .send(json!({"type": "resume", "data": {"streams": hello["streams"]}}))
            .await;
        let (passed, _) = ada_socket.skip_to("game_declined").await;
        assert!(passed.contains(&"game_invite".to_owned()), "{passed:?}");
        ada_socket.next_event("game_invite").await;
        ada_socket
            .send(json!({"type": "new_message", "data": {}}))
            .await;
        assert_eq!(
            ada_socket.wait_for_close().await.0,
            4400,
            "chats are for other sockets"
        );
    }
}

#[tokio::test]
async fn log_out_and_stop_close_sockets_of_each_path() {
    for mut app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
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
            of_ada.push(app.open_socket(&ada, node, path).await.0);
            let theirs = path.replace("bob", "ada");
            of_bob.push(app.open_socket(&bob, 0, &theirs).await.0);
        }
        let evil = ("origin", "https://evil.example".to_owned());
        let bearer = ("authorization", format!("Bearer {}", bob.access));
        for path in paths {
            let headers = [bearer.clone(), evil.clone()];
            let mut refused = Socket::open(app.url(), path, &headers).await;
            assert_eq!(refused.wait_for_close().await.0, 4403, "{path}");
            let response = bob.send(bob.authenticated_request(Method::GET, path)).await;
            response.expect_error(400, "not_a_websocket");
        }
        ada.post("/api/v1/auth/logout/", json!({}))
            .await
            .expect(200);
        for socket in &mut of_ada {
            assert_eq!(socket.wait_for_close().await.0, 4401, "{}", app.name);
        }
        app.nodes[0].signal("TERM");
        for socket in &mut of_bob {
            assert_eq!(socket.wait_for_close().await.0, 1012, "{}", app.name);
        }
        app.nodes.clear();
    }
}
