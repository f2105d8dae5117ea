//! What follows from the shape of each operation and would be said by hand otherwise.

use serde_json::{Map, Value, json};

/// Says of each operation whether it is public, and what a conditional read answers.
pub(super) fn describe(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flatten().map(|(_, item)| item);
    for item in items {
        let operations = item.as_object_mut().into_iter().flatten();
        for operation in operations.filter_map(|(_, operation)| operation.as_object_mut()) {
            operation.entry("security").or_insert_with(|| json!([]));
            refuse_null(operation);
            if takes(operation, "If-None-Match") {
                conditional(operation);
            }
            if takes(operation, "Idempotency-Key") {
                replayed(operation);
            }
        }
    }
}

/// A body that may be left out is never `null`.
fn refuse_null(operation: &mut Map<String, Value>) {
    let body = operation.get_mut("requestBody");
    let contents = body.and_then(|body| body.get_mut("content")?.as_object_mut());
    let schemas = contents.into_iter().flatten();
    for schema in schemas.filter_map(|(_, content)| content.get_mut("schema")) {
        let choices = schema.get("oneOf").and_then(Value::as_array);
        let is_null = |one: &&Value| one.get("type").is_some_and(|kind| kind == "null");
        let some = choices.filter(|all| all.iter().any(|one| is_null(&one)));
        let only = some.and_then(|all| all.iter().find(|one| !is_null(one)));
        if let Some(only) = only.cloned() {
            *schema = only;
        }
    }
}

fn takes(operation: &Map<String, Value>, header: &str) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let mut parameters = parameters.into_iter().flatten();
    parameters.any(|parameter| parameter["in"] == "header" && parameter["name"] == header)
}

fn conditional(operation: &mut Map<String, Value>) {
    let tag =
        json!({"description": "Names this state of the answer.", "schema": {"type": "string"}});
    header(operation, "200", "ETag", tag);
    if let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    {
        let unchanged = json!({"description": "What the caller has still holds."});
        responses.insert("304".to_owned(), unchanged);
    }
}

fn replayed(operation: &mut Map<String, Value>) {
    let about = "There, and `true`, where the first answer to the same key is given again.";
    let schema = json!({"type": "string", "enum": ["true"]});
    let told = json!({"description": about, "schema": schema});
    header(operation, "201", "Idempotency-Replayed", told);
}

fn header(operation: &mut Map<String, Value>, status: &str, name: &str, described: Value) {
    let response = operation
        .get_mut("responses")
        .and_then(|all| all.get_mut(status));
    if let Some(response) = response.and_then(Value::as_object_mut) {
        let headers = response.entry("headers").or_insert_with(|| json!({}));
        if let Some(headers) = headers.as_object_mut() {
            headers.insert(name.to_owned(), described);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_may_be_left_out_is_never_null() {
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
    fn public_operations_and_conditional_reads_say_so() {
        let mut document = json!({"paths": {"/a": {"get": {
            "parameters": [{"in": "header", "name": "If-None-Match"}],
            "responses": {"200": {"description": "It."}},
        }}}});
        describe(&mut document);
        let operation = &document["paths"]["/a"]["get"];
        assert_eq!(operation["security"], json!([]));
        assert!(operation["responses"]["304"].is_object());
        assert!(operation["responses"]["200"]["headers"]["ETag"].is_object());
    }
}
