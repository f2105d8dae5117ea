//! Pages of other sites that may call the API.

use actix_http::RequestHead;
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::http::config::HttpConfig;

/// What is told of an address that no route has: whatever it takes are simple requests.
const METHODS: &str = "GET, HEAD, OPTIONS";
const HEADERS: &str = "authorization, content-type, idempotency-key, if-none-match, x-request-id";
const EXPOSED: &str = "etag, idempotency-replayed, ratelimit-limit, ratelimit-remaining, ratelimit-reset, \
     retry-after, x-request-id";
/// How long a browser may remember what it was told.
const REMEMBERED: &str = "7200";

/// The origin of a request, if its pages may call us. Cookies are never theirs to use, so nothing
/// says that credentials are welcome.
pub(super) fn origin(head: &RequestHead, site: &HttpConfig) -> Option<HeaderValue> {
    let origin = head.headers.get(header::ORIGIN)?;
    site.allows_origin(origin).then(|| origin.clone())
}

/// Whether a browser asks what it may send before it sends it.
pub(super) fn is_preflight(head: &RequestHead) -> bool {
    let asked = header::ACCESS_CONTROL_REQUEST_METHOD;
    head.method == Method::OPTIONS && head.headers.contains_key(asked)
}

/// The answer to that, for an address that takes the `allowed` methods.
pub(super) fn preflight(allowed: Option<String>, origin: Option<&HeaderValue>) -> HttpResponse {
    let allowed = allowed.unwrap_or_else(|| METHODS.to_owned());
    let mut answer = HttpResponse::NoContent();
    answer.insert_header((header::ALLOW, allowed.as_str()));
    if origin.is_some() {
        answer
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, allowed))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, REMEMBERED));
    }
    answer.finish()
}

/// Tells a browser that it may show the answer to the page that asked.
pub(super) fn write(headers: &mut HeaderMap, site: &HttpConfig, origin: Option<HeaderValue>) {
    if !site.has_other_origins() {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static(EXPOSED);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}
