//! The schema and the example of a frame.

use std::collections::{BTreeMap, BTreeSet};

use contract::catalogue::{Frame, Socket, action_errors};
use realtime::MAX_CID_LEN;
use serde_json::{Map, Value, json};

use crate::error_codes;

/// Types by name.
pub(super) type Types = BTreeMap<String, Value>;

/// The maximum depth of generated examples.
const MAX_DEPTH: u8 = 8;

/// The chat of examples on the sockets of single chats.
const CHAT: &str = "01890a5d-ac96-774b-bcce-b302099a8061";
/// The user of examples.
const USER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// The errors of all actions. Those of a frame with wrong fields close the socket.
const ANY_ACTION: [&str; 4] = ["internal", "invalid_fields", "overloaded", "unavailable"];
/// The error of an action on a chat other than the socket's.
const OTHER_CHAT: &str = "sockets.other_chat";

/// A frame that a client sends.
///
/// # Errors
/// It lists an unknown error code.
pub(super) fn from_client(socket: &Socket, frame: &Frame, types: &Types) -> Result<Value, String> {
    let mut whole = shape(socket, frame);
    if socket.is_of_one_chat() {
        make_chat_optional(&mut whole, frame, types);
    }
    let cid = json!({
        "type": "string", "maxLength": MAX_CID_LEN,
        "description": "Correlation id, returned in `ack` or `error`."
    });
    put(&mut whole, "cid", cid, false);
    let mut example = example(socket, frame, types);
    if let Some(data) = example.get_mut("data").and_then(Value::as_object_mut)
        && socket.is_of_one_chat()
    {
        data.remove("chat_id");
    }
    example.insert("cid".to_owned(), json!("c1"));
    let mut message = message(frame, &whole, &example.into());
    if let Some(fields) = message.as_object_mut() {
        fields.insert("x-errors".to_owned(), json!(errors(socket, frame)?));
    }
    Ok(message)
}

/// The codes with which an action may fail, sorted.
fn errors(socket: &Socket, frame: &Frame) -> Result<BTreeSet<&'static str>, String> {
    let own = action_errors(socket, frame.name).iter().copied();
    let own = own.filter(|code| socket.is_of_one_chat() || *code != OTHER_CHAT);
    let all: BTreeSet<&str> = own.chain(ANY_ACTION).collect();
    match all.iter().find(|code| error_codes::find(code).is_none()) {
        Some(unknown) => Err(format!("{}: unknown error code {unknown}", frame.name)),
        None => Ok(all),
    }
}

/// A frame that the server sends.
pub(super) fn from_server(socket: &Socket, frame: &Frame, types: &Types) -> Value {
    let mut whole = shape(socket, frame);
    let mut example = example(socket, frame, types);
    if socket.key == "type" {
        let at = json!({"type": "string", "format": "date-time"});
        put(&mut whole, "timestamp", at, true);
        example.insert("timestamp".to_owned(), sample_text("date-time"));
    }
    if let Some(kind) = frame.delivery.stream() {
        add_position(&mut whole, &mut example, kind);
    }
    let mut message = message(frame, &whole, &example.into());
    if let Some(fields) = message.as_object_mut() {
        let stream = frame.delivery.stream();
        fields.insert("x-durable".to_owned(), json!(stream.is_some()));
        fields.insert("x-stream".to_owned(), json!(stream));
    }
    message
}

/// Adds the position in the stream to a durable frame.
fn add_position(whole: &mut Value, example: &mut Map<String, Value>, kind: &str) {
    let chat = example
        .get("data")
        .and_then(|data| data["chat_id"].as_str());
    let stream = match kind {
        "chat" => format!("chat:{}", chat.unwrap_or(CHAT)),
        _ => format!("user:{USER}"),
    };
    let pattern = format!("^{kind}:");
    for (name, schema, shown) in [
        (
            "stream",
            json!({"type": "string", "pattern": pattern}),
            json!(stream),
        ),
        ("seq", json!({"type": "integer"}), json!(42)),
        (
            "epoch",
            json!({"type": "integer"}),
            json!(1_769_860_800_000_000_i64),
        ),
    ] {
        put(whole, name, schema, false);
        example.insert(name.to_owned(), shown);
    }
}

/// Makes `chat_id` optional on the socket of a single chat.
fn make_chat_optional(whole: &mut Value, frame: &Frame, types: &Types) {
    let Some(mut data) = types.get((frame.data.name)().as_ref()).cloned() else {
        return;
    };
    let Some(about) = data.pointer_mut("/properties/chat_id/description") else {
        return;
    };
    *about = json!("Optional: the chat of this socket. Other chats are refused.");
    if let Some(required) = data.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != "chat_id");
    }
    if let Some(example) = data.get_mut("example").and_then(Value::as_object_mut) {
        example.remove("chat_id");
    }
    if let Some(target) = whole.pointer_mut("/properties/data") {
        *target = data;
    }
}

fn message(frame: &Frame, whole: &Value, example: &Value) -> Value {
    json!({
        "name": frame.name,
        "summary": frame.about,
        "payload": whole,
        "examples": [{"payload": example}],
    })
}

fn shape(socket: &Socket, frame: &Frame) -> Value {
    let key = socket.key;
    let data = format!("#/components/schemas/{}", (frame.data.name)());
    json!({
        "type": "object",
        "properties": {key: {"const": frame.name}, "data": {"$ref": data}},
        "required": [key, "data"],
    })
}

fn put(whole: &mut Value, name: &str, schema: Value, required: bool) {
    if let Some(properties) = whole["properties"].as_object_mut() {
        properties.insert(name.to_owned(), schema);
    }
    if let Some(all) = whole["required"].as_array_mut().filter(|_| required) {
        all.push(json!(name));
    }
}

fn example(socket: &Socket, frame: &Frame, types: &Types) -> Map<String, Value> {
    let name = (frame.data.name)();
    let data = types
        .get(name.as_ref())
        .map(|schema| sample(schema, types, 0));
    let mut data = data.unwrap_or_else(|| json!({}));
    adapt(socket, frame, &mut data);
    let named = (socket.key.to_owned(), json!(frame.name));
    [named, ("data".to_owned(), data)].into_iter().collect()
}

/// Adapts the example of a type to the frame and the socket, as several frames share a type.
fn adapt(socket: &Socket, frame: &Frame, data: &mut Value) {
    let Some(fields) = data.as_object_mut() else {
        return;
    };
    if socket.is_of_one_chat() && fields.contains_key("streams") {
        fields.insert("streams".to_owned(), streams_of_chat(frame.name));
    }
    let not_found = error_codes::find("chat.message_not_found").map_or("", |code| code.meaning);
    let values: &[(&str, &str)] = match (frame.name, socket.id) {
        ("user_online", _) => &[("status", "online")],
        ("user_offline", _) => &[("status", "offline")],
        ("joined", "direct_chat") => &[("kind", "direct"), ("name", "grace")],
        ("error", "lobby") => &[("code", "chat.message_not_found"), ("message", not_found)],
        _ => &[],
    };
    for (name, value) in values {
        if fields.contains_key(*name) {
            fields.insert((*name).to_owned(), json!(value));
        }
    }
    if frame.name == "game_declined" {
        fields.remove("match_id");
    }
}

/// The streams of the socket of a single chat.
fn streams_of_chat(frame: &str) -> Value {
    let stream = format!("chat:{CHAT}");
    if frame == "resync" {
        return json!([stream]);
    }
    json!({stream: {"seq": 41, "epoch": 1_769_860_800_000_000_i64}})
}

/// A value that matches a schema: its own example if it has one.
fn sample(schema: &Value, types: &Types, depth: u8) -> Value {
    let own = ["example", "const"]
        .iter()
        .filter_map(|key| schema.get(key));
    let first = ["examples", "enum"].iter();
    let first = first.filter_map(|key| schema.get(key)?.get(0));
    if let Some(given) = own.chain(first).find(|given| !given.is_null()) {
        return given.clone();
    }
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return types
            .get(name)
            .map_or(Value::Null, |named| sample(named, types, depth + 1));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return merged(parts, types, depth);
    }
    for key in ["oneOf", "anyOf"] {
        let choices = schema[key].as_array().into_iter().flatten();
        if let Some(choice) = choices.into_iter().find(|one| one["type"] != "null") {
            return sample(choice, types, depth + 1);
        }
    }
    of_type(schema, types, depth)
}

fn merged(parts: &[Value], types: &Types, depth: u8) -> Value {
    let mut whole = Map::new();
    for part in parts {
        if let Value::Object(fields) = sample(part, types, depth + 1) {
            whole.extend(fields);
        }
    }
    whole.into()
}

fn of_type(schema: &Value, types: &Types, depth: u8) -> Value {
    let kind = &schema["type"];
    let kind = kind.as_str().or_else(|| kind.get(0)?.as_str());
    match kind {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let field =
                |(name, one): (&String, &Value)| (name.clone(), sample(one, types, depth + 1));
            fields.map(field).collect::<Map<_, _>>().into()
        }
        Some("array") => json!([sample(&schema["items"], types, depth + 1)]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("string") => sample_text(schema["format"].as_str().unwrap_or_default()),
        _ => json!({}),
    }
}

fn sample_text(format: &str) -> Value {
    json!(match format {
        "uuid" => "01890a5d-ac96-774b-bcce-b302099a8057",
        "date-time" => "2026-01-31T12:00:00.000000Z",
        _ => "text",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_prefers_examples_of_schemas() {
        let types = Types::from([(
            "Ada".to_owned(),
            json!({"type": "object", "example": {"name": "ada"}}),
        )]);
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Ada"},
            {"type": "object", "properties": {
                "since": {"type": "string", "format": "date-time"},
                "mood": {"oneOf": [{"type": "null"}, {"enum": ["glad"]}]},
                "scores": {"type": "array", "items": {"type": ["integer", "null"]}},
            }},
        ]});
        let expected = json!({
            "name": "ada", "since": "2026-01-31T12:00:00.000000Z", "mood": "glad", "scores": [1],
        });
        assert_eq!(sample(&schema, &types, 0), expected);
    }
}
