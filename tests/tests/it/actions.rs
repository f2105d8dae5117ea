//! Every action of `/ws/events/`: its effects, responses and errors. Data that closes the socket is tested
//! in `malformed_actions`.

use e2e::{App, Socket, TestUser, deployments, name};
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";
const UNKNOWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Two friends, each connected to a different node if there are two.
pub(crate) struct AdaAndBob {
    pub(crate) ada: TestUser,
    pub(crate) bob: TestUser,
    pub(crate) ada_socket: Socket,
    pub(crate) bob_socket: Socket,
    chat: String,
}

pub(crate) async fn ada_and_bob(app: &App) -> AdaAndBob {
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    ada.befriend(&bob).await;
    let chat = ada.chat_with(&bob).await;
    let mut ada_socket = app.open_socket(&ada, 0, EVENTS).await.0;
    let mut bob_socket = app.open_socket(&bob, 1, EVENTS).await.0;
    ada_socket.sync().await;
    bob_socket.sync().await;
    AdaAndBob {
        ada,
        bob,
        ada_socket,
        bob_socket,
        chat,
    }
}

impl AdaAndBob {
    /// Sends a message of Ada; returns the event that Bob receives.
    async fn send_message(&mut self, text: &str) -> Value {
        let payload = json!({"chat_id": self.chat, "content": text});
        self.ada_socket.expect_ack("new_message", payload).await;
        let received = self.bob_socket.next_event("new_message").await;
        assert_eq!(received["data"]["content"], text);
        received["data"].clone()
    }
}

#[tokio::test]
async fn send_message_reaches_all_members_and_refuses_invalid_ones() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let (chat, long) = (pair.chat.clone(), "x".repeat(2_001));
        let payload =
            json!({"chat_id": chat, "content": "one", "timestamp": 17, "client_id": "c-1"});
        let cid = pair.ada_socket.send_action("new_message", payload).await;
        let own = pair.ada_socket.next_event("new_message").await;
        assert_eq!(own["data"]["timestamp"], 17);
        let ack = pair.ada_socket.next_event("ack").await;
        assert_eq!(ack["data"]["cid"], cid.as_str());
        let received = pair.bob_socket.next_event("new_message").await;
        assert_eq!(
            (&received["data"], &received["seq"]),
            (&own["data"], &own["seq"])
        );
        assert_eq!(received["stream"], format!("chat:{chat}"));
        let refusals = [
            (
                json!({"chat_id": UNKNOWN_ID, "content": "x"}),
                "chat.not_a_member",
            ),
            (
                json!({"chat_id": chat, "content": ""}),
                "chat.content_empty",
            ),
            (
                json!({"chat_id": chat, "content": long}),
                "chat.content_too_long",
            ),
            (
                json!({"chat_id": chat, "content": "a\u{7}b"}),
                "chat.content_control_character",
            ),
            (
                json!({"chat_id": chat, "content": "x", "client_id": "~x"}),
                "chat.client_id_invalid",
            ),
            (
                json!({"chat_id": chat, "content": "two", "client_id": "c-1"}),
                "chat.client_id_reused",
            ),
            (
                json!({"chat_id": chat, "content": "one", "client_id": "c-1", "reply_to": received["data"]["id"]}),
                "chat.client_id_reused",
            ),
            (
                json!({"chat_id": chat, "content": "x", "timestamp": "x".repeat(101)}),
                "chat.timestamp_invalid",
            ),
            (
                json!({"chat_id": chat, "content": "x", "reply_to": UNKNOWN_ID}),
                "chat.reply_not_found",
            ),
        ];
        for (data, code) in refusals {
            pair.ada_socket
                .expect_error("new_message", data, code)
                .await;
        }
        let error = pair
            .ada_socket
            .expect_error(
                "new_message",
                json!({"chat_id": chat, "content": ""}),
                "chat.content_empty",
            )
            .await;
        assert!(error["fields"]["content"][0].is_string(), "{error}");
        let wrong = json!({
            "chat_id": chat, "content": long, "client_id": "x".repeat(101),
            "timestamp": "x".repeat(101)
        });
        let error = pair
            .ada_socket
            .expect_error("new_message", wrong, "invalid_fields")
            .await;
        let reported = error["fields"].as_object().unwrap().keys();
        assert_eq!(
            reported.collect::<Vec<_>>(),
            ["client_id", "content", "timestamp"]
        );
        let history = pair.bob.get("/api/v1/chats/ada/messages/").await.json();
        assert_eq!(history["meta"]["total"], 1);
    }
}

#[tokio::test]
async fn like_message_is_counted_and_sent_to_all() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let message = pair.send_message("like me").await;
        let of = json!({"id": message["id"], "chat_id": pair.chat});
        for (action, is_liked, count) in [("like_message", true, 1), ("unlike_message", false, 0)] {
            let event = "chat_like_update";
            let own = pair
                .bob_socket
                .expect_ack_and_event(action, of.clone(), event)
                .await;
            let update = pair.ada_socket.next_event(event).await;
            assert_eq!(own, update);
            assert_eq!(
                (&update["data"]["is_liked"], &update["data"]["like_count"]),
                (&json!(is_liked), &json!(count))
            );
            assert_eq!(
                (&update["data"]["id"], &update["data"]["chat_id"]),
                (&of["id"], &of["chat_id"])
            );
        }
        let from_another_address = json!({"id": message["id"], "chat_id": UNKNOWN_ID});
        for action in ["like_message", "unlike_message"] {
            pair.ada_socket
                .expect_error(action, of.clone(), "chat.own_message")
                .await;
            let (from_another_address, missing) =
                (from_another_address.clone(), "chat.message_not_found");
            pair.bob_socket
                .expect_error(action, from_another_address, missing)
                .await;
        }
        let gone = json!({"id": message["id"]});
        pair.ada_socket.expect_ack("delete_message", gone).await;
        pair.bob_socket.next_event("message_deleted").await;
        pair.bob_socket
            .expect_error("like_message", of.clone(), "chat.message_deleted")
            .await;
        let again = pair.send_message("and me").await;
        pair.ada.delete("/api/v1/friends/bob/").await.expect(200);
        pair.bob_socket.next_event("friend_removed").await;
        let of = json!({"id": again["id"], "chat_id": pair.chat});
        pair.bob_socket
            .expect_error("like_message", of, "chat.not_friends")
            .await;
        let payload = json!({"chat_id": pair.chat, "content": "friend?"});
        pair.bob_socket
            .expect_error("new_message", payload, "chat.not_friends")
            .await;
        let typing = json!({"chat_id": pair.chat, "is_typing": true});
        pair.bob_socket
            .expect_error("typing", typing, "chat.not_friends")
            .await;
    }
}

#[tokio::test]
async fn read_edit_and_delete_message_are_sent_to_members() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let message = pair.send_message("first").await;
        let of = json!({"id": message["id"]});
        pair.bob_socket.expect_ack("read_message", of.clone()).await;
        let read = pair.ada_socket.next_event("message_read").await;
        assert_eq!(read["data"]["id"], of["id"]);
        let edit = json!({"id": of["id"], "content": "second"});
        pair.bob_socket
            .expect_error("edit_message", edit.clone(), "chat.not_your_message")
            .await;
        pair.ada_socket.expect_ack("edit_message", edit).await;
        let (passed, edited) = pair.bob_socket.skip_to("message_edited").await;
        assert!(
            !passed.contains(&"message_read".to_owned()),
            "nothing to the reader"
        );
        assert_eq!(edited["data"]["content"], "second");
        let empty = json!({"id": of["id"], "content": " "});
        pair.ada_socket
            .expect_error("edit_message", empty, "chat.content_empty")
            .await;
        pair.bob_socket
            .expect_error("delete_message", of.clone(), "chat.not_your_message")
            .await;
        pair.ada_socket
            .expect_ack("delete_message", of.clone())
            .await;
        let gone = pair.bob_socket.next_event("message_deleted").await;
        assert_eq!(gone["data"]["id"], of["id"]);
        let edit = json!({"id": of["id"], "content": "third"});
        pair.ada_socket
            .expect_error("edit_message", edit, "chat.message_deleted")
            .await;
        for action in ["read_message", "delete_message"] {
            let nothing = json!({"id": UNKNOWN_ID});
            pair.bob_socket
                .expect_error(action, nothing, "chat.message_not_found")
                .await;
        }
    }
}

#[tokio::test]
async fn set_typing_is_sent_to_others_and_expires() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let typing = json!({"chat_id": pair.chat, "is_typing": true});
        pair.ada_socket.expect_ack("typing", typing).await;
        let received = pair.bob_socket.next_event("typing").await;
        assert_eq!(
            (
                &received["data"]["username"],
                &received["data"]["is_typing"]
            ),
            (&json!("ada"), &json!(true))
        );
        assert!(
            received["seq"].is_null() && received["stream"].is_null(),
            "{received}"
        );
        let ended = pair.bob_socket.next_event("typing").await;
        assert_eq!(ended["data"]["is_typing"], false, "after five seconds");
        let received = pair.ada_socket.sync().await;
        assert!(
            received.iter().all(|frame| name(frame) != "typing"),
            "not to oneself"
        );
        let nowhere = json!({"chat_id": UNKNOWN_ID, "is_typing": true});
        pair.ada_socket
            .expect_error("typing", nowhere, "chat.not_a_member")
            .await;
    }
}

#[tokio::test]
async fn set_typing_is_sent_once_in_three_seconds() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let begun = std::time::UNIX_EPOCH.elapsed().unwrap();
        for n in 0..40 {
            let typing = json!({"chat_id": pair.chat, "is_typing": n % 4 != 3});
            pair.ada_socket.expect_ack("typing", typing).await;
        }
        let payload = json!({"chat_id": pair.chat, "content": "done"});
        pair.ada_socket.expect_ack("new_message", payload).await;
        // Events from the other node before the message.
        let mut received = vec![];
        while received
            .last()
            .is_none_or(|frame| name(frame) != "new_message")
        {
            received.push(pair.bob_socket.next().await);
        }
        let lasted = std::time::UNIX_EPOCH.elapsed().unwrap() - begun;
        let typed = received
            .iter()
            .filter(|frame| name(frame) == "typing" && frame["data"]["is_typing"] == true);
        let most = 1 + usize::try_from(lasted.as_secs() / 3).unwrap();
        let typed = typed.count();
        assert!((1..=most).contains(&typed), "{}: {received:?}", app.name);
    }
}

#[tokio::test]
async fn visible_actions_share_one_limit_over_sockets_nodes_and_http() {
    for app in deployments().await {
        let pair = &mut ada_and_bob(&app).await;
        let mut second = app.open_socket(&pair.ada, 1, EVENTS).await.0;
        let begun = std::time::UNIX_EPOCH.elapsed().unwrap();
        let chat = json!({"chat_id": pair.chat});
        let mut allowed = 0;
        for _ in 0..40 {
            for socket in [&mut pair.ada_socket, &mut second] {
                let response = socket.act("room_created", chat.clone()).await;
                allowed += u64::from(name(&response) == "ack");
            }
            let body = json!({"status": "online"});
            let response = pair.ada.put("/api/v1/users/profile/status/", body).await;
            allowed += u64::from(response.status == 200);
        }
        let lasted = std::time::UNIX_EPOCH.elapsed().unwrap() - begun;
        // 60 at once, 10 a second, and what both nodes have reserved.
        let most = 60 + 10 * (lasted.as_secs() + 1) + 8;
        assert!(allowed <= most, "{}: {allowed} in {lasted:?}", app.name);
        assert!(allowed >= 60, "{}: {allowed}", app.name);
    }
}

async fn id_of(user: &TestUser) -> Value {
    user.get("/api/v1/users/profile/").await.data()["id"].clone()
}

#[tokio::test]
async fn add_new_friend_makes_friends_over_the_socket() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let mut ada_socket = app.open_socket(&ada, 0, EVENTS).await.0;
        let mut bob_socket = app.open_socket(&bob, 1, EVENTS).await.0;
        ada_socket.sync().await;
        bob_socket.sync().await;
        let (a, b) = (id_of(&ada).await, id_of(&bob).await);
        let ask = |from: &Value, to: &Value| json!({"sender_id": from, "receiver_id": to});
        let mine = "friends.not_yourself";
        ada_socket
            .expect_error("add_new_friend", ask(&b, &a), mine)
            .await;
        let oneself = "users.oneself";
        ada_socket
            .expect_error("add_new_friend", ask(&a, &a), oneself)
            .await;
        let nobody = "users.not_found";
        ada_socket
            .expect_error("add_new_friend", ask(&a, &json!(UNKNOWN_ID)), nobody)
            .await;
        ada_socket.expect_ack("add_new_friend", ask(&a, &b)).await;
        let asked = bob_socket.next_event("friend_request").await;
        assert_eq!(asked["data"]["user"]["username"], "ada");
        bob_socket
            .expect_ack_and_event("add_new_friend", ask(&b, &a), "new_friend")
            .await;
        ada_socket.next_event("new_friend").await;
        let already = "friends.already_friends";
        ada_socket
            .expect_error("add_new_friend", ask(&a, &b), already)
            .await;
    }
}

#[tokio::test]
async fn user_online_and_offline_change_the_own_presence() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        for action in ["user_offline", "user_online"] {
            pair.ada_socket
                .expect_ack(action, json!({"username": "Ada"}))
                .await;
            let received = pair.bob_socket.next_event(action).await;
            assert_eq!(received["data"]["username"], "ada");
            let of_bob = json!({"username": "bob"});
            pair.ada_socket
                .expect_error(action, of_bob, "friends.not_yourself")
                .await;
            let of_nobody = json!({"username": "nobody"});
            pair.ada_socket
                .expect_error(action, of_nobody, "friends.not_yourself")
                .await;
        }
    }
}

#[tokio::test]
async fn join_chat_and_room_created_require_membership() {
    for app in deployments().await {
        let mut pair = ada_and_bob(&app).await;
        let eve = app.user("eve").await;
        let mut eve_socket = app.open_socket(&eve, 1, EVENTS).await.0;
        let about = json!({"chat_id": pair.chat});
        for action in ["join_chat", "room_created"] {
            eve_socket
                .expect_error(action, about.clone(), "chat.not_a_member")
                .await;
        }
        pair.ada_socket
            .expect_ack("room_created", about.clone())
            .await;
        let made = pair.bob_socket.next_event("room_created").await;
        assert_eq!(made["data"], about);
        let cid = pair
            .ada_socket
            .send_action("join_chat", about.clone())
            .await;
        assert_eq!(pair.ada_socket.next_event("join_chat").await["data"], about);
        assert_eq!(
            pair.ada_socket.next_event("ack").await["data"]["cid"],
            cid.as_str()
        );
        // A lobby is open to all users; its events arrive after joining.
        let (mut lobby_socket, _) = app.open_socket(&pair.ada, 0, "/ws/chat/lobby/hall/").await;
        let joined = lobby_socket.next_event("joined").await["data"].clone();
        let lobby = json!({"chat_id": joined["chat_id"]});
        eve_socket.expect_ack("join_chat", lobby).await;
        lobby_socket
            .expect_ack("new_message", json!({"content": "in the hall"}))
            .await;
        let received = eve_socket.next_event("new_message").await;
        assert_eq!(received["data"]["chat_id"], joined["chat_id"]);
    }
}

#[tokio::test]
async fn new_tournament_is_refused() {
    for app in deployments().await {
        let pair = &mut ada_and_bob(&app).await;
        let announce = |by: &Value| json!({"tournament_id": UNKNOWN_ID, "tournament_name": "Cup", "organizer_id": by});
        let (ada, bob) = (id_of(&pair.ada).await, id_of(&pair.bob).await);
        let code = "tournaments.not_found";
        pair.ada_socket
            .expect_error("new_tournament", announce(&ada), code)
            .await;
        let code = "friends.not_yourself";
        pair.ada_socket
            .expect_error("new_tournament", announce(&bob), code)
            .await;
    }
}

#[tokio::test]
async fn action_limit_refuses_and_keeps_the_socket_open() {
    let app = App::with().embedded();
    let mut pair = ada_and_bob(&app).await;
    let mut second = app.open_socket(&pair.ada, 0, EVENTS).await.0;
    // Sent without waiting for responses: even a busy server executes them faster than 10 a second.
    let unknown = json!({"id": "01890a5d-ac96-774b-bcce-b302099a8057"});
    for number in 0..100 {
        let frame = json!({"action": "delete_message", "data": unknown, "cid": number.to_string()});
        pair.ada_socket.send(frame.clone()).await;
        second.send(frame).await;
    }
    let mut refused = None;
    for _ in 0..100 {
        let responses = [
            pair.ada_socket.next_event("error").await["data"].clone(),
            second.next_event("error").await["data"].clone(),
        ];
        refused = responses
            .into_iter()
            .find(|error| error["code"] == "too_many_requests");
        if refused.is_some() {
            break;
        }
    }
    let error = refused.expect("two sockets share one limit");
    assert!(
        error["retry_after"].as_i64().is_some_and(|wait| wait >= 1),
        "{error}"
    );
    let ping = pair.ada_socket.act("ping", json!({})).await;
    assert_eq!(name(&ping), "ack");
}
