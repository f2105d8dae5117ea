//! The description of the sockets as an AsyncAPI document, made from the tables in
//! [`contract::catalogue`].

mod closes;
mod frames;
mod limits;
pub mod page;

use std::collections::BTreeSet;

use contract::catalogue::{Frame, SOCKETS, Socket};
use serde_json::{Map, Value, json};

use self::frames::Types;
use super::unions;

pub use closes::CLOSES;
pub use limits::limits;

const ABOUT: &str = "\
Frames are JSON objects, `{\"action\": NAME, \"data\": {…}}`; both keys, `action` and `type`, are \
understood on every socket. A client may add `\"cid\"`: the answer is an `ack` or an `error` with \
the same mark. Durable frames carry `stream`, `seq` and `epoch`; after a lost connection a client \
opens its socket with `?resume=true` and sends `resume` with how far it had come: it gets what it \
missed in order, or `resync` for streams where it must read over REST, and then what is new, which \
waits for `resume` for at most 10 seconds. A socket that announces none hears what is new at once; a \
later `resume` brings what came before the socket was opened. Unknown fields are passed over.\n\n\
A socket takes an access token as `Authorization: Bearer`, as the subprotocols `courtside.v1, \
bearer.TOKEN`, as `?ticket=` (from `POST /api/v1/auth/ws-ticket/`) or as `?token=`. It is accepted \
first and then closed with its code, so that a browser can see why.";

/// The document.
///
/// # Errors
/// A type cannot be written as JSON, which is a mistake of ours.
pub fn document() -> Result<Value, String> {
    let types = types()?;
    let mut channels = Map::new();
    let mut operations = Map::new();
    for socket in SOCKETS {
        channels.insert(socket.id.to_owned(), channel(socket, &types));
        operations.insert(format!("{}_takes", socket.id), operation(socket, true));
        operations.insert(format!("{}_tells", socket.id), operation(socket, false));
    }
    Ok(super::sorted(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Courtside sockets",
            "version": env!("CARGO_PKG_VERSION"),
            "description": about(),
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"here": {"host": "localhost:8080", "protocol": "ws"}},
        "channels": channels,
        "operations": operations,
        "components": {"schemas": types},
        "x-close-codes": closes::described(),
        "x-limits": limits::described(),
    })))
}

fn about() -> String {
    let lines: String = limits()
        .iter()
        .map(|limit| format!("\n- {limit}"))
        .collect();
    format!("{ABOUT}\n\nLimits:\n{lines}")
}

/// The document as the file it is kept in.
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
    types.values_mut().for_each(open);
    Ok(used(types))
}

fn frames() -> impl Iterator<Item = &'static Frame> {
    let of = |socket: &'static Socket| socket.actions().chain(socket.events());
    SOCKETS.iter().flat_map(of)
}

/// Those that frames hold or others refer to: the words of a union stand in its shapes.
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

/// In frames unknown fields are passed over, also in types that are strict in request bodies. What
/// AsyncAPI calls a discriminator holds the names of types, which the words of ours are not.
fn open(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.contains_key("oneOf") {
                fields.remove("discriminator");
            }
            if fields.get("additionalProperties") == Some(&json!(false)) {
                fields.remove("additionalProperties");
            }
            fields.values_mut().for_each(open);
        }
        Value::Array(items) => items.iter_mut().for_each(open),
        _ => {}
    }
}

fn channel(socket: &Socket, types: &Types) -> Value {
    let mut messages = Map::new();
    for frame in socket.actions() {
        let described = frames::from_client(socket, frame, types);
        messages.insert(id(frame.name, true), described);
    }
    for frame in socket.events() {
        let described = frames::from_server(socket, frame, types);
        messages.insert(id(frame.name, false), described);
    }
    json!({
        "address": socket.path,
        "description": socket.about,
        "parameters": parameters(socket.path),
        "messages": messages,
    })
}

/// The variable parts of a path.
fn parameters(path: &str) -> Value {
    let about = |name: &str| match name {
        "friend" => "The friend's username or id.",
        _ => "The lobby's name.",
    };
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| (name.to_owned(), json!({"description": about(name)})))
        .collect::<Map<_, _>>()
        .into()
}

/// What the server takes from clients, or tells them.
fn operation(socket: &Socket, takes: bool) -> Value {
    let names: Vec<&str> = if takes {
        socket.actions().map(|frame| frame.name).collect()
    } else {
        socket.events().map(|frame| frame.name).collect()
    };
    let message = |name: &&str| {
        let id = id(name, takes);
        json!({"$ref": format!("#/channels/{}/messages/{id}", socket.id)})
    };
    json!({
        "action": if takes { "receive" } else { "send" },
        "channel": {"$ref": format!("#/channels/{}", socket.id)},
        "messages": names.iter().map(message).collect::<Vec<_>>(),
    })
}

/// The same name may be asked for and told.
fn id(name: &str, from_client: bool) -> String {
    let side = if from_client { "client" } else { "server" };
    format!("{side}.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
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
    fn every_path_has_its_variable_parts() {
        assert_eq!(parameters("/ws/events/"), json!({}));
        let friend = parameters("/ws/chat/{friend}/");
        assert!(friend["friend"]["description"].is_string());
    }
}
