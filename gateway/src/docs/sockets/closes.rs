//! Why sockets are closed.

use serde_json::{Value, json};

/// A close code, what it means, and what a client does then.
type Meaning = (&'static str, &'static str, &'static str);

/// Every code that the server closes a socket with.
pub const CLOSES: [Meaning; 14] = [
    ("1000", "Done.", "Stop."),
    ("1001", "The page was left.", "Stop."),
    (
        "1002",
        "What was sent is no WebSocket frame.",
        "Mend the client.",
    ),
    ("1007", "A text is not UTF-8.", "Mend the client."),
    (
        "1009",
        "A frame was larger than 64 KiB.",
        "Mend the client.",
    ),
    (
        "1012",
        "The server is restarting, or cannot be sure any more what this socket is to hear.",
        "Come back after a random moment, and resume.",
    ),
    (
        "1013",
        "The server is overloaded.",
        "Come back after a random moment, and resume.",
    ),
    (
        "4400",
        "BAD_DATA: what was sent is not understood; the reason names the field.",
        "Mend the client.",
    ),
    (
        "4401",
        "UNAUTHENTICATED: no credentials, bad ones, or ones that have ended.",
        "Refresh the token, once.",
    ),
    ("4403", "FORBIDDEN: not yours.", "Stop."),
    (
        "4404",
        "NOT_FOUND: no such room, or none that is yours to see.",
        "Stop.",
    ),
    (
        "4408",
        "TOO_SLOW: messages were not read, or pings not answered.",
        "Come back and resume.",
    ),
    ("4410", "GONE: it is over.", "Stop."),
    (
        "4429",
        "TOO_MANY: too many frames, or too many sockets.",
        "Wait, then come back.",
    ),
];

pub(super) fn described() -> Value {
    CLOSES
        .iter()
        .map(|(code, meaning, client)| {
            let described = json!({"meaning": meaning, "client": client});
            ((*code).to_owned(), described)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
