//! How a refusal becomes an answer: the one place that knows which kind has which status.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use contract::envelope::{ErrorBody, ErrorEnvelope};
use kernel::{AppError, ErrorKind};
use telemetry::log_error;

use super::response::JSON;
use crate::error::Error;

/// The status of a kind of refusal.
#[must_use]
pub const fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Malformed => StatusCode::BAD_REQUEST,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::TimedOut => StatusCode::REQUEST_TIMEOUT,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Gone => StatusCode::GONE,
        ErrorKind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        ErrorKind::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What a handler refuses with; `?` makes it of any fault, code or error.
///
/// It has no body of its own: the front door writes the envelope, as only it knows the request's
/// id.
pub struct Failure(AppError);

impl Failure {
    /// The refusal.
    #[must_use]
    pub fn error(&self) -> &AppError {
        &self.0
    }
}

impl<E: Into<AppError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        status(self.0.code().kind)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// The answer to a refused request.
#[must_use]
pub fn refuse(error: &AppError, request_id: &str) -> HttpResponse {
    log_error("request refused", Some(request_id), error);
    let status = status(error.code().kind);
    let mut builder = HttpResponse::build(status);
    builder.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(JSON)));
    if let Some(seconds) = retry_after(error) {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        builder.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    }
    builder.body(serde_json::to_vec(&envelope(error, request_id)).unwrap_or_default())
}

/// In how many seconds trying again makes sense, as `Retry-After` and sockets say it.
#[must_use]
pub fn retry_after(error: &AppError) -> Option<u64> {
    let wait = error
        .retry_delay()
        .or_else(|| usual_wait(error.code().kind))?;
    // Rounded up: who comes back at that moment must not be early.
    let begun = u64::from(wait.subsec_nanos() > 0);
    Some(wait.as_secs().saturating_add(begun).max(1))
}

/// When trying again makes sense if nobody said so.
fn usual_wait(kind: ErrorKind) -> Option<Duration> {
    matches!(kind, ErrorKind::TooMany | ErrorKind::Unavailable).then_some(Duration::from_secs(2))
}

/// The envelope of a refusal.
#[must_use]
pub fn envelope(error: &AppError, request_id: &str) -> ErrorEnvelope {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in error.fields() {
        fields
            .entry(field.field.clone())
            .or_default()
            .push(field.problem.clone());
    }
    let detail = error.details().iter().cloned();
    let detail = detail.map(|(name, value)| (name.to_owned(), value));
    ErrorEnvelope {
        success: false,
        message: error.code().meaning.to_owned(),
        error: ErrorBody {
            code: error.code().name.into(),
            fields,
            request_id: request_id.to_owned(),
            detail: detail.collect(),
        },
    }
}

/// What the framework means by an error answer that it made by itself.
#[must_use]
pub fn of_framework(status: StatusCode) -> AppError {
    match status {
        StatusCode::NOT_FOUND => Error::NotFound.into(),
        StatusCode::METHOD_NOT_ALLOWED => Error::MethodNotAllowed.into(),
        StatusCode::PAYLOAD_TOO_LARGE => Error::BodyTooLarge.into(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Error::UnsupportedMediaType.into(),
        status if status.is_server_error() => AppError::from(kernel::error::Common::Internal)
            .with_source(format!("the framework: {status}")),
        _ => Error::MalformedRequest.into(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use kernel::error::Common;
    use serde_json::{Value, json};

    use super::*;

    fn body(response: HttpResponse) -> Value {
        serde_json::from_slice(&response.into_body().try_into_bytes().unwrap()).unwrap()
    }

    #[test]
    fn a_refusal_tells_its_code_its_fields_and_the_request() {
        let error = AppError::invalid("a", "one")
            .on_field("a", "two")
            .with("hint", json!(7));
        let response = refuse(&error, "r-1");
        assert_eq!(response.status(), 422);
        let expected = json!({
            "success": false, "message": "Some fields are not right.",
            "error": {
                "code": "invalid_fields", "fields": {"a": ["one", "two"]}, "request_id": "r-1",
                "hint": 7
            }
        });
        assert_eq!(body(response), expected);
    }

    #[test]
    fn the_cause_of_an_internal_fault_stays_inside() {
        let error = AppError::internal("password is hunter2");
        let text = body(refuse(&error, "r-1")).to_string();
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn waiting_is_told_in_whole_seconds_never_too_early() {
        let wait = |error: AppError| {
            let response = refuse(&error, "r");
            let header = response.headers().get(header::RETRY_AFTER);
            header.map(|value| value.to_str().unwrap().to_owned())
        };
        let too_many = |millis| Common::TooManyRequests.retry_after(Duration::from_millis(millis));
        assert_eq!(wait(too_many(1001)), Some("2".to_owned()));
        assert_eq!(wait(too_many(0)), Some("1".to_owned()));
        assert_eq!(wait(Common::Overloaded.into()), Some("2".to_owned()));
        assert_eq!(wait(Error::NotFound.into()), None);
    }

    #[test]
    fn every_429_and_503_says_when_to_come_back_and_nothing_else_does() {
        for code in crate::error_codes::codes() {
            let response = refuse(&AppError::new(code), "r");
            let waits = [429, 503].contains(&response.status().as_u16());
            let header = response.headers().get(header::RETRY_AFTER);
            assert_eq!(header.is_some(), waits, "{}", code.name);
        }
    }

    #[test]
    fn what_the_framework_refuses_has_a_code_of_the_same_status() {
        for code in [400, 404, 405, 413, 415, 500] {
            let code = StatusCode::from_u16(code).unwrap();
            assert_eq!(status(of_framework(code).code().kind), code);
        }
        assert_eq!(
            of_framework(StatusCode::EXPECTATION_FAILED).code().name,
            "malformed_request"
        );
    }
}
