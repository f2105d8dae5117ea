//! The one shape of answers, lists and refusals.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// An answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(bound = "T: ToSchema")]
pub struct Envelope<T> {
    /// Always true.
    #[schema(schema_with = always_true)]
    pub success: bool,
    /// What was asked for.
    #[schema(schema_with = reference::<T>)]
    pub data: T,
    /// A sentence for people, where one helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub message: Option<Cow<'static, str>>,
}

impl<T> Envelope<T> {
    /// The answer around `data`.
    pub fn new(data: T) -> Self {
        Self {
            success: true,
            data,
            message: None,
        }
    }
}

/// What `data` is where there is nothing to tell: null.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Nothing;

impl PartialSchema for Nothing {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Null).into()
    }
}

impl ToSchema for Nothing {}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(bound = "T: ToSchema")]
pub struct ListEnvelope<T> {
    /// Always true.
    #[schema(schema_with = always_true)]
    pub success: bool,
    /// The rows of this page.
    #[schema(schema_with = references::<T>)]
    pub data: Vec<T>,
    /// Where this page stands in the list.
    pub meta: PageMeta,
}

impl<T> ListEnvelope<T> {
    /// The page with these rows.
    pub fn new(data: Vec<T>, meta: PageMeta) -> Self {
        Self {
            success: true,
            data,
            meta,
        }
    }
}

/// A reference to a type by its name, where the derive would copy all of it.
fn reference<T: ToSchema>() -> Ref {
    Ref::from_schema_name(T::name())
}

fn references<T: ToSchema>() -> Array {
    ArrayBuilder::new().items(reference::<T>()).build()
}

/// The schema of a truth value that is always the same.
fn always(value: bool) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([value]))
        .description(Some(format!("Always {value}.")))
        .build()
}

/// The schema of `success` in answers without an envelope.
pub(crate) fn always_true() -> Object {
    always(true)
}

fn always_false() -> Object {
    always(false)
}

/// Where a page stands in its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "total": 42, "limit": 20, "offset": 0,
    "next": "http://localhost:8080/api/v1/users/?limit=20&offset=20", "previous": null
}))]
pub struct PageMeta {
    /// The length of the whole list.
    pub total: i64,
    /// How many rows a page has at most.
    pub limit: i64,
    /// How many rows come before this page; null where the page was asked for by `before` or `after`,
    /// as the rows before it are not counted there.
    #[schema(required, minimum = 0)]
    pub offset: Option<i64>,
    /// The address of the next page.
    #[schema(required)]
    pub next: Option<String>,
    /// The address of the page before.
    #[schema(required)]
    pub previous: Option<String>,
}

/// A refusal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorEnvelope {
    /// Always false.
    #[schema(schema_with = always_false)]
    pub success: bool,
    /// What went wrong, for people.
    pub message: String,
    /// What went wrong, for programs.
    pub error: ErrorBody,
}

/// What went wrong, for programs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// A code from the catalogue.
    pub code: Cow<'static, str>,
    /// The fields at fault, each with what is wrong with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub fields: BTreeMap<String, Vec<String>>,
    /// Names the request in the server's log; the same as `X-Request-Id`.
    pub request_id: String,
    /// What else the code brings along, as in `challenge`.
    #[serde(flatten)]
    pub detail: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_left_out_where_there_is_none() {
        let bare = serde_json::to_string(&Envelope::new(1)).unwrap();
        assert_eq!(bare, r#"{"success":true,"data":1}"#);
        let mut spoken = Envelope::new(1);
        spoken.message = Some("Done.".into());
        let spoken = serde_json::to_string(&spoken).unwrap();
        assert_eq!(spoken, r#"{"success":true,"data":1,"message":"Done."}"#);
    }

    #[test]
    fn a_refusal_has_its_detail_beside_the_code_and_fields_only_where_one_is_at_fault() {
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
