//! Bodies that are like the answers to them, but whose fields may be left out.

use serde_json::Value;
use utoipa::PartialSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

/// How such a body differs from its answer.
pub(crate) struct Request<'a> {
    /// What it is.
    pub(crate) description: &'a str,
    /// One that leaves fields out, where the answer's own example would be wrong.
    pub(crate) example: Option<Value>,
    /// The fields that may be left out.
    pub(crate) optional: &'a [&'a str],
    /// The fields whose types are requests too.
    pub(crate) nested: &'a [(&'a str, Ref)],
}

impl Request<'_> {
    /// The schema of the body whose answer is a `T`.
    pub(crate) fn schema<T: PartialSchema>(self) -> RefOr<Schema> {
        let mut schema = T::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            let optional = self.optional;
            object
                .required
                .retain(|name| !optional.contains(&name.as_str()));
            object.description = Some(self.description.to_owned());
            object.example = self.example.or(object.example.take());
            for (name, reference) in self.nested {
                let reference = reference.clone().into();
                object.properties.insert((*name).to_owned(), reference);
            }
        }
        schema
    }
}
