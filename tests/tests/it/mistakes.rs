//! Every action of `/ws/events/` with what closes the socket: data that is not what it takes.

use e2e::each;
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";
const NOBODY: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// What closes a socket: for each action data that is missing something, is of the wrong type or has
/// a bad id; and the word that the reason must hold.
fn mistakes() -> Vec<(&'static str, Value, &'static str)> {
    let chat = json!(NOBODY);
    vec![
        ("new_message", json!({"chat_id": chat}), "content"),
        (
            "new_message",
            json!({"chat_id": "x", "content": "a"}),
            "chat_id",
        ),
        (
            "new_message",
            json!({"chat_id": chat, "content": 1}),
            "content",
        ),
        ("like_message", json!({"id": chat}), "chat_id"),
        ("unlike_message", json!({"id": 7, "chat_id": chat}), "id"),
        ("read_message", json!({}), "id"),
        ("edit_message", json!({"id": chat}), "content"),
        ("delete_message", json!({"id": [chat]}), "id"),
        (
            "typing",
            json!({"chat_id": chat, "is_typing": "yes"}),
            "is_typing",
        ),
        ("game_invite", json!({"options": {}}), "username"),
        (
            "game_invite",
            json!({"username": "bob", "options": []}),
            "options",
        ),
        ("reply_game_invite", json!({"username": "bob"}), "accept"),
        ("game_accepted", json!({"id": chat}), "username"),
        ("game_declined", json!({}), "username"),
        ("cancel_game_invite", json!({"username": null}), "username"),
        (
            "add_new_friend",
            json!({"sender_id": chat, "receiver_id": "x"}),
            "receiver_id",
        ),
        (
            "new_tournament",
            json!({"tournament_id": chat, "organizer_id": chat}),
            "tournament_name",
        ),
        ("user_online", json!({}), "username"),
        ("user_offline", json!({"username": 3}), "username"),
        ("join_chat", json!({"chat_id": "none"}), "chat_id"),
        ("room_created", json!(null), "chat_id"),
        ("room_created", json!([chat]), "data: must be an object"),
        (
            "resume",
            json!({"streams": {"user:1": {"seq": "x", "epoch": 1}}}),
            "seq",
        ),
        ("ping", json!(["extra"]), "data: must be an object"),
        (
            "new_message",
            json!({"chat_id": chat, "content": "a", "timestamp": true}),
            "timestamp: must be a string or a number",
        ),
        (
            "notification",
            json!({"message": "a", "type": {"info": null}}),
            "type: must be one of",
        ),
        (
            "resume",
            json!({"streams": {"user:1": [1, 2]}}),
            "streams.user:1: must be an object",
        ),
        (
            "read_message",
            json!({"id": "none"}),
            "data.id: must be a UUID",
        ),
        (
            "new_message",
            json!({"chat_id": "x", "content": 1, "client_id": 7, "reply_to": 7}),
            "data.chat_id: must be a UUID; data.client_id: must be a string; data.content: must be a string",
        ),
        ("dance", json!({}), "dance"),
    ]
}

#[tokio::test]
async fn what_is_malformed_closes_the_socket_and_names_the_field() {
    for app in each().await {
        let ada = app.person("ada").await;
        for (node, (action, data, named)) in mistakes().into_iter().enumerate() {
            let (mut socket, _) = app.greeted(&ada, node, EVENTS).await;
            socket
                .send(json!({"action": action, "data": data, "cid": "c"}))
                .await;
            let (code, reason) = socket.closed().await;
            assert_eq!(code, 4400, "{action} {data}: {reason}");
            assert!(
                reason.starts_with("BAD_DATA: ") && reason.contains(named),
                "{action} {data}: {reason}"
            );
        }
    }
}
