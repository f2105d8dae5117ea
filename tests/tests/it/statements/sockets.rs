//! The opening of every socket, and every action.

use e2e::{Person, Socket, until};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::invites::invited;
use super::meter::Meter;
use super::{id_of, people, write};
use crate::jobs::queued;
use crate::notifications::grant;

const EVENTS: &str = "/ws/events/";

pub(super) async fn measure(meter: &Meter<'_>) {
    opening(meter).await;
    Box::pin(actions(meter)).await;
}

/// Opens each path with nobody else there, for somebody with a few friends and unread messages.
async fn opening(meter: &Meter<'_>) {
    let [eli, fin, gus, hana] = people(meter.app, ["eli", "fin", "gus", "hana"]).await;
    for friend in [&fin, &gus, &hana] {
        eli.befriend(friend).await;
        let chat = friend.chat_with(&eli).await;
        for text in ["one", "two", "three"] {
            write(friend, &chat, text).await;
        }
    }
    until("nothing is told any more", async || queued(meter.app) == 0).await;
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
        let opened = meter.measure_all(&labels, meter.app.greeted(&eli, 0, &address));
        opened.await.0.leave().await;
    }
    let ticket = eli.post("/api/v1/auth/ws-ticket/", json!({})).await.data();
    let address = format!("{EVENTS}?ticket={}", ticket["ticket"].as_str().unwrap());
    let label = format!("GET {EVENTS} (with a ticket)");
    let socket = Socket::open(meter.app.url(), &address, &[]);
    meter.measure(&label, socket).await.leave().await;
}

struct Pair {
    ada: Person,
    bob: Person,
    at_ada: Socket,
    at_bob: Socket,
    chat: String,
}

async fn actions(meter: &Meter<'_>) {
    let [mut ada, bob, cyd, dee] = people(meter.app, ["ada", "bob", "cyd", "dee"]).await;
    ada.befriend(&bob).await;
    grant(meter.app, "ada");
    ada.sign_in().await;
    let chat = ada.chat_with(&bob).await;
    let open = |person| async move {
        let mut socket = meter.app.greeted(person, 0, EVENTS).await.0;
        socket.settled().await;
        socket
    };
    let (at_ada, at_bob) = (open(&ada).await, open(&bob).await);
    let mut pair = Pair {
        ada,
        bob,
        at_ada,
        at_bob,
        chat,
    };
    common(meter, &mut pair).await;
    talk(meter, &mut pair).await;
    talk_in_one_chat(meter, &mut pair).await;
    invites(meter, &mut pair).await;
    invited(&cyd, &dee).await;
    let reply = json!({"username": "cyd", "accept": true});
    let mut at_dee = meter.app.greeted(&dee, 0, EVENTS).await.0;
    meter
        .act(&mut at_dee, "action reply_game_invite", reply)
        .await;
    friendship(meter, &mut pair, &cyd).await;
    news(meter, &mut pair).await;
}

async fn common(meter: &Meter<'_>, pair: &mut Pair) {
    meter.act(&mut pair.at_ada, "action ping", json!({})).await;
    for action in ["user_offline", "user_online"] {
        let label = format!("action {action}");
        meter
            .act(&mut pair.at_ada, &label, json!({"username": "ada"}))
            .await;
    }
    for action in ["join_chat", "room_created"] {
        let chat = json!({"chat_id": pair.chat});
        meter
            .act(&mut pair.at_ada, &format!("action {action}"), chat)
            .await;
    }
    let (mut socket, hello) = meter
        .app
        .greeted(&pair.ada, 0, "/ws/events/?resume=true")
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
    socket.leave().await;
}

/// What is said, with a message of the other's at hand.
async fn talk(meter: &Meter<'_>, pair: &mut Pair) {
    let typing = json!({"chat_id": pair.chat, "is_typing": true});
    meter.act(&mut pair.at_ada, "action typing", typing).await;
    let said = |text: &str| json!({"chat_id": pair.chat, "content": text});
    let first = "action new_message (the first that is unread)";
    let told = meter.act(&mut pair.at_ada, first, said("one")).await;
    meter
        .act(&mut pair.at_ada, "action new_message", said("two"))
        .await;
    until("bob is notified", async || {
        let path = "/api/v1/notifications/?unread=true&action=new_message";
        pair.bob.get(path).await.json()["meta"]["total"] == 1
    })
    .await;
    let of = json!({"id": told["data"]["id"]});
    let in_chat = json!({"id": told["data"]["id"], "chat_id": pair.chat});
    meter
        .act(&mut pair.at_bob, "action read_message", of.clone())
        .await;
    for action in ["like_message", "unlike_message"] {
        let label = format!("action {action}");
        meter.act(&mut pair.at_bob, &label, in_chat.clone()).await;
    }
    let edit = json!({"id": of["id"], "content": "three"});
    meter
        .act(&mut pair.at_ada, "action edit_message", edit)
        .await;
    meter
        .act(&mut pair.at_ada, "action delete_message", of)
        .await;
}

/// The same on the socket of a conversation, where the chat need not be named.
async fn talk_in_one_chat(meter: &Meter<'_>, pair: &mut Pair) {
    let mut at_ada = meter.app.greeted(&pair.ada, 0, "/ws/chat/bob/").await.0;
    let mut at_bob = meter.app.greeted(&pair.bob, 0, "/ws/chat/ada/").await.0;
    let label = |action: &str| format!("action {action} (on the socket of a conversation)");
    let text = json!({"content": "four"});
    let told = meter.act(&mut at_bob, &label("new_message"), text).await;
    let of = json!({"id": told["data"]["id"]});
    for action in ["like_message", "unlike_message"] {
        meter.act(&mut at_ada, &label(action), of.clone()).await;
    }
    let edit = json!({"id": of["id"], "content": "five"});
    meter.act(&mut at_bob, &label("edit_message"), edit).await;
    meter.act(&mut at_bob, &label("delete_message"), of).await;
    join_all([at_ada, at_bob].map(Socket::leave)).await;
}

async fn invites(meter: &Meter<'_>, pair: &mut Pair) {
    let (ada, bob) = (json!({"username": "ada"}), json!({"username": "bob"}));
    let invite = "action game_invite";
    meter.act(&mut pair.at_ada, invite, bob.clone()).await;
    let cancel = "action cancel_game_invite";
    meter.act(&mut pair.at_ada, cancel, bob.clone()).await;
    for (action, answer) in [("game_declined", ada.clone()), ("game_accepted", ada)] {
        pair.at_ada.done("game_invite", bob.clone()).await;
        meter
            .act(&mut pair.at_bob, &format!("action {action}"), answer)
            .await;
    }
}

async fn friendship(meter: &Meter<'_>, pair: &mut Pair, cyd: &Person) {
    let (ada, cyd) = (id_of(&pair.ada).await, id_of(cyd).await);
    let ask = json!({"sender_id": ada, "receiver_id": cyd});
    meter
        .act(&mut pair.at_ada, "action add_new_friend", ask)
        .await;
}

async fn news(meter: &Meter<'_>, pair: &mut Pair) {
    let word = json!({"message": "We are away on Sunday.", "type": "maintenance"});
    meter
        .act(&mut pair.at_ada, "action notification", word)
        .await;
    let news = loop {
        let news = pair.at_bob.next_named("notification").await;
        if news["data"]["action"] == "system" {
            break news;
        }
    };
    let read = json!({"id": news["data"]["id"]});
    meter
        .act(&mut pair.at_bob, "action read_notification", read)
        .await;
}
