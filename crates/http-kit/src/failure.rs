//! Error responses: the one mapping from kinds of errors to status codes, and the error envelope.

use std::collections::BTreeMap;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use contract::envelope::{ErrorBody, ErrorEnvelope};
use kernel::{AppError, ErrorKind};
use telemetry::log_error;

use crate::error::HttpError;

/// The media type of JSON bodies.
pub const JSON: &str = "application/json";

/// The status code of a kind of error.
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

/// The error type of handlers; `?` converts any [`AppError`] and error code.
///
/// It has no body: the middleware writes the envelope, which contains the request id.
pub struct Failure(AppError);

impl Failure {
    /// The error.
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

/// The response to a failed request.
#[must_use]
pub fn error_response(error: &AppError, request_id: &str) -> HttpResponse {
    log_error("request refused", Some(request_id), error);
    let status = status(error.code().kind);
    let mut builder = HttpResponse::build(status);
    builder.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(JSON)));
    if let Some(seconds) = error.retry_after_secs() {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        builder.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    }
    builder.body(serde_json::to_vec(&envelope(error, request_id)).unwrap_or_default())
}

/// The envelope of an error.
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

/// The error that corresponds to an error response of the framework.
#[must_use]
pub fn from_framework(status: StatusCode) -> AppError {
    match status {
        StatusCode::NOT_FOUND => HttpError::NotFound.into(),
        StatusCode::METHOD_NOT_ALLOWED => HttpError::MethodNotAllowed.into(),
        StatusCode::PAYLOAD_TOO_LARGE => HttpError::BodyTooLarge.into(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => HttpError::UnsupportedMediaType.into(),
        status if status.is_server_error() => AppError::from(kernel::error::Common::Internal)
            .with_source(format!("the framework: {status}")),
        _ => HttpError::MalformedRequest.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::body::MessageBody;
    use kernel::error::Common;
    use serde_json::{Value, json};

    use super::*;

    fn body(response: HttpResponse) -> Value {
        serde_json::from_slice(&response.into_body().try_into_bytes().unwrap()).unwrap()
    }

    #[test]
    fn error_response_has_code_fields_and_request_id() {
        let error = AppError::invalid("a", "one")
            .on_field("a", "two")
            .with("hint", json!(7));
        let response = error_response(&error, "r-1");
        assert_eq!(response.status(), 422);
        let expected = json!({
            "success": false, "message": "Some fields are invalid.",
            "error": {
                "code": "invalid_fields", "fields": {"a": ["one", "two"]}, "request_id": "r-1",
                "hint": 7
            }
        });
        assert_eq!(body(response), expected);
    }

    #[test]
    fn error_response_hides_the_cause_of_an_internal_error() {
        let error = AppError::internal("password is hunter2");
        let text = body(error_response(&error, "r-1")).to_string();
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn retry_after_is_rounded_up_to_seconds() {
        let wait = |error: AppError| {
            let response = error_response(&error, "r");
            let header = response.headers().get(header::RETRY_AFTER);
            header.map(|value| value.to_str().unwrap().to_owned())
        };
        let too_many = |millis| Common::TooManyRequests.retry_after(Duration::from_millis(millis));
        assert_eq!(wait(too_many(1001)), Some("2".to_owned()));
        assert_eq!(wait(too_many(0)), Some("1".to_owned()));
        assert_eq!(wait(Common::Overloaded.into()), Some("2".to_owned()));
        assert_eq!(wait(HttpError::NotFound.into()), None);
    }

    #[test]
    fn from_framework_keeps_the_status() {
        for code in [400, 404, 405, 413, 415, 500] {
            let code = StatusCode::from_u16(code).unwrap();
            assert_eq!(status(from_framework(code).code().kind), code);
        }
        assert_eq!(
            from_framework(StatusCode::EXPECTATION_FAILED).code().name,
            "malformed_request"
        );
    }
}
