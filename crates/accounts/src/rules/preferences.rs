//! Limits of free-form preferences.

use serde_json::{Map, Value};

use crate::error::Error;

/// The maximum size in bytes of compact JSON.
pub const BYTES_MAX: usize = 16 * 1024;
/// The maximum depth, including the outermost object.
pub const DEPTH_MAX: usize = 8;
/// The maximum number of values, including nested ones.
pub const VALUES_MAX: usize = 1_000;

/// Checks the limits.
///
/// # Errors
/// `users.preferences_too_large`.
pub fn check(preferences: &Map<String, Value>) -> Result<(), Error> {
    let mut left = VALUES_MAX;
    let fits = preferences.values().all(|value| fits(value, 2, &mut left));
    let bytes = serde_json::to_vec(preferences).map_or(usize::MAX, |json| json.len());
    (fits && bytes <= BYTES_MAX)
        .then_some(())
        .ok_or(Error::PreferencesTooLarge)
}

/// Whether a value at this level is within the depth and the remaining number of values.
fn fits(value: &Value, level: usize, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    match value {
        Value::Array(items) => {
            level <= DEPTH_MAX && items.iter().all(|item| fits(item, level + 1, left))
        }
        Value::Object(map) => {
            level <= DEPTH_MAX && map.values().all(|item| fits(item, level + 1, left))
        }
        // PostgreSQL cannot store this character in JSON.
        Value::String(text) => !text.contains('\0'),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn nested(levels: usize) -> Value {
        (1..levels).fold(json!({}), |inner, _| json!({ "in": inner }))
    }

    #[test]
    fn holds_to_the_depth() {
        assert_eq!(check(&map(&nested(DEPTH_MAX))), Ok(()));
        assert_eq!(
            check(&map(&nested(DEPTH_MAX + 1))),
            Err(Error::PreferencesTooLarge)
        );
        assert_eq!(check(&map(&nested(100))), Err(Error::PreferencesTooLarge));
    }

    #[test]
    fn holds_to_the_bytes() {
        let with = |length: usize| map(&json!({ "k": "x".repeat(length) }));
        let frame = r#"{"k":""}"#.len();
        assert_eq!(check(&with(BYTES_MAX - frame)), Ok(()));
        assert_eq!(
            check(&with(BYTES_MAX - frame + 1)),
            Err(Error::PreferencesTooLarge)
        );
    }

    #[test]
    fn holds_to_the_number_of_values() {
        let with = |count: usize| map(&json!({ "list": vec![1; count] }));
        assert_eq!(check(&with(VALUES_MAX - 1)), Ok(()));
        assert_eq!(check(&with(VALUES_MAX)), Err(Error::PreferencesTooLarge));
    }

    #[test]
    fn refuses_what_one_database_cannot_keep() {
        assert_eq!(
            check(&map(&json!({ "k": "a\u{0}b" }))),
            Err(Error::PreferencesTooLarge)
        );
    }
}
