//! Successful responses.

use std::borrow::Cow;

use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use contract::envelope::{Envelope, ListEnvelope, NoData};
use kernel::AppError;
use serde::Serialize;

use crate::etag;
use crate::failure::{Failure, JSON};

/// Result of a handler that responds with the envelope.
pub type ApiResult<T> = Result<ApiResponse<Envelope<T>>, Failure>;
/// Result of a handler that responds with a page of a list.
pub type ListResult<T> = Result<ApiResponse<ListEnvelope<T>>, Failure>;
/// Result of a handler that responds without envelope.
pub type FlatResult<T> = Result<ApiResponse<T>, Failure>;

/// A response with its status, headers and cookies.
#[derive(Debug)]
pub struct ApiResponse<B> {
    status: StatusCode,
    body: B,
    tagged: bool,
    cookies: Vec<Cookie<'static>>,
}

impl<B> ApiResponse<B> {
    /// A body without envelope.
    pub fn flat(body: B) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            tagged: false,
            cookies: Vec::new(),
        }
    }

    /// Sets cookies.
    #[must_use]
    pub fn cookies(mut self, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Self {
        self.cookies.extend(cookies);
        self
    }

    /// Adds an `ETag`, so that conditional requests get no body.
    #[must_use]
    pub fn tagged(mut self) -> Self {
        self.tagged = true;
        self
    }
}

impl<T> ApiResponse<Envelope<T>> {
    /// 200 with this data.
    pub fn ok(data: T) -> Self {
        Self::flat(Envelope::new(data))
    }

    /// 201 with this data.
    pub fn created(data: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::ok(data)
        }
    }

    /// Adds a message for people.
    #[must_use]
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.body.message = Some(message.into());
        self
    }
}

impl ApiResponse<Envelope<NoData>> {
    /// 200 with a message and no data.
    pub fn done(message: impl Into<Cow<'static, str>>) -> Self {
        Self::ok(NoData).message(message)
    }
}

impl<B: Serialize> ApiResponse<B> {
    /// The encoded response.
    #[must_use]
    pub fn into_response(self) -> HttpResponse {
        // Most responses fit, so that the buffer does not grow.
        let mut bytes = Vec::with_capacity(1024);
        if let Err(error) = serde_json::to_writer(&mut bytes, &self.body) {
            return Failure::from(AppError::internal(error)).error_response();
        }
        let mut builder = HttpResponse::build(self.status);
        builder.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(JSON)));
        if self.tagged {
            builder.insert_header((header::ETAG, etag::of(&bytes)));
        }
        for cookie in self.cookies {
            builder.cookie(cookie);
        }
        builder.body(bytes)
    }
}

impl<B: Serialize> Responder for ApiResponse<B> {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        self.into_response()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use serde_json::json;

    use super::*;

    fn body(response: HttpResponse) -> serde_json::Value {
        serde_json::from_slice(&response.into_body().try_into_bytes().unwrap()).unwrap()
    }

    #[test]
    fn response_has_envelope_and_status() {
        let made = ApiResponse::created(json!({"id": 1}))
            .message("Made.")
            .into_response();
        assert_eq!(made.status(), 201);
        assert!(!made.headers().contains_key(header::ETAG));
        let expected = json!({"success": true, "data": {"id": 1}, "message": "Made."});
        assert_eq!(body(made), expected);
        let done = body(ApiResponse::done("Gone.").into_response());
        assert_eq!(
            done,
            json!({"success": true, "data": null, "message": "Gone."})
        );
    }

    #[test]
    fn equal_responses_have_equal_tags() {
        let tag = |data: i32| {
            let response = ApiResponse::ok(data).tagged().into_response();
            response.headers().get(header::ETAG).unwrap().clone()
        };
        assert_eq!(tag(1), tag(1));
        assert_ne!(tag(1), tag(2));
    }
}
