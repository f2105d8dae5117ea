//! Reads JSON that clients sent: request bodies, the data of socket frames and, as if they were JSON,
//! the pairs of a query. All of them share one reader and one set of error messages.
//!
//! Invariants:
//! - An array is never accepted for an object.
//! - Every problem is reported at its field, all of them at once, and no value is repeated.
//! - Fields that a type does not know are refused in bodies (types say `deny_unknown_fields`), and
//!   ignored in frames and queries.
//!
//! ```
//! use json_reader::{JsonSource, JsonTree, parse};
//!
//! #[derive(serde::Deserialize, validator::Validate)]
//! #[serde(deny_unknown_fields)]
//! struct CreateGroup {
//!     #[validate(length(min = 3, message = "3 characters at least"))]
//!     name: String,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let tree: JsonTree = serde_json::from_str(r#"{"name": "a", "size": 4}"#)?;
//! let error = parse::<CreateGroup>(JsonSource::Body, &tree).into_value().err();
//! let fields: Vec<String> = error
//!     .iter()
//!     .flat_map(|error| error.fields())
//!     .map(|one| format!("{} {}", one.field, one.problem))
//!     .collect();
//! assert_eq!(fields, ["name 3 characters at least", "size is an unknown field"]);
//! # Ok(())
//! # }
//! ```

mod parsed;
mod passes;
mod read_error;
mod reader;
mod tree;

pub use parsed::{ParsedInput, PartialForm, parse, validate};
pub use passes::deserialize;
pub use reader::JsonSource;
pub use tree::JsonTree;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kernel::UserId;
    use serde::Deserialize;
    use serde_json::{Map, Value, json};

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        text: String,
        #[serde(default)]
        times: u8,
        kind: Option<Kind>,
        id: Option<UserId>,
        mark: Option<contract::chat::ClientTimestamp>,
        #[serde(default)]
        inner: BTreeMap<String, Inner>,
        #[serde(default)]
        rest: Map<String, Value>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        seq: i64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Slow,
        Fast,
    }

    fn tree(value: &Value) -> JsonTree {
        serde_json::from_value(value.clone()).unwrap()
    }

    /// The first problem, which bodies and frames have in common.
    fn problem(value: &Value) -> (String, String) {
        let [body, frame] = [JsonSource::Body, JsonSource::Frame].map(|source| {
            let (_, faults) = deserialize::<Outer>(source, &tree(value));
            faults.into_iter().next().unwrap()
        });
        assert_eq!(body, frame, "{value}");
        (body.field, body.problem)
    }

    #[test]
    fn deserialize_ignores_unknown_fields_in_frames_and_refuses_them_in_bodies() {
        let sent = tree(&json!({
            "text": "a", "more": {"x": 1}, "kind": "fast", "inner": {"s": {"seq": -1, "new": []}},
            "rest": {"anything": [1, null]}
        }));
        let (value, faults) = deserialize::<Outer>(JsonSource::Frame, &sent);
        let value = value.unwrap();
        assert_eq!(faults, []);
        assert_eq!(value.kind, Some(Kind::Fast));
        assert_eq!(value.inner["s"], Inner { seq: -1 });
        assert_eq!(value.rest["anything"], json!([1, null]));
        assert_ne!(value.kind, Some(Kind::Slow));
        let (_, faults) = deserialize::<Outer>(JsonSource::Body, &sent);
        let unknown = faults.iter().map(|error| error.field.as_str());
        assert_eq!(unknown.collect::<Vec<_>>(), ["inner.s.new", "more"]);
    }

    #[test]
    fn deserialize_reports_each_problem_in_plain_words_without_the_value() {
        for (value, field, words) in [
            (json!({}), "text", "is required"),
            (json!(["a", 1]), "body", "must be an object"),
            (json!({"text": 7}), "text", "must be a string"),
            (json!({"text": null}), "text", "must be a string"),
            (
                json!({"text": "a", "times": "hunter2"}),
                "times",
                "must be an integer",
            ),
            (json!({"text": "a", "times": 300}), "times", "is too large"),
            (
                json!({"text": "a", "kind": "hunter2"}),
                "kind",
                "must be `slow` or `fast`",
            ),
            (
                json!({"text": "a", "kind": {"slow": null}}),
                "kind",
                "must be `slow` or `fast`",
            ),
            (
                json!({"text": "a", "id": "hunter2"}),
                "id",
                "must be a UUID",
            ),
            (json!({"text": "a", "id": 7}), "id", "must be a string"),
            (
                json!({"text": "a", "mark": true}),
                "mark",
                "must be a string or a number",
            ),
            (
                json!({"text": "a", "mark": {"a": 1}}),
                "mark",
                "must be a string or a number",
            ),
            (
                json!({"text": "a", "inner": {"s": {}}}),
                "inner.s.seq",
                "is required",
            ),
            (
                json!({"text": "a", "inner": {"s": [1]}}),
                "inner.s",
                "must be an object",
            ),
            (
                json!({"text": "a", "inner": []}),
                "inner",
                "must be an object",
            ),
            (
                json!({"text": "a", "rest": []}),
                "rest",
                "must be an object",
            ),
        ] {
            assert_eq!(
                problem(&value),
                (field.to_owned(), words.to_owned()),
                "{value}"
            );
        }
    }
}
