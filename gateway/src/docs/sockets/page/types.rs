//! The types on the page, with links between them.

use std::collections::BTreeSet;

use http_kit::static_files::html::escape;
use serde_json::Value;

/// A field of a frame's data.
struct Field<'d> {
    name: &'d str,
    schema: &'d Value,
    is_required: bool,
}

/// The fields of a type, one line for each.
pub(super) fn fields(schema: &Value, document: &Value) -> String {
    let rows: String = fields_of(schema, document).iter().map(row).collect();
    let one_of: String = choices(schema, document).into_iter().map(choice).collect();
    format!("<ul>{rows}{one_of}</ul>")
}

/// The `oneOf` choices in a type.
fn choices<'d>(schema: &'d Value, document: &'d Value) -> Vec<&'d Value> {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document.pointer(name.trim_start_matches('#'));
        return named.map_or_else(Vec::new, |named| choices(named, document));
    }
    let all = schema["allOf"].as_array().into_iter().flatten();
    let mut found: Vec<_> = all.flat_map(|part| choices(part, document)).collect();
    found.extend(Some(schema).filter(|schema| schema["oneOf"].is_array()));
    found
}

fn choice(schema: &Value) -> String {
    format!("<li>The fields of <em>{}</em></li>", kind(schema))
}

/// All types that fields refer to, with their fields or values.
pub(super) fn section(document: &Value) -> String {
    let mut names = BTreeSet::new();
    collect_referenced(document, &mut names);
    let subsection = |name: &str| {
        let schema = document.pointer(&format!("/components/schemas/{name}"))?;
        let about = escape(schema["description"].as_str().unwrap_or_default());
        let content = content(schema, document);
        Some(format!(
            "<h3 id=\"type-{name}\"><code>{name}</code></h3><p>{about}</p>{content}"
        ))
    };
    let all: String = names.into_iter().filter_map(subsection).collect();
    format!("<h2 id=\"types\">Types</h2>{all}")
}

/// Collects the names of all types that a part of the document refers to.
fn collect_referenced<'d>(part: &'d Value, names: &mut BTreeSet<&'d str>) {
    match part {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str);
            names.extend(name.and_then(|path| path.strip_prefix("#/components/schemas/")));
            let values = fields.values();
            values.for_each(|field| collect_referenced(field, names));
        }
        Value::Array(items) => {
            let items = items.iter();
            items.for_each(|item| collect_referenced(item, names));
        }
        _ => {}
    }
}

/// The fields or the values of a type.
fn content(schema: &Value, document: &Value) -> String {
    if schema["properties"].is_object() || schema["allOf"].is_array() {
        return fields(schema, document);
    }
    format!("<p><em>{}</em></p>", kind(schema))
}

fn row(field: &Field<'_>) -> String {
    let about = field.schema["description"].as_str().unwrap_or_default();
    let optional = if field.is_required { "" } else { ", optional" };
    format!(
        "<li><code>{}</code> <em>{}{optional}</em>: {}</li>",
        escape(field.name),
        kind(field.schema),
        escape(about)
    )
}

/// The fields of a type, including those of the types that it is composed of.
fn fields_of<'d>(schema: &'d Value, document: &'d Value) -> Vec<Field<'d>> {
    if let Some(name) = schema["$ref"].as_str() {
        let named = document.pointer(name.trim_start_matches('#'));
        return named.map_or_else(Vec::new, |named| fields_of(named, document));
    }
    let all = schema["allOf"].as_array().into_iter().flatten();
    let mut found: Vec<_> = all.flat_map(|part| fields_of(part, document)).collect();
    let required = schema["required"].as_array();
    let own = schema["properties"].as_object().into_iter().flatten();
    found.extend(own.map(|(name, schema)| Field {
        name,
        schema,
        is_required: required.is_some_and(|all| all.iter().any(|one| one == name)),
    }));
    found
}

/// A short description of a field's type, with links to named types.
fn kind(field: &Value) -> String {
    if let Some(path) = field["$ref"].as_str() {
        let name = escape(path.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#type-{name}\">{name}</a>");
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = field[key].as_array() {
            return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
        }
    }
    if let Some(values) = field["enum"].as_array() {
        return one_of(values);
    }
    plain(field)
}

/// The values of an enum.
fn one_of(values: &[Value]) -> String {
    let words = values.iter().map(|value| match value {
        Value::String(word) => escape(word),
        other => escape(&other.to_string()),
    });
    let words: Vec<String> = words.map(|word| format!("<code>{word}</code>")).collect();
    words.join(" or ")
}

fn plain(field: &Value) -> String {
    let plain = match &field["type"] {
        Value::String(one) => one.clone(),
        Value::Array(some) => {
            let words = some.iter().filter_map(Value::as_str);
            words.collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    };
    match (field["format"].as_str(), plain.as_str()) {
        (Some(format @ ("uuid" | "date-time")), _) => plain.replace("string", format),
        (_, "array") => format!("list of {}", kind(&field["items"])),
        (_, "object") if field["additionalProperties"].is_object() => {
            format!("object of {}", kind(&field["additionalProperties"]))
        }
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_describes_types() {
        let kind_of = |field: Value| kind(&field);
        assert_eq!(
            kind_of(serde_json::json!({"type": "string", "format": "uuid"})),
            "uuid"
        );
        assert_eq!(
            kind_of(serde_json::json!({"type": ["string", "null"], "format": "date-time"})),
            "date-time or null"
        );
        let list = serde_json::json!({"type": "array", "items": {"$ref": "#/a/UserSummary"}});
        assert_eq!(
            kind_of(list),
            "list of <a href=\"#type-UserSummary\">UserSummary</a>"
        );
        let choice = serde_json::json!({"type": "string", "enum": ["a", "b"]});
        assert_eq!(kind_of(choice), "<code>a</code> or <code>b</code>");
    }
}
