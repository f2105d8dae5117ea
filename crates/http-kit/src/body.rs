//! Extractors of JSON request bodies.

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use json_reader::{JsonSource, JsonTree, ParsedInput, PartialForm};
use kernel::AppError;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use validator::Validate;

use crate::body_deadline::BodyDeadline;
use crate::error::HttpError;
use crate::failure::{Failure, JSON};

/// The maximum length of a JSON body in bytes.
pub const MAX_BODY_LEN: usize = 64 * 1024;

/// What a request without a body means.
const NO_FIELDS: &[u8] = b"{}";

/// A valid JSON body of type `T` without unknown fields.
#[derive(Debug)]
pub struct Body<T> {
    /// The content.
    pub value: T,
    /// Digest of the bytes, for idempotency keys; zero if the request has no key.
    pub digest: [u8; 32],
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Form::from_request(request, payload);
        Box::pin(async move { Ok(form.await?.into_body()?) })
    }
}

/// A JSON body whose problems are reported together with those that its service finds.
#[derive(Debug)]
pub struct Form<T> {
    parsed: ParsedInput<T>,
    digest: [u8; 32],
}

impl<T> Form<T> {
    /// The body if it is valid. `check` runs only if it is not; the service that takes a valid body
    /// finds further problems by itself.
    ///
    /// # Errors
    /// All problems, including those that `check` finds in the fields that could be read.
    pub async fn checked(
        mut self,
        check: impl AsyncFnOnce(PartialForm<'_, T>) -> Result<(), AppError>,
    ) -> Result<Body<T>, AppError> {
        if let Some(form) = self.parsed.partial()
            && let Err(error) = check(form).await
        {
            self.parsed.add(error.fields().to_vec());
        }
        self.into_body()
    }

    fn into_body(self) -> Result<Body<T>, AppError> {
        let (value, digest) = (self.parsed.into_value()?, self.digest);
        Ok(Body { value, digest })
    }
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Form<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_headers(request.headers());
        let keyed = request.headers().contains_key("idempotency-key");
        let payload = payload.take();
        Box::pin(async move {
            let bytes = match read_bytes(payload, MAX_BODY_LEN).await? {
                bytes if bytes.is_empty() => Bytes::from_static(NO_FIELDS),
                bytes => {
                    checked?;
                    bytes
                }
            };
            let parsed = json_reader::parse(JsonSource::Body, &parse(&bytes)?);
            let digest = if keyed {
                Sha256::digest(&bytes).into()
            } else {
                [0; 32]
            };
            Ok(Self { parsed, digest })
        })
    }
}

/// A JSON body that may be omitted.
#[derive(Debug)]
pub struct OptionalBody<T>(pub Option<T>);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for OptionalBody<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_headers(request.headers());
        let payload = payload.take();
        Box::pin(async move {
            let bytes = read_bytes(payload, MAX_BODY_LEN).await?;
            if bytes.is_empty() {
                return Ok(Self(None));
            }
            checked?;
            Ok(Self(Some(read(&bytes)?)))
        })
    }
}

/// Refuses a body with a `Content-Encoding`, as bodies are not decompressed.
pub(crate) fn refuse_encoded(headers: &HeaderMap) -> Result<(), HttpError> {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING);
    if encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(HttpError::UnsupportedContentEncoding)
}

fn check_headers(headers: &HeaderMap) -> Result<(), AppError> {
    refuse_encoded(headers)?;
    if !is_json(headers) {
        return Err(HttpError::UnsupportedMediaType.into());
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY_LEN) {
        return Err(HttpError::BodyTooLarge.into());
    }
    Ok(())
}

/// Whether the `Content-Type` is JSON.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(JSON))
}

/// Reads a body. The time that this takes does not count towards the deadline of database work.
///
/// # Errors
/// It has more than `max` bytes, arrives too slowly, or the connection is lost.
pub async fn read_bytes(payload: Payload, max: usize) -> Result<Bytes, AppError> {
    db::pause_deadline(receive(payload, max)).await
}

async fn receive(mut payload: Payload, max: usize) -> Result<Bytes, AppError> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let mut deadline = BodyDeadline::start();
    while let Some(chunk) = deadline.wait_for(payload.next()).await? {
        let chunk = chunk.map_err(|_| AppError::from(HttpError::MalformedRequest))?;
        deadline.extend(chunk.len());
        if first.len() + rest.len() + chunk.len() > max {
            return Err(HttpError::BodyTooLarge.into());
        }
        if first.is_empty() {
            first = chunk;
        } else {
            rest.extend_from_slice(&chunk);
        }
    }
    if rest.is_empty() {
        return Ok(first);
    }
    Ok([first, rest.freeze()].concat().into())
}

fn parse(bytes: &[u8]) -> Result<JsonTree, AppError> {
    serde_json::from_slice(bytes).map_err(|_| HttpError::MalformedJson.into())
}

/// Parses a body.
///
/// # Errors
/// It is not JSON, or not a valid `T`; the error names each invalid field without its value.
fn read<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T, AppError> {
    json_reader::parse(JsonSource::Body, &parse(bytes)?).into_value()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[validate(length(min = 3))]
        name: String,
        #[validate(nested)]
        options: Options,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Options {
        #[validate(range(min = 3, max = 20, message = "3 to 20"))]
        score: u8,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Slow,
        Fast,
    }

    fn refusal(json: &str) -> (String, Vec<(String, String)>) {
        let error = read::<Outer>(json.as_bytes()).unwrap_err();
        let fields = error.fields().iter();
        let fields = fields
            .map(|f| (f.field.clone(), f.problem.clone()))
            .collect();
        (error.code().name.to_owned(), fields)
    }

    fn field(json: &str) -> (String, String) {
        let (code, fields) = refusal(json);
        assert_eq!(code, "invalid_fields", "{json}");
        fields.into_iter().next().unwrap()
    }

    fn named(field: &str, problem: &str) -> (String, String) {
        (field.to_owned(), problem.to_owned())
    }

    #[test]
    fn read_refuses_what_is_not_json() {
        let deep = "[".repeat(500);
        for json in ["", "{", "nope", "\u{feff}{}", &deep] {
            assert_eq!(refusal(json).0, "malformed_json", "{json}");
        }
        let trailing = r#"{"name":"abc","options":{"score":3}} {}"#;
        assert_eq!(refusal(trailing).0, "malformed_json");
    }

    #[test]
    fn read_names_an_invalid_field_by_its_path() {
        let good = r#"{"name":"abc","options":{"score":3,"kind":"slow"}}"#;
        let read = read::<Outer>(good.as_bytes()).unwrap();
        assert!(matches!(read.options.kind, Some(Kind::Slow)), "{read:?}");
        assert!(!matches!(read.options.kind, Some(Kind::Fast)));
        assert_eq!(
            field(r#"{"options":{"score":3}}"#),
            named("name", "is required")
        );
        assert_eq!(
            field(r#"{"name":"abc","options":{}}"#),
            named("options.score", "is required")
        );
        assert_eq!(
            field(r#"{"name":"abc","options":{"score":3,"x":1}}"#),
            named("options.x", "is an unknown field")
        );
        assert_eq!(
            field(r#"{"name":"abc","name":"abc","options":{"score":3}}"#),
            named("name", "is a duplicate field")
        );
        let object = named("body", "must be an object");
        assert_eq!(field(r#"["abc",{"score":3}]"#), object);
        assert_eq!(field("null"), object);
    }

    #[test]
    fn read_never_repeats_an_invalid_value() {
        let (name, problem) = field(r#"{"name":"abc","options":{"score":"hunter2"}}"#);
        assert_eq!(
            (name.as_str(), problem.as_str()),
            ("options.score", "must be an integer")
        );
        let (name, problem) = field(r#"{"name":"abc","options":{"score":3,"kind":"hunter2"}}"#);
        assert_eq!(name, "options.kind");
        assert_eq!(problem, "must be `slow` or `fast`");
        let tricky = r#"{"name":"abc","options":{"score":"x, expected hunter2"}}"#;
        assert_eq!(field(tricky).1, "must be an integer");
    }

    #[test]
    fn read_reports_all_violations_at_once() {
        let (code, fields) = refusal(r#"{"name":"a","options":{"score":99}}"#);
        assert_eq!(code, "invalid_fields");
        let expected = [
            named("name", "is invalid"),
            named("options.score", "3 to 20"),
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn read_never_takes_an_array_for_an_object() {
        let refused = refusal(r#"{"name":"abc","options":[3,"slow"]}"#).1;
        assert_eq!(refused, [named("options", "must be an object")]);
        for json in [r#"["abc",{"score":3}]"#, "null", "7", r#""abc""#] {
            assert_eq!(refusal(json).1, [named("body", "must be an object")]);
        }
    }

    #[test]
    fn read_never_accepts_what_it_had_to_replace() {
        for json in [
            r#"{"name":1,"name":"abc","options":{"score":3}}"#,
            r#"{"name":"abc","name":1,"options":{"score":3}}"#,
            r#"{"name":"abc","options":{"score":3},"options":{"score":4}}"#,
            r#"{"name":"abc","options":{"score":3},"options.score":4}"#,
            r#"{"name":"abc","options":{},"options.score":4}"#,
            r#"{"name":"abc","options":{"score":3,"kind":[]}}"#,
            r#"{"name":"abc","options":{"score":3},"":1}"#,
            r#"{"name":"abc","options":{"score":3},"":1,"":2}"#,
        ] {
            let (code, fields) = refusal(json);
            assert_eq!(code, "invalid_fields", "{json}");
            assert!(!fields.is_empty(), "{json}");
        }
        let many: String = (0..50).map(|n| format!(r#","f{n}":0"#)).collect();
        let json = format!(r#"{{"name":"abc","options":{{"score":3}}{many}}}"#);
        assert_eq!(refusal(&json).1.len(), 16);
    }

    #[derive(Debug, PartialEq, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Free {
        #[serde(default)]
        rest: serde_json::Map<String, serde_json::Value>,
        mark: Option<contract::chat::ClientTimestamp>,
    }

    #[test]
    fn read_leaves_free_form_values_as_they_are() {
        let json = r#"{"rest":{"a":[1,-2,0.5,null,{"b.c":"","":[]}],"a.b":18446744073709551615,"d":true},"mark":1.5}"#;
        let Free { rest, mark } = read(json.as_bytes()).unwrap();
        let sent: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::Value::Object(rest), sent["rest"]);
        assert_eq!(serde_json::to_value(mark).unwrap(), sent["mark"]);
        let error = read::<Free>(br#"{"rest":{"a":{"mark":1}},"mark":[],"x":1}"#).unwrap_err();
        let fields = error.fields().iter().map(|f| f.field.as_str());
        assert_eq!(fields.collect::<Vec<_>>(), ["mark", "x"]);
    }

    #[test]
    fn read_reports_all_kinds_of_problems_at_once() {
        let (code, fields) =
            refusal(r#"{"name":"a","options":{"score":"x","kind":7,"z":1},"y":2}"#);
        assert_eq!(code, "invalid_fields");
        let expected = [
            named("name", "is invalid"),
            named("options.kind", "must be `slow` or `fast`"),
            named("options.score", "must be an integer"),
            named("options.z", "is an unknown field"),
            named("y", "is an unknown field"),
        ];
        assert_eq!(fields, expected);
        let expected = [
            named("name", "is required"),
            named("options", "is required"),
        ];
        assert_eq!(refusal("{}").1, expected);
    }

    #[test]
    fn read_truncates_long_field_names() {
        let json = format!(r#"{{"{}":1}}"#, "x".repeat(10_000));
        let lengths = refusal(&json).1.into_iter().map(|(name, _)| name.len());
        assert_eq!(lengths.max(), Some(64));
    }
}
