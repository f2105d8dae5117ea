//! Deserializers of optional fields. `null` clears a string, and is invalid for all other types.

use serde::{Deserialize, Deserializer};

/// A value. `null` is invalid.
pub(crate) fn not_null<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}

/// A string; `null` is the empty string.
pub(crate) fn empty_where_null<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// An optional string; `null` is the empty string.
pub(crate) fn some_empty_where_null<'de, D>(from: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    empty_where_null(from).map(Some)
}

/// A value, or `null`, which clears it.
pub(crate) fn nullable<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from).map(Some)
}
