//! The file in a `multipart/form-data` body (RFC 7578, RFC 2046).
//!
//! The body is bounded and in memory. The search is linear in its length, whatever the boundary.

use actix_web::http::header::{self, HeaderMap};
use bytes::Bytes;
use memchr::memmem::{self, Finder};

/// The maximum length of a boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;
/// The maximum number of parts up to the file.
const MAX_PARTS: usize = 16;
/// The maximum length of the headers of a part.
const MAX_PART_HEADERS: usize = 4 * 1024;

/// The declared kind of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// A form with this boundary.
    Form(String),
    /// The file itself.
    File,
    /// A form without a valid boundary.
    Malformed,
}

impl BodyKind {
    /// Reads the `Content-Type`.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let value = headers.get(header::CONTENT_TYPE);
        let (kind, parameters) = value
            .and_then(|value| value.to_str().ok())
            .map(|value| value.split_once(';').unwrap_or((value, "")))
            .unwrap_or_default();
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return Self::File;
        }
        boundary(parameters).map_or(Self::Malformed, |boundary| Self::Form(boundary.to_owned()))
    }
}

/// The boundary parameter of a content type, if it is valid.
fn boundary(parameters: &str) -> Option<&str> {
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
    })?;
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "'()+_,-./:=? ".contains(c);
    let is_valid = (1..=MAX_BOUNDARY).contains(&value.len())
        && value.chars().all(is_allowed)
        && !value.ends_with(' ');
    is_valid.then_some(value)
}

/// The content of the first part that is a file; `None` if there is none or the form is malformed.
pub(crate) fn only_file(form: &Bytes, boundary: &str) -> Option<Bytes> {
    let delimiter = format!("\r\n--{boundary}");
    let finder = Finder::new(&delimiter);
    // The first delimiter may have no line break before it.
    let mut part = match form.strip_prefix(delimiter.trim_start().as_bytes()) {
        Some(rest) => form.len() - rest.len(),
        None => finder.find(form)? + delimiter.len(),
    };
    for _ in 0..MAX_PARTS {
        let content = part + headers_length(form.get(part..)?)?;
        let end = content + finder.find(form.get(content..)?)?;
        if names_a_file(form.get(part..content)?) {
            return Some(form.slice(content..end));
        }
        part = end + delimiter.len();
    }
    None
}

/// The number of bytes between the delimiter and the content of the part.
fn headers_length(part: &[u8]) -> Option<usize> {
    let head = part.get(..MAX_PART_HEADERS.min(part.len()))?;
    memmem::find(head, b"\r\n\r\n").map(|at| at + 4)
}

fn names_a_file(headers: &[u8]) -> bool {
    String::from_utf8_lossy(headers)
        .to_ascii_lowercase()
        .contains("filename=")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn kind(content_type: &str) -> BodyKind {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(content_type).unwrap();
        headers.insert(header::CONTENT_TYPE, value);
        BodyKind::of(&headers)
    }

    #[test]
    fn body_kind_reads_the_content_type() {
        let form = |boundary: &str| BodyKind::Form(boundary.to_owned());
        assert_eq!(kind("image/png"), BodyKind::File);
        assert_eq!(kind("multipart/form-data; boundary=xyz"), form("xyz"));
        assert_eq!(
            kind("Multipart/Form-Data; charset=utf-8; Boundary=\"x y\""),
            form("x y")
        );
        assert_eq!(BodyKind::of(&HeaderMap::new()), BodyKind::File);
    }

    #[test]
    fn boundary_has_1_to_70_allowed_characters() {
        let with = |boundary: &str| kind(&format!("multipart/form-data; boundary={boundary}"));
        let longest = "x".repeat(70);
        assert_eq!(with(&longest), BodyKind::Form(longest.clone()));
        for wrong in [
            "",
            "\"\"",
            "a*b",
            "\"x \"",
            &"x".repeat(71),
            &"x".repeat(100_000),
        ] {
            assert_eq!(with(wrong), BodyKind::Malformed, "{wrong}");
        }
        assert_eq!(kind("multipart/form-data"), BodyKind::Malformed);
    }

    #[test]
    fn only_file_finds_the_file_among_fields() {
        let form = Bytes::from_static(
            b"--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--xyz\r\n\
              Content-Disposition: form-data; name=\"f\"; filename=\"p.png\"\r\n\
              Content-Type: image/png\r\n\r\n\x89PNG\r\n--x\r\n--xyz--\r\n",
        );
        assert_eq!(only_file(&form, "xyz").unwrap(), &b"\x89PNG\r\n--x"[..]);
        let preamble = [&b"ignored\r\n"[..], &form].concat().into();
        assert!(only_file(&preamble, "xyz").is_some());
    }

    #[test]
    fn only_file_refuses_a_form_without_a_file_or_an_end() {
        for form in [
            "",
            "--xyz\r\n\r\n1\r\n--xyz--\r\n",
            "--xyz\r\nfilename=\"a\"\r\n\r\n1",
            "x--xyz\r\nfilename=\"a\"\r\n\r\n1\r\n--xyz--\r\n",
        ] {
            assert_eq!(only_file(&Bytes::from_static(form.as_bytes()), "xyz"), None);
        }
    }

    #[test]
    fn only_file_bounds_parts_and_their_headers() {
        let file = "--x\r\nfilename=\"a\"\r\n\r\n1\r\n--x--\r\n";
        let fields = |count: usize| "--x\r\nname=\"a\"\r\n\r\n1\r\n".repeat(count);
        let form = |count| Bytes::from(fields(count) + file);
        assert!(only_file(&form(MAX_PARTS - 1), "x").is_some());
        assert_eq!(only_file(&form(MAX_PARTS), "x"), None);
        let padded = format!(
            "--x\r\n{}: 1\r\n{}",
            "h".repeat(MAX_PART_HEADERS),
            file.replacen("--x\r\n", "", 1)
        );
        assert_eq!(only_file(&Bytes::from(padded), "x"), None);
    }
}
