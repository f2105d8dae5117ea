//! Names of schemas that are derived from others.

/// The name of the schema of a type with all fields optional.
#[must_use]
pub(crate) fn partial(name: &str) -> String {
    format!("Partial{name}")
}
