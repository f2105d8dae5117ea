//! Frames of clients. What a frame must have is checked strictly, so that clients learn of mistakes at
//! once; unknown fields are ignored, so that newer clients can be served.

use json_reader::{JsonSource, JsonTree};
use kernel::AppError;
use serde::de::DeserializeOwned;
use validator::Validate;

use crate::close::Close;
use crate::refusal::Refused;

/// The longest `cid` of a frame.
pub const MAX_CID_LEN: usize = 64;

/// A client's frame, its data not yet read.
#[derive(Debug)]
pub struct Incoming {
    /// The action.
    pub name: String,
    /// The data, an object; empty if there is none.
    data: JsonTree,
    /// The client's own id of the frame, repeated in the response.
    pub cid: Option<String>,
}

impl Incoming {
    /// Reads a frame.
    ///
    /// # Errors
    /// The text is no valid frame; the close reason names the problem.
    pub fn read(text: &str) -> Result<Self, Close> {
        let frame = serde_json::from_str(text).map_err(|error| {
            Close::bad_data(format!("invalid JSON at column {}", error.column()))
        })?;
        let JsonTree::Object(mut frame) = frame else {
            return Err(Close::bad_data("the frame must be an object"));
        };
        let name = match (text_in(&mut frame, "action")?, text_in(&mut frame, "type")?) {
            (Some(name), None) | (None, Some(name)) => name,
            (None, None) => return Err(Close::bad_data("action: is required")),
            (Some(_), Some(_)) => {
                return Err(Close::bad_data("action: cannot be combined with `type`"));
            }
        };
        let cid = text_in(&mut frame, "cid")?;
        if cid.as_ref().is_some_and(|cid| cid.len() > MAX_CID_LEN) {
            return Err(Close::bad_data("cid: must be at most 64 characters long"));
        }
        let data = match take(&mut frame, "data") {
            None | Some(JsonTree::Null) => JsonTree::Object(vec![]),
            Some(data @ JsonTree::Object(_)) => data,
            Some(_) => return Err(Close::bad_data("data: must be an object")),
        };
        Ok(Self { name, data, cid })
    }

    /// Reads and validates the data.
    ///
    /// # Errors
    /// A field is missing or has the wrong type: the socket is closed. A field is out of its bounds:
    /// the client is sent the error.
    pub fn parse<T: DeserializeOwned + Validate>(&self) -> Result<T, Refused> {
        self.parse_checked(|_| Ok(()))
    }

    /// As [`parse`](Self::parse); problems with bounds are reported together with those that `check`
    /// finds.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_checked<T: DeserializeOwned + Validate>(
        &self,
        check: impl FnOnce(&T) -> Result<(), AppError>,
    ) -> Result<T, Refused> {
        read_data(&self.data, check)
    }

    /// As [`parse_checked`](Self::parse_checked), with a value for a field that the client left out.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with<T: DeserializeOwned + Validate>(
        &self,
        field: &str,
        value: &str,
        check: impl FnOnce(&T) -> Result<(), AppError>,
    ) -> Result<T, Refused> {
        let mut data = self.data.clone();
        if let JsonTree::Object(fields) = &mut data
            && fields.iter().all(|(name, _)| name != field)
        {
            fields.push((field.to_owned(), JsonTree::Text(value.to_owned())));
        }
        read_data(&data, check)
    }
}

/// Takes a field out of a frame; of several with this name the last one.
fn take(frame: &mut Vec<(String, JsonTree)>, field: &str) -> Option<JsonTree> {
    let at = frame.iter().rposition(|(name, _)| name == field)?;
    Some(frame.swap_remove(at).1)
}

/// Takes a text out of a frame, if it is there.
fn text_in(frame: &mut Vec<(String, JsonTree)>, field: &str) -> Result<Option<String>, Close> {
    match take(frame, field) {
        None | Some(JsonTree::Null) => Ok(None),
        Some(JsonTree::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Close::bad_data(format!("{field}: must be a string"))),
    }
}

/// Reads data. If that fails the socket is closed with a reason that names as many problems as fit.
fn read_data<T: DeserializeOwned + Validate>(
    data: &JsonTree,
    check: impl FnOnce(&T) -> Result<(), AppError>,
) -> Result<T, Refused> {
    let (value, problems) = json_reader::deserialize::<T>(JsonSource::Frame, data);
    let reasons = problems
        .iter()
        .map(|error| format!("data.{}: {}", error.field, error.problem));
    match value {
        Some(value) if problems.is_empty() => {
            json_reader::validate(value, check).map_err(Refused::WithError)
        }
        _ if problems.is_empty() => Err(Close::bad_data("data: is invalid").into()),
        _ => Err(Close::bad_data_of(reasons).into()),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Note {
        #[validate(length(max = 3, message = "3 characters at most"))]
        text: String,
        #[serde(default)]
        times: u8,
    }

    fn refused(frame: &str) -> String {
        let parsed = Incoming::read(frame).map_err(Refused::from);
        match parsed.and_then(|incoming| incoming.parse::<Note>()) {
            Err(Refused::WithClose(close)) => {
                assert_eq!(close.code, 4400);
                close.reason
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn read_accepts_both_keys_and_no_data() {
        for frame in [
            r#"{"action":"ping"}"#,
            r#"{"type":"ping","timestamp":1,"data":{}}"#,
            r#"{"action":"ping","data":null,"cid":null}"#,
        ] {
            assert_eq!(Incoming::read(frame).unwrap().name, "ping");
        }
        let frame =
            Incoming::read(r#"{"action":"n","data":{"text":"a","times":2},"cid":"7"}"#).unwrap();
        let note: Note = frame.parse().unwrap();
        assert_eq!(
            (note.text.as_str(), note.times, frame.cid.as_deref()),
            ("a", 2, Some("7"))
        );
    }

    #[test]
    fn parse_ignores_unknown_fields() {
        let frame = r#"{"action":"n","more":[1],"data":{"text":"a","surprise":{}}}"#;
        let note: Note = Incoming::read(frame).unwrap().parse().unwrap();
        assert_eq!(note.text, "a");
    }

    #[test]
    fn problems_are_named_and_no_value_is_repeated() {
        for (frame, reason) in [
            ("{", "invalid JSON at column 1"),
            ("[]", "the frame must be an object"),
            (r#"["ping",null]"#, "the frame must be an object"),
            (r#"{"data":{}}"#, "action: is required"),
            (r#"{"action":7}"#, "action: must be a string"),
            (r#"{"type":["a"]}"#, "type: must be a string"),
            (
                r#"{"action":"a","type":"b"}"#,
                "action: cannot be combined with `type`",
            ),
            (r#"{"action":"a","cid":7}"#, "cid: must be a string"),
            (r#"{"action":"a","data":["a"]}"#, "data: must be an object"),
            (r#"{"action":"a","data":"a"}"#, "data: must be an object"),
            (r#"{"action":"a"}"#, "data.text: is required"),
            (
                r#"{"action":"a","data":{"text":"a","times":"hunter2"}}"#,
                "data.times: must be an integer",
            ),
        ] {
            assert_eq!(refused(frame), format!("BAD_DATA: {reason}"), "{frame}");
        }
        let long = format!(r#"{{"action":"a","cid":"{}"}}"#, "x".repeat(65));
        assert!(refused(&long).contains("cid: must be at most 64"));
    }

    #[test]
    fn parse_reports_bounds_without_closing() {
        let frame = Incoming::read(r#"{"action":"a","data":{"text":"hunter2"}}"#).unwrap();
        let Err(Refused::WithError(error)) = frame.parse::<Note>() else {
            panic!("the socket would close");
        };
        let field = &error.fields()[0];
        assert_eq!(error.code().name, "invalid_fields");
        assert_eq!(
            (field.field.as_str(), field.problem.as_str()),
            ("text", "3 characters at most")
        );
    }
}
