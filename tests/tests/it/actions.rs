//! Every action of `/ws/events/`: what it does, what it answers, what it refuses. What closes the
//! socket stands in `mistakes`.

use e2e::{App, Person, Socket, each, name};
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";
const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// Ada and bob, who are friends, each connected to a node of their own.
pub(crate) struct Two {
    pub(crate) ada: Person,
    pub(crate) bob: Person,
    pub(crate) at_ada: Socket,
    pub(crate) at_bob: Socket,
    chat: String,
}

pub(crate) async fn two(app: &App) -> Two {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    ada.befriend(&bob).await;
    let chat = ada.chat_with(&bob).await;
    let mut at_ada = app.greeted(&ada, 0, EVENTS).await.0;
    let mut at_bob = app.greeted(&bob, 1, EVENTS).await.0;
    at_ada.settled().await;
    at_bob.settled().await;
    Two {
        ada,
        bob,
        at_ada,
        at_bob,
        chat,
    }
}

impl Two {
    /// Ada says something; the message as bob hears it.
    async fn say(&mut self, text: &str) -> Value {
        let said = json!({"chat_id": self.chat, "content": text});
        self.at_ada.done("new_message", said).await;
        let heard = self.at_bob.next_named("new_message").await;
        assert_eq!(heard["data"]["content"], text);
        heard["data"].clone()
    }
}

#[tokio::test]
async fn a_message_reaches_all_in_the_chat_and_bad_ones_are_refused() {
    for app in each().await {
        let mut two = two(&app).await;
        let (chat, long) = (two.chat.clone(), "x".repeat(2_001));
        let said = json!({"chat_id": chat, "content": "one", "timestamp": 17, "client_id": "c-1"});
        let cid = two.at_ada.mark("new_message", said).await;
        let own = two.at_ada.next_named("new_message").await;
        assert_eq!(own["data"]["timestamp"], 17);
        let ack = two.at_ada.next_named("ack").await;
        assert_eq!(ack["data"]["cid"], cid.as_str());
        let heard = two.at_bob.next_named("new_message").await;
        assert_eq!((&heard["data"], &heard["seq"]), (&own["data"], &own["seq"]));
        assert_eq!(heard["stream"], format!("chat:{chat}"));
        let refusals = [
            (
                json!({"chat_id": NOBODY, "content": "x"}),
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
                json!({"chat_id": chat, "content": "one", "client_id": "c-1", "reply_to": heard["data"]["id"]}),
                "chat.client_id_reused",
            ),
            (
                json!({"chat_id": chat, "content": "x", "timestamp": "x".repeat(101)}),
                "chat.timestamp_invalid",
            ),
            (
                json!({"chat_id": chat, "content": "x", "reply_to": NOBODY}),
                "chat.reply_not_found",
            ),
        ];
        for (data, code) in refusals {
            two.at_ada.refused("new_message", data, code).await;
        }
        let error = two
            .at_ada
            .refused(
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
        let error = two
            .at_ada
            .refused("new_message", wrong, "invalid_fields")
            .await;
        let told = error["fields"].as_object().unwrap().keys();
        assert_eq!(
            told.collect::<Vec<_>>(),
            ["client_id", "content", "timestamp"]
        );
        let history = two.bob.get("/api/v1/chats/ada/messages/").await.json();
        assert_eq!(history["meta"]["total"], 1);
    }
}

#[tokio::test]
async fn likes_are_counted_and_told_to_all() {
    for app in each().await {
        let mut two = two(&app).await;
        let message = two.say("like me").await;
        let of = json!({"id": message["id"], "chat_id": two.chat});
        for (action, is_liked, count) in [("like_message", true, 1), ("unlike_message", false, 0)] {
            let event = "chat_like_update";
            let own = two.at_bob.done_hearing(action, of.clone(), event).await;
            let update = two.at_ada.next_named(event).await;
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
        let elsewhere = json!({"id": message["id"], "chat_id": NOBODY});
        for action in ["like_message", "unlike_message"] {
            two.at_ada
                .refused(action, of.clone(), "chat.own_message")
                .await;
            let (elsewhere, missing) = (elsewhere.clone(), "chat.message_not_found");
            two.at_bob.refused(action, elsewhere, missing).await;
        }
        let gone = json!({"id": message["id"]});
        two.at_ada.done("delete_message", gone).await;
        two.at_bob.next_named("message_deleted").await;
        two.at_bob
            .refused("like_message", of.clone(), "chat.message_deleted")
            .await;
        let again = two.say("and me").await;
        two.ada.delete("/api/v1/friends/bob/").await.expect(200);
        two.at_bob.next_named("friend_removed").await;
        let of = json!({"id": again["id"], "chat_id": two.chat});
        two.at_bob
            .refused("like_message", of, "chat.not_friends")
            .await;
        let said = json!({"chat_id": two.chat, "content": "friend?"});
        two.at_bob
            .refused("new_message", said, "chat.not_friends")
            .await;
        let typing = json!({"chat_id": two.chat, "is_typing": true});
        two.at_bob
            .refused("typing", typing, "chat.not_friends")
            .await;
    }
}

#[tokio::test]
async fn what_was_read_edited_or_deleted_is_told() {
    for app in each().await {
        let mut two = two(&app).await;
        let message = two.say("first").await;
        let of = json!({"id": message["id"]});
        two.at_bob.done("read_message", of.clone()).await;
        let read = two.at_ada.next_named("message_read").await;
        assert_eq!(read["data"]["id"], of["id"]);
        let edit = json!({"id": of["id"], "content": "second"});
        two.at_bob
            .refused("edit_message", edit.clone(), "chat.not_your_message")
            .await;
        two.at_ada.done("edit_message", edit).await;
        let (passed, edited) = two.at_bob.passing_over("message_edited").await;
        assert!(
            !passed.contains(&"message_read".to_owned()),
            "nothing to the reader"
        );
        assert_eq!(edited["data"]["content"], "second");
        let empty = json!({"id": of["id"], "content": " "});
        two.at_ada
            .refused("edit_message", empty, "chat.content_empty")
            .await;
        two.at_bob
            .refused("delete_message", of.clone(), "chat.not_your_message")
            .await;
        two.at_ada.done("delete_message", of.clone()).await;
        let gone = two.at_bob.next_named("message_deleted").await;
        assert_eq!(gone["data"]["id"], of["id"]);
        let edit = json!({"id": of["id"], "content": "third"});
        two.at_ada
            .refused("edit_message", edit, "chat.message_deleted")
            .await;
        for action in ["read_message", "delete_message"] {
            let nothing = json!({"id": NOBODY});
            two.at_bob
                .refused(action, nothing, "chat.message_not_found")
                .await;
        }
    }
}

#[tokio::test]
async fn typing_is_told_to_the_others_and_ends_by_itself() {
    for app in each().await {
        let mut two = two(&app).await;
        let typing = json!({"chat_id": two.chat, "is_typing": true});
        two.at_ada.done("typing", typing).await;
        let heard = two.at_bob.next_named("typing").await;
        assert_eq!(
            (&heard["data"]["username"], &heard["data"]["is_typing"]),
            (&json!("ada"), &json!(true))
        );
        assert!(
            heard["seq"].is_null() && heard["stream"].is_null(),
            "{heard}"
        );
        let ended = two.at_bob.next_named("typing").await;
        assert_eq!(ended["data"]["is_typing"], false, "after five seconds");
        let heard = two.at_ada.settled().await;
        assert!(
            heard.iter().all(|frame| name(frame) != "typing"),
            "not to oneself"
        );
        let nowhere = json!({"chat_id": NOBODY, "is_typing": true});
        two.at_ada
            .refused("typing", nowhere, "chat.not_a_member")
            .await;
    }
}

#[tokio::test]
async fn typing_is_told_once_in_three_seconds_however_often_it_is_said() {
    for app in each().await {
        let mut two = two(&app).await;
        let begun = std::time::UNIX_EPOCH.elapsed().unwrap();
        for n in 0..40 {
            let typing = json!({"chat_id": two.chat, "is_typing": n % 4 != 3});
            two.at_ada.done("typing", typing).await;
        }
        let said = json!({"chat_id": two.chat, "content": "done"});
        two.at_ada.done("new_message", said).await;
        // What came before the message on its way from the other node.
        let mut heard = vec![];
        while heard
            .last()
            .is_none_or(|frame| name(frame) != "new_message")
        {
            heard.push(two.at_bob.next().await);
        }
        let lasted = std::time::UNIX_EPOCH.elapsed().unwrap() - begun;
        let typed = heard
            .iter()
            .filter(|frame| name(frame) == "typing" && frame["data"]["is_typing"] == true);
        let most = 1 + usize::try_from(lasted.as_secs() / 3).unwrap();
        let typed = typed.count();
        assert!((1..=most).contains(&typed), "{}: {heard:?}", app.name);
    }
}

#[tokio::test]
async fn what_others_hear_is_one_allowance_over_sockets_nodes_and_rest() {
    for app in each().await {
        let two = &mut two(&app).await;
        let mut second = app.greeted(&two.ada, 1, EVENTS).await.0;
        let begun = std::time::UNIX_EPOCH.elapsed().unwrap();
        let chat = json!({"chat_id": two.chat});
        let mut allowed = 0;
        for _ in 0..40 {
            for socket in [&mut two.at_ada, &mut second] {
                let answer = socket.ask("room_created", chat.clone()).await;
                allowed += u64::from(name(&answer) == "ack");
            }
            let body = json!({"status": "online"});
            let answer = two.ada.put("/api/v1/users/profile/status/", body).await;
            allowed += u64::from(answer.status == 200);
        }
        let lasted = std::time::UNIX_EPOCH.elapsed().unwrap() - begun;
        // 60 at once, 10 a second, and what the two nodes have counted ahead.
        let most = 60 + 10 * (lasted.as_secs() + 1) + 8;
        assert!(allowed <= most, "{}: {allowed} in {lasted:?}", app.name);
        assert!(allowed >= 60, "{}: {allowed}", app.name);
    }
}

async fn id_of(person: &Person) -> Value {
    person.get("/api/v1/users/profile/").await.data()["id"].clone()
}

#[tokio::test]
async fn friends_are_made_over_the_socket() {
    for app in each().await {
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let mut at_ada = app.greeted(&ada, 0, EVENTS).await.0;
        let mut at_bob = app.greeted(&bob, 1, EVENTS).await.0;
        at_ada.settled().await;
        at_bob.settled().await;
        let (a, b) = (id_of(&ada).await, id_of(&bob).await);
        let ask = |from: &Value, to: &Value| json!({"sender_id": from, "receiver_id": to});
        let mine = "friends.not_yourself";
        at_ada.refused("add_new_friend", ask(&b, &a), mine).await;
        let oneself = "users.oneself";
        at_ada.refused("add_new_friend", ask(&a, &a), oneself).await;
        let nobody = "users.not_found";
        at_ada
            .refused("add_new_friend", ask(&a, &json!(NOBODY)), nobody)
            .await;
        at_ada.done("add_new_friend", ask(&a, &b)).await;
        let asked = at_bob.next_named("friend_request").await;
        assert_eq!(asked["data"]["user"]["username"], "ada");
        at_bob
            .done_hearing("add_new_friend", ask(&b, &a), "new_friend")
            .await;
        at_ada.next_named("new_friend").await;
        let already = "friends.already_friends";
        at_ada.refused("add_new_friend", ask(&a, &b), already).await;
    }
}

#[tokio::test]
async fn people_say_for_themselves_whether_they_are_here() {
    for app in each().await {
        let mut two = two(&app).await;
        for action in ["user_offline", "user_online"] {
            two.at_ada.done(action, json!({"username": "Ada"})).await;
            let heard = two.at_bob.next_named(action).await;
            assert_eq!(heard["data"]["username"], "ada");
            let of_bob = json!({"username": "bob"});
            two.at_ada
                .refused(action, of_bob, "friends.not_yourself")
                .await;
            let of_nobody = json!({"username": "nobody"});
            two.at_ada
                .refused(action, of_nobody, "friends.not_yourself")
                .await;
        }
    }
}

#[tokio::test]
async fn chats_are_joined_and_announced_by_those_who_are_in_them() {
    for app in each().await {
        let mut two = two(&app).await;
        let eve = app.person("eve").await;
        let mut at_eve = app.greeted(&eve, 1, EVENTS).await.0;
        let about = json!({"chat_id": two.chat});
        for action in ["join_chat", "room_created"] {
            at_eve
                .refused(action, about.clone(), "chat.not_a_member")
                .await;
        }
        two.at_ada.done("room_created", about.clone()).await;
        let made = two.at_bob.next_named("room_created").await;
        assert_eq!(made["data"], about);
        let cid = two.at_ada.mark("join_chat", about.clone()).await;
        assert_eq!(two.at_ada.next_named("join_chat").await["data"], about);
        assert_eq!(
            two.at_ada.next_named("ack").await["data"]["cid"],
            cid.as_str()
        );
        // A lobby is open to everybody, and heard once it is joined.
        let (mut lobby, _) = app.greeted(&two.ada, 0, "/ws/chat/lobby/hall/").await;
        let joined = lobby.next_named("joined").await["data"].clone();
        let hall = json!({"chat_id": joined["chat_id"]});
        at_eve.done("join_chat", hall).await;
        lobby
            .done("new_message", json!({"content": "in the hall"}))
            .await;
        let heard = at_eve.next_named("new_message").await;
        assert_eq!(heard["data"]["chat_id"], joined["chat_id"]);
    }
}

#[tokio::test]
async fn there_is_no_tournament_to_announce_yet() {
    for app in each().await {
        let two = &mut two(&app).await;
        let announce = |by: &Value| json!({"tournament_id": NOBODY, "tournament_name": "Cup", "organizer_id": by});
        let (ada, bob) = (id_of(&two.ada).await, id_of(&two.bob).await);
        let code = "tournaments.not_found";
        two.at_ada
            .refused("new_tournament", announce(&ada), code)
            .await;
        let code = "friends.not_yourself";
        two.at_ada
            .refused("new_tournament", announce(&bob), code)
            .await;
    }
}

#[tokio::test]
async fn actions_over_the_limit_are_refused_and_the_socket_stays() {
    let app = App::with().embedded();
    let mut two = two(&app).await;
    let mut second = app.greeted(&two.ada, 0, EVENTS).await.0;
    // Sent without waiting, and cheap: even a busy server executes them faster than 10 a second.
    let unknown = json!({"id": "01890a5d-ac96-774b-bcce-b302099a8057"});
    for number in 0..100 {
        let frame = json!({"action": "delete_message", "data": unknown, "cid": number.to_string()});
        two.at_ada.send(frame.clone()).await;
        second.send(frame).await;
    }
    let mut refused = None;
    for _ in 0..100 {
        let answers = [
            two.at_ada.next_named("error").await["data"].clone(),
            second.next_named("error").await["data"].clone(),
        ];
        refused = answers
            .into_iter()
            .find(|error| error["code"] == "too_many_requests");
        if refused.is_some() {
            break;
        }
    }
    let error = refused.expect("two sockets share one allowance");
    assert!(
        error["retry_after"].as_i64().is_some_and(|wait| wait >= 1),
        "{error}"
    );
    let ping = two.at_ada.ask("ping", json!({})).await;
    assert_eq!(name(&ping), "ack");
}
