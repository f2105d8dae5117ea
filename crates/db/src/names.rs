//! Names of users within stored JSON documents.

mod pending;

use kernel::UserId;
use serde_json::{Map, Value};

pub use pending::{
    EditRows, FindRows, PendingRenames, end_renames, prune, record_rename, rename_in_windows,
};

/// The new name of a user.
#[derive(Debug, Clone)]
pub struct Rename {
    /// The user.
    pub user: UserId,
    /// The former username, if it is to be replaced outside the user's summary, too.
    pub former: Option<String>,
    /// The fields of the user's summary, with `username`.
    pub fields: Map<String, Value>,
}

impl Rename {
    /// Replaces the name wherever a document contains a summary of the user, their name beside
    /// `sender_id`, or their former username outside the summary of another user. An unknown former
    /// username is taken from their summary.
    pub fn apply(&self, document: &mut Value) {
        let former = self.former.clone().or_else(|| self.name_in(document));
        self.walk(document, former.as_deref());
    }

    /// Whether a document, as text, may name the user.
    pub(crate) fn may_be_in(&self, text: &str) -> bool {
        let former = self.former.as_deref();
        former.is_some_and(|name| text.contains(name)) || text.contains(&self.user.to_string())
    }

    /// The username in the first summary of the user.
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

    /// Whether it is the summary of a user, and not another object with an id and a username.
    fn is_summary(&self, object: &Map<String, Value>) -> bool {
        let has = |field: &String| object.contains_key(field);
        object.contains_key("id") && self.fields.keys().all(has)
    }

    fn is_named_by(&self, object: &Map<String, Value>, field: &str) -> bool {
        let id = object.get(field).and_then(Value::as_str);
        id.and_then(|id| id.parse().ok()) == Some(self.user)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;
    use serde_json::json;

    use super::*;

    #[test]
    fn apply_changes_summaries_and_names_of_that_user_only() {
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
        let rename = Rename {
            user: ada,
            former: Some("ada".to_owned()),
            fields: fields.as_object().unwrap().clone(),
        };
        rename.apply(&mut document);
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
        let rename = Rename {
            user: ada,
            former: None,
            fields: json!({"username": "gone"}).as_object().unwrap().clone(),
        };
        rename.apply(&mut invite);
        let expected = json!({"sender": {"id": ada, "username": "gone"}, "username": "gone"});
        assert_eq!(invite, expected);
    }
}
