//! Schemas of request bodies that equal a response except for optional fields.

use serde_json::Value;
use utoipa::PartialSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

/// The differences between a request body and its response.
pub(crate) struct Request<'a> {
    /// The description of the body.
    pub(crate) description: &'a str,
    /// An example, if that of the response does not apply.
    pub(crate) example: Option<Value>,
    /// The optional fields.
    pub(crate) optional: &'a [&'a str],
    /// The fields whose types are request bodies, too.
    pub(crate) nested: &'a [(&'a str, Ref)],
}

impl Request<'_> {
    /// The schema of the body whose response is a `T`.
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
