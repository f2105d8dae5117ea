//! A file that is sent as it is, or as the file of a form.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use kernel::Fault;

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
        let boundary = boundary(request);
        let payload = payload.take();
        Box::pin(async move {
            let whole = body::collect(payload, LARGEST).await?;
            let file = match boundary {
                Some(boundary) => only_file(&whole, &boundary).ok_or_else(malformed)?,
                None => whole,
            };
            Ok(Self(file))
        })
    }
}

fn malformed() -> Fault {
    Error::MalformedRequest.into()
}

fn boundary(request: &HttpRequest) -> Option<String> {
    let kind = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = kind.split_once(';')?;
    let is_form = kind.trim().eq_ignore_ascii_case("multipart/form-data");
    let boundary = parameters
        .split(';')
        .find_map(|one| one.trim().strip_prefix("boundary="))?;
    is_form.then(|| boundary.trim_matches('"').to_owned())
}

/// The content of the first part that is a file (RFC 7578).
fn only_file(form: &Bytes, boundary: &str) -> Option<Bytes> {
    let mark = format!("--{boundary}");
    let mut at = find(form, mark.as_bytes(), 0)?;
    loop {
        let head = at + mark.len();
        let end_of_head = find(form, b"\r\n\r\n", head)?;
        let content = end_of_head + 4;
        let closing = format!("\r\n{mark}");
        let end = find(form, closing.as_bytes(), content)?;
        let described = String::from_utf8_lossy(form.get(head..end_of_head)?).to_ascii_lowercase();
        if described.contains("filename=") {
            return Some(form.slice(content..end));
        }
        at = end + 2;
    }
}

fn find(whole: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = whole.get(from..)?;
    let found = rest
        .windows(wanted.len())
        .position(|window| window == wanted)?;
    Some(from + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_form_is_found_among_its_fields() {
        let form = Bytes::from_static(
            b"--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xyz\r\n\
              Content-Disposition: form-data; name=\"f\"; filename=\"p.png\"\r\n\
              Content-Type: image/png\r\n\r\n\x89PNG\r\n--x\r\n--xyz--\r\n",
        );
        assert_eq!(only_file(&form, "xyz").unwrap(), &b"\x89PNG\r\n--x"[..]);
    }

    #[test]
    fn a_form_without_a_file_or_an_end_has_none() {
        for form in [
            "",
            "--xyz\r\n\r\n1\r\n--xyz--\r\n",
            "--xyz\r\nfilename=\"a\"\r\n\r\n1",
        ] {
            assert_eq!(only_file(&Bytes::from_static(form.as_bytes()), "xyz"), None);
        }
    }
}
