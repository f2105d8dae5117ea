//! Names of people within stored JSON documents.

use kernel::UserId;
use serde_json::{Map, Value};

/// Replaces what a person is called wherever a document holds a summary of them, or their name
/// beside `sender_id`.
pub fn replace_person(document: &mut Value, person: UserId, fields: &Map<String, Value>) {
    replace(document, &Value::String(person.to_string()), fields);
}

fn replace(value: &mut Value, id: &Value, fields: &Map<String, Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, id, fields)),
        Value::Object(object) => {
            replace_fields(object, id, fields);
            object
                .values_mut()
                .for_each(|item| replace(item, id, fields));
        }
        _ => {}
    }
}

fn replace_fields(object: &mut Map<String, Value>, id: &Value, fields: &Map<String, Value>) {
    if object.get("id") == Some(id) && object.contains_key("username") {
        object.extend(fields.clone());
    }
    if object.get("sender_id") == Some(id)
        && let Some(Value::String(sender)) = object.get_mut("sender")
        && let Some(Value::String(name)) = fields.get("username")
    {
        sender.clone_from(name);
    }
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use serde_json::json;

    use super::*;

    #[test]
    fn replace_person_changes_summaries_and_sender_names_of_that_person_alone() {
        let (ada, bob): (UserId, UserId) = (Ambient::system().id(), Ambient::system().id());
        let mut document = json!({
            "id": ada, "sender": {"id": ada, "username": "ada", "display_name": "Ada"},
            "mentions": [{"id": bob, "username": "bob"}, {"id": ada, "username": "ada"}],
            "notice": {"sender_id": ada, "sender": "ada"},
            "other": {"sender_id": bob, "sender": "bob"},
        });
        let fields = json!({"username": "gone", "display_name": ""});
        replace_person(&mut document, ada, fields.as_object().unwrap());
        let expected = json!({
            "id": ada, "sender": {"id": ada, "username": "gone", "display_name": ""},
            "mentions": [
                {"id": bob, "username": "bob"},
                {"id": ada, "username": "gone", "display_name": ""}
            ],
            "notice": {"sender_id": ada, "sender": "gone"},
            "other": {"sender_id": bob, "sender": "bob"},
        });
        assert_eq!(document, expected);
    }
}
