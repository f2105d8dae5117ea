//! Pages of other sites that may call the API.

use actix_http::RequestHead;
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::http::site::Site;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "authorization, content-type, idempotency-key, if-none-match, x-request-id";
const EXPOSED: &str =
    "etag, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-request-id";
/// How long a browser may remember what it was told.
const REMEMBERED: &str = "7200";

/// The origin of a request, if its pages may call us. Cookies are never theirs to use, so nothing
/// says that credentials are welcome.
pub(super) fn origin(head: &RequestHead, site: &Site) -> Option<HeaderValue> {
    if site.origins.is_empty() {
        return None;
    }
    let origin = head.headers.get(header::ORIGIN)?;
    site.origins.contains(origin).then(|| origin.clone())
}

/// The answer to a browser that asks before it sends the real request.
pub(super) fn preflight(head: &RequestHead, origin: Option<&HeaderValue>) -> Option<HttpResponse> {
    let asks = head.method == Method::OPTIONS
        && head
            .headers
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks {
        return None;
    }
    let mut answer = HttpResponse::NoContent();
    if origin.is_some() {
        answer
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, REMEMBERED));
    }
    Some(answer.finish())
}

/// Tells a browser that it may show the answer to the page that asked.
pub(super) fn write(headers: &mut HeaderMap, site: &Site, origin: Option<HeaderValue>) {
    if site.origins.is_empty() {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static(EXPOSED);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}
