//! The close codes of sockets.

use serde_json::{Value, json};

/// A close code, its meaning, and the reaction of clients.
type CloseCode = (&'static str, &'static str, &'static str);

/// All codes that the server closes sockets with.
pub const CLOSES: [CloseCode; 15] = [
    ("1000", "Normal closure.", "Do not reconnect."),
    ("1001", "The page was left.", "Do not reconnect."),
    ("1002", "Invalid WebSocket frame.", "Fix the client."),
    ("1007", "A text message is not UTF-8.", "Fix the client."),
    (
        "1009",
        "A message is larger than 64 KiB.",
        "Fix the client.",
    ),
    (
        "1012",
        "The server is restarting, or the subscriptions of the socket must be rebuilt.",
        "Reconnect after a random delay and resume.",
    ),
    (
        "1013",
        "The server is overloaded.",
        "Reconnect after a random delay and resume.",
    ),
    (
        "4400",
        "BAD_DATA: a frame is invalid. The reason names the field.",
        "Fix the client.",
    ),
    (
        "4401",
        "UNAUTHENTICATED: the credentials are missing, invalid or expired.",
        "Refresh the token once and reconnect.",
    ),
    (
        "4403",
        "FORBIDDEN: the user does not have access.",
        "Do not reconnect.",
    ),
    (
        "4404",
        "NOT_FOUND: the chat, match or user does not exist, or is not visible to the user.",
        "Do not reconnect.",
    ),
    (
        "4408",
        "TOO_SLOW: frames were not read in time, or pings were not answered.",
        "Reconnect and resume.",
    ),
    (
        "4409",
        "REPLACED: the same user has joined the match from another socket.",
        "Do not reconnect.",
    ),
    (
        "4410",
        "GONE: the resource no longer exists.",
        "Do not reconnect.",
    ),
    (
        "4429",
        "TOO_MANY: too many frames or too many sockets.",
        "Wait, then reconnect.",
    ),
];

pub(super) fn document() -> Value {
    CLOSES
        .iter()
        .map(|(code, meaning, client)| {
            let entry = json!({"meaning": meaning, "client": client});
            ((*code).to_owned(), entry)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
