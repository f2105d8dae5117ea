//! Client frames: strict, so that a mistake in a client is found on its first day.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use validator::Validate;

use super::close::Close;

/// The longest mark that a client may put on a frame.
const LONGEST_CID: usize = 64;

/// A client frame, its data not yet read.
#[derive(Debug)]
pub struct Incoming {
    /// The action.
    pub name: String,
    /// Its data; an empty object where there is none.
    pub data: Box<RawValue>,
    /// The client's mark, repeated in the answer.
    pub cid: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    action: Option<String>,
    r#type: Option<String>,
    data: Option<Box<RawValue>>,
    cid: Option<String>,
    /// Clients of other sockets put their clock here; nothing depends on it.
    #[serde(rename = "timestamp")]
    _timestamp: Option<serde::de::IgnoredAny>,
}

impl Incoming {
    /// Reads a frame.
    ///
    /// # Errors
    /// It is not one; the close names what is wrong.
    pub fn read(text: &str) -> Result<Self, Close> {
        let raw: Raw = serde_json::from_str(text).map_err(|error| malformed(&error))?;
        let name = match (raw.action, raw.r#type) {
            (Some(name), None) | (None, Some(name)) => name,
            (None, None) => return Err(Close::bad_data("action: missing")),
            (Some(_), Some(_)) => return Err(Close::bad_data("action: given twice, with type")),
        };
        if raw.cid.as_ref().is_some_and(|cid| cid.len() > LONGEST_CID) {
            return Err(Close::bad_data("cid: too long, 64 characters at most"));
        }
        let data = match raw.data {
            Some(data) => data,
            None => serde_json::value::to_raw_value(&serde_json::json!({}))
                .map_err(|error| malformed(&error))?,
        };
        Ok(Self {
            name,
            data,
            cid: raw.cid,
        })
    }

    /// Reads the data as what the action takes.
    ///
    /// # Errors
    /// A field is missing, unknown, of the wrong type or out of its bounds; the close names it.
    pub fn parse<T: DeserializeOwned + Validate>(&self) -> Result<T, Close> {
        read_data(self.data.get())
    }

    /// Reads the data as what the action takes, with this field where the client left it out.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with<T: DeserializeOwned + Validate>(
        &self,
        field: &str,
        value: &str,
    ) -> Result<T, Close> {
        let mut data: BTreeMap<String, Box<RawValue>> =
            serde_json::from_str(self.data.get()).map_err(|error| malformed(&error))?;
        if !data.contains_key(field) {
            let value =
                serde_json::value::to_raw_value(value).map_err(|error| malformed(&error))?;
            data.insert(field.to_owned(), value);
        }
        let whole = serde_json::to_string(&data).map_err(|error| malformed(&error))?;
        read_data(&whole)
    }
}

fn read_data<T: DeserializeOwned + Validate>(data: &str) -> Result<T, Close> {
    let mut json = serde_json::Deserializer::from_str(data);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let problem = kind_of(error.inner());
        match error.path().to_string().as_str() {
            "." => Close::bad_data(format!("data: {problem}")),
            path => Close::bad_data(format!("data.{path}: {problem}")),
        }
    })?;
    value.validate().map_err(|errors| {
        // The names alone: the errors themselves carry values.
        let mut fields: Vec<String> = errors.errors().keys().map(ToString::to_string).collect();
        fields.sort();
        Close::bad_data(format!("data.{}: out of bounds", fields.join(", data.")))
    })?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Close {
    match error.classify() {
        serde_json::error::Category::Data => Close::bad_data(kind_of(error)),
        _ => Close::bad_data(format!("not JSON, at column {}", error.column())),
    }
}

/// What is wrong, without the value that is.
fn kind_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    match text.split_once(", expected ") {
        Some((_, expected)) if text.starts_with("invalid") => format!("expected {expected}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Note {
        #[validate(length(max = 3))]
        text: String,
        #[serde(default)]
        times: u8,
    }

    fn refused(frame: &str) -> String {
        match Incoming::read(frame).and_then(|incoming| incoming.parse::<Note>()) {
            Ok(note) => panic!("{note:?}"),
            Err(close) => {
                assert_eq!(close.code, 4400);
                close.reason
            }
        }
    }

    #[test]
    fn both_keys_are_understood_and_data_may_be_left_out() {
        for frame in [
            r#"{"action":"ping"}"#,
            r#"{"type":"ping","timestamp":1,"data":{}}"#,
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
    fn each_mistake_is_named_and_no_value_repeated() {
        assert_eq!(refused("{"), "BAD_DATA: not JSON, at column 1");
        assert!(refused("[]").starts_with("BAD_DATA: expected struct Raw"));
        assert_eq!(refused(r#"{"data":{}}"#), "BAD_DATA: action: missing");
        assert!(refused(r#"{"action":"a","type":"b"}"#).contains("twice"));
        assert!(refused(r#"{"action":"a","more":1}"#).contains("unknown field `more`"));
        assert!(refused(r#"{"action":"a"}"#).contains("missing field `text`"));
        assert_eq!(
            refused(r#"{"action":"a","data":{"text":"hunter2"}}"#),
            "BAD_DATA: data.text: out of bounds"
        );
        let wrong = refused(r#"{"action":"a","data":{"text":"a","times":"hunter2"}}"#);
        assert_eq!(wrong, "BAD_DATA: data.times: expected u8");
        assert!(
            refused(&format!(r#"{{"action":"a","cid":"{}"}}"#, "x".repeat(65))).contains("cid")
        );
    }
}
