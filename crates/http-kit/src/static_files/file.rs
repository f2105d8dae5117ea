//! A static file with its ETag and its compressed form.

use std::borrow::Cow;
use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::AppError;

use crate::accept_encoding::is_accepted;
use crate::config::{DATA_POLICY, DOCS_POLICY, PAGE_POLICY};
use crate::etag;
use crate::failure::Failure;

/// Smaller files are sent uncompressed.
const MIN_COMPRESSED_LEN: usize = 1024;

/// An embedded file, compressed once, on the first request for it.
#[derive(Debug)]
pub struct StaticFile {
    body: Bytes,
    kind: &'static str,
    policy: &'static str,
    redirect: Option<&'static str>,
    tag: OnceLock<HeaderValue>,
    zipped: OnceLock<Bytes>,
}

impl StaticFile {
    /// A file of the web client.
    #[must_use]
    pub fn page(name: &str, bytes: &'static [u8]) -> Self {
        Self::new(name, Cow::Borrowed(bytes), PAGE_POLICY)
    }

    /// A file of Swagger UI.
    #[must_use]
    pub fn docs(name: &str, bytes: Cow<'static, [u8]>) -> Self {
        Self::new(name, bytes, DOCS_POLICY)
    }

    /// A machine-readable document.
    #[must_use]
    pub fn data(name: &str, bytes: &'static [u8]) -> Self {
        Self::new(name, Cow::Borrowed(bytes), DATA_POLICY)
    }

    /// A permanent redirect.
    #[must_use]
    pub fn moved(to: &'static str) -> Self {
        Self {
            redirect: Some(to),
            ..Self::new("", Cow::Borrowed(b""), DATA_POLICY)
        }
    }

    fn new(name: &str, bytes: Cow<'static, [u8]>, policy: &'static str) -> Self {
        Self {
            body: match bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => bytes.into(),
            },
            kind: kind_of(name),
            policy,
            redirect: None,
            tag: OnceLock::new(),
            zipped: OnceLock::new(),
        }
    }

    /// Responds with this file.
    ///
    /// # Errors
    /// Compression fails, which does not happen in practice.
    pub async fn respond(&self, headers: &HeaderMap) -> Result<HttpResponse, Failure> {
        if let Some(to) = self.redirect {
            let mut response = HttpResponse::PermanentRedirect();
            return Ok(response.insert_header((header::LOCATION, to)).finish());
        }
        let tag = self.tag.get_or_init(|| etag::of(&self.body));
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CONTENT_TYPE, HeaderValue::from_static(self.kind)))
            .insert_header((
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(self.policy),
            ))
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
            .insert_header((header::ETAG, tag.clone()));
        if self.body.len() < MIN_COMPRESSED_LEN || !is_accepted(headers, "gzip") {
            return Ok(response.body(self.body.clone()));
        }
        response
            .insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")))
            .insert_header((header::VARY, HeaderValue::from_static("accept-encoding")));
        Ok(response.body(self.zipped().await?))
    }

    /// The compressed file. The largest takes about 50 ms, so it is compressed off the worker thread.
    async fn zipped(&self) -> Result<Bytes, AppError> {
        if let Some(zipped) = self.zipped.get() {
            return Ok(zipped.clone());
        }
        let body = self.body.clone();
        let zipped = web::block(move || zip(&body)).await??;
        Ok(self.zipped.get_or_init(|| zipped).clone())
    }
}

fn zip(bytes: &[u8]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish().map(Bytes::from)
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use std::io::Read;

    use super::*;

    async fn fetch(file: &StaticFile, accepted: &'static str) -> HttpResponse {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        file.respond(&headers).await.unwrap()
    }

    #[actix_web::test]
    async fn respond_compresses_by_accept_encoding_and_keeps_the_etag() {
        static TEXT: [u8; 5000] = [b'x'; 5000];
        let file = StaticFile::page("a.txt", &TEXT);
        let (plain, zipped) = (fetch(&file, "").await, fetch(&file, "gzip").await);
        let tag = |response: &HttpResponse| response.headers().get(header::ETAG).unwrap().clone();
        assert_eq!(tag(&plain), tag(&zipped));
        let bytes = zipped.into_body().try_into_bytes().unwrap();
        let mut text = vec![];
        flate2::read::GzDecoder::new(&bytes[..])
            .read_to_end(&mut text)
            .unwrap();
        assert!(bytes.len() < 100);
        let refused = fetch(&file, "gzip;q=0").await;
        assert!(!refused.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(plain.into_body().try_into_bytes().unwrap(), text);
    }

    #[test]
    fn kind_of_uses_the_extension() {
        assert_eq!(kind_of("/a/b.min.js"), "text/javascript; charset=utf-8");
        assert_eq!(kind_of("LICENSE"), "application/octet-stream");
    }
}
