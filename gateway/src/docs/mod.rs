//! The OpenAPI document, generated from the handlers.

mod codes;
pub mod duration;
mod errors;
pub mod rate_limits;
mod shape;
pub mod sockets;
mod sorted;
mod unions;

use contract::envelope::ErrorEnvelope;
use contract::invites::InviteRole;
use kernel::UserId;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Server};

use self::sorted::sorted;
use crate::app;
use crate::modules::MODULES;

pub use codes::catalogue;

/// The name of the security scheme of access tokens.
pub const BEARER: &str = "bearer";

const INTRODUCTION: &str = "\
The REST API of Courtside, a backend for chat, friends and multiplayer games.\n\n\
### Addresses\n\n\
All routes are available under `/api/v1` and under `/api`, with and without a trailing slash.\n\n\
### Authentication\n\n\
Send an access token as `Authorization: Bearer TOKEN`. To get one, register and call \
`POST /api/v1/token/`, or `POST /api/v1/auth/login/` in a browser. This page stores the access token \
of each response that contains one, and sends it with all further requests.\n\n\
### Responses\n\n\
- Success: `{\"success\": true, \"data\": …}`\n\
- Lists: `{\"success\": true, \"data\": […], \"meta\": …}`\n\
- Errors: `{\"success\": false, \"message\": …, \"error\": {\"code\", \"fields\", \"request_id\"}}`\n\n\
The [error codes](/docs/error-codes.md) are stable; messages may change.\n\n\
### Rate limits\n\n\
`x-rate-limits` of an operation lists its limits; [all limits](/docs/rate-limits.md) are on one page.\n\n\
### Pagination\n\n\
Lists take `limit` and `offset`, or `page` and `page_size`. Long histories also take `before` an id \
(newest first) and `after` an id (oldest first). `meta.next` and `meta.previous` are the addresses of \
the adjacent pages.";

/// The OpenAPI document.
///
/// # Errors
/// The description of a handler is invalid; the message names the handler and the problem.
pub fn document() -> Result<Value, String> {
    let mut openapi = base();
    http_kit::routes::list(&app::register, Some(&mut openapi));
    let mut document = serde_json::to_value(&openapi).map_err(|error| error.to_string())?;
    errors::describe(&mut document)?;
    shape::describe(&mut document);
    rate_limits::describe(&mut document)?;
    let schemas = document.pointer_mut("/components/schemas");
    unions::describe(schemas.and_then(Value::as_object_mut).ok_or("no schemas")?)?;
    Ok(sorted(document))
}

/// The content of `openapi/openapi.json`.
///
/// # Errors
/// The description of a handler is invalid.
pub fn document_file() -> Result<String, String> {
    let document = document()?;
    let text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// The description of the API.
fn introduction() -> String {
    let shared = "### Common errors\n\nAny operation may fail with the errors of status 500 and 503. \
                  Operations that take a token, an id, a body, a query or an `Idempotency-Key` may \
                  also fail with the errors for these.";
    format!("{INTRODUCTION}\n\n{shared}\n\n{}", errors::table())
}

fn base() -> OpenApi {
    let license = LicenseBuilder::new()
        .name("MIT OR Apache-2.0")
        .identifier(Some("MIT OR Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("Courtside")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(introduction()))
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
        .description(Some("Access token. Valid for 10 minutes."))
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    add::<ErrorEnvelope>(&mut components);
    // Types used only in parameters, which the derived components do not include.
    add::<UserId>(&mut components);
    add::<InviteRole>(&mut components);
    components
}

fn add<T: ToSchema>(components: &mut Components) {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    components.schemas.extend(schemas);
}
