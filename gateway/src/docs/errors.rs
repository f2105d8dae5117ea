//! The refusals of each operation. A handler names those of its own in `x-errors`; what follows
//! from its shape (a body, an id in the address, a token) is added here. Refusals that all operations
//! share are told once, as responses that the operations refer to.

use std::collections::{BTreeMap, BTreeSet};

use http_kit::failure::status;
use kernel::{AppError, Code};
use serde_json::{Map, Value, json};

use crate::error_codes;

/// Where handlers name their refusals.
const NAMED: &str = "x-errors";

/// What any operation of the API may answer.
const OF_ALL: [&str; 5] = [
    "internal",
    "malformed_address",
    "overloaded",
    "unavailable",
    "unknown_host",
];
/// What operations that read a token may answer.
const OF_TOKENS: [&str; 6] = [
    "auth.ambiguous_credentials",
    "auth.malformed_credentials",
    "auth.not_signed_in",
    "auth.session_ended",
    "auth.token_expired",
    "auth.token_invalid",
];
/// What operations that read JSON may answer.
const OF_BODIES: [&str; 6] = [
    "request_timeout",
    "body_too_large",
    "invalid_fields",
    "malformed_json",
    "unsupported_content_encoding",
    "unsupported_media_type",
];
/// What operations that honour an `Idempotency-Key` may answer.
const OF_KEYS: [&str; 4] = [
    "request_timeout",
    "body_too_large",
    "idempotency.key_reused",
    "idempotency.malformed_key",
];
/// What operations with a limit, an id in their address or a query may answer.
const OF_OTHERS: [&str; 2] = ["malformed_id", "too_many_requests"];

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
    let examples: Map<String, Value> = error_codes::codes()
        .into_iter()
        .filter(|code| used.contains(code.name) || is_shared(code))
        .map(|code| (code.name.to_owned(), named_example(code)))
        .collect();
    let components = document
        .pointer_mut("/components")
        .and_then(Value::as_object_mut)
        .ok_or("no components")?;
    components.insert("examples".to_owned(), examples.into());
    components.insert("responses".to_owned(), shared_responses().into());
    Ok(())
}

/// Whether many operations may answer it, so that it is told once.
fn is_shared(code: &Code) -> bool {
    let all: [&[&str]; 5] = [&OF_ALL, &OF_TOKENS, &OF_BODIES, &OF_KEYS, &OF_OTHERS];
    all.into_iter().flatten().any(|name| *name == code.name)
}

/// The shared refusals by their status.
fn shared() -> BTreeMap<u16, Vec<&'static Code>> {
    let codes = error_codes::codes().into_iter();
    by_status(codes.filter(|code| is_shared(code)))
}

fn by_status<'a>(codes: impl Iterator<Item = &'a Code>) -> BTreeMap<u16, Vec<&'a Code>> {
    let mut all: BTreeMap<u16, Vec<&Code>> = BTreeMap::new();
    for code in codes {
        all.entry(status(code.kind).as_u16())
            .or_default()
            .push(code);
    }
    all
}

fn shared_responses() -> Map<String, Value> {
    let shared = shared().into_iter();
    shared
        .map(|(status, codes)| (name_of(status), response(status, &codes, &[])))
        .collect()
}

/// What the shared refusals of a status are called.
fn name_of(status: u16) -> String {
    let name = match status {
        400 => "BadRequest",
        401 => "Unauthenticated",
        408 => "RequestTimeout",
        413 => "BodyTooLarge",
        415 => "UnsupportedMediaType",
        422 => "InvalidFields",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "Unavailable",
        other => return format!("Status{other}"),
    };
    name.to_owned()
}

/// The shared refusals as a table for the start of the document.
pub(super) fn table() -> String {
    let line = |(status, codes): (u16, Vec<&Code>)| {
        let names: Vec<String> = codes
            .iter()
            .map(|code| format!("`{}`", code.name))
            .collect();
        format!("| {status} | {} |\n", names.join(", "))
    };
    let lines: String = shared().into_iter().map(line).collect();
    format!("| status | codes |\n|---|---|\n{lines}")
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
            Some("header") if parameter["name"] == "Idempotency-Key" => names.extend(OF_KEYS),
            _ => {}
        }
    }
    let find = |name| error_codes::find(name).ok_or_else(|| format!("there is no code {name}"));
    names.into_iter().map(find).collect()
}

fn is_id(parameter: &Value) -> bool {
    parameter.pointer("/schema/$ref").and_then(Value::as_str) == Some("#/components/schemas/Id")
}

fn add(operation: &mut Map<String, Value>, codes: &[&'static Code]) -> Result<(), String> {
    let names: Vec<&str> = codes.iter().map(|code| code.name).collect();
    operation.insert(NAMED.to_owned(), json!(names));
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    let responses = responses.ok_or("no responses")?;
    for (status, codes) in by_status(codes.iter().copied()) {
        let (shared, own): (Vec<&Code>, Vec<&Code>) =
            codes.into_iter().partition(|code| is_shared(code));
        let response = if own.is_empty() {
            json!({"$ref": format!("#/components/responses/{}", name_of(status))})
        } else {
            response(status, &own, &shared)
        };
        if responses.insert(status.to_string(), response).is_some() {
            return Err(format!("answers {status} are described by hand"));
        }
    }
    Ok(())
}

/// An answer with these refusals, besides those that are told elsewhere.
fn response(status: u16, codes: &[&Code], besides: &[&Code]) -> Value {
    let lines = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.name, code.meaning));
    let besides: Vec<String> = besides
        .iter()
        .map(|code| format!("`{}`", code.name))
        .collect();
    let besides =
        (!besides.is_empty()).then(|| format!("And as everywhere: {}.", besides.join(", ")));
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
        "description": lines.chain(besides).collect::<Vec<_>>().join("\n\n"),
        "headers": headers,
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/ErrorEnvelope"},
            "examples": examples,
        }},
    })
}

fn named_example(code: &'static Code) -> Value {
    let error = match code.name {
        "invalid_fields" => AppError::new(code).on_field("username", "is missing"),
        "not_ready" => AppError::new(code).with("checks", json!({"database": "down"})),
        _ => AppError::new(code),
    };
    json!({"summary": code.meaning, "value": example(&error)})
}

/// An error as an example.
fn example(error: &AppError) -> Value {
    let id = "0f1e2d3c4b5a6978-00000001";
    json!(http_kit::failure::envelope(error, id))
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
            "parameters": [{"in": "path", "schema": {"$ref": "#/components/schemas/Id"}}],
            "x-errors": ["too_many_requests", "auth.code_invalid"],
        }));
        let document = document.unwrap();
        let responses = document.pointer("/paths/~1api~1v1~1things~1{id}~1/post/responses");
        let responses = responses.unwrap().as_object().unwrap();
        let statuses: Vec<&str> = responses.keys().map(String::as_str).collect();
        let expected = [
            "200", "400", "401", "408", "413", "415", "422", "429", "500", "503",
        ];
        assert_eq!(statuses, expected);
        assert_eq!(
            responses["400"],
            json!({"$ref": "#/components/responses/BadRequest"})
        );
        let of_all = document.pointer("/components/responses/BadRequest/description");
        let of_all = of_all.unwrap().as_str().unwrap();
        assert!(of_all.contains("`malformed_id`: ") && of_all.contains("`malformed_json`: "));
        let own = responses["401"]["description"].as_str().unwrap();
        assert!(own.starts_with("`auth.code_invalid`: "), "{own}");
        assert!(
            own.contains("And as everywhere: `auth.not_signed_in`"),
            "{own}"
        );
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
