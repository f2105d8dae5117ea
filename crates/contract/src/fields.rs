//! How fields are read that may be left out: `null` empties a text, and stands for nothing else.

use serde::{Deserialize, Deserializer};

/// A value; `null` is none.
pub(crate) fn not_null<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}

/// A text that is empty where it is `null`.
pub(crate) fn empty_where_null<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// The same, of a text that may be left out.
pub(crate) fn some_empty_where_null<'de, D>(from: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    empty_where_null(from).map(Some)
}
