//! What is wrong with a JSON value, where, and how the next reading gets past it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

/// What is done about a field in the next reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mend {
    /// Something harmless takes its place.
    Replace,
    /// It is passed over.
    Skip,
    /// It is passed over where it is there again.
    Once,
}

pub(super) type Mended = BTreeMap<String, Mend>;

/// What is wrong with a value, and where.
#[derive(Debug)]
pub(super) struct Problem {
    what: What,
    /// The way to it, the last part first.
    way: Vec<String>,
}

#[derive(Debug)]
enum What {
    Missing(&'static str),
    Unknown(String),
    Twice(&'static str),
    Wrong(String),
}

impl Problem {
    pub(super) fn wrong(text: impl Into<String>) -> Self {
        let what = What::Wrong(text.into());
        Self { what, way: vec![] }
    }

    pub(super) fn within(mut self, part: String) -> Self {
        self.way.push(part);
        self
    }

    /// The field, what helps to read on, and the problem in words.
    pub(super) fn described(self) -> (String, Mend, String) {
        let mut field = String::new();
        for part in self.way.into_iter().rev() {
            field = join(&field, &part);
        }
        match self.what {
            What::Missing(name) => (join(&field, name), Mend::Replace, "is missing".to_owned()),
            What::Unknown(name) => {
                let text = "is not a known field".to_owned();
                (join(&field, &name), Mend::Skip, text)
            }
            What::Twice(name) => (join(&field, name), Mend::Once, "is there twice".to_owned()),
            What::Wrong(text) => (field, Mend::Replace, text),
        }
    }
}

pub(super) fn join(field: &str, part: &str) -> String {
    if field.is_empty() || part.starts_with('[') {
        format!("{field}{part}")
    } else {
        format!("{field}.{part}")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.what)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    /// The words of others may repeat what was sent.
    fn custom<T: fmt::Display>(_words: T) -> Self {
        Self::wrong("is not valid")
    }

    fn invalid_type(_given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(wanted(expected))
    }

    fn invalid_value(_given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(wanted(expected))
    }

    fn invalid_length(_given: usize, expected: &dyn Expected) -> Self {
        Self::wrong(wanted(expected))
    }

    fn missing_field(name: &'static str) -> Self {
        let (what, way) = (What::Missing(name), vec![]);
        Self { what, way }
    }

    fn unknown_field(name: &str, _known: &'static [&'static str]) -> Self {
        let (what, way) = (What::Unknown(name.to_owned()), vec![]);
        Self { what, way }
    }

    fn duplicate_field(name: &'static str) -> Self {
        let (what, way) = (What::Twice(name), vec![]);
        Self { what, way }
    }

    fn unknown_variant(_name: &str, known: &'static [&'static str]) -> Self {
        Self::wrong(one_of(known))
    }
}

/// What a type of ours says that it takes, in the words of those who write JSON.
fn wanted(expected: &dyn Expected) -> String {
    let name = expected.to_string();
    let plain = match name.as_str() {
        "a string" | "a borrowed string" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "f32" | "f64" => "a number",
        name if name.starts_with("struct ") => "an object",
        name if name.starts_with("a ") || name.starts_with("text ") => name,
        _ => return "is not valid".to_owned(),
    };
    format!("must be {plain}")
}

pub(super) fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "is not valid".to_owned(),
        [only] => format!("must be {only}"),
        [one, other] => format!("must be {one} or {other}"),
        all => format!("must be one of {}", all.join(", ")),
    }
}
