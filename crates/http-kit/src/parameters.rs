//! OpenAPI parameters of the extractors, for `params(…)` of a handler.

use kernel::Id;
use kernel::id::IdKind;
use kernel::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Required, Schema, SchemaFormat, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::history::History;
use crate::idempotency::{Idempotent, MAX_KEY_LEN};
use crate::page_params::PageParams;

/// Schema of binary content.
#[derive(Debug, Clone, Copy)]
pub struct Binary;

impl PartialSchema for Binary {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .into()
    }
}

impl ToSchema for Binary {}

/// Schema of a form with one file.
#[derive(Debug, Clone, Copy)]
pub struct FileForm;

impl PartialSchema for FileForm {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .property("file", Binary::schema())
            .required("file")
            .into()
    }
}

impl ToSchema for FileForm {}

/// Parameter of reads with an `ETag`.
#[derive(Debug, Clone, Copy)]
pub struct IfNoneMatch;

fn parameter(
    place: ParameterIn,
    name: &str,
    about: &str,
    schema: impl Into<RefOr<Schema>>,
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}

fn whole(least: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(least))
}

fn rows() -> Object {
    whole(1)
        .maximum(Some(MAX_LIMIT))
        .default(Some(DEFAULT_LIMIT.into()))
        .build()
}

fn query(name: &str, about: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    parameter(ParameterIn::Query, name, about, schema)
}

impl IntoParams for PageParams {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            query(
                "limit",
                "Maximum number of items. Values above 100 are reduced to 100.",
                rows(),
            ),
            query("offset", "Number of items to skip.", whole(0).build()),
            query(
                "page",
                "Number of the page, from 1. Replaces `offset`.",
                whole(1).build(),
            ),
            query(
                "page_size",
                "Number of items per page. Replaces `limit`.",
                rows(),
            ),
        ]
    }
}

/// Schema of the cursor of a history.
fn row() -> Ref {
    struct Any;
    impl IdKind for Any {
        const NAME: &'static str = "row";
    }
    Ref::from_schema_name(Id::<Any>::name())
}

fn order() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["newest", "oldest"]))
        .build()
}

impl IntoParams for History {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = PageParams::into_params(place);
        all.push(query(
            "before",
            "Id of an item. Returns older items, newest first.",
            row(),
        ));
        all.push(query(
            "after",
            "Id of an item. Returns newer items, oldest first.",
            row(),
        ));
        all.push(query(
            "order",
            "Order of the items, combined with `before` or `after`. Used by the links to adjacent pages.",
            order(),
        ));
        all
    }
}

impl IntoParams for Idempotent {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(MAX_KEY_LEN))
            .pattern(Some("^[!-~]+$"));
        let about = "Unique key of the request, chosen by the client. A request that is repeated with \
                     the same key and body within 24 hours has no further effect and returns the \
                     stored response. Up to 60 repetitions per minute do not count against rate limits.";
        vec![parameter(
            ParameterIn::Header,
            "Idempotency-Key",
            about,
            schema.build(),
        )]
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        let about = "`ETag` of a stored response. If it is current, the status is 304.";
        vec![parameter(
            ParameterIn::Header,
            "If-None-Match",
            about,
            schema.build(),
        )]
    }
}
