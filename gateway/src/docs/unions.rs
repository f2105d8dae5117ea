//! Describes the types of [`contract::unions`] as `oneOf` of complete schemas.

use contract::unions::{Part, UNIONS, Union, Variant};
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

/// Splits the unions that the document contains, and adds the types of their parts.
pub(super) fn describe(schemas: &mut Map<String, Value>) -> Result<(), String> {
    // A part may be a union itself; it comes later in the table.
    for union in UNIONS {
        if schemas.contains_key(union.name) {
            let mut parts = union.variants.iter().map(|variant| &variant.part);
            parts.try_for_each(|part| add_part(part, schemas))?;
        }
    }
    for union in UNIONS {
        if let Some(whole) = schemas.remove(union.name) {
            for variant in union.variants {
                let schema = variant_schema(union, variant, &whole);
                schemas.insert(variant.name.to_owned(), schema);
            }
            schemas.insert(union.name.to_owned(), choice(union, &whole));
        }
    }
    Ok(())
}

/// Adds the type of a part and the types that it contains.
fn add_part(part: &Part, schemas: &mut Map<String, Value>) -> Result<(), String> {
    let shape = part.shape();
    let mut found: Vec<(String, RefOr<Schema>)> = vec![(part.name(), (shape.schema)())];
    (shape.parts)(&mut found);
    for (name, schema) in found {
        let mut schema = serde_json::to_value(schema).map_err(|error| error.to_string())?;
        if name == part.name() && matches!(part, Part::Some(_)) {
            make_optional(&mut schema);
        }
        schemas.entry(name).or_insert(schema);
    }
    Ok(())
}

/// Makes all fields of a type optional. Defaults are removed, as code generators treat fields with a
/// default as always present.
fn make_optional(schema: &mut Value) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, field) in properties.into_iter().flatten() {
        if let Some(field) = field.as_object_mut() {
            field.remove("default");
        }
    }
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("required");
        let about = fields.get("description").and_then(Value::as_str);
        let about = format!(
            "{} Fields that are omitted have their default values.",
            about.unwrap_or_default()
        );
        fields.insert("description".to_owned(), json!(about));
    }
}

/// The schema of one variant.
fn variant_schema(union: &Union, variant: &Variant, whole: &Value) -> Value {
    let mut one = whole.clone();
    if let Some(tag) = field(&mut one, union.tag) {
        let about = tag.get("description").cloned();
        *tag = json!({"type": "string", "enum": variant.words});
        describe_as(tag, about);
    }
    if let Some(part) = field(&mut one, union.part) {
        let about = part.get("description").cloned();
        *part = json!({"$ref": reference(&variant.part.name())});
        describe_as(part, about);
    }
    let word = whole.pointer(&format!("/example/{}", union.tag));
    let is_shown = word
        .and_then(Value::as_str)
        .is_some_and(|word| variant.words.contains(&word));
    if let Some(fields) = one.as_object_mut().filter(|_| !is_shown) {
        fields.remove("example");
    }
    if let Some(default) = whole.pointer(&format!("/properties/{}/default", union.tag)) {
        require_tag(&mut one, union, variant, default);
    }
    one
}

/// If the tag has a default, it is required in all variants except that of the default.
fn require_tag(one: &mut Value, union: &Union, variant: &Variant, default: &Value) {
    let word = default.as_str().unwrap_or_default();
    let required = one.get_mut("required").and_then(Value::as_array_mut);
    if let Some(required) = required.filter(|_| !variant.words.contains(&word)) {
        required.push(json!(union.tag));
    }
}

/// The choice between the variants.
fn choice(union: &Union, whole: &Value) -> Value {
    let references = union
        .variants
        .iter()
        .map(|one| json!({"$ref": reference(one.name)}));
    let mut choice = Map::new();
    for kept in ["description", "example"] {
        if let Some(value) = whole.get(kept) {
            choice.insert(kept.to_owned(), value.clone());
        }
    }
    choice.insert("oneOf".to_owned(), references.collect());
    let required = whole["required"].as_array();
    if required.is_some_and(|all| all.iter().any(|name| name == union.tag)) {
        let mapping = union.variants.iter().flat_map(|one| {
            let mapped = |word: &&str| ((*word).to_owned(), json!(reference(one.name)));
            one.words.iter().map(mapped)
        });
        let mapping: Map<String, Value> = mapping.collect();
        let discriminator = json!({"propertyName": union.tag, "mapping": mapping});
        choice.insert("discriminator".to_owned(), discriminator);
    }
    choice.into()
}

fn field<'s>(schema: &'s mut Value, name: &str) -> Option<&'s mut Value> {
    schema.get_mut("properties")?.get_mut(name)
}

fn describe_as(schema: &mut Value, about: Option<Value>) {
    if let Some((fields, about)) = schema.as_object_mut().zip(about) {
        fields.insert("description".to_owned(), about);
    }
}

fn reference(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(required: &Value) -> Map<String, Value> {
        let game = if required.as_array().unwrap().is_empty() {
            json!({"type": "string", "default": "pong"})
        } else {
            json!({"type": "string"})
        };
        let name = if game["default"].is_null() {
            "Invite"
        } else {
            "CreateInvite"
        };
        let schema = json!({
            "type": "object", "required": required, "example": {"game": "pong"},
            "properties": {"game": game, "options": {"type": "object", "description": "Of it."}},
        });
        Map::from_iter([(name.to_owned(), schema)])
    }

    #[test]
    fn describe_splits_a_type_by_its_tag() {
        let mut schemas = invite(&json!(["game", "options"]));
        describe(&mut schemas).unwrap();
        let invite = &schemas["Invite"];
        let to = "#/components/schemas/PongInvite";
        assert_eq!(invite["oneOf"][0]["$ref"], to);
        assert_eq!(invite["discriminator"]["mapping"]["pong"], to);
        let one = &schemas["TicTacToeInvite"];
        assert_eq!(one["properties"]["game"]["enum"], json!(["tictactoe"]));
        let options = &one["properties"]["options"];
        assert_eq!(options["$ref"], "#/components/schemas/TicTacToeOptions");
        assert_eq!(options["description"], "Of it.");
        assert!(one["example"].is_null() && schemas["PongInvite"]["example"].is_object());
        let required = schemas["PongOptions"]["required"].as_array().unwrap();
        assert_eq!(required.len(), 5, "all fields are always sent");
    }

    #[test]
    fn describe_requires_the_tag_except_for_the_default() {
        let mut schemas = invite(&json!([]));
        describe(&mut schemas).unwrap();
        assert!(schemas["CreateInvite"]["discriminator"].is_null());
        assert_eq!(schemas["CreatePongInvite"]["required"], json!([]));
        assert_eq!(
            schemas["CreateTicTacToeInvite"]["required"],
            json!(["game"])
        );
        assert!(schemas["PartialPongOptions"]["required"].is_null());
    }
}
