//! Every action of `/ws/events/` with malformed data, which closes the socket.

use e2e::deployments;
use serde_json::{Value, json};

const EVENTS: &str = "/ws/events/";
const UNKNOWN_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// For each action, data with a missing field, a wrong type or an invalid id, and the word that the close
/// reason must contain.
fn malformed_actions() -> Vec<(&'static str, Value, &'static str)> {
    let chat = json!(UNKNOWN_ID);
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
async fn malformed_action_data_closes_the_socket_and_names_the_field() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        for (node, (action, data, named)) in malformed_actions().into_iter().enumerate() {
            let (mut socket, _) = app.open_socket(&ada, node, EVENTS).await;
            socket
                .send(json!({"action": action, "data": data, "cid": "c"}))
                .await;
            let (code, reason) = socket.wait_for_close().await;
            assert_eq!(code, 4400, "{action} {data}: {reason}");
            assert!(
                reason.starts_with("BAD_DATA: ") && reason.contains(named),
                "{action} {data}: {reason}"
            );
        }
    }
}
