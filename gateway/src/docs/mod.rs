//! The description of the API, made from the handlers themselves.

mod codes;
pub mod duration;
mod errors;
pub mod rate_limits;
mod shape;
pub mod sockets;
mod unions;

use contract::envelope::ErrorEnvelope;
use contract::invites::InviteRole;
use kernel::UserId;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Server};

use crate::app;
use crate::modules::MODULES;

pub use codes::catalogue;

/// The name of the scheme by which operations say that they want an access token.
pub const BEARER: &str = "bearer";

const ABOUT: &str = "\
Play, chat and watch together. Every route is served under `/api/v1` and, the same, under `/api`; \
with and without the slash at its end.\n\n\
Answers are `{\"success\": true, \"data\": …}`, lists add `meta`, and refusals are \
`{\"success\": false, \"message\": …, \"error\": {\"code\", \"fields\", \"request_id\"}}` with a code \
from the [catalogue](/docs/error-codes.md).\n\n\
`x-rate-limits` of an operation tells how often it may be called; all limits stand in \
[rate limits](/docs/rate-limits.md).\n\n\
Lists come in pieces: `limit` and `offset`, or `page` and `page_size`. Long histories also take \
`before` an id, which answers the newest first, and `after` an id, which answers the oldest first; \
`meta.next` goes on and `meta.previous` leads back, in the same order, as often as there are \
pages.\n\n\
To try everything here: register, then call `POST /api/v1/token/` or log in; this page remembers the \
access token of any answer that has one and sends it along from then on.";

/// The OpenAPI document.
///
/// # Errors
/// A handler is described wrongly; the sentence says which and how.
pub fn document() -> Result<Value, String> {
    let mut described = base();
    http_kit::routes::list(&app::register, Some(&mut described));
    let mut document = serde_json::to_value(&described).map_err(|error| error.to_string())?;
    errors::describe(&mut document)?;
    shape::describe(&mut document);
    rate_limits::describe(&mut document)?;
    let schemas = document.pointer_mut("/components/schemas");
    unions::describe(schemas.and_then(Value::as_object_mut).ok_or("no schemas")?)?;
    Ok(sorted(document))
}

/// The OpenAPI document as the file it is kept in.
///
/// # Errors
/// A handler is described wrongly.
pub fn document_file() -> Result<String, String> {
    let document = document()?;
    let text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// What the document says about all operations together.
fn about() -> String {
    let shared = "### Refusals that operations share\n\nAny operation may answer those of 500 and 503; \
                  operations that take a token, an id, a body, a query or an `Idempotency-Key` those \
                  that go with it. They stand here, and not with each operation again.";
    format!("{ABOUT}\n\n{shared}\n\n{}", errors::table())
}

fn base() -> OpenApi {
    let license = LicenseBuilder::new()
        .name("MIT OR Apache-2.0")
        .identifier(Some("MIT OR Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("Courtside")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about()))
        .license(Some(license));
    let tags = MODULES.iter().flat_map(|module| module.tags());
    let tags = tags.map(|tag| {
        let builder = TagBuilder::new().name(tag.name);
        builder.description(Some(tag.description)).build()
    });
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new("/")]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .components(Some(components()))
        .build()
}

fn components() -> Components {
    let mut components = Components::new();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The access token of a login; good for ten minutes."))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    add::<ErrorEnvelope>(&mut components);
    // These stand in parameters alone, whose types the handlers' descriptions leave out.
    add::<UserId>(&mut components);
    add::<InviteRole>(&mut components);
    components
}

fn add<T: ToSchema>(components: &mut Components) {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    components.schemas.extend(schemas);
}

/// The same document with its keys in order, so that equal documents are equal files.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(String, Value)> = map.into_iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key, sorted(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
