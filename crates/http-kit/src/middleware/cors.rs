//! Cross-origin requests.

use actix_http::RequestHead;
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::config::HttpConfig;

/// Methods of a path without route.
const DEFAULT_METHODS: &str = "GET, HEAD, OPTIONS";
const HEADERS: &str = "authorization, content-type, idempotency-key, if-none-match, x-request-id";
const EXPOSED: &str = "etag, idempotency-replayed, ratelimit-limit, ratelimit-remaining, ratelimit-reset, \
     retry-after, x-request-id";
/// How long a browser may cache a preflight response, in seconds.
const MAX_AGE: &str = "7200";

/// The origin of a request if its pages may call the API. They may not use cookies, so credentials are
/// not allowed.
pub(super) fn origin(head: &RequestHead, config: &HttpConfig) -> Option<HeaderValue> {
    let origin = head.headers.get(header::ORIGIN)?;
    config.allows_origin(origin).then(|| origin.clone())
}

/// Whether a request is a preflight.
pub(super) fn is_preflight(head: &RequestHead) -> bool {
    let requested = header::ACCESS_CONTROL_REQUEST_METHOD;
    head.method == Method::OPTIONS && head.headers.contains_key(requested)
}

/// The response to a preflight for a path that accepts the `allowed` methods.
pub(super) fn preflight(allowed: Option<String>, origin: Option<&HeaderValue>) -> HttpResponse {
    let allowed = allowed.unwrap_or_else(|| DEFAULT_METHODS.to_owned());
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::ALLOW, allowed.as_str()));
    if origin.is_some() {
        response
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, allowed))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE));
    }
    response.finish()
}

/// Writes the headers with which a browser gives the response to the page, unless the response is for pages of
/// this server alone.
pub(super) fn write(headers: &mut HeaderMap, config: &HttpConfig, origin: Option<HeaderValue>) {
    let is_own = headers.contains_key(header::CROSS_ORIGIN_RESOURCE_POLICY);
    if is_own || !config.has_other_origins() {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static(EXPOSED);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}
