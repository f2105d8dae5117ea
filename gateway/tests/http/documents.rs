//! The generated documents, checked against the code.

use std::fs;
use std::path::{Path, PathBuf};

use gateway::docs;
use gateway::error_codes;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn committed_documents_are_current() {
    let advice = "run `cargo run -- openapi`";
    let committed = |name| fs::read_to_string(root().join("openapi").join(name)).unwrap();
    assert!(
        committed("openapi.json") == docs::document_file().unwrap(),
        "{advice}"
    );
    assert!(committed("error-codes.md") == docs::catalogue(), "{advice}");
    let sockets = docs::sockets::document_file().unwrap();
    assert!(committed("asyncapi.json") == sockets, "{advice}");
    let page = docs::sockets::page::catalogue().unwrap();
    assert!(committed("websockets.html") == page, "{advice}");
}

#[test]
fn operations_have_ids_summaries_tags_and_errors() {
    let document = docs::document().unwrap();
    let tags: Vec<&Value> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["name"])
        .collect();
    let paths = document["paths"].as_object().unwrap();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            let of = format!("{method} {path}");
            assert!(operation["operationId"].is_string(), "{of} has no id");
            let summary = operation["summary"].as_str().unwrap_or_default();
            assert!(!summary.is_empty() && summary.len() < 80, "{of}: {summary}");
            let tag = &operation["tags"][0];
            assert!(tags.contains(&tag), "{of} has no known tag");
            let codes = operation["x-errors"].as_array().unwrap();
            assert!(
                !path.starts_with("/api/") || !codes.is_empty(),
                "{of} has no errors"
            );
        }
    }
}

/// Collects the references that do not resolve within the document.
fn dangling(part: &Value, whole: &Value, found: &mut Vec<String>) {
    match part {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str().filter(|_| name == "$ref") {
                    Some(path) => {
                        let inside = path.strip_prefix('#');
                        if inside.and_then(|path| whole.pointer(path)).is_none() {
                            found.push(path.to_owned());
                        }
                    }
                    None => dangling(field, whole, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| dangling(item, whole, found)),
        _ => {}
    }
}

#[test]
fn references_resolve() {
    let documents = [
        docs::document().unwrap(),
        docs::sockets::document().unwrap(),
    ];
    for whole in documents {
        let mut found = vec![];
        dangling(&whole, &whole, &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn envelopes_refer_to_named_schemas() {
    let document = docs::document().unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        let data = &schema["properties"]["data"];
        let refers = if name.starts_with("ListEnvelope_") {
            data["items"]["$ref"].is_string()
        } else if name.starts_with("Envelope_") {
            data["$ref"].is_string()
        } else {
            continue;
        };
        assert!(refers, "{name}: {data}");
        assert_eq!(
            schema["properties"]["success"]["enum"],
            serde_json::json!([true])
        );
    }
    assert_eq!(
        schemas["ErrorEnvelope"]["properties"]["success"]["enum"],
        serde_json::json!([false])
    );
}

#[test]
fn operations_have_the_errors_of_tokens_and_ids() {
    let document = docs::document().unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let of = format!("{method} {path}");
            let schemes = operation["security"]
                .as_array()
                .unwrap_or_else(|| panic!("{of}"));
            let codes = operation["x-errors"].as_array().unwrap();
            let has = |code: &str| codes.iter().any(|one| one == code);
            for code in ["token_expired", "token_invalid", "session_ended"] {
                assert_eq!(has(&format!("auth.{code}")), !schemes.is_empty(), "{of}");
            }
            let id = path.contains("{id}") && path.starts_with("/api/");
            assert!(!id || has("malformed_id"), "{of}");
        }
    }
}

/// Collects the paths of strings without a maximum length.
fn unbounded(schema: &Value, whole: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = whole.pointer(reference.trim_start_matches('#')).unwrap();
        return unbounded(named, whole, path, found);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let choices = schema[key].as_array().into_iter().flatten();
        choices.for_each(|one| unbounded(one, whole, path, found));
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        unbounded(field, whole, &format!("{path}.{name}"), found);
    }
    if schema["items"].is_object() {
        unbounded(&schema["items"], whole, &format!("{path}[]"), found);
    }
    let is_text = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|kind| kind == "string"),
        kind => kind == "string",
    };
    let bounds = ["maxLength", "enum", "const", "pattern"];
    let is_bounded = bounds.iter().any(|bound| !schema[bound].is_null());
    let is_formal = matches!(
        schema["format"].as_str(),
        Some("uuid" | "date-time" | "binary")
    );
    if is_text && !is_bounded && !is_formal {
        found.push(path.to_owned());
    }
}

#[test]
fn request_strings_have_a_maximum_length() {
    let whole = docs::document().unwrap();
    let mut found = vec![];
    for (path, item) in whole["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let of = format!("{method} {path}");
            let contents = operation["requestBody"]["content"].as_object();
            for content in contents.into_iter().flatten().map(|(_, content)| content) {
                unbounded(&content["schema"], &whole, &of, &mut found);
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            // The head of a request has one limit for all headers.
            for one in parameters.filter(|one| one["in"] != "header") {
                let name = one["name"].as_str().unwrap();
                unbounded(&one["schema"], &whole, &format!("{of} {name}"), &mut found);
            }
        }
    }
    let whole = docs::sockets::document().unwrap();
    for (id, channel) in whole["channels"].as_object().unwrap() {
        for (name, message) in channel["messages"].as_object().unwrap() {
            if name.starts_with("client.") {
                let of = format!("{id} {name}");
                unbounded(&message["payload"], &whole, &of, &mut found);
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

/// The variant and the code of each line `Variant = "code", Kind, "Message.";`.
fn code_lines(source: &str) -> Vec<(&str, &str)> {
    let lines = source
        .lines()
        .map(str::trim)
        .filter(|line| line.ends_with("\";"));
    let pairs = lines.filter_map(|line| line.split_once(" = \""));
    pairs
        .filter_map(|(name, rest)| Some((name, rest.split_once('"')?.0)))
        .filter(|(name, _)| name.chars().all(char::is_alphanumeric))
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

#[test]
fn error_codes_are_used() {
    let mut all = vec![];
    let crates = fs::read_dir(root().join("crates")).unwrap();
    for folder in crates
        .map(|entry| entry.unwrap().path())
        .chain([root().join("gateway")])
    {
        if folder.join("src").is_dir() {
            sources(&folder.join("src"), &mut all);
        }
    }
    let mut checked = 0;
    for (file, source) in all
        .iter()
        .filter(|(_, text)| text.contains("error_codes! {\n"))
    {
        let served = |(_, code): &(&str, &str)| error_codes::find(code).is_some();
        for (variant, _) in code_lines(source).into_iter().filter(served) {
            let path = format!("::{variant}");
            let uses = |text: &str| {
                text.match_indices(&path).any(|(at, _)| {
                    let next = text[at + path.len()..].chars().next();
                    !next.is_some_and(char::is_alphanumeric)
                })
            };
            let found = all.iter().any(|(_, text)| uses(text));
            assert!(found, "{variant} of {} is never used", file.display());
            checked += 1;
        }
    }
    assert_eq!(
        checked,
        error_codes::codes().len(),
        "some lines were not found"
    );
}

/// Checks a value against a schema of the document.
fn validate(value: &Value, schema: &Value, whole: &Value) -> Result<(), String> {
    if let Some(path) = schema["$ref"].as_str() {
        let named = whole.pointer(path.trim_start_matches('#')).unwrap();
        return validate(value, named, whole);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        validate(value, part, whole)?;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[key].as_array() {
            let mut choices = choices.iter();
            let found = choices.any(|one| validate(value, one, whole).is_ok());
            found
                .then_some(())
                .ok_or(format!("{value} matches none of {}", schema[key]))?;
        }
    }
    let values = schema["enum"].as_array();
    if values.is_some_and(|all| !all.contains(value))
        || schema.get("const").is_some_and(|one| one != value)
    {
        return Err(format!("{value} does not match {schema}"));
    }
    validate_type(value, schema)?;
    for name in schema["required"].as_array().into_iter().flatten() {
        let exists = value.get(name.as_str().unwrap()).is_some();
        exists.then_some(()).ok_or(format!("{name} is missing"))?;
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(given) = value.get(name) {
            validate(given, field, whole).map_err(|problem| format!("{name}: {problem}"))?;
        }
    }
    let items = value.as_array().filter(|_| schema["items"].is_object());
    for item in items.into_iter().flatten() {
        validate(item, &schema["items"], whole)?;
    }
    Ok(())
}

fn validate_type(value: &Value, schema: &Value) -> Result<(), String> {
    let is = |kind: &Value| match kind.as_str().unwrap_or_default() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    let allowed = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is),
        kind => is(kind),
    };
    allowed
        .then_some(())
        .ok_or(format!("{value} is not of type {}", schema["type"]))
}

#[test]
fn frame_examples_match_their_schemas() {
    let whole = docs::sockets::document().unwrap();
    let mut checked = 0;
    for (id, channel) in whole["channels"].as_object().unwrap() {
        for (name, message) in channel["messages"].as_object().unwrap() {
            let example = &message["examples"][0]["payload"];
            let result = validate(example, &message["payload"], &whole);
            assert_eq!(result, Ok(()), "{id} {name}: {example}");
            if name.starts_with("client.") {
                let sent = realtime::Incoming::read(&example.to_string());
                assert!(sent.is_ok(), "{id} {name}: {example}");
            }
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn sockets_of_single_chats_need_no_chat_id() {
    let whole = docs::sockets::document().unwrap();
    for id in ["direct_chat", "lobby"] {
        for (name, message) in whole["channels"][id]["messages"].as_object().unwrap() {
            let example = &message["examples"][0]["payload"];
            let of = format!("{id} {name}: {example}");
            assert!(!example.to_string().contains("\"user:"), "{of}");
            if name.starts_with("client.") {
                assert!(example["data"].get("chat_id").is_none(), "{of}");
            }
        }
    }
}

#[test]
fn durable_frames_have_the_stream_of_their_chat_or_user() {
    let whole = docs::sockets::document().unwrap();
    let messages = &whole["channels"]["events"]["messages"];
    for (name, kind) in [
        ("new_message", "chat"),
        ("message_edited", "chat"),
        ("message_deleted", "chat"),
        ("chat_like_update", "chat"),
        ("room_created", "chat"),
        ("message_read", "user"),
        ("chat_joined", "user"),
        ("notification", "user"),
    ] {
        let message = &messages[format!("server.{name}")];
        let example = &message["examples"][0]["payload"];
        assert_eq!(message["x-stream"], kind, "{name}");
        let stream = example["stream"].as_str().unwrap();
        let chat = example["data"]["chat_id"].as_str().unwrap_or_default();
        match kind {
            "chat" => assert_eq!(stream, format!("chat:{chat}"), "{name}"),
            _ => assert!(stream.starts_with("user:"), "{name}"),
        }
    }
}

#[test]
fn page_shows_enums_and_its_links_resolve() {
    let page = docs::sockets::page::catalogue().unwrap();
    for link in page.split("href=\"#").skip(1) {
        let (target, _) = link.split_once('"').unwrap();
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
    let whole = docs::sockets::document().unwrap();
    for (name, schema) in whole["components"]["schemas"].as_object().unwrap() {
        for value in schema["enum"].as_array().into_iter().flatten() {
            assert!(
                page.contains(&format!("href=\"#type-{name}\"")),
                "{name} is not linked"
            );
            let value = value.as_str().unwrap();
            let shown = format!("<code>{value}</code>");
            assert!(page.contains(&shown), "{name}: {value}");
        }
    }
}

#[test]
fn socket_limits_are_in_both_documents() {
    let whole = docs::sockets::document().unwrap();
    let about = whole["info"]["description"].as_str().unwrap();
    let page = docs::sockets::page::catalogue().unwrap();
    for limit in [
        "at most 64 KiB",
        "a burst of 120, and 40 per second",
        "a burst of 60, and 10 per second",
        "once in 3 seconds per chat",
        "Sockets per user: at most 32",
        "30 in 600 seconds",
        "20 in 300 seconds",
        "a WebSocket ping every 25 seconds. Sockets that are silent for 35",
    ] {
        assert!(about.contains(limit), "{limit}");
        assert!(page.contains(limit), "{limit}");
    }
}
