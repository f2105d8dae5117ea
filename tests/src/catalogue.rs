//! Validates every received frame against the AsyncAPI document.

use std::sync::OnceLock;

use serde_json::Value;

use crate::name;

/// The committed AsyncAPI document.
pub fn catalogue() -> &'static Value {
    static CATALOGUE: OnceLock<Value> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/asyncapi.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    })
}

/// The channel of an address, such as `/ws/chat/lobby/world/?ticket=…`.
fn channel(address: &str) -> Option<&'static Value> {
    let path = address.split('?').next().unwrap_or_default();
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let wanted = parts(path);
    catalogue()["channels"]
        .as_object()
        .unwrap()
        .values()
        .find(|channel| {
            let described = parts(channel["address"].as_str().unwrap());
            described.len() == wanted.len()
                && described
                    .iter()
                    .zip(&wanted)
                    .all(|(a, b)| a == b || a.starts_with('{'))
        })
}

/// Fails the test if a frame from the server does not match the document.
pub(crate) fn assert_documented(address: &str, frame: &Value) {
    let channel = channel(address).unwrap_or_else(|| panic!("{address} is no documented path"));
    let message = &channel["messages"][format!("server.{}", name(frame))];
    assert!(
        !message.is_null(),
        "not in the catalogue of {address}: {frame}"
    );
    if let Err(problem) = fits(frame, &message["payload"], "frame") {
        panic!("{problem}, unlike the catalogue of {address}: {frame}");
    }
}

/// Fails the test if an action failed with an error that the document does not list for it.
pub(crate) fn assert_error_documented(address: &str, action: &str, frame: &Value) {
    let message = channel(address).map(|channel| &channel["messages"][format!("client.{action}")]);
    let listed = message.and_then(|message| message["x-errors"].as_array());
    // The server closes the socket after an action that is not documented.
    let Some(listed) = listed else { return };
    let code = &frame["data"]["code"];
    assert!(
        listed.contains(code),
        "{code} is no error of {action} in the catalogue of {address}"
    );
}

/// Whether a value matches a schema, without additional fields.
fn fits(value: &Value, schema: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        let named = catalogue().pointer(name.trim_start_matches('#')).unwrap();
        return fits(value, named, at);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return fits_all(value, parts, at);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[key].as_array() {
            let mut tried = choices.iter().map(|choice| fits(value, choice, at));
            return match tried.find(Result::is_ok) {
                Some(_) => Ok(()),
                None => Err(format!("{at} is none of what it may be")),
            };
        }
    }
    if let Some(only) = schema.get("const") {
        return is(value == only, || format!("{at} is not {only}"));
    }
    if let Some(some) = schema["enum"].as_array() {
        return is(some.contains(value), || {
            format!("{at} is not one of {some:?}")
        });
    }
    is(is_of_type(value, &schema["type"]), || {
        format!("{at} is not a {}", schema["type"])
    })?;
    match value {
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| fits(item, &schema["items"], at)),
        Value::Object(_) => fits_all(value, std::slice::from_ref(schema), at),
        _ => Ok(()),
    }
}

/// Whether an object matches all of these schemas, without additional fields.
fn fits_all(value: &Value, parts: &[Value], at: &str) -> Result<(), String> {
    let mut all = vec![];
    parts.iter().for_each(|part| collect_parts(part, &mut all));
    if let Some(place) = all.iter().position(|part| part["oneOf"].is_array()) {
        let choices = all[place]["oneOf"].as_array().unwrap();
        let mut tried = choices.iter().map(|choice| {
            let mut parts: Vec<Value> = all.iter().copied().cloned().collect();
            parts[place] = choice.clone();
            fits_all(value, &parts, at)
        });
        let found = tried.find(Result::is_ok);
        return found.unwrap_or_else(|| Err(format!("{at} is none of what it may be")));
    }
    let fields = value
        .as_object()
        .ok_or_else(|| format!("{at} is no object"))?;
    for part in &all {
        for name in part["required"].as_array().into_iter().flatten() {
            let there = fields.contains_key(name.as_str().unwrap());
            is(there, || format!("{at}.{name} is missing"))?;
        }
    }
    // A type without fields of its own holds anything.
    if all.iter().all(|part| part["properties"].is_null()) {
        return Ok(());
    }
    for (name, field) in fields {
        let at = format!("{at}.{name}");
        let known = all.iter().find_map(|part| part["properties"].get(name));
        let schema = known.ok_or_else(|| format!("{at} is not described"))?;
        fits(field, schema, &at)?;
    }
    Ok(())
}

/// The object schemas that a type consists of.
fn collect_parts<'s>(schema: &'s Value, all: &mut Vec<&'s Value>) {
    if let Some(name) = schema["$ref"].as_str() {
        return collect_parts(
            catalogue().pointer(name.trim_start_matches('#')).unwrap(),
            all,
        );
    }
    match schema["allOf"].as_array() {
        Some(parts) => parts.iter().for_each(|part| collect_parts(part, all)),
        None => all.push(schema),
    }
}

fn is_of_type(value: &Value, kind: &Value) -> bool {
    let one = |kind: &str| match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no schema has the type {other}"),
    };
    match kind {
        Value::String(kind) => one(kind),
        Value::Array(kinds) => kinds.iter().any(|kind| one(kind.as_str().unwrap())),
        _ => true,
    }
}

fn is(fine: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if fine { Ok(()) } else { Err(problem()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fits_finds_differences_from_the_catalogue() {
        let whole = json!({"type": "pong", "timestamp": "2026-01-31T12:00:00Z",
            "data": {"server_time": "2026-01-31T12:00:00Z"}});
        let channel = channel("/ws/chat/lobby/world/?ticket=x").unwrap();
        let schema = &channel["messages"]["server.pong"]["payload"];
        assert_eq!(fits(&whole, schema, "frame"), Ok(()));
        let mut more = whole.clone();
        more["data"]["moon"] = json!(1);
        assert_eq!(
            fits(&more, schema, "frame").unwrap_err(),
            "frame.data.moon is not described"
        );
        let mut wrong = whole.clone();
        wrong["data"]["server_time"] = json!(7);
        assert!(
            fits(&wrong, schema, "frame")
                .unwrap_err()
                .contains("is not a")
        );
        let mut less = whole;
        less["data"] = json!({});
        assert!(
            fits(&less, schema, "frame")
                .unwrap_err()
                .contains("is missing")
        );
    }

    #[test]
    fn channel_matches_the_address() {
        let path = |address| channel(address).map(|found| found["address"].as_str().unwrap());
        assert_eq!(path("/ws/chat/ada/"), Some("/ws/chat/{friend}/"));
        assert_eq!(
            path("/ws/chat/lobby/world/"),
            Some("/ws/chat/lobby/{name}/")
        );
        assert_eq!(path("/ws/nowhere/"), None);
    }
}
