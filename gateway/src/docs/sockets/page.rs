//! The WebSocket reference as an HTML page.

mod types;

use contract::catalogue::{Delivery, Frame, SOCKETS, Socket};
use http_kit::static_files::html::{escape, page};
use serde_json::Value;

use super::{CLOSES, id, limits};

const START: &str = "\
<p>All WebSocket paths with their frames. The same reference is available as an AsyncAPI document at \
<a href=\"/asyncapi.json\">/asyncapi.json</a>; the REST API is described in \
<a href=\"/docs/\">Swagger UI</a>.</p>\
<h2>Protocol</h2>\
<ol>\
<li><strong>Authentication.</strong> Open a socket with an access token: \
<code>Authorization: Bearer TOKEN</code>, or in a browser the subprotocols \
<code>courtside.v1, bearer.TOKEN</code>, or <code>?ticket=</code> with a ticket from \
<code>POST /api/v1/auth/ws-ticket/</code>. The handshake succeeds even if authentication fails: the \
socket is then closed with a close code, which browsers can read.</li>\
<li><strong>Greeting.</strong> The first frame is <code>hello</code> with the user, the server time and \
the position of each stream.</li>\
<li><strong>Frames.</strong> Frames are JSON objects with the name as <code>action</code> or \
<code>type</code> (clients can use either) and the content as <code>data</code>. If a frame contains a \
<code>cid</code>, the server responds with <code>ack</code> or <code>error</code> and the same \
<code>cid</code>. The server ignores unknown fields; clients must do the same.</li>\
<li><strong>Resuming.</strong> Durable frames contain <code>stream</code>, <code>seq</code> and \
<code>epoch</code>. Store the last position of each stream. After a lost connection, open the socket \
with <code>?resume=true</code> and send <code>resume</code> with these positions after \
<code>hello</code>. The server sends the missed frames in order, or <code>resync</code> for streams \
whose state must be read over REST. New frames are held back until <code>resume</code> arrives, for at \
most 10 seconds. Without <code>?resume=true</code>, new frames are sent from 0.1 seconds after \
<code>hello</code>, or from the client's first frame; <code>resume</code> can still be sent at any time \
to get the frames from before the socket was opened. These have lower numbers than frames received \
since. A frame can be sent twice: discard frames whose <code>seq</code> was already received.</li>\
<li><strong>Errors.</strong> An invalid frame closes the socket with 4400 and a reason that names the \
field. An action that fails is answered with <code>error</code>, and the socket stays open.</li>\
</ol>";

/// The page.
///
/// # Errors
/// A type cannot be written as JSON.
pub fn catalogue() -> Result<String, String> {
    let document = super::document()?;
    let mut body = START.to_owned();
    body.push_str(&paths_section());
    body.push_str(&closes_section());
    body.push_str(&limits_section());
    for socket in SOCKETS {
        body.push_str(&section(socket, &document));
    }
    body.push_str(&types::section(&document));
    Ok(page("WebSocket reference", &body))
}

fn paths_section() -> String {
    let link = |socket: &Socket| {
        let (id, path) = (socket.id, escape(socket.path));
        format!("<li><a href=\"#{id}\"><code>{path}</code></a></li>")
    };
    let links: String = SOCKETS.iter().map(link).collect();
    format!("<h2>Paths</h2><ul>{links}</ul>")
}

fn closes_section() -> String {
    let line = |(code, meaning, client): (&str, &str, &str)| {
        let (meaning, client) = (escape(meaning), escape(client));
        format!("<li><code>{code}</code> {meaning} <em>{client}</em></li>")
    };
    let lines: String = CLOSES.into_iter().map(line).collect();
    format!("<h2>Close codes and client reactions</h2><ul>{lines}</ul>")
}

fn limits_section() -> String {
    let line = |limit: &String| format!("<li>{}</li>", with_code(limit));
    let lines: String = limits().iter().map(line).collect();
    format!("<h2 id=\"limits\">Limits</h2><ul>{lines}</ul>")
}

/// The text as HTML, with the parts in backticks as code.
fn with_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let format_part = |(index, part): (usize, &str)| match index % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    parts.map(format_part).collect()
}

fn section(socket: &Socket, document: &Value) -> String {
    let mut text = format!(
        "<h2 id=\"{}\"><code>{}</code></h2><p>{}</p>",
        socket.id,
        escape(socket.path),
        with_code(socket.about)
    );
    if let Some(binary) = socket.binary_frames() {
        text.push_str(&format!(
            "<h3>Binary frames</h3><pre>{}</pre>",
            escape(binary)
        ));
    }
    text.push_str("<h3>Client frames</h3>");
    text.extend(
        socket
            .actions()
            .map(|frame| entry(socket, frame, document, true)),
    );
    text.push_str("<h3>Server frames</h3>");
    text.extend(
        socket
            .events()
            .map(|frame| entry(socket, frame, document, false)),
    );
    text
}

fn entry(socket: &Socket, frame: &Frame, document: &Value, from_client: bool) -> String {
    let id = id(frame.name, from_client);
    let path = format!("/channels/{}/messages/{id}", socket.id);
    let message = document.pointer(&path).unwrap_or(&Value::Null);
    let example = message.pointer("/examples/0/payload");
    let example = example.map(serde_json::to_string_pretty);
    let data = message.pointer("/payload/properties/data");
    let kind = match (from_client, frame.delivery) {
        (true, _) => "",
        (false, Delivery::Durable) => " · durable, in the user's stream",
        (false, Delivery::DurableInChat) => " · durable, in the chat's stream",
        (false, Delivery::DurableInTournament) => " · durable, in the tournament's stream",
        (false, Delivery::Ephemeral) => " · ephemeral",
    };
    format!(
        "<details><summary><code>{}</code>{kind} · {}</summary>{}{}<pre>{}</pre></details>",
        frame.name,
        with_code(frame.about),
        types::fields(data.unwrap_or(&Value::Null), document),
        errors(message),
        escape(&example.and_then(Result::ok).unwrap_or_default())
    )
}

/// The errors of an action, in a line.
fn errors(message: &Value) -> String {
    let codes = message["x-errors"].as_array().into_iter().flatten();
    let codes: Vec<String> = codes
        .filter_map(Value::as_str)
        .map(|code| format!("<code>{}</code>", escape(code)))
        .collect();
    if codes.is_empty() {
        return String::new();
    }
    format!("<p>Errors: {}</p>", codes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogue_contains_all_frames_and_fields() {
        let page = catalogue().unwrap();
        for socket in SOCKETS {
            assert!(page.contains(&escape(socket.path)), "{}", socket.path);
            for frame in socket.actions().chain(socket.events()) {
                assert!(page.contains(&format!("<code>{}</code>", frame.name)));
            }
        }
        assert!(page.contains("<code>chat.not_friends</code>"));
        for field in ["client_id", "reply_to", "is_typing", "like_count", "epoch"] {
            assert!(page.contains(&format!("<code>{field}</code>")), "{field}");
        }
    }
}
