//! The same catalogue as a page to read.

mod types;

use contract::catalogue::{Delivery, Frame, SOCKETS, Socket};
use http_kit::static_files::html::{escape, page};
use serde_json::Value;

use super::{CLOSES, id, limits};

const START: &str = "\
<p>Everything that rides on the sockets, made from the types of the server itself; for programs, the \
same is at <a href=\"/asyncapi.json\">/asyncapi.json</a>. REST is in <a href=\"/docs/\">Swagger UI</a>.</p>\
<h2>How it goes</h2>\
<ol>\
<li>Open a socket with an access token: <code>Authorization: Bearer TOKEN</code>; in a browser the \
subprotocols <code>courtside.v1, bearer.TOKEN</code>, or <code>?ticket=</code> with a ticket from \
<code>POST /api/v1/auth/ws-ticket/</code>. A socket is accepted first and then closed with its code, \
so that a page can see why.</li>\
<li>The first frame is <code>hello</code>: who you are, the server's clock, and how far each stream is.</li>\
<li>Frames are JSON objects. Under <code>action</code> or <code>type</code> stands the name (both are \
understood from clients), under <code>data</code> what it is about. With a <code>cid</code> of your own \
you get an <code>ack</code> or an <code>error</code> with the same mark. Fields that are not known are \
passed over, from both sides.</li>\
<li>Durable frames carry <code>stream</code>, <code>seq</code> and <code>epoch</code>. Keep the last of \
each stream. After a lost connection open the socket with <code>?resume=true</code> and send \
<code>resume</code> with them right after <code>hello</code>: you get what you missed, in order, or \
<code>resync</code> for streams where you must read over REST, and then what is new, which waits for \
your <code>resume</code> for at most 10 seconds. A socket that announces none hears what is new at once \
(from a tenth of a second after <code>hello</code>, or from its first frame); it can send \
<code>resume</code> at any time all the same and gets what came before it was opened, with lower numbers \
than what it has heard since. Drop what you have already: the same number can come twice.</li>\
<li>What is not understood closes the socket with 4400 and names the field. What is understood but not \
possible is an <code>error</code>, and the socket stays.</li>\
</ol>";

/// The page.
///
/// # Errors
/// A type cannot be written as JSON, which is a mistake of ours.
pub fn catalogue() -> Result<String, String> {
    let document = super::document()?;
    let mut body = START.to_owned();
    body.push_str(&contents());
    body.push_str(&closes());
    body.push_str(&told_limits());
    for socket in SOCKETS {
        body.push_str(&section(socket, &document));
    }
    body.push_str(&types::section(&document));
    Ok(page("The sockets", &body))
}

fn contents() -> String {
    let link = |socket: &Socket| {
        let (id, path) = (socket.id, escape(socket.path));
        format!("<li><a href=\"#{id}\"><code>{path}</code></a></li>")
    };
    let links: String = SOCKETS.iter().map(link).collect();
    format!("<h2>Paths</h2><ul>{links}</ul>")
}

fn closes() -> String {
    let line = |(code, meaning, client): (&str, &str, &str)| {
        let (meaning, client) = (escape(meaning), escape(client));
        format!("<li><code>{code}</code> {meaning} <em>{client}</em></li>")
    };
    let lines: String = CLOSES.into_iter().map(line).collect();
    format!("<h2>Close codes, and what a client does then</h2><ul>{lines}</ul>")
}

fn told_limits() -> String {
    let line = |limit: &String| format!("<li>{}</li>", marked(limit));
    let lines: String = limits().iter().map(line).collect();
    format!("<h2 id=\"limits\">Limits</h2><ul>{lines}</ul>")
}

/// Text with what stands between backticks set as code.
fn marked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let set = |(index, part): (usize, &str)| match index % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    parts.map(set).collect()
}

fn section(socket: &Socket, document: &Value) -> String {
    let mut text = format!(
        "<h2 id=\"{}\"><code>{}</code></h2><p>{}</p>",
        socket.id,
        escape(socket.path),
        escape(socket.about)
    );
    text.push_str("<h3>You send</h3>");
    text.extend(
        socket
            .actions()
            .map(|frame| entry(socket, frame, document, true)),
    );
    text.push_str("<h3>You hear</h3>");
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
    let kind = match (from_client, frame.keeping) {
        (true, _) => "",
        (false, Delivery::Durable) => " · durable, in your stream",
        (false, Delivery::DurableInChat) => " · durable, in the stream of its chat",
        (false, Delivery::Ephemeral) => " · of the moment",
    };
    format!(
        "<details><summary><code>{}</code>{kind} · {}</summary>{}<pre>{}</pre></details>",
        frame.name,
        marked(frame.about),
        types::fields(data.unwrap_or(&Value::Null), document),
        escape(&example.and_then(Result::ok).unwrap_or_default())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_stands_on_the_page_with_its_fields() {
        let page = catalogue().unwrap();
        for socket in SOCKETS {
            assert!(page.contains(&escape(socket.path)), "{}", socket.path);
            for frame in socket.actions().chain(socket.events()) {
                assert!(page.contains(&format!("<code>{}</code>", frame.name)));
            }
        }
        for field in ["client_id", "reply_to", "is_typing", "like_count", "epoch"] {
            assert!(page.contains(&format!("<code>{field}</code>")), "{field}");
        }
    }
}
