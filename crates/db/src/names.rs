//! Names of people within stored JSON documents.

mod pending;

use kernel::UserId;
use serde_json::{Map, Value};

pub use pending::{Edit, Find, PendingRenames, end, prune, rename, rename_in_windows};

/// What a person is called now.
#[derive(Debug, Clone)]
pub struct Renamed {
    /// Who it is.
    pub person: UserId,
    /// The username they had, where it is to be found without a summary beside it.
    pub former: Option<String>,
    /// The fields of their summary, with `username`.
    pub fields: Map<String, Value>,
}

impl Renamed {
    /// Replaces what the person is called wherever a document holds a summary of them, their name
    /// beside `sender_id`, or their former username outside the summary of somebody else. Where that
    /// username is not known, it is the one in their summary.
    pub fn apply(&self, document: &mut Value) {
        let former = self.former.clone().or_else(|| self.name_in(document));
        self.walk(document, former.as_deref());
    }

    /// Whether a document, as text, may name them.
    pub(crate) fn may_be_in(&self, text: &str) -> bool {
        let former = self.former.as_deref();
        former.is_some_and(|name| text.contains(name)) || text.contains(&self.person.to_string())
    }

    /// The username in the first summary of the person.
    fn name_in(&self, value: &Value) -> Option<String> {
        match value {
            Value::Array(items) => items.iter().find_map(|item| self.name_in(item)),
            Value::Object(object) => {
                let name = object.get("username").and_then(Value::as_str);
                let own = name.filter(|_| self.is_named_by(object, "id"));
                let inner = || object.values().find_map(|item| self.name_in(item));
                own.map(str::to_owned).or_else(inner)
            }
            _ => None,
        }
    }

    fn walk(&self, value: &mut Value, former: Option<&str>) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, former)),
            Value::Object(object) => {
                self.replace(object, former);
                let inner = object.values_mut();
                inner.for_each(|item| self.walk(item, former));
            }
            _ => {}
        }
    }

    fn replace(&self, object: &mut Map<String, Value>, former: Option<&str>) {
        if self.is_named_by(object, "id") && object.contains_key("username") {
            object.extend(self.fields.clone());
        }
        let Some(name) = self.fields.get("username") else {
            return;
        };
        if self.is_named_by(object, "sender_id")
            && let Some(sender) = object.get_mut("sender").filter(|sender| sender.is_string())
        {
            sender.clone_from(name);
        }
        let is_summary = self.is_summary(object);
        if let Some(username) = object.get_mut("username")
            && !is_summary
            && former.is_some()
            && username.as_str() == former
        {
            username.clone_from(name);
        }
    }

    /// Whether it is a person's summary, and not the id of a thing beside the name of a person.
    fn is_summary(&self, object: &Map<String, Value>) -> bool {
        let has = |field: &String| object.contains_key(field);
        object.contains_key("id") && self.fields.keys().all(has)
    }

    fn is_named_by(&self, object: &Map<String, Value>, field: &str) -> bool {
        let id = object.get(field).and_then(Value::as_str);
        id.and_then(|id| id.parse().ok()) == Some(self.person)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;
    use serde_json::json;

    use super::*;

    #[test]
    fn apply_changes_summaries_and_names_of_that_person_alone() {
        let [ada, bob, invite]: [UserId; 3] = std::array::from_fn(|_| Env::system().id());
        let mut document = json!({
            "id": ada, "sender": {"id": ada, "username": "ada", "display_name": "Ada"},
            "mentions": [{"id": bob, "username": "bob"}, {"id": ada, "username": "ada"}],
            "notice": {"sender_id": ada, "sender": "ada"},
            "other": {"sender_id": bob, "sender": "bob"},
            "invites": [{"id": invite, "username": "ada"}, {"username": "bob"}],
            "namesake": {"id": bob, "username": "ada", "display_name": "Ada"},
        });
        let fields = json!({"username": "gone", "display_name": ""});
        let renamed = Renamed {
            person: ada,
            former: Some("ada".to_owned()),
            fields: fields.as_object().unwrap().clone(),
        };
        renamed.apply(&mut document);
        let expected = json!({
            "id": ada, "sender": {"id": ada, "username": "gone", "display_name": ""},
            "mentions": [
                {"id": bob, "username": "bob"},
                {"id": ada, "username": "gone", "display_name": ""}
            ],
            "notice": {"sender_id": ada, "sender": "gone"},
            "other": {"sender_id": bob, "sender": "bob"},
            "invites": [{"id": invite, "username": "gone"}, {"username": "bob"}],
            "namesake": {"id": bob, "username": "ada", "display_name": "Ada"},
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn apply_finds_the_former_username_in_a_summary() {
        let ada: UserId = Env::system().id();
        let mut invite = json!({"sender": {"id": ada, "username": "ada"}, "username": "ada"});
        let renamed = Renamed {
            person: ada,
            former: None,
            fields: json!({"username": "gone"}).as_object().unwrap().clone(),
        };
        renamed.apply(&mut invite);
        let expected = json!({"sender": {"id": ada, "username": "gone"}, "username": "gone"});
        assert_eq!(invite, expected);
    }
}
