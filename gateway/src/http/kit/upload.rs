//! A file that is sent as it is, or as the file of a form.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use kernel::AppError;

use super::multipart::{BodyKind, only_file};
use super::{Failure, body};
use crate::error::Error;

/// The largest file, with room for what a form puts around it.
const LARGEST: usize = 5 * 1024 * 1024 + 16 * 1024;

/// The bytes of one file. Whoever takes it looks at what they are; what they claim to be counts for
/// nothing.
#[derive(Debug)]
pub struct Upload(pub Bytes);

impl FromRequest for Upload {
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
            let whole = body::collect(payload, LARGEST).await?;
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
    Error::MalformedForm.into()
}
