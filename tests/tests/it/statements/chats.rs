//! Conversations, lobbies, messages.

use e2e::{TestUser, until};
use reqwest::Method;
use serde_json::json;

use super::meter::Meter;
use super::{create_users, id_in, messages_of, write};

const WRITE: &str = "POST /api/v1/chats/rooms/{id}/messages/";

pub(super) async fn measure(meter: &Meter<'_>) {
    let [sam, tim, una, vic] = create_users(meter.app, ["sam", "tim", "una", "vic"]).await;
    for friend in [&tim, &una, &vic] {
        sam.befriend(friend).await;
    }
    let chat = conversations(meter, &sam, [&tim, &una]).await;
    writing(meter, [&sam, &tim], &chat).await;
    acting(meter, [&sam, &tim], &chat).await;
    lobbies(meter, [&sam, &tim, &vic]).await;
}

/// Creates conversations with a few messages; returns the one with the first friend.
async fn conversations(meter: &Meter<'_>, sam: &TestUser, [tim, una]: [&TestUser; 2]) -> String {
    let open = "PUT /api/v1/chats/{username}/";
    let opened = meter.read(sam, &format!("{open} (new)"), &["tim"]).await;
    let chat = opened.data()["chat_id"].as_str().unwrap().to_owned();
    let other = sam.chat_with(una).await;
    for text in ["one", "two", "three"] {
        write(sam, &chat, text).await;
        write(tim, &chat, text).await;
        write(una, &other, text).await;
    }
    wait_for_message_notifications(sam, 2).await;
    meter.read(sam, open, &["tim"]).await;
    for label in ["GET /api/v1/chats/", "GET /api/v1/chats/unread/"] {
        meter.read(sam, label, &[]).await;
    }
    for label in [
        "GET /api/v1/chats/{username}/messages/",
        "GET /api/v1/chats/rooms/{id}/messages/ (a conversation)",
    ] {
        let value = if label.contains("{id}") { &chat } else { "tim" };
        meter.read(sam, label, &[value]).await;
    }
    meter
        .read(sam, "DELETE /api/v1/chats/{username}/", &["una"])
        .await;
    chat
}

/// Waits until a user has notifications of unread messages in this number of chats.
async fn wait_for_message_notifications(user: &TestUser, chats: usize) {
    let path = "/api/v1/notifications/?unread=true&action=new_message";
    until("unread messages have become notifications", async || {
        user.get(path).await.json()["meta"]["total"] == chats
    })
    .await;
}

async fn writing(meter: &Meter<'_>, [sam, tim]: [&TestUser; 2], chat: &str) {
    let text = |text: &str| json!({"content": text});
    let label = format!("{WRITE} (answers what was notified)");
    meter.call(sam, &label, &[chat], text("four")).await;
    meter.call(sam, WRITE, &[chat], text("five")).await;
    let label = format!("{WRITE} (with a client_id, as a reply)");
    let responded = write(tim, chat, "six").await;
    let reply = json!({"content": "seven", "client_id": "c-7", "reply_to": responded});
    meter.call(sam, &label, &[chat], reply).await;
    let label = format!("{WRITE} (with an Idempotency-Key)");
    let request = sam.authenticated_request(Method::POST, &messages_of(chat));
    let request = request
        .header("idempotency-key", "k-8")
        .json(&text("eight"));
    meter.measure(&label, sam.send(request)).await.expect(201);
    let read = sam.get(&messages_of(chat)).await.data();
    let newest = id_in(&read[0]);
    let path = format!("/api/v1/messages/{newest}/read/");
    tim.post(&path, json!({})).await.expect(200);
    let label = format!("{WRITE} (the first that is unread)");
    meter.call(sam, &label, &[chat], text("nine")).await;
}

/// The operations on a message.
async fn acting(meter: &Meter<'_>, [sam, tim]: [&TestUser; 2], chat: &str) {
    wait_for_message_notifications(tim, 1).await;
    let id = id_in(&tim.get(&messages_of(chat)).await.data()[0]);
    let of = |method: &str, rest: &str| format!("{method} /api/v1/messages/{{id}}/{rest}");
    let read = of("POST", "read/");
    meter.call(tim, &read, &[&id], json!({})).await;
    let again = format!("{read} (read before)");
    meter.call(tim, &again, &[&id], json!({})).await;
    let like = of("POST", "like/");
    meter.call(tim, &like, &[&id], json!({})).await;
    meter.read(tim, &of("DELETE", "like/"), &[&id]).await;
    let report = json!({"reason": "spam", "details": "again and again"});
    meter
        .call(tim, &of("POST", "report/"), &[&id], report)
        .await;
    let change = json!({"content": "ten"});
    meter.call(sam, &of("PATCH", ""), &[&id], change).await;
    meter.read(sam, &of("DELETE", ""), &[&id]).await;
}

async fn lobbies(meter: &Meter<'_>, [sam, tim, vic]: [&TestUser; 3]) {
    let open = "PUT /api/v1/chats/lobbies/{name}/";
    let opened = meter.read(sam, &format!("{open} (new)"), &["chess"]).await;
    let id = opened.data()["chat_id"].as_str().unwrap().to_owned();
    meter.read(sam, open, &["chess"]).await;
    let get = "GET /api/v1/chats/lobbies/{name}/";
    meter.read(sam, get, &["chess"]).await;
    let join = "POST /api/v1/chats/lobbies/{name}/join/";
    meter.call(sam, join, &["chess"], json!({})).await;
    for member in [tim, vic] {
        let path = "/api/v1/chats/lobbies/chess/join/";
        member.post(path, json!({})).await.expect(200);
        write(member, &id, "anybody?").await;
    }
    sam.post("/api/v1/chats/lobbies/go/join/", json!({}))
        .await
        .expect(200);
    meter.read(sam, "GET /api/v1/chats/rooms/", &[]).await;
    for path in ["", "members/", "messages/"] {
        let label = format!("GET /api/v1/chats/rooms/{{id}}/{path}");
        meter.read(sam, &label, &[&id]).await;
    }
    for (case, text) in [
        ("in a lobby", "yes"),
        ("names somebody in a lobby", "@tim?"),
    ] {
        let label = format!("{WRITE} ({case})");
        meter
            .call(sam, &label, &[&id], json!({"content": text}))
            .await;
    }
    let leave = "POST /api/v1/chats/rooms/{id}/leave/";
    meter.call(sam, leave, &[&id], json!({})).await;
}
