//! Reads options one by one and collects the problems.

use std::ops::RangeInclusive;

use kernel::{AppError, FieldError};
use serde_json::{Map, Value};

use crate::Error;

/// The maximum number of unknown options that an error names.
const MAX_UNKNOWN: usize = 16;
/// The maximum length of an unknown option's name in an error.
const MAX_NAME_LEN: usize = 64;

/// Reads the options of a request.
pub(super) struct OptionReader<'a> {
    given: &'a Map<String, Value>,
    known: Vec<&'static str>,
    problems: Vec<FieldError>,
}

impl<'a> OptionReader<'a> {
    pub(super) fn new(given: &'a Map<String, Value>) -> Self {
        Self {
            given,
            known: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The value of an option, or its default if it is missing or not valid.
    fn read<T>(
        &mut self,
        name: &'static str,
        default: T,
        read: impl FnOnce(&Value) -> Option<T>,
        expected: impl FnOnce() -> String,
    ) -> T {
        self.known.push(name);
        match self.given.get(name).map(read) {
            None => default,
            Some(Some(value)) => value,
            Some(None) => {
                self.refuse(name, expected());
                default
            }
        }
    }

    pub(super) fn flag(&mut self, name: &'static str, default: bool) -> bool {
        self.read(name, default, Value::as_bool, || {
            "must be true or false".to_owned()
        })
    }

    pub(super) fn number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u8>,
        default: u8,
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
        self.read(name, default, read, expected)
    }

    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        choices: &[(&str, T)],
        default: T,
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
        self.read(name, default, read, expected)
    }

    fn refuse(&mut self, name: &str, problem: String) {
        let field = format!("options.{name}");
        self.problems.push(FieldError { field, problem });
    }

    /// Fails if an option is not valid or unknown.
    pub(super) fn finish(mut self) -> Result<(), AppError> {
        let known = |name: &&String| self.known.contains(&name.as_str());
        let unknown = self.given.keys().filter(|name| !known(name));
        for name in unknown.take(MAX_UNKNOWN).cloned().collect::<Vec<_>>() {
            let short: String = name.chars().take(MAX_NAME_LEN).collect();
            self.refuse(&short, "is not an option of this game".to_owned());
        }
        if self.problems.is_empty() {
            return Ok(());
        }
        let start = AppError::from(Error::OptionsInvalid);
        let add = |error: AppError, one: FieldError| error.on_field(one.field, one.problem);
        Err(self.problems.into_iter().fold(start, add))
    }
}
