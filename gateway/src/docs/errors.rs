//! The error responses of each operation. A handler lists its own errors in `x-errors`; those that
//! follow from its inputs (a body, an id in the path, a token) are added here. Errors that many
//! operations share are described once, as responses that the operations refer to.

use std::collections::{BTreeMap, BTreeSet};

use http_kit::failure::status;
use kernel::{AppError, Code};
use serde_json::{Map, Value, json};

use crate::error_codes;

/// The extension in which handlers list their errors.
const EXTENSION: &str = "x-errors";

/// The errors of all operations.
const ANY_OPERATION: [&str; 5] = [
    "internal",
    "malformed_address",
    "overloaded",
    "unavailable",
    "unknown_host",
];
/// The errors of operations that take a token.
const WITH_TOKEN: [&str; 6] = [
    "auth.ambiguous_credentials",
    "auth.malformed_credentials",
    "auth.not_signed_in",
    "auth.session_ended",
    "auth.token_expired",
    "auth.token_invalid",
];
/// The errors of operations that take a body.
const WITH_BODY: [&str; 6] = [
    "request_timeout",
    "body_too_large",
    "invalid_fields",
    "malformed_json",
    "unsupported_content_encoding",
    "unsupported_media_type",
];
/// The errors of operations that take an `Idempotency-Key`.
const WITH_IDEMPOTENCY_KEY: [&str; 4] = [
    "request_timeout",
    "body_too_large",
    "idempotency.key_reused",
    "idempotency.malformed_key",
];
/// The errors of operations with a rate limit or an id in their path.
const OTHERS: [&str; 2] = ["malformed_id", "too_many_requests"];

/// Adds the error responses to all operations.
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

/// Whether the error is described once for all operations.
fn is_shared(code: &Code) -> bool {
    let all: [&[&str]; 5] = [
        &ANY_OPERATION,
        &WITH_TOKEN,
        &WITH_BODY,
        &WITH_IDEMPOTENCY_KEY,
        &OTHERS,
    ];
    all.into_iter().flatten().any(|name| *name == code.name)
}

/// The shared errors by status.
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
        .map(|(status, codes)| (response_name(status), response(status, &codes, &[])))
        .collect()
}

/// The name of the shared response of a status.
fn response_name(status: u16) -> String {
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

/// The shared errors as a table for the introduction.
pub(super) fn table() -> String {
    let line = |(status, codes): (u16, Vec<&Code>)| {
        let names: Vec<String> = codes
            .iter()
            .map(|code| format!("`{}`", code.name))
            .collect();
        format!("| {status} | {} |\n", names.join(", "))
    };
    let lines: String = shared().into_iter().map(line).collect();
    format!("| Status | Codes |\n|---|---|\n{lines}")
}

fn codes_of(path: &str, operation: &Map<String, Value>) -> Result<Vec<&'static Code>, String> {
    let mut names = BTreeSet::new();
    let listed = operation.get(EXTENSION).and_then(Value::as_array);
    for name in listed.into_iter().flatten() {
        names.insert(
            name.as_str()
                .ok_or("x-errors contains a value that is not a string")?,
        );
    }
    if path.starts_with("/api/") {
        names.extend(ANY_OPERATION);
    }
    if operation.contains_key("security") {
        names.extend(WITH_TOKEN);
    }
    if operation.contains_key("requestBody") {
        names.extend(WITH_BODY);
    }
    let parameters = operation.get("parameters").and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten() {
        match parameter.get("in").and_then(Value::as_str) {
            Some("path") if is_id(parameter) => drop(names.insert("malformed_id")),
            Some("query") => drop(names.insert("invalid_fields")),
            Some("header") if parameter["name"] == "Idempotency-Key" => {
                names.extend(WITH_IDEMPOTENCY_KEY);
            }
            _ => {}
        }
    }
    let find = |name| error_codes::find(name).ok_or_else(|| format!("unknown error code {name}"));
    names.into_iter().map(find).collect()
}

fn is_id(parameter: &Value) -> bool {
    parameter.pointer("/schema/$ref").and_then(Value::as_str) == Some("#/components/schemas/Id")
}

fn add(operation: &mut Map<String, Value>, codes: &[&'static Code]) -> Result<(), String> {
    let names: Vec<&str> = codes.iter().map(|code| code.name).collect();
    operation.insert(EXTENSION.to_owned(), json!(names));
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    let responses = responses.ok_or("no responses")?;
    for (status, codes) in by_status(codes.iter().copied()) {
        let (shared, own): (Vec<&Code>, Vec<&Code>) =
            codes.into_iter().partition(|code| is_shared(code));
        let response = if own.is_empty() {
            json!({"$ref": format!("#/components/responses/{}", response_name(status))})
        } else {
            response(status, &own, &shared)
        };
        if responses.insert(status.to_string(), response).is_some() {
            return Err(format!("response {status} is already described"));
        }
    }
    Ok(())
}

/// A response with these errors, which refers to the shared ones.
fn response(status: u16, codes: &[&Code], shared: &[&Code]) -> Value {
    let lines = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.name, code.meaning));
    let shared: Vec<String> = shared
        .iter()
        .map(|code| format!("`{}`", code.name))
        .collect();
    let shared = (!shared.is_empty()).then(|| format!("Common errors: {}.", shared.join(", ")));
    let examples = codes.iter().map(|code| {
        let reference = format!("#/components/examples/{}", code.name);
        (code.name.to_owned(), json!({"$ref": reference}))
    });
    let examples: Map<String, Value> = examples.collect();
    let retry_after = json!({"Retry-After": {
        "description": "Seconds to wait before retrying.",
        "schema": {"type": "integer", "minimum": 1}
    }});
    let headers = if matches!(status, 429 | 503) {
        retry_after
    } else {
        json!({})
    };
    json!({
        "description": lines.chain(shared).collect::<Vec<_>>().join("\n\n"),
        "headers": headers,
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/ErrorEnvelope"},
            "examples": examples,
        }},
    })
}

fn named_example(code: &'static Code) -> Value {
    let error = match code.name {
        "invalid_fields" => AppError::new(code).on_field("username", "is required"),
        "not_ready" => AppError::new(code).with("checks", json!({"database": "down"})),
        _ => AppError::new(code),
    };
    json!({"summary": code.meaning, "value": example(&error)})
}

/// The envelope of an error with a fixed request id.
fn example(error: &AppError) -> Value {
    let id = "0f1e2d3c4b5a6978-00000001";
    json!(http_kit::failure::envelope(error, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document_with(operation: &Value) -> Result<Value, String> {
        let mut document = json!({
            "paths": {"/api/v1/things/{id}/": {"post": operation}}, "components": {}
        });
        describe(&mut document)?;
        Ok(document)
    }

    #[test]
    fn describe_adds_the_errors_of_inputs() {
        let document = document_with(&json!({
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
        assert!(own.contains("Common errors: `auth.not_signed_in`"), "{own}");
        assert!(
            document
                .pointer("/components/examples/too_many_requests/value/error")
                .is_some()
        );
    }

    #[test]
    fn describe_refuses_unknown_codes() {
        let problem =
            document_with(&json!({"responses": {}, "x-errors": ["no.such"]})).unwrap_err();
        assert_eq!(
            problem,
            "post /api/v1/things/{id}/: unknown error code no.such"
        );
    }

    #[test]
    fn describe_refuses_responses_that_exist() {
        let problem = document_with(&json!({"responses": {"500": {}}})).unwrap_err();
        assert!(
            problem.ends_with("response 500 is already described"),
            "{problem}"
        );
    }
}
