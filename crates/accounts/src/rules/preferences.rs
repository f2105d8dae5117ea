//! Limits of free-form preferences.

use serde_json::{Map, Value};

use crate::error::Error;

/// The maximum size in bytes of compact JSON.
pub const MAX_BYTES: usize = 16 * 1024;
/// The maximum depth, including the outermost object.
pub const MAX_DEPTH: usize = 8;
/// The maximum number of values, including nested ones.
pub const MAX_VALUES: usize = 1_000;

/// Checks the limits.
///
/// # Errors
/// `users.preferences_too_large`.
pub fn check(preferences: &Map<String, Value>) -> Result<(), Error> {
    let mut remaining = MAX_VALUES;
    let fits = preferences
        .values()
        .all(|value| fits(value, 2, &mut remaining));
    let bytes = serde_json::to_vec(preferences).map_or(usize::MAX, |json| json.len());
    (fits && bytes <= MAX_BYTES)
        .then_some(())
        .ok_or(Error::PreferencesTooLarge)
}

/// Whether a value at this level is within the depth and the remaining number of values.
fn fits(value: &Value, level: usize, remaining: &mut usize) -> bool {
    let Some(rest) = remaining.checked_sub(1) else {
        return false;
    };
    *remaining = rest;
    match value {
        Value::Array(items) => {
            level <= MAX_DEPTH && items.iter().all(|item| fits(item, level + 1, remaining))
        }
        Value::Object(map) => {
            level <= MAX_DEPTH && map.values().all(|item| fits(item, level + 1, remaining))
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
    fn check_limits_the_depth() {
        assert_eq!(check(&map(&nested(MAX_DEPTH))), Ok(()));
        assert_eq!(
            check(&map(&nested(MAX_DEPTH + 1))),
            Err(Error::PreferencesTooLarge)
        );
        assert_eq!(check(&map(&nested(100))), Err(Error::PreferencesTooLarge));
    }

    #[test]
    fn check_limits_the_size() {
        let with = |length: usize| map(&json!({ "k": "x".repeat(length) }));
        let frame = r#"{"k":""}"#.len();
        assert_eq!(check(&with(MAX_BYTES - frame)), Ok(()));
        assert_eq!(
            check(&with(MAX_BYTES - frame + 1)),
            Err(Error::PreferencesTooLarge)
        );
    }

    #[test]
    fn check_limits_the_number_of_values() {
        let with = |count: usize| map(&json!({ "list": vec![1; count] }));
        assert_eq!(check(&with(MAX_VALUES - 1)), Ok(()));
        assert_eq!(check(&with(MAX_VALUES)), Err(Error::PreferencesTooLarge));
    }

    #[test]
    fn check_refuses_nul() {
        assert_eq!(
            check(&map(&json!({ "k": "a\u{0}b" }))),
            Err(Error::PreferencesTooLarge)
        );
    }
}
