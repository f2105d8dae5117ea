//! Client frames: strict about what a frame must have, so that a mistake in a client is found on its
//! first day; tolerant of fields that are not known here, so that a newer client is served too.

use json_reader::{JsonSource, JsonTree};
use kernel::AppError;
use serde::de::DeserializeOwned;
use validator::Validate;

use super::close::Close;
use super::session::Refused;

/// The longest mark that a client may put on a frame.
pub(crate) const MAX_CID_LEN: usize = 64;

/// A client frame, its data not yet read.
#[derive(Debug)]
pub struct Incoming {
    /// The action.
    pub name: String,
    /// Its data, an object; an empty one where there is none.
    data: JsonTree,
    /// The client's mark, repeated in the answer.
    pub cid: Option<String>,
}

impl Incoming {
    /// Reads a frame.
    ///
    /// # Errors
    /// It is not one; the close names what is wrong.
    pub fn read(text: &str) -> Result<Self, Close> {
        let frame = serde_json::from_str(text)
            .map_err(|error| Close::bad_data(format!("not JSON, at column {}", error.column())))?;
        let JsonTree::Object(mut frame) = frame else {
            return Err(Close::bad_data("a frame must be an object"));
        };
        let name = match (text_in(&mut frame, "action")?, text_in(&mut frame, "type")?) {
            (Some(name), None) | (None, Some(name)) => name,
            (None, None) => return Err(Close::bad_data("action: is missing")),
            (Some(_), Some(_)) => return Err(Close::bad_data("action: given twice, with type")),
        };
        let cid = text_in(&mut frame, "cid")?;
        if cid.as_ref().is_some_and(|cid| cid.len() > MAX_CID_LEN) {
            return Err(Close::bad_data("cid: too long, 64 characters at most"));
        }
        let data = match take(&mut frame, "data") {
            None | Some(JsonTree::Null) => JsonTree::Object(vec![]),
            Some(data @ JsonTree::Object(_)) => data,
            Some(_) => return Err(Close::bad_data("data: must be an object")),
        };
        Ok(Self { name, data, cid })
    }

    /// Reads the data as what the action takes.
    ///
    /// # Errors
    /// A field is missing or of the wrong type: the socket closes. A field is out of its bounds:
    /// the client is told.
    pub fn parse<T: DeserializeOwned + Validate>(&self) -> Result<T, Refused> {
        self.parse_checked(|_| Ok(()))
    }

    /// As [`parse`](Self::parse); what is out of its bounds is told together with what `check` finds.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_checked<T: DeserializeOwned + Validate>(
        &self,
        check: impl FnOnce(&T) -> Result<(), AppError>,
    ) -> Result<T, Refused> {
        read_data(&self.data, check)
    }

    /// Reads the data as what the action takes, with this field where the client left it out.
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

/// Takes a field of a frame out of it; of several with this name the last one.
fn take(frame: &mut Vec<(String, JsonTree)>, field: &str) -> Option<JsonTree> {
    let at = frame.iter().rposition(|(name, _)| name == field)?;
    Some(frame.swap_remove(at).1)
}

/// A text in a frame, where it is there.
fn text_in(frame: &mut Vec<(String, JsonTree)>, field: &str) -> Result<Option<String>, Close> {
    match take(frame, field) {
        None | Some(JsonTree::Null) => Ok(None),
        Some(JsonTree::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Close::bad_data(format!("{field}: must be text"))),
    }
}

/// Reads data. What cannot be read closes the socket, with all faults that its reason has room for.
fn read_data<T: DeserializeOwned + Validate>(
    data: &JsonTree,
    check: impl FnOnce(&T) -> Result<(), AppError>,
) -> Result<T, Refused> {
    let (value, faults) = json_reader::deserialize::<T>(JsonSource::Frame, data);
    let told = faults
        .iter()
        .map(|error| format!("data.{}: {}", error.field, error.problem));
    match value {
        Some(value) if faults.is_empty() => {
            json_reader::validate(value, check).map_err(Refused::Told)
        }
        _ if faults.is_empty() => Err(Close::bad_data("data: cannot be read").into()),
        _ => Err(Close::bad_data_of(told).into()),
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
            Err(Refused::Closed(close)) => {
                assert_eq!(close.code, 4400);
                close.reason
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn both_keys_are_understood_and_data_may_be_left_out() {
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
    fn unknown_fields_are_passed_over() {
        let frame = r#"{"action":"n","more":[1],"data":{"text":"a","surprise":{}}}"#;
        let note: Note = Incoming::read(frame).unwrap().parse().unwrap();
        assert_eq!(note.text, "a");
    }

    #[test]
    fn each_mistake_is_named_and_no_value_repeated() {
        for (frame, reason) in [
            ("{", "not JSON, at column 1"),
            ("[]", "a frame must be an object"),
            (r#"["ping",null]"#, "a frame must be an object"),
            (r#"{"data":{}}"#, "action: is missing"),
            (r#"{"action":7}"#, "action: must be text"),
            (r#"{"type":["a"]}"#, "type: must be text"),
            (
                r#"{"action":"a","type":"b"}"#,
                "action: given twice, with type",
            ),
            (r#"{"action":"a","cid":7}"#, "cid: must be text"),
            (r#"{"action":"a","data":["a"]}"#, "data: must be an object"),
            (r#"{"action":"a","data":"a"}"#, "data: must be an object"),
            (r#"{"action":"a"}"#, "data.text: is missing"),
            (
                r#"{"action":"a","data":{"text":"a","times":"hunter2"}}"#,
                "data.times: must be a whole number",
            ),
        ] {
            assert_eq!(refused(frame), format!("BAD_DATA: {reason}"), "{frame}");
        }
        let long = format!(r#"{{"action":"a","cid":"{}"}}"#, "x".repeat(65));
        assert!(refused(&long).contains("cid: too long"));
    }

    #[test]
    fn what_is_out_of_bounds_is_told_and_closes_nothing() {
        let frame = Incoming::read(r#"{"action":"a","data":{"text":"hunter2"}}"#).unwrap();
        let Err(Refused::Told(error)) = frame.parse::<Note>() else {
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
