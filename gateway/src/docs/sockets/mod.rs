//! The AsyncAPI document of the sockets, generated from the tables in [`contract::catalogue`].

mod closes;
mod frames;
mod limits;
pub mod page;

use std::collections::BTreeSet;

use contract::catalogue::{Frame, SOCKETS, Socket};
use serde_json::{Map, Value, json};

use self::frames::Types;
use super::sorted::sorted;
use super::unions;

pub use closes::CLOSES;
pub use limits::limits;

const INTRODUCTION: &str = "\
The WebSockets of Courtside.\n\n\
### Authentication\n\n\
Send an access token as `Authorization: Bearer TOKEN`, as the subprotocols `courtside.v1, \
bearer.TOKEN`, as `?ticket=` (from `POST /api/v1/auth/ws-ticket/`) or as `?token=`. The handshake \
succeeds even if authentication fails: the socket is then closed with a close code, which browsers \
can read.\n\n\
### Frames\n\n\
Frames are JSON objects: `{\"action\": NAME, \"data\": {…}}`. Clients can send the name as `action` \
or `type` on every socket. If a frame contains a `cid`, the server responds with `ack` or `error` and \
the same `cid`. Unknown fields are ignored.\n\n\
### Resuming\n\n\
Durable frames contain `stream`, `seq` and `epoch`. After a lost connection, a client opens the socket \
with `?resume=true` and sends `resume` with its last position in each stream. The server sends the \
missed frames in order, or `resync` for streams whose state must be read over REST. New frames are \
held back until `resume` arrives, for at most 10 seconds. Without `?resume=true`, new frames are sent \
immediately, and `resume` can be sent at any time to get the frames from before the socket was opened.";

/// The document.
///
/// # Errors
/// A type cannot be written as JSON, or a parameter or an error of the catalogue is not described.
pub fn document() -> Result<Value, String> {
    let types = types()?;
    let mut channels = Map::new();
    let mut operations = Map::new();
    for socket in SOCKETS {
        channels.insert(socket.id.to_owned(), channel(socket, &types)?);
        operations.insert(format!("{}_receive", socket.id), operation(socket, true));
        operations.insert(format!("{}_send", socket.id), operation(socket, false));
    }
    Ok(sorted(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Courtside WebSockets",
            "version": env!("CARGO_PKG_VERSION"),
            "description": introduction(),
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"default": {"host": "localhost:8080", "protocol": "ws"}},
        "channels": channels,
        "operations": operations,
        "components": {"schemas": types},
        "x-close-codes": closes::document(),
        "x-limits": limits::document(),
    })))
}

fn introduction() -> String {
    let lines: String = limits()
        .iter()
        .map(|limit| format!("\n- {limit}"))
        .collect();
    format!("{INTRODUCTION}\n\n### Limits\n{lines}")
}

/// The content of `openapi/asyncapi.json`.
///
/// # Errors
/// As [`document`].
pub fn document_file() -> Result<String, String> {
    let text = serde_json::to_string_pretty(&document()?).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn types() -> Result<Types, String> {
    let mut found = vec![];
    for frame in frames() {
        found.push(((frame.data.name)().into_owned(), (frame.data.schema)()));
        (frame.data.parts)(&mut found);
    }
    let json = |(name, schema)| {
        let schema = serde_json::to_value(schema).map_err(|error| error.to_string())?;
        Ok((name, schema))
    };
    let mut types = found.into_iter().map(json).collect::<Result<_, String>>()?;
    unions::describe(&mut types)?;
    types.values_mut().for_each(relax);
    Ok(used(types))
}

fn frames() -> impl Iterator<Item = &'static Frame> {
    let of = |socket: &'static Socket| socket.actions().chain(socket.events());
    SOCKETS.iter().flat_map(of)
}

/// The types that frames contain or other types refer to. The tags of a union are part of its variants.
fn used(types: Map<String, Value>) -> Types {
    let held: BTreeSet<String> = frames()
        .map(|frame| (frame.data.name)().into_owned())
        .collect();
    let text = Value::from(types.clone()).to_string();
    let is_used = |name: &str| held.contains(name) || text.contains(&format!("schemas/{name}\""));
    types
        .into_iter()
        .filter(|(name, _)| is_used(name))
        .collect()
}

/// Unknown fields are ignored in frames, also in types that refuse them in request bodies.
/// Discriminators are removed: in AsyncAPI they contain names of types, not values.
fn relax(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.contains_key("oneOf") {
                fields.remove("discriminator");
            }
            if fields.get("additionalProperties") == Some(&json!(false)) {
                fields.remove("additionalProperties");
            }
            fields.values_mut().for_each(relax);
        }
        Value::Array(items) => items.iter_mut().for_each(relax),
        _ => {}
    }
}

fn channel(socket: &Socket, types: &Types) -> Result<Value, String> {
    let mut messages = Map::new();
    for frame in socket.actions() {
        let message = frames::from_client(socket, frame, types)?;
        messages.insert(id(frame.name, true), message);
    }
    for frame in socket.events() {
        let message = frames::from_server(socket, frame, types);
        messages.insert(id(frame.name, false), message);
    }
    Ok(json!({
        "address": socket.path,
        "description": description(socket),
        "parameters": parameters(socket.path)?,
        "messages": messages,
    }))
}

fn description(socket: &Socket) -> String {
    match socket.binary_frames() {
        Some(binary) => format!("{}\n\n{binary}", socket.about),
        None => socket.about.to_owned(),
    }
}

/// The parameters of a path.
fn parameters(path: &str) -> Result<Value, String> {
    let names = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let describe = |name: &str| {
        let about = match name {
            "friend" => "Username or user id of the friend.",
            "name" => "Name of the lobby.",
            "match_id" => "Id of the match.",
            "id" if path.starts_with("/ws/tournament/") => "Id of the tournament.",
            _ => return Err(format!("{path}: parameter {name} is not described")),
        };
        Ok((name.to_owned(), json!({"description": about})))
    };
    let all: Map<String, Value> = names.map(describe).collect::<Result<_, _>>()?;
    Ok(all.into())
}

/// The messages that the server receives from clients, or sends to them.
fn operation(socket: &Socket, receives: bool) -> Value {
    let names: Vec<&str> = if receives {
        socket.actions().map(|frame| frame.name).collect()
    } else {
        socket.events().map(|frame| frame.name).collect()
    };
    let message = |name: &&str| {
        let id = id(name, receives);
        json!({"$ref": format!("#/channels/{}/messages/{id}", socket.id)})
    };
    json!({
        "action": if receives { "receive" } else { "send" },
        "channel": {"$ref": format!("#/channels/{}", socket.id)},
        "messages": names.iter().map(message).collect::<Vec<_>>(),
    })
}

/// The id of a message. Clients and the server may send frames of the same name.
fn id(name: &str, from_client: bool) -> String {
    let side = if from_client { "client" } else { "server" };
    format!("{side}.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve() {
        let document = document().unwrap();
        let text = document.to_string();
        let mut checked = 0;
        for rest in text.split("\"$ref\":\"#").skip(1) {
            let (pointer, _) = rest.split_once('"').unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            checked += 1;
        }
        assert!(checked > 100, "{checked}");
    }

    #[test]
    fn parameters_are_those_of_the_path() {
        assert_eq!(parameters("/ws/events/"), Ok(json!({})));
        let friend = parameters("/ws/chat/{friend}/").unwrap();
        assert!(friend["friend"]["description"].is_string());
        let unknown = parameters("/ws/room/{number}/").unwrap_err();
        assert_eq!(
            unknown,
            "/ws/room/{number}/: parameter number is not described"
        );
    }

    #[test]
    fn actions_list_their_errors() {
        let document = document().unwrap();
        let errors = |channel: &str, action: &str| {
            let path = format!("/channels/{channel}/messages/client.{action}/x-errors");
            document.pointer(&path).unwrap().to_string()
        };
        assert!(errors("events", "new_message").contains("chat.not_friends"));
        assert!(errors("events", "ping").contains("invalid_fields"));
        assert!(!errors("events", "new_message").contains("sockets.other_chat"));
        assert!(errors("lobby", "new_message").contains("sockets.other_chat"));
    }
}
