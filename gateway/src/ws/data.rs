//! The data of client frames as typed values.
//!
//! A frame is read as JSON first and then through a deserializer of our own, so that three things
//! hold for every action without a word in its type: an array never passes for an object, a field
//! that nobody knows is passed over (an older node must not close the socket of a newer client),
//! and whatever is wrong is told by its place and in plain words, without the value.

use std::fmt::{self, Display};

use serde::Deserializer;
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

/// What is wrong with data, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The place, as in `streams.user:1.seq`; empty for the whole.
    pub(super) path: String,
    /// What is wrong there.
    pub(super) what: String,
}

/// Reads a value as a `T`.
///
/// # Errors
/// It is none; the problem names the field.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    T::deserialize(Reader(value))
}

impl Problem {
    fn new(what: impl Into<String>) -> Self {
        let what = what.into();
        let path = String::new();
        Self { path, what }
    }

    /// The same problem, of a part of something larger.
    fn within(mut self, part: &str) -> Self {
        self.path = match self.path.as_str() {
            "" => part.to_owned(),
            path => format!("{part}.{path}"),
        };
        self
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Problem {}

impl Error for Problem {
    /// What a type says by itself may repeat the value, so it is not told.
    fn custom<T: Display>(_said: T) -> Self {
        Self::new("is not valid")
    }

    fn invalid_type(_given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(wanted(expected))
    }

    fn invalid_value(_given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(wanted(expected))
    }

    fn invalid_length(_given: usize, expected: &dyn Expected) -> Self {
        Self::new(wanted(expected))
    }

    fn unknown_variant(_given: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("must be one of: {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing").within(field)
    }
}

/// What a type of ours is called by those who write JSON.
fn wanted(expected: &dyn Expected) -> String {
    let name = expected.to_string();
    let plain = match name.as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => {
            "a whole number within its bounds"
        }
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a UUID string" => "a UUID",
        "a string" | "a borrowed string" => "a string",
        "a sequence" => "an array",
        "a map" => "an object",
        name if name.starts_with("struct ") => "an object",
        _ => return "is not valid".to_owned(),
    };
    format!("must be {plain}")
}

struct Reader(Value);

impl<'de> Deserializer<'de> for Reader {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items::new(items)),
            Value::Object(fields) => visitor.visit_map(Fields::new(fields, None)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields::new(fields, Some(known))),
            _ => Err(Problem::new("must be an object")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(text_of(text)),
            _ => Err(Problem::unknown_variant("", variants)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

fn text_of(text: String) -> StringDeserializer<Problem> {
    text.into_deserializer()
}

/// The fields of an object, but for those that nobody knows.
struct Fields {
    left: serde_json::map::IntoIter,
    known: Option<&'static [&'static str]>,
    next: Option<(String, Value)>,
}

impl Fields {
    fn new(fields: Map<String, Value>, known: Option<&'static [&'static str]>) -> Self {
        Self {
            left: fields.into_iter(),
            known,
            next: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        let known = self.known;
        let is_known = |name: &str| known.is_none_or(|known| known.contains(&name));
        self.next = self.left.find(|(name, _)| is_known(name));
        let key = self.next.as_ref().map(|(name, _)| text_of(name.clone()));
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let (name, value) = self.next.take().unwrap_or_default();
        let read = seed.deserialize(Reader(value));
        read.map_err(|problem| problem.within(&name))
    }
}

struct Items {
    left: std::iter::Enumerate<std::vec::IntoIter<Value>>,
}

impl Items {
    fn new(items: Vec<Value>) -> Self {
        let left = items.into_iter().enumerate();
        Self { left }
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Problem> {
        let Some((index, item)) = self.left.next() else {
            return Ok(None);
        };
        let read = seed.deserialize(Reader(item)).map(Some);
        read.map_err(|problem| problem.within(&index.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        text: String,
        #[serde(default)]
        times: u8,
        kind: Option<Kind>,
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

    fn problem(value: Value) -> (String, String) {
        let Problem { path, what } = read::<Outer>(value).unwrap_err();
        (path, what)
    }

    #[test]
    fn read_passes_over_unknown_fields_at_every_depth() {
        let read: Outer = read(json!({
            "text": "a", "more": {"x": 1}, "kind": "fast", "inner": {"s": {"seq": -1, "new": []}},
            "rest": {"anything": [1, null]}
        }))
        .unwrap();
        assert_eq!(read.kind, Some(Kind::Fast));
        assert_eq!(read.inner["s"], Inner { seq: -1 });
        assert_eq!(read.rest["anything"], json!([1, null]));
        assert_ne!(read.kind, Some(Kind::Slow));
    }

    #[test]
    fn read_never_takes_an_array_for_an_object() {
        let object = "must be an object".to_owned();
        assert_eq!(problem(json!(["a", 1])), (String::new(), object.clone()));
        let inner = json!({"text": "a", "inner": {"s": [1]}});
        assert_eq!(problem(inner), ("inner.s".to_owned(), object.clone()));
        let rest = json!({"text": "a", "rest": []});
        assert_eq!(problem(rest), ("rest".to_owned(), object));
    }

    #[test]
    fn read_names_the_field_in_plain_words_and_repeats_no_value() {
        for (value, path, what) in [
            (json!({}), "text", "missing"),
            (json!({"text": 7}), "text", "must be a string"),
            (json!({"text": null}), "text", "must be a string"),
            (
                json!({"text": "a", "times": "hunter2"}),
                "times",
                "must be a whole number within its bounds",
            ),
            (
                json!({"text": "a", "times": 300}),
                "times",
                "must be a whole number within its bounds",
            ),
            (
                json!({"text": "a", "kind": "hunter2"}),
                "kind",
                "must be one of: slow, fast",
            ),
            (
                json!({"text": "a", "kind": {"slow": 1}}),
                "kind",
                "must be one of: slow, fast",
            ),
            (
                json!({"text": "a", "inner": {"s": {}}}),
                "inner.s.seq",
                "missing",
            ),
        ] {
            assert_eq!(problem(value), (path.to_owned(), what.to_owned()));
        }
    }
}
