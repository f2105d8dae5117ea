//! Bodies that are as the answers to them, but for fields that may be left out.

use utoipa::PartialSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

/// The schema of such a body: `optional` are the fields that may be left out, and `changed` those whose
/// types differ.
pub(crate) fn schema<T: PartialSchema>(
    optional: &[&str],
    changed: impl IntoIterator<Item = (&'static str, Ref)>,
) -> RefOr<Schema> {
    match T::schema() {
        RefOr::T(Schema::Object(mut object)) => {
            let is_needed = |name: &String| !optional.contains(&name.as_str());
            object.required.retain(is_needed);
            for (name, reference) in changed {
                object.properties.insert(name.to_owned(), reference.into());
            }
            RefOr::T(Schema::Object(object))
        }
        other => other,
    }
}
