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
