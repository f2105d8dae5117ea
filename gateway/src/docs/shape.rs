//! Additions that follow from the inputs of each operation.

use serde_json::{Map, Value, json};

/// Adds security, conditional responses and replayed responses to each operation.
pub(super) fn describe(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flatten().map(|(_, item)| item);
    for item in items {
        let operations = item.as_object_mut().into_iter().flatten();
        for operation in operations.filter_map(|(_, operation)| operation.as_object_mut()) {
            operation.entry("security").or_insert_with(|| json!([]));
            remove_null_body(operation);
            if takes(operation, "If-None-Match") {
                add_conditional_response(operation);
            }
            if takes(operation, "Idempotency-Key") {
                add_replayed_header(operation);
            }
        }
    }
}

/// An optional body can be omitted, but not be `null`.
fn remove_null_body(operation: &mut Map<String, Value>) {
    let body = operation.get_mut("requestBody");
    let contents = body.and_then(|body| body.get_mut("content")?.as_object_mut());
    let schemas = contents.into_iter().flatten();
    for schema in schemas.filter_map(|(_, content)| content.get_mut("schema")) {
        let choices = schema.get("oneOf").and_then(Value::as_array);
        let is_null = |one: &&Value| one.get("type").is_some_and(|kind| kind == "null");
        let nullable = choices.filter(|all| all.iter().any(|one| is_null(&one)));
        let inner = nullable.and_then(|all| all.iter().find(|one| !is_null(one)));
        if let Some(inner) = inner.cloned() {
            *schema = inner;
        }
    }
}

fn takes(operation: &Map<String, Value>, header: &str) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let mut parameters = parameters.into_iter().flatten();
    parameters.any(|parameter| parameter["in"] == "header" && parameter["name"] == header)
}

fn add_conditional_response(operation: &mut Map<String, Value>) {
    let tag = json!({"description": "Version of the resource.", "schema": {"type": "string"}});
    add_header(operation, "200", "ETag", tag);
    if let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    {
        let unchanged = json!({"description": "Not modified."});
        responses.insert("304".to_owned(), unchanged);
    }
}

fn add_replayed_header(operation: &mut Map<String, Value>) {
    let about = "`true` if this is the stored response of an earlier request with the same key.";
    let schema = json!({"type": "string", "enum": ["true"]});
    let header = json!({"description": about, "schema": schema});
    add_header(operation, "201", "Idempotency-Replayed", header);
}

fn add_header(operation: &mut Map<String, Value>, status: &str, name: &str, header: Value) {
    let response = operation
        .get_mut("responses")
        .and_then(|all| all.get_mut(status));
    if let Some(response) = response.and_then(Value::as_object_mut) {
        let headers = response.entry("headers").or_insert_with(|| json!({}));
        if let Some(headers) = headers.as_object_mut() {
            headers.insert(name.to_owned(), header);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describe_removes_null_from_optional_bodies() {
        let schema = json!({"oneOf": [{"$ref": "#/a"}, {"type": "null"}]});
        let mut document = json!({"paths": {"/a": {"post": {
            "requestBody": {"content": {"application/json": {"schema": schema}}},
        }}}});
        describe(&mut document);
        let content = &document["paths"]["/a"]["post"]["requestBody"]["content"];
        assert_eq!(
            content["application/json"]["schema"],
            json!({"$ref": "#/a"})
        );
    }

    #[test]
    fn describe_adds_security_and_conditional_responses() {
        let mut document = json!({"paths": {"/a": {"get": {
            "parameters": [{"in": "header", "name": "If-None-Match"}],
            "responses": {"200": {"description": "A profile."}},
        }}}});
        describe(&mut document);
        let operation = &document["paths"]["/a"]["get"];
        assert_eq!(operation["security"], json!([]));
        assert!(operation["responses"]["304"].is_object());
        assert!(operation["responses"]["200"]["headers"]["ETag"].is_object());
    }
}
