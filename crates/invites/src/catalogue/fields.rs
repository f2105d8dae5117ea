//! Reads options one by one and keeps count of those that are wrong.

use std::ops::RangeInclusive;

use kernel::{AppError, FieldError};
use serde_json::{Map, Value};

use crate::Error;

/// How many unknown options an answer names at most.
const MAX_UNKNOWN: usize = 16;
/// The longest name of an option that an answer repeats.
const MAX_NAME_LEN: usize = 64;

/// Options as they were given.
pub(super) struct Fields<'a> {
    given: &'a Map<String, Value>,
    known: Vec<&'static str>,
    wrong: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(given: &'a Map<String, Value>) -> Self {
        Self {
            given,
            known: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// The value of an option as it can be read, or its usual one.
    fn read<T>(
        &mut self,
        name: &'static str,
        usual: T,
        read: impl FnOnce(&Value) -> Option<T>,
        expected: impl FnOnce() -> String,
    ) -> T {
        self.known.push(name);
        match self.given.get(name).map(read) {
            None => usual,
            Some(Some(value)) => value,
            Some(None) => {
                self.refuse(name, expected());
                usual
            }
        }
    }

    pub(super) fn flag(&mut self, name: &'static str, usual: bool) -> bool {
        self.read(name, usual, Value::as_bool, || {
            "must be true or false".to_owned()
        })
    }

    pub(super) fn number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u8>,
        usual: u8,
    ) -> u8 {
        let read = |value: &Value| {
            let number = u8::try_from(value.as_u64()?).ok()?;
            range.contains(&number).then_some(number)
        };
        let expected = || {
            format!(
                "must be a whole number from {} to {}",
                range.start(),
                range.end()
            )
        };
        self.read(name, usual, read, expected)
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&str, T)],
        usual: T,
    ) -> T {
        let read = |value: &Value| {
            let text = value.as_str()?;
            let found = choices.iter().find(|(name, _)| *name == text);
            found.map(|(_, choice)| *choice)
        };
        let expected = || {
            let names: Vec<String> = choices
                .iter()
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            format!("must be one of {}", names.join(", "))
        };
        self.read(name, usual, read, expected)
    }

    fn refuse(&mut self, name: &str, problem: String) {
        let field = format!("options.{name}");
        self.wrong.push(FieldError { field, problem });
    }

    /// Refuses if anything was wrong or is not an option.
    pub(super) fn finish(mut self) -> Result<(), AppError> {
        let known = |name: &&String| self.known.contains(&name.as_str());
        let unknown = self.given.keys().filter(|name| !known(name));
        for name in unknown.take(MAX_UNKNOWN).cloned().collect::<Vec<_>>() {
            let short: String = name.chars().take(MAX_NAME_LEN).collect();
            self.refuse(&short, "is not an option of this game".to_owned());
        }
        if self.wrong.is_empty() {
            return Ok(());
        }
        let start = AppError::from(Error::OptionsInvalid);
        let add = |error: AppError, one: FieldError| error.on_field(one.field, one.problem);
        Err(self.wrong.into_iter().fold(start, add))
    }
}
