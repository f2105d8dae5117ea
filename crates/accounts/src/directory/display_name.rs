//! The name by which a user is shown.

/// The display name, or the username if it is empty.
pub(crate) fn name_or_username(display_name: &str, username: &str) -> String {
    let name = if display_name.is_empty() {
        username
    } else {
        display_name
    };
    name.to_owned()
}
