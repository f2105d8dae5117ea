//! The opening of every socket, and every action.

use e2e::{Socket, TestUser, until};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::invites::invited;
use super::meter::Meter;
use super::{create_users, id_of, write};
use crate::jobs::queued;
use crate::notifications::grant;

const EVENTS: &str = "/ws/events/";

pub(super) async fn measure(meter: &Meter<'_>) {
    opening(meter).await;
    Box::pin(actions(meter)).await;
}

/// Opens each path, for a user with a few friends and unread messages.
async fn opening(meter: &Meter<'_>) {
    let [eli, fin, gus, hana] = create_users(meter.app, ["eli", "fin", "gus", "hana"]).await;
    for friend in [&fin, &gus, &hana] {
        eli.befriend(friend).await;
        let chat = friend.chat_with(&eli).await;
        for text in ["one", "two", "three"] {
            write(friend, &chat, text).await;
        }
    }
    until("no notification job is queued", async || {
        queued(meter.app) == 0
    })
    .await;
    eli.put("/api/v1/chats/lobbies/opened/", json!({}))
        .await
        .expect(200);
    for (path, value) in [
        (EVENTS, ""),
        ("/ws/notifications/", ""),
        ("/ws/friends/status/", ""),
        ("/ws/chat/{friend}/", "fin"),
        ("/ws/chat/lobby/{name}/", "opened"),
    ] {
        let address = match path.split_once('{') {
            Some((start, _)) => format!("{start}{value}/"),
            None => path.to_owned(),
        };
        let labels = [format!("GET {path}"), format!("connect {path}")];
        let labels = labels.each_ref().map(String::as_str);
        let opened = meter.measure_all(&labels, meter.app.open_socket(&eli, 0, &address));
        opened.await.0.close().await;
    }
    let ticket = eli.post("/api/v1/auth/ws-ticket/", json!({})).await.data();
    let address = format!("{EVENTS}?ticket={}", ticket["ticket"].as_str().unwrap());
    let label = format!("GET {EVENTS} (with a ticket)");
    let socket = Socket::open(meter.app.url(), &address, &[]);
    meter.measure(&label, socket).await.close().await;
}

struct Pair {
    ada: TestUser,
    bob: TestUser,
    ada_socket: Socket,
    bob_socket: Socket,
    chat: String,
}

async fn actions(meter: &Meter<'_>) {
    let [mut ada, bob, cyd, dee] = create_users(meter.app, ["ada", "bob", "cyd", "dee"]).await;
    ada.befriend(&bob).await;
    grant(meter.app, "ada");
    ada.log_in().await;
    let chat = ada.chat_with(&bob).await;
    let open = |user| async move {
        let mut socket = meter.app.open_socket(user, 0, EVENTS).await.0;
        socket.sync().await;
        socket
    };
    let (ada_socket, bob_socket) = (open(&ada).await, open(&bob).await);
    let mut pair = Pair {
        ada,
        bob,
        ada_socket,
        bob_socket,
        chat,
    };
    common(meter, &mut pair).await;
    talk(meter, &mut pair).await;
    talk_in_one_chat(meter, &mut pair).await;
    invites(meter, &mut pair).await;
    invited(&cyd, &dee).await;
    let reply = json!({"username": "cyd", "accept": true});
    let mut dee_socket = meter.app.open_socket(&dee, 0, EVENTS).await.0;
    meter
        .act(&mut dee_socket, "action reply_game_invite", reply)
        .await;
    friendship(meter, &mut pair, &cyd).await;
    news(meter, &mut pair).await;
}

async fn common(meter: &Meter<'_>, pair: &mut Pair) {
    meter
        .act(&mut pair.ada_socket, "action ping", json!({}))
        .await;
    for action in ["user_offline", "user_online"] {
        let label = format!("action {action}");
        meter
            .act(&mut pair.ada_socket, &label, json!({"username": "ada"}))
            .await;
    }
    for action in ["join_chat", "room_created"] {
        let chat = json!({"chat_id": pair.chat});
        meter
            .act(&mut pair.ada_socket, &format!("action {action}"), chat)
            .await;
    }
    let (mut socket, hello) = meter
        .app
        .open_socket(&pair.ada, 0, "/ws/events/?resume=true")
        .await;
    let streams = hello["streams"].as_object().unwrap();
    let earlier = streams.iter().map(|(name, position)| {
        let from = json!({"seq": 0, "epoch": position["epoch"]});
        (name.clone(), from)
    });
    let streams: serde_json::Map<String, Value> = earlier.collect();
    meter
        .act(&mut socket, "action resume", json!({"streams": streams}))
        .await;
    socket.close().await;
}

/// The actions on messages.
async fn talk(meter: &Meter<'_>, pair: &mut Pair) {
    let typing = json!({"chat_id": pair.chat, "is_typing": true});
    meter
        .act(&mut pair.ada_socket, "action typing", typing)
        .await;
    let payload = |text: &str| json!({"chat_id": pair.chat, "content": text});
    let first = "action new_message (the first that is unread)";
    let ack = meter.act(&mut pair.ada_socket, first, payload("one")).await;
    meter
        .act(&mut pair.ada_socket, "action new_message", payload("two"))
        .await;
    let next = "action new_message (the next of a known conversation)";
    meter
        .act(&mut pair.ada_socket, next, payload("two more"))
        .await;
    until("bob is notified", async || {
        let path = "/api/v1/notifications/?unread=true&action=new_message";
        pair.bob.get(path).await.json()["meta"]["total"] == 1
    })
    .await;
    let of = json!({"id": ack["data"]["id"]});
    let in_chat = json!({"id": ack["data"]["id"], "chat_id": pair.chat});
    meter
        .act(&mut pair.bob_socket, "action read_message", of.clone())
        .await;
    for action in ["like_message", "unlike_message"] {
        let label = format!("action {action}");
        meter
            .act(&mut pair.bob_socket, &label, in_chat.clone())
            .await;
    }
    let edit = json!({"id": of["id"], "content": "three"});
    meter
        .act(&mut pair.ada_socket, "action edit_message", edit)
        .await;
    meter
        .act(&mut pair.ada_socket, "action delete_message", of)
        .await;
}

/// The same on the socket of a conversation, where `chat_id` is optional.
async fn talk_in_one_chat(meter: &Meter<'_>, pair: &mut Pair) {
    let mut ada_socket = meter.app.open_socket(&pair.ada, 0, "/ws/chat/bob/").await.0;
    let mut bob_socket = meter.app.open_socket(&pair.bob, 0, "/ws/chat/ada/").await.0;
    let label = |action: &str| format!("action {action} (on the socket of a conversation)");
    let text = json!({"content": "four"});
    let ack = meter
        .act(&mut bob_socket, &label("new_message"), text)
        .await;
    let of = json!({"id": ack["data"]["id"]});
    for action in ["like_message", "unlike_message"] {
        meter.act(&mut ada_socket, &label(action), of.clone()).await;
    }
    let edit = json!({"id": of["id"], "content": "five"});
    meter
        .act(&mut bob_socket, &label("edit_message"), edit)
        .await;
    meter
        .act(&mut bob_socket, &label("delete_message"), of)
        .await;
    join_all([ada_socket, bob_socket].map(Socket::close)).await;
}

async fn invites(meter: &Meter<'_>, pair: &mut Pair) {
    let (ada, bob) = (json!({"username": "ada"}), json!({"username": "bob"}));
    let invite = "action game_invite";
    meter.act(&mut pair.ada_socket, invite, bob.clone()).await;
    let cancel = "action cancel_game_invite";
    meter.act(&mut pair.ada_socket, cancel, bob.clone()).await;
    for (action, response) in [("game_declined", ada.clone()), ("game_accepted", ada)] {
        pair.ada_socket.expect_ack("game_invite", bob.clone()).await;
        meter
            .act(&mut pair.bob_socket, &format!("action {action}"), response)
            .await;
    }
}

async fn friendship(meter: &Meter<'_>, pair: &mut Pair, cyd: &TestUser) {
    let (ada, cyd) = (id_of(&pair.ada).await, id_of(cyd).await);
    let ask = json!({"sender_id": ada, "receiver_id": cyd});
    meter
        .act(&mut pair.ada_socket, "action add_new_friend", ask)
        .await;
}

async fn news(meter: &Meter<'_>, pair: &mut Pair) {
    let word = json!({"message": "We are away on Sunday.", "type": "maintenance"});
    meter
        .act(&mut pair.ada_socket, "action notification", word)
        .await;
    let news = loop {
        let news = pair.bob_socket.next_event("notification").await;
        if news["data"]["action"] == "system" {
            break news;
        }
    };
    let read = json!({"id": news["data"]["id"]});
    meter
        .act(&mut pair.bob_socket, "action read_notification", read)
        .await;
}
