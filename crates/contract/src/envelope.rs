//! The envelopes of responses, lists and errors.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A successful response.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(bound = "T: ToSchema")]
pub struct Envelope<T> {
    /// Always true.
    #[schema(schema_with = always_true)]
    pub success: bool,
    /// The result.
    #[schema(schema_with = reference::<T>)]
    pub data: T,
    /// Message for users.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub message: Option<Cow<'static, str>>,
}

impl<T> Envelope<T> {
    /// The envelope of `data`.
    pub fn new(data: T) -> Self {
        Self {
            success: true,
            data,
            message: None,
        }
    }
}

/// The `data` of responses without a result: null.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct NoData;

impl PartialSchema for NoData {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Null).into()
    }
}

impl ToSchema for NoData {}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(bound = "T: ToSchema")]
pub struct ListEnvelope<T> {
    /// Always true.
    #[schema(schema_with = always_true)]
    pub success: bool,
    /// Items of this page.
    #[schema(schema_with = references::<T>)]
    pub data: Vec<T>,
    /// Pagination.
    pub meta: PageMeta,
}

impl<T> ListEnvelope<T> {
    /// A page of these items.
    pub fn new(data: Vec<T>, meta: PageMeta) -> Self {
        Self {
            success: true,
            data,
            meta,
        }
    }
}

/// A reference to a named type, which the derive macro would inline.
fn reference<T: ToSchema>() -> Ref {
    Ref::from_schema_name(T::name())
}

fn references<T: ToSchema>() -> Array {
    ArrayBuilder::new().items(reference::<T>()).build()
}

/// The schema of a constant boolean.
fn always(value: bool) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([value]))
        .description(Some(format!("Always {value}.")))
        .build()
}

/// The schema of `success` in responses without an envelope.
pub(crate) fn always_true() -> Object {
    always(true)
}

fn always_false() -> Object {
    always(false)
}

/// Pagination of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "total": 42, "limit": 20, "offset": 0,
    "next": "http://localhost:8080/api/v1/users/?limit=20&offset=20", "previous": null
}))]
pub struct PageMeta {
    /// Number of items in the list.
    pub total: i64,
    /// Maximum number of items per page.
    pub limit: i64,
    /// Number of items before this page; null if the page was requested with `before` or `after`.
    #[schema(required, minimum = 0)]
    pub offset: Option<i64>,
    /// Address of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// Address of the previous page.
    #[schema(required)]
    pub previous: Option<String>,
}

/// An error response.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorEnvelope {
    /// Always false.
    #[schema(schema_with = always_false)]
    pub success: bool,
    /// Message for users.
    pub message: String,
    /// Details for programs.
    pub error: ErrorBody,
}

/// Details for programs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// Error code.
    pub code: Cow<'static, str>,
    /// Invalid fields with their problems.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub fields: BTreeMap<String, Vec<String>>,
    /// Id of the request in the server's log; equal to the header `X-Request-Id`.
    pub request_id: String,
    /// Additional fields of some codes, such as `challenge`.
    #[serde(flatten)]
    pub detail: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serialize_omits_an_absent_message() {
        let bare = serde_json::to_string(&Envelope::new(1)).unwrap();
        assert_eq!(bare, r#"{"success":true,"data":1}"#);
        let mut spoken = Envelope::new(1);
        spoken.message = Some("Done.".into());
        let spoken = serde_json::to_string(&spoken).unwrap();
        assert_eq!(spoken, r#"{"success":true,"data":1,"message":"Done."}"#);
    }

    #[test]
    fn serialize_flattens_details_and_omits_empty_fields() {
        let mut detail = Map::new();
        detail.insert("challenge".to_owned(), "abc".into());
        let refusal = ErrorEnvelope {
            success: false,
            message: "No.".to_owned(),
            error: ErrorBody {
                code: "auth.second_factor_required".into(),
                fields: BTreeMap::new(),
                request_id: "r1".to_owned(),
                detail,
            },
        };
        let expected = r#"{"success":false,"message":"No.","error":{"code":"auth.second_factor_required","request_id":"r1","challenge":"abc"}}"#;
        assert_eq!(serde_json::to_string(&refusal).unwrap(), expected);
    }
}
