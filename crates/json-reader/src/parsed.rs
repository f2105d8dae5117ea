//! Values with the problems that were found while reading and validating them.

use kernel::{AppError, FieldError};
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::passes::{deserialize, is_within};
use crate::reader::JsonSource;
use crate::tree::JsonTree;

/// A value and its problems. If there are any, the value holds harmless substitutes for the fields
/// that could not be read.
#[derive(Debug)]
pub struct ParsedInput<T> {
    value: Option<T>,
    problems: Vec<FieldError>,
    /// How many of the problems, from the first on, concern fields that could not be read.
    unreadable: usize,
}

/// Reads a value and runs its validation.
pub fn parse<T: DeserializeOwned + Validate>(
    source: JsonSource,
    tree: &JsonTree,
) -> ParsedInput<T> {
    let (value, problems) = deserialize::<T>(source, tree);
    let invalid = value.as_ref().map_or(vec![], violations);
    let unreadable = problems.len();
    let mut parsed = ParsedInput {
        value,
        problems,
        unreadable,
    };
    parsed.add(invalid);
    parsed
}

impl<T> ParsedInput<T> {
    /// The value if it has problems and could be read in part.
    pub fn partial(&self) -> Option<PartialForm<'_, T>> {
        let value = self.value.as_ref().filter(|_| !self.problems.is_empty())?;
        let unreadable = self.problems.get(..self.unreadable)?;
        Some(PartialForm { value, unreadable })
    }

    /// The value if it has no problems.
    ///
    /// # Errors
    /// `invalid_fields` with all problems.
    pub fn into_value(mut self) -> Result<T, AppError> {
        match self.value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => {
                self.problems.sort_by(|a, b| a.field.cmp(&b.field));
                Err(AppError::invalid_fields(self.problems))
            }
        }
    }

    /// Adds problems, except those of fields that have one already.
    pub fn add(&mut self, mut problems: Vec<FieldError>) {
        problems.retain(|one| {
            let mut known = self.problems.iter();
            !known.any(|known| is_within(&one.field, &known.field))
        });
        self.problems.extend(problems);
    }
}

/// A value with problems, as far as it could be read.
#[derive(Debug)]
pub struct PartialForm<'a, T> {
    value: &'a T,
    unreadable: &'a [FieldError],
}

impl<'a, T> PartialForm<'a, T> {
    /// The value, with substitutes for the fields that could not be read.
    #[must_use]
    pub fn value(&self) -> &'a T {
        self.value
    }

    /// A field if it could be read.
    pub fn field<F: ?Sized>(&self, name: &str, of: impl FnOnce(&'a T) -> &'a F) -> Option<&'a F> {
        let mut unreadable = self.unreadable.iter();
        let is_it = |error: &FieldError| is_within(name, &error.field);
        (!unreadable.any(is_it)).then(|| of(self.value))
    }
}

/// Runs the validation of a value. Only if it finds problems, `check` is asked for those that the
/// service finds beyond; a valid value is checked by the service that takes it.
///
/// # Errors
/// `invalid_fields` with all problems, without the values that the validator's own errors carry.
pub fn validate<T: Validate>(
    value: T,
    check: impl FnOnce(&T) -> Result<(), AppError>,
) -> Result<T, AppError> {
    let problems = violations(&value);
    let mut parsed = ParsedInput {
        value: Some(value),
        problems,
        unreadable: 0,
    };
    let checked = parsed.partial().map(|form| check(form.value()));
    if let Some(Err(error)) = checked {
        parsed.add(error.fields().to_vec());
    }
    parsed.into_value()
}

/// The problems that a value's own validation finds.
fn violations<T: Validate>(value: &T) -> Vec<FieldError> {
    let mut fields = vec![];
    if let Err(errors) = value.validate() {
        collect(&errors, "", &mut fields);
    }
    fields
}

fn collect(errors: &ValidationErrors, prefix: &str, fields: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        let path = match (prefix, name.as_ref()) {
            ("", "__all__") => "body".to_owned(),
            ("", name) => name.to_owned(),
            (prefix, "__all__") => prefix.to_owned(),
            (prefix, name) => format!("{prefix}.{name}"),
        };
        match kind {
            ValidationErrorsKind::Field(errors) => {
                fields.extend(errors.iter().map(|error| FieldError {
                    field: path.clone(),
                    problem: problem(error),
                }));
            }
            ValidationErrorsKind::Struct(inner) => collect(inner, &path, fields),
            ValidationErrorsKind::List(inner) => {
                for (index, errors) in inner {
                    collect(errors, &format!("{path}[{index}]"), fields);
                }
            }
        }
    }
}

fn problem(error: &ValidationError) -> String {
    error
        .message
        .as_ref()
        .map_or_else(|| "is invalid".to_owned(), std::string::ToString::to_string)
}
