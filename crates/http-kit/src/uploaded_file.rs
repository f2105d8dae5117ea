//! Extractor of an uploaded file, as the body or in a form.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use kernel::AppError;

use crate::body;
use crate::error::HttpError;
use crate::failure::Failure;
use crate::multipart::{BodyKind, only_file};

/// The maximum length of a body: the largest file and its form.
const MAX_LEN: usize = 5 * 1024 * 1024 + 16 * 1024;

/// The bytes of an uploaded file. Its declared type is ignored; the service inspects the bytes.
#[derive(Debug)]
pub struct UploadedFile(pub Bytes);

impl FromRequest for UploadedFile {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = BodyKind::of(request.headers());
        let encoding = body::refuse_encoded(request.headers());
        let payload = payload.take();
        Box::pin(async move {
            encoding?;
            if kind == BodyKind::Malformed {
                return Err(malformed().into());
            }
            let whole = body::read_bytes(payload, MAX_LEN).await?;
            match kind {
                BodyKind::Form(boundary) => only_file(&whole, &boundary).ok_or_else(malformed),
                _ => Ok(whole),
            }
            .map(Self)
            .map_err(Failure::from)
        })
    }
}

fn malformed() -> AppError {
    HttpError::MalformedForm.into()
}
