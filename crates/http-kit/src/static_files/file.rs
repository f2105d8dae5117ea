//! A static file with its ETag and its compressed form.

use std::borrow::Cow;
use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header::{self, ContentEncoding, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::AppError;

use crate::accept_encoding::{is_accepted, preferred};
use crate::config::{DATA_POLICY, DOCS_POLICY, PAGE_POLICY};
use crate::etag;
use crate::failure::Failure;

/// Smaller files are sent uncompressed.
const MIN_COMPRESSED_LEN: usize = 1024;

/// The policy of files that may change at their address.
const REVALIDATED: &str = "no-cache";
/// The policy of files that never change at their address.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// A file. Unless it was compressed beforehand, it is compressed once, on the first request for it.
#[derive(Debug)]
pub struct StaticFile {
    body: Bytes,
    kind: &'static str,
    policy: &'static str,
    cache: &'static str,
    redirect: Option<&'static str>,
    tag: OnceLock<HeaderValue>,
    brotli: Option<Bytes>,
    gzip: OnceLock<Bytes>,
    is_compressible: bool,
}

impl StaticFile {
    /// A file of the web client.
    #[must_use]
    pub fn page(name: &str, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self::new(name, bytes.into(), PAGE_POLICY)
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

    /// With its compressed forms, which are empty if the file is not smaller compressed.
    #[must_use]
    pub fn precompressed(self, brotli: &'static [u8], gzip: &'static [u8]) -> Self {
        let is_compressible = !brotli.is_empty() && !gzip.is_empty();
        let zipped = OnceLock::from(Bytes::from_static(gzip));
        Self {
            brotli: is_compressible.then(|| Bytes::from_static(brotli)),
            gzip: if is_compressible { zipped } else { self.gzip },
            is_compressible,
            ..self
        }
    }

    /// Never changes at its address.
    #[must_use]
    pub fn immutable(self) -> Self {
        Self {
            cache: IMMUTABLE,
            ..self
        }
    }

    fn new(name: &str, bytes: Cow<'static, [u8]>, policy: &'static str) -> Self {
        let body = match bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
        Self {
            is_compressible: body.len() >= MIN_COMPRESSED_LEN,
            body,
            kind: kind_of(name),
            policy,
            cache: REVALIDATED,
            redirect: None,
            tag: OnceLock::new(),
            brotli: None,
            gzip: OnceLock::new(),
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
        let fixed = [
            (header::CONTENT_TYPE, self.kind),
            (header::CONTENT_SECURITY_POLICY, self.policy),
            (header::CACHE_CONTROL, self.cache),
        ];
        for (name, value) in fixed {
            response.insert_header((name, HeaderValue::from_static(value)));
        }
        response.insert_header((header::ETAG, tag.clone()));
        if self.cache == IMMUTABLE {
            // Varying by origin, they would be asked for again: service workers send no origin, pages do.
            let own_pages = (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
            response.insert_header(own_pages);
        }
        if self.is_compressible {
            let varies = HeaderValue::from_static("accept-encoding");
            response.insert_header((header::VARY, varies));
        }
        let (body, encoding) = self.encoded(headers).await?;
        if let Some(encoding) = encoding {
            response.insert_header(encoding);
        }
        Ok(response.body(body))
    }

    /// The form that the client prefers.
    async fn encoded(
        &self,
        headers: &HeaderMap,
    ) -> Result<(Bytes, Option<ContentEncoding>), AppError> {
        if !self.is_compressible {
            return Ok((self.body.clone(), None));
        }
        if let (Some(ContentEncoding::Brotli), Some(brotli)) = (preferred(headers), &self.brotli) {
            return Ok((brotli.clone(), Some(ContentEncoding::Brotli)));
        }
        if is_accepted(headers, "gzip") {
            return Ok((self.zipped().await?, Some(ContentEncoding::Gzip)));
        }
        Ok((self.body.clone(), None))
    }

    /// The compressed file. The largest takes about 50 ms, so it is compressed off the worker thread.
    async fn zipped(&self) -> Result<Bytes, AppError> {
        if let Some(zipped) = self.gzip.get() {
            return Ok(zipped.clone());
        }
        let body = self.body.clone();
        let zipped = web::block(move || zip(&body)).await??;
        Ok(self.gzip.get_or_init(|| zipped).clone())
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

    #[actix_web::test]
    async fn respond_sends_the_form_that_the_client_prefers() {
        static TEXT: [u8; 500] = [b'x'; 500];
        let file = || StaticFile::page("a.js", &TEXT).precompressed(b"brotli", b"gzip");
        for (accepted, encoding, body) in [
            ("gzip, deflate, br, zstd", Some("br"), &b"brotli"[..]),
            ("br;q=0.5, gzip;q=0.9", Some("gzip"), b"gzip"),
            ("br;q=0, gzip", Some("gzip"), b"gzip"),
            ("*", Some("br"), b"brotli"),
            ("*;q=0", None, &TEXT),
            ("br;q=0, gzip;q=0", None, &TEXT),
            ("identity, br;q=0.5", None, &TEXT),
            ("zstd", None, &TEXT),
            ("", None, &TEXT),
        ] {
            let response = fetch(&file(), accepted).await;
            let found = response.headers().get(header::CONTENT_ENCODING);
            let found = found.map(|value| value.to_str().unwrap());
            assert_eq!(found, encoding, "{accepted}");
            let varies = response.headers().get(header::VARY).unwrap();
            assert_eq!(varies, "accept-encoding", "{accepted}");
            assert_eq!(response.into_body().try_into_bytes().unwrap(), body);
        }
        let picture = StaticFile::page("a.png", &TEXT).precompressed(b"", b"");
        let response = fetch(&picture, "br, gzip").await;
        assert!(!response.headers().contains_key(header::VARY));
        assert_eq!(response.into_body().try_into_bytes().unwrap(), &TEXT[..]);
    }

    #[actix_web::test]
    async fn respond_states_how_long_the_file_may_be_kept() {
        let cache = async |file: StaticFile| {
            let response = fetch(&file, "").await;
            let found = response.headers().get(header::CACHE_CONTROL).unwrap();
            found.to_str().unwrap().to_owned()
        };
        let file = || StaticFile::page("a.js", b"a");
        assert_eq!(cache(file()).await, "no-cache");
        let immutable = cache(file().immutable()).await;
        assert_eq!(immutable, "public, max-age=31536000, immutable");
    }

    #[test]
    fn kind_of_uses_the_extension() {
        assert_eq!(kind_of("/a/b.min.js"), "text/javascript; charset=utf-8");
        assert_eq!(kind_of("LICENSE"), "application/octet-stream");
    }
}
