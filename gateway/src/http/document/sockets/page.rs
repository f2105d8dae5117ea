//! The same catalogue as a page to read.

use contract::catalogue::{Frame, Keeping, SOCKETS, Socket};
use serde_json::Value;

use super::{CLOSES, id};
use crate::http::pages::html::{escape, page};

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
<li>What others hear of you (messages, likes, typing, receipts, your status) is one allowance over all \
your sockets and REST: 60 at once and 10 a second in the long run; beyond it you get \
<code>too_many_requests</code>. Typing is told to the others at most once in 3 seconds.</li>\
<li>The server pings every 25 seconds; who has not answered after 35 is gone.</li>\
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
    for socket in SOCKETS {
        body.push_str(&section(socket, &document));
    }
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
    let path = format!("/channels/{}/messages/{id}/examples/0/payload", socket.id);
    let example = document.pointer(&path).map(serde_json::to_string_pretty);
    let kind = match (from_client, frame.keeping) {
        (true, _) => "",
        (false, Keeping::Durable) => " · durable",
        (false, Keeping::Ephemeral) => " · of the moment",
    };
    format!(
        "<details><summary><code>{}</code>{kind} · {}</summary>{}<pre>{}</pre></details>",
        frame.name,
        escape(frame.about),
        fields(frame, document),
        escape(&example.and_then(Result::ok).unwrap_or_default())
    )
}

/// A field of a frame's data.
struct Field<'d> {
    name: &'d str,
    schema: &'d Value,
    is_required: bool,
}

/// The fields of a frame's data, one line for each.
fn fields(frame: &Frame, document: &Value) -> String {
    let path = format!("/components/schemas/{}", (frame.data.name)());
    let schema = document.pointer(&path);
    let fields = schema.map_or_else(Vec::new, |schema| fields_of(schema, document));
    let rows: String = fields.iter().map(row).collect();
    format!("<ul>{rows}</ul>")
}

fn row(field: &Field<'_>) -> String {
    let about = field.schema["description"].as_str().unwrap_or_default();
    let optional = if field.is_required { "" } else { ", optional" };
    format!(
        "<li><code>{}</code> <em>{}{optional}</em>: {}</li>",
        escape(field.name),
        escape(&kind(field.schema)),
        escape(about)
    )
}

/// The fields, also where a type is made of others.
fn fields_of<'d>(schema: &'d Value, document: &'d Value) -> Vec<Field<'d>> {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document.pointer(name.trim_start_matches('#'));
        return named.map_or_else(Vec::new, |named| fields_of(named, document));
    }
    let all = schema["allOf"].as_array().into_iter().flatten();
    let mut found: Vec<_> = all.flat_map(|part| fields_of(part, document)).collect();
    let required = schema["required"].as_array();
    let own = schema["properties"].as_object().into_iter().flatten();
    found.extend(own.map(|(name, schema)| Field {
        name,
        schema,
        is_required: required.is_some_and(|all| all.iter().any(|one| one == name)),
    }));
    found
}

/// What a field holds, in a word or two.
fn kind(field: &Value) -> String {
    if let Some(name) = field["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = field[key].as_array() {
            return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    let plain = match &field["type"] {
        Value::String(one) => one.clone(),
        Value::Array(some) => {
            let words = some.iter().filter_map(Value::as_str);
            words.collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".to_owned(),
    };
    match (field["format"].as_str(), plain.as_str()) {
        (Some(format @ ("uuid" | "date-time")), _) => plain.replace("string", format),
        (_, "array") => format!("list of {}", kind(&field["items"])),
        _ => plain,
    }
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

    #[test]
    fn a_field_is_told_in_a_word_or_two() {
        let told = |field: Value| kind(&field);
        assert_eq!(
            told(serde_json::json!({"type": "string", "format": "uuid"})),
            "uuid"
        );
        assert_eq!(
            told(serde_json::json!({"type": ["string", "null"], "format": "date-time"})),
            "date-time or null"
        );
        let list = serde_json::json!({"type": "array", "items": {"$ref": "#/a/UserSummary"}});
        assert_eq!(told(list), "list of UserSummary");
    }
}
