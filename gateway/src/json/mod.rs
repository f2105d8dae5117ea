//! Reading JSON that others wrote: bodies of requests, data of frames and, as if it were JSON, the
//! pairs of an address. One reader and one set of words for all of them.

mod problem;
mod reader;
mod tree;

pub(crate) use reader::{Source, is_within, read};
pub(crate) use tree::Tree;

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

    fn tree(value: &Value) -> Tree {
        serde_json::from_value(value.clone()).unwrap()
    }

    /// What is wrong, in a body and in a frame alike.
    fn problem(value: &Value) -> (String, String) {
        let [body, frame] = [Source::Body, Source::Frame].map(|source| {
            let (_, faults) = read::<Outer>(source, &tree(value));
            faults.into_iter().next().unwrap()
        });
        assert_eq!(body, frame, "{value}");
        (body.field, body.problem)
    }

    #[test]
    fn unknown_fields_are_passed_over_in_frames_and_refused_in_bodies() {
        let sent = tree(&json!({
            "text": "a", "more": {"x": 1}, "kind": "fast", "inner": {"s": {"seq": -1, "new": []}},
            "rest": {"anything": [1, null]}
        }));
        let (value, faults) = read::<Outer>(Source::Frame, &sent);
        let value = value.unwrap();
        assert_eq!(faults, []);
        assert_eq!(value.kind, Some(Kind::Fast));
        assert_eq!(value.inner["s"], Inner { seq: -1 });
        assert_eq!(value.rest["anything"], json!([1, null]));
        assert_ne!(value.kind, Some(Kind::Slow));
        let (_, faults) = read::<Outer>(Source::Body, &sent);
        let unknown = faults.iter().map(|error| error.field.as_str());
        assert_eq!(unknown.collect::<Vec<_>>(), ["inner.s.new", "more"]);
    }

    #[test]
    fn each_problem_is_told_in_plain_words_and_repeats_no_value() {
        for (value, field, words) in [
            (json!({}), "text", "is missing"),
            (json!(["a", 1]), "body", "must be an object"),
            (json!({"text": 7}), "text", "must be text"),
            (json!({"text": null}), "text", "must be text"),
            (
                json!({"text": "a", "times": "hunter2"}),
                "times",
                "must be a whole number",
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
            (json!({"text": "a", "id": 7}), "id", "must be text"),
            (
                json!({"text": "a", "mark": true}),
                "mark",
                "must be text or a number",
            ),
            (
                json!({"text": "a", "mark": {"a": 1}}),
                "mark",
                "must be text or a number",
            ),
            (
                json!({"text": "a", "inner": {"s": {}}}),
                "inner.s.seq",
                "is missing",
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
