//! The kinds of notifications, which the domains that send them register.

use std::collections::HashMap;

use contract::notify::Action;
use serde_json::Value;

/// A kind of notification.
#[derive(Debug, Clone, Copy)]
pub struct NotificationKind {
    /// The action of its notifications.
    pub action: Action,
    /// The line in email digests about a notification with this data.
    pub digest_line: fn(&Value) -> String,
}

/// The registered kinds.
#[derive(Debug, Clone, Default)]
pub struct NotificationKinds(HashMap<Action, fn(&Value) -> String>);

impl FromIterator<NotificationKind> for NotificationKinds {
    fn from_iter<I: IntoIterator<Item = NotificationKind>>(kinds: I) -> Self {
        let line = |kind: NotificationKind| (kind.action, kind.digest_line);
        Self(kinds.into_iter().map(line).collect())
    }
}

impl NotificationKinds {
    /// The line in email digests about a notification.
    pub(crate) fn digest_line(&self, action: Action, data: &Value) -> String {
        match self.0.get(&action) {
            Some(line) => line(data),
            None => "You have a new notification.".to_owned(),
        }
    }
}

/// The display name, or else the username, of the user at this path of a notification's data.
#[must_use]
pub fn name_at(data: &Value, path: &str) -> String {
    let text = |field: &str| data.pointer(&format!("{path}/{field}"))?.as_str();
    let display_name = text("display_name").filter(|name| !name.is_empty());
    let name = display_name.or_else(|| text("username"));
    name.unwrap_or("Someone").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn name_at_prefers_the_display_name() {
        let data = json!({
            "user": {"username": "ada", "display_name": "Ada L."},
            "sender": {"username": "bob", "display_name": ""},
        });
        assert_eq!(name_at(&data, "/user"), "Ada L.");
        assert_eq!(name_at(&data, "/sender"), "bob");
        assert_eq!(name_at(&json!([]), "/user"), "Someone");
    }

    #[test]
    fn digest_line_of_an_unregistered_kind_is_neutral() {
        let kinds = NotificationKinds::default();
        let line = kinds.digest_line(Action::Event, &json!({}));
        assert_eq!(line, "You have a new notification.");
    }
}
