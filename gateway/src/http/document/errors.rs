//! The refusals of each operation. A handler names those of its own in `x-errors`; what follows
//! from its shape (a body, an id in the address, a token) is added here.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Code, Fault};
use serde_json::{Map, Value, json};

use super::example;
use crate::catalogue;
use crate::http::kit::failure::status;

/// Where handlers name their refusals.
const NAMED: &str = "x-errors";

/// What any operation of the API may answer.
const OF_ALL: [&str; 4] = ["internal", "overloaded", "unavailable", "unknown_host"];
/// What operations that read a token may answer.
const OF_TOKENS: [&str; 3] = [
    "auth.ambiguous_credentials",
    "auth.malformed_credentials",
    "auth.not_signed_in",
];
/// What operations that read JSON may answer.
const OF_BODIES: [&str; 4] = [
    "body_too_large",
    "invalid_fields",
    "malformed_json",
    "unsupported_media_type",
];

/// Adds all refusals to all operations.
pub(super) fn describe(document: &mut Value) -> Result<(), String> {
    let mut used = BTreeSet::new();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let operations = item.as_object_mut().into_iter().flatten();
        for (method, operation) in operations {
            let Some(operation) = operation.as_object_mut() else {
                continue;
            };
            let of = format!("{method} {path}");
            let codes = codes_of(path, operation).map_err(|problem| format!("{of}: {problem}"))?;
            add(operation, &codes).map_err(|problem| format!("{of}: {problem}"))?;
            used.extend(codes.iter().map(|code| code.name));
        }
    }
    let examples: Map<String, Value> = catalogue::codes()
        .into_iter()
        .filter(|code| used.contains(code.name))
        .map(|code| (code.name.to_owned(), named_example(code)))
        .collect();
    let components = document
        .pointer_mut("/components")
        .and_then(Value::as_object_mut);
    components
        .ok_or("no components")?
        .insert("examples".to_owned(), examples.into());
    Ok(())
}

fn codes_of(path: &str, operation: &Map<String, Value>) -> Result<Vec<&'static Code>, String> {
    let mut names = BTreeSet::new();
    let named = operation.get(NAMED).and_then(Value::as_array);
    for name in named.into_iter().flatten() {
        names.insert(
            name.as_str()
                .ok_or("x-errors holds something that is no name")?,
        );
    }
    if path.starts_with("/api/") {
        names.extend(OF_ALL);
    }
    if operation.contains_key("security") {
        names.extend(OF_TOKENS);
    }
    if operation.contains_key("requestBody") {
        names.extend(OF_BODIES);
    }
    let parameters = operation.get("parameters").and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten() {
        match parameter.get("in").and_then(Value::as_str) {
            Some("path") if is_id(parameter) => drop(names.insert("malformed_id")),
            Some("query") => drop(names.insert("invalid_fields")),
            _ => {}
        }
    }
    let find = |name| catalogue::find(name).ok_or_else(|| format!("there is no code {name}"));
    names.into_iter().map(find).collect()
}

fn is_id(parameter: &Value) -> bool {
    parameter.pointer("/schema/format").and_then(Value::as_str) == Some("uuid")
}

fn add(operation: &mut Map<String, Value>, codes: &[&'static Code]) -> Result<(), String> {
    let mut by_status: BTreeMap<u16, Vec<&Code>> = BTreeMap::new();
    for code in codes {
        by_status
            .entry(status(code.kind).as_u16())
            .or_default()
            .push(code);
    }
    let names: Vec<&str> = codes.iter().map(|code| code.name).collect();
    operation.insert(NAMED.to_owned(), json!(names));
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    let responses = responses.ok_or("no responses")?;
    for (status, codes) in by_status {
        if responses
            .insert(status.to_string(), response(status, &codes))
            .is_some()
        {
            return Err(format!("answers {status} are described by hand"));
        }
    }
    Ok(())
}

fn response(status: u16, codes: &[&Code]) -> Value {
    let lines = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.name, code.meaning));
    let examples = codes.iter().map(|code| {
        let reference = format!("#/components/examples/{}", code.name);
        (code.name.to_owned(), json!({"$ref": reference}))
    });
    let examples: Map<String, Value> = examples.collect();
    let wait = json!({"Retry-After": {
        "description": "Seconds until trying again makes sense.",
        "schema": {"type": "integer", "minimum": 1}
    }});
    let headers = if matches!(status, 429 | 503) {
        wait
    } else {
        json!({})
    };
    json!({
        "description": lines.collect::<Vec<_>>().join("\n\n"),
        "headers": headers,
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/ErrorEnvelope"},
            "examples": examples,
        }},
    })
}

fn named_example(code: &'static Code) -> Value {
    let fault = match code.name {
        "invalid_fields" => Fault::new(code).at("username", "is missing"),
        "not_ready" => Fault::new(code).with("checks", json!({"database": "down"})),
        _ => Fault::new(code),
    };
    json!({"summary": code.meaning, "value": example(&fault)})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(operation: &Value) -> Result<Value, String> {
        let mut document = json!({
            "paths": {"/api/v1/things/{id}/": {"post": operation}}, "components": {}
        });
        describe(&mut document)?;
        Ok(document)
    }

    #[test]
    fn an_operation_tells_what_follows_from_its_shape() {
        let document = described(&json!({
            "security": [{"bearer": []}], "requestBody": {}, "responses": {"200": {}},
            "parameters": [{"in": "path", "schema": {"format": "uuid"}}],
            "x-errors": ["too_many_requests"],
        }));
        let document = document.unwrap();
        let responses = document.pointer("/paths/~1api~1v1~1things~1{id}~1/post/responses");
        let responses = responses.unwrap().as_object().unwrap();
        let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
        let expected = [
            "200", "400", "401", "413", "415", "422", "429", "500", "503",
        ];
        assert_eq!(statuses, expected);
        let described = responses["400"]["description"].as_str().unwrap();
        assert!(described.contains("`malformed_id`") && described.contains("`malformed_json`"));
        assert!(
            document
                .pointer("/components/examples/too_many_requests/value/error")
                .is_some()
        );
    }

    #[test]
    fn a_code_that_does_not_exist_is_found_out() {
        let problem = described(&json!({"responses": {}, "x-errors": ["no.such"]})).unwrap_err();
        assert_eq!(
            problem,
            "post /api/v1/things/{id}/: there is no code no.such"
        );
    }

    #[test]
    fn refusals_are_not_described_by_hand() {
        let problem = described(&json!({"responses": {"500": {}}})).unwrap_err();
        assert!(
            problem.ends_with("answers 500 are described by hand"),
            "{problem}"
        );
    }
}
