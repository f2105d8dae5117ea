//! The first problem that serde finds in a value, and how the next pass gets past it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

/// What the next pass does about a field that has a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    /// Reads a harmless value in its place.
    Substitute,
    /// Ignores it.
    Skip,
    /// Ignores it from the second time on.
    SkipRepeated,
}

/// Repairs by the path of the field.
pub(super) type Repairs = BTreeMap<String, Repair>;

/// A problem with a value, and its path.
#[derive(Debug)]
pub(super) struct ReadError {
    kind: ReadErrorKind,
    /// The path to the field, its last segment first.
    path: Vec<String>,
}

#[derive(Debug)]
enum ReadErrorKind {
    MissingField(&'static str),
    UnknownField(String),
    DuplicateField(&'static str),
    InvalidValue(String),
}

impl ReadError {
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        let (kind, path) = (ReadErrorKind::InvalidValue(text.into()), vec![]);
        Self { kind, path }
    }

    pub(super) fn within(mut self, segment: String) -> Self {
        self.path.push(segment);
        self
    }

    /// The path of the field, how the next pass gets past it, and the problem in words.
    pub(super) fn described(self) -> (String, Repair, String) {
        let mut field = String::new();
        for segment in self.path.into_iter().rev() {
            field = join(&field, &segment);
        }
        match self.kind {
            ReadErrorKind::MissingField(name) => (
                join(&field, name),
                Repair::Substitute,
                "is required".to_owned(),
            ),
            ReadErrorKind::UnknownField(name) => {
                let text = "is an unknown field".to_owned();
                (join(&field, &name), Repair::Skip, text)
            }
            ReadErrorKind::DuplicateField(name) => (
                join(&field, name),
                Repair::SkipRepeated,
                "is a duplicate field".to_owned(),
            ),
            ReadErrorKind::InvalidValue(text) => (field, Repair::Substitute, text),
        }
    }
}

pub(super) fn join(field: &str, segment: &str) -> String {
    if field.is_empty() || segment.starts_with('[') {
        format!("{field}{segment}")
    } else {
        format!("{field}.{segment}")
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    /// Messages of other crates may repeat the value.
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self::invalid("is invalid")
    }

    fn invalid_type(_given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid(expectation(expected))
    }

    fn invalid_value(_given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid(expectation(expected))
    }

    fn invalid_length(_given: usize, expected: &dyn Expected) -> Self {
        Self::invalid(expectation(expected))
    }

    fn missing_field(name: &'static str) -> Self {
        let (kind, path) = (ReadErrorKind::MissingField(name), vec![]);
        Self { kind, path }
    }

    fn unknown_field(name: &str, _known: &'static [&'static str]) -> Self {
        let (kind, path) = (ReadErrorKind::UnknownField(name.to_owned()), vec![]);
        Self { kind, path }
    }

    fn duplicate_field(name: &'static str) -> Self {
        let (kind, path) = (ReadErrorKind::DuplicateField(name), vec![]);
        Self { kind, path }
    }

    fn unknown_variant(_name: &str, known: &'static [&'static str]) -> Self {
        Self::invalid(one_of(known))
    }
}

/// What a type expects, in the terms of JSON instead of Rust.
fn expectation(expected: &dyn Expected) -> String {
    let name = expected.to_string();
    let plain = match name.as_str() {
        "a string" | "a borrowed string" => "a string",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        "f32" | "f64" => "a number",
        name if name.starts_with("struct ") => "an object",
        name if name.starts_with("a ") || name.starts_with("an ") => name,
        _ => return "is invalid".to_owned(),
    };
    format!("must be {plain}")
}

pub(super) fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "is invalid".to_owned(),
        [only] => format!("must be {only}"),
        [one, other] => format!("must be {one} or {other}"),
        all => format!("must be one of {}", all.join(", ")),
    }
}
