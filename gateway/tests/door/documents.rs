//! The description of the API and the catalogue, held against the code.

use std::fs;
use std::path::{Path, PathBuf};

use gateway::catalogue;
use gateway::http::document;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_kept_files_are_what_the_code_says() {
    let advice = "run `cargo run -- openapi`";
    let kept = |name| fs::read_to_string(root().join("openapi").join(name)).unwrap();
    assert!(
        kept("openapi.json") == document::document_file().unwrap(),
        "{advice}"
    );
    assert!(kept("error-codes.md") == document::catalogue(), "{advice}");
    let sockets = document::sockets::document_file().unwrap();
    assert!(kept("asyncapi.json") == sockets, "{advice}");
    let page = document::sockets::page::catalogue().unwrap();
    assert!(kept("websockets.html") == page, "{advice}");
}

#[test]
fn every_operation_is_described_in_full() {
    let document = document::document().unwrap();
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
        document::document().unwrap(),
        document::sockets::document().unwrap(),
    ];
    for whole in documents {
        let mut found = vec![];
        dangling(&whole, &whole, &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn envelopes_refer_to_named_schemas() {
    let document = document::document().unwrap();
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
    let document = document::document().unwrap();
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
    for (file, source) in all.iter().filter(|(_, text)| text.contains("codes! {\n")) {
        let served = |(_, code): &(&str, &str)| catalogue::find(code).is_some();
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
        catalogue::codes().len(),
        "some lines were not found"
    );
}
