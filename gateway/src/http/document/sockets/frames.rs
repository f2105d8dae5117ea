//! One frame: its shape, and an example.

use contract::catalogue::{Frame, Keeping};
use serde_json::{Map, Value, json};

use super::Types;

/// How deep examples go where nothing says otherwise.
const DEEPEST: u8 = 8;

/// A frame that a client sends.
pub(super) fn from_client(frame: &Frame, key: &str, types: &Types) -> Value {
    let mut whole = shape(frame, key);
    let cid = json!({"type": "string", "maxLength": 64, "description": "My mark, given back in the answer."});
    put(&mut whole, "cid", cid, false);
    let mut example = example(frame, key, types);
    example.insert("cid".to_owned(), json!("c1"));
    message(frame, &whole, &example.into())
}

/// A frame that the server sends.
pub(super) fn from_server(frame: &Frame, key: &str, types: &Types) -> Value {
    let mut whole = shape(frame, key);
    let mut example = example(frame, key, types);
    if key == "type" {
        let at = json!({"type": "string", "format": "date-time"});
        put(&mut whole, "timestamp", at, true);
        example.insert("timestamp".to_owned(), sample_text("date-time"));
    }
    if frame.keeping == Keeping::Durable {
        for (name, kind, shown) in [
            (
                "stream",
                "string",
                json!("user:01890a5d-ac96-774b-bcce-b302099a8057"),
            ),
            ("seq", "integer", json!(42)),
            ("epoch", "integer", json!(1_769_860_800_000_000_i64)),
        ] {
            put(&mut whole, name, json!({"type": kind}), false);
            example.insert(name.to_owned(), shown);
        }
    }
    let mut described = message(frame, &whole, &example.into());
    let durable = frame.keeping == Keeping::Durable;
    if let Some(described) = described.as_object_mut() {
        described.insert("x-durable".to_owned(), json!(durable));
    }
    described
}

fn message(frame: &Frame, whole: &Value, example: &Value) -> Value {
    json!({
        "name": frame.name,
        "summary": frame.about,
        "payload": whole,
        "examples": [{"payload": example}],
    })
}

fn shape(frame: &Frame, key: &str) -> Value {
    let data = format!("#/components/schemas/{}", (frame.data.name)());
    json!({
        "type": "object",
        "properties": {key: {"const": frame.name}, "data": {"$ref": data}},
        "required": [key, "data"],
    })
}

fn put(whole: &mut Value, name: &str, schema: Value, required: bool) {
    if let Some(properties) = whole["properties"].as_object_mut() {
        properties.insert(name.to_owned(), schema);
    }
    if let Some(all) = whole["required"].as_array_mut().filter(|_| required) {
        all.push(json!(name));
    }
}

fn example(frame: &Frame, key: &str, types: &Types) -> Map<String, Value> {
    let name = (frame.data.name)();
    let data = types
        .get(name.as_ref())
        .map(|schema| sample(schema, types, 0));
    let data = data.unwrap_or_else(|| json!({}));
    [
        (key.to_owned(), json!(frame.name)),
        ("data".to_owned(), data),
    ]
    .into_iter()
    .collect()
}

/// Something that fits a schema: its own example where it has one.
fn sample(schema: &Value, types: &Types, depth: u8) -> Value {
    let own = ["example", "const"]
        .iter()
        .filter_map(|key| schema.get(key));
    let first = ["examples", "enum"].iter();
    let first = first.filter_map(|key| schema.get(key)?.get(0));
    if let Some(given) = own.chain(first).find(|given| !given.is_null()) {
        return given.clone();
    }
    if depth > DEEPEST {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return types
            .get(name)
            .map_or(Value::Null, |named| sample(named, types, depth + 1));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return merged(parts, types, depth);
    }
    for key in ["oneOf", "anyOf"] {
        let choices = schema[key].as_array().into_iter().flatten();
        if let Some(choice) = choices.into_iter().find(|one| one["type"] != "null") {
            return sample(choice, types, depth + 1);
        }
    }
    of_type(schema, types, depth)
}

fn merged(parts: &[Value], types: &Types, depth: u8) -> Value {
    let mut whole = Map::new();
    for part in parts {
        if let Value::Object(fields) = sample(part, types, depth + 1) {
            whole.extend(fields);
        }
    }
    whole.into()
}

fn of_type(schema: &Value, types: &Types, depth: u8) -> Value {
    let kind = &schema["type"];
    let kind = kind.as_str().or_else(|| kind.get(0)?.as_str());
    match kind {
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let field =
                |(name, one): (&String, &Value)| (name.clone(), sample(one, types, depth + 1));
            fields.map(field).collect::<Map<_, _>>().into()
        }
        Some("array") => json!([sample(&schema["items"], types, depth + 1)]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("string") => sample_text(schema["format"].as_str().unwrap_or_default()),
        _ => json!({}),
    }
}

fn sample_text(format: &str) -> Value {
    json!(match format {
        "uuid" => "01890a5d-ac96-774b-bcce-b302099a8057",
        "date-time" => "2026-01-31T12:00:00.000000Z",
        _ => "text",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_the_schemas_own_or_made_of_its_parts() {
        let types = Types::from([(
            "Ada".to_owned(),
            json!({"type": "object", "example": {"name": "ada"}}),
        )]);
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Ada"},
            {"type": "object", "properties": {
                "since": {"type": "string", "format": "date-time"},
                "mood": {"oneOf": [{"type": "null"}, {"enum": ["glad"]}]},
                "scores": {"type": "array", "items": {"type": ["integer", "null"]}},
            }},
        ]});
        let expected = json!({
            "name": "ada", "since": "2026-01-31T12:00:00.000000Z", "mood": "glad", "scores": [1],
        });
        assert_eq!(sample(&schema, &types, 0), expected);
    }
}
