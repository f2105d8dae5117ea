//! The description of the API and the catalogue, held against the code.

use std::fs;
use std::path::{Path, PathBuf};

use gateway::docs;
use gateway::error_codes;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_kept_files_are_what_the_code_says() {
    let advice = "run `cargo run -- openapi`";
    let kept = |name| fs::read_to_string(root().join("openapi").join(name)).unwrap();
    assert!(
        kept("openapi.json") == docs::document_file().unwrap(),
        "{advice}"
    );
    assert!(kept("error-codes.md") == docs::catalogue(), "{advice}");
    let limits = docs::rate_limits::page().unwrap();
    assert!(kept("rate-limits.md") == limits, "{advice}");
    let sockets = docs::sockets::document_file().unwrap();
    assert!(kept("asyncapi.json") == sockets, "{advice}");
    let page = docs::sockets::page::catalogue().unwrap();
    assert!(kept("websockets.html") == page, "{advice}");
}

#[test]
fn every_operation_is_described_in_full() {
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
                "{of} refuses nothing"
            );
        }
    }
}

#[test]
fn operations_with_a_limit_are_those_that_may_refuse_too_many_requests() {
    let document = docs::document().unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let codes = operation["x-errors"].as_array().unwrap();
            let refuses = codes.iter().any(|code| code == "too_many_requests");
            let has_limits = operation["x-rate-limits"].is_array();
            assert_eq!(refuses, has_limits, "{method} {path}");
        }
    }
}

#[test]
fn every_declared_rate_limit_is_documented() {
    let page = docs::rate_limits::page().unwrap();
    let mut all = vec![];
    for folder in ["gateway/src", "crates/http-kit/src/rate_limit.rs"] {
        let path = root().join(folder);
        match path.is_dir() {
            true => sources(&path, &mut all),
            false => all.push((path.clone(), fs::read_to_string(&path).unwrap())),
        }
    }
    let mut checked = 0;
    for (file, source) in &all {
        let lines = source
            .lines()
            .filter(|line| line.starts_with("rate_limit!("));
        for line in lines {
            let name = line.split('"').nth(1).unwrap();
            let row = format!("| `{name}` | ");
            assert!(page.contains(&row), "{name} of {}", file.display());
            checked += 1;
        }
    }
    assert!(checked > 25, "{checked}");
}

/// Every reference of a document that leads nowhere within it.
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
fn every_reference_resolves() {
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
fn every_operation_says_whether_it_is_public_and_what_its_id_may_be() {
    let document = docs::document().unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let of = format!("{method} {path}");
            let ways = operation["security"]
                .as_array()
                .unwrap_or_else(|| panic!("{of}"));
            let codes = operation["x-errors"].as_array().unwrap();
            let answers = |code: &str| codes.iter().any(|one| one == code);
            for code in ["token_expired", "token_invalid", "session_ended"] {
                assert_eq!(answers(&format!("auth.{code}")), !ways.is_empty(), "{of}");
            }
            let id = path.contains("{id}") && path.starts_with("/api/");
            assert!(!id || answers("malformed_id"), "{of}");
        }
    }
}

/// Every text that a schema takes without a bound, by the way to it.
fn unbounded(schema: &Value, whole: &Value, way: &str, found: &mut Vec<String>) {
    if let Some(path) = schema["$ref"].as_str() {
        let named = whole.pointer(path.trim_start_matches('#')).unwrap();
        return unbounded(named, whole, way, found);
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let choices = schema[key].as_array().into_iter().flatten();
        choices.for_each(|one| unbounded(one, whole, way, found));
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        unbounded(field, whole, &format!("{way}.{name}"), found);
    }
    if schema["items"].is_object() {
        unbounded(&schema["items"], whole, &format!("{way}[]"), found);
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
        found.push(way.to_owned());
    }
}

#[test]
fn every_text_of_a_request_has_a_bound() {
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
            // Headers are bounded together, as the head of a request.
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

/// The variant and the code of each line `Variant = "code", Kind, "Meaning.";`.
fn lines_of_catalogue(source: &str) -> Vec<(&str, &str)> {
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
fn every_refusal_is_raised_somewhere() {
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
        for (variant, _) in lines_of_catalogue(source).into_iter().filter(served) {
            let raised = format!("::{variant}");
            let raises = |text: &str| {
                text.match_indices(&raised).any(|(at, _)| {
                    let next = text[at + raised.len()..].chars().next();
                    !next.is_some_and(char::is_alphanumeric)
                })
            };
            let found = all.iter().any(|(_, text)| raises(text));
            assert!(found, "{variant} of {} is never raised", file.display());
            checked += 1;
        }
    }
    assert_eq!(
        checked,
        error_codes::codes().len(),
        "some lines were not found"
    );
}

/// Whether a value is what a schema of the document says; what is wrong otherwise.
fn fits(value: &Value, schema: &Value, whole: &Value) -> Result<(), String> {
    if let Some(path) = schema["$ref"].as_str() {
        let named = whole.pointer(path.trim_start_matches('#')).unwrap();
        return fits(value, named, whole);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(value, part, whole)?;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[key].as_array() {
            let found = choices.iter().any(|one| fits(value, one, whole).is_ok());
            found
                .then_some(())
                .ok_or(format!("{value} is none of {choices:?}"))?;
        }
    }
    let values = schema["enum"].as_array();
    if values.is_some_and(|all| !all.contains(value))
        || schema.get("const").is_some_and(|one| one != value)
    {
        return Err(format!("{value} is none of {schema}"));
    }
    fits_type(value, schema)?;
    for name in schema["required"].as_array().into_iter().flatten() {
        let is_there = value.get(name.as_str().unwrap()).is_some();
        is_there.then_some(()).ok_or(format!("{name} is missing"))?;
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(given) = value.get(name) {
            fits(given, field, whole).map_err(|problem| format!("{name}: {problem}"))?;
        }
    }
    let items = value.as_array().filter(|_| schema["items"].is_object());
    for item in items.into_iter().flatten() {
        fits(item, &schema["items"], whole)?;
    }
    Ok(())
}

fn fits_type(value: &Value, schema: &Value) -> Result<(), String> {
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
        .ok_or(format!("{value} is no {}", schema["type"]))
}

#[test]
fn examples_of_frames_fit_what_is_said_of_them() {
    let whole = docs::sockets::document().unwrap();
    let mut checked = 0;
    for (id, channel) in whole["channels"].as_object().unwrap() {
        for (name, message) in channel["messages"].as_object().unwrap() {
            let example = &message["examples"][0]["payload"];
            let fit = fits(example, &message["payload"], &whole);
            assert_eq!(fit, Ok(()), "{id} {name}: {example}");
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
fn sockets_of_one_chat_need_no_chat_id_and_know_its_stream_alone() {
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
fn durable_frames_are_numbered_in_the_stream_they_come_by() {
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
fn the_page_shows_each_enum_and_every_link_in_it_leads_somewhere() {
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
fn the_limits_of_sockets_stand_in_both_documents() {
    let whole = docs::sockets::document().unwrap();
    let about = whole["info"]["description"].as_str().unwrap();
    let page = docs::sockets::page::catalogue().unwrap();
    for told in [
        "at most 64 KiB",
        "120 frames at once and 40 a second",
        "60 at once and 10 a second",
        "once in 3 seconds per chat",
        "at most 32 sockets",
        "30 in 600 seconds",
        "20 in 300 seconds",
        "pings every 25 seconds; who is silent for 35",
    ] {
        assert!(about.contains(told), "{told}");
        assert!(page.contains(told), "{told}");
    }
}
