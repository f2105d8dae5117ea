//! Values as they were read of a body, a frame or a query, with all that is wrong with them.

use kernel::{AppError, FieldError};
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::json::{self, Source, Tree};

/// A value as it was read, and what is wrong with it. Where something is, harmless things stand in
/// the places of what could not be read.
#[derive(Debug)]
pub(crate) struct Read<T> {
    value: Option<T>,
    wrong: Vec<FieldError>,
    /// How many of these, from the first on, are about what could not be read.
    unreadable: usize,
}

/// Reads a value and lets it check itself.
pub(crate) fn of<T: DeserializeOwned + Validate>(source: Source, tree: &Tree) -> Read<T> {
    let (value, wrong) = json::read::<T>(source, tree);
    let failed = value.as_ref().map_or(vec![], failures);
    let unreadable = wrong.len();
    let mut read = Read {
        value,
        wrong,
        unreadable,
    };
    read.add(failed);
    read
}

impl<T> Read<T> {
    /// The value, where it has faults and is there all the same.
    pub(super) fn faulty(&self) -> Option<Readable<'_, T>> {
        let value = self.value.as_ref().filter(|_| !self.wrong.is_empty())?;
        let unreadable = self.wrong.get(..self.unreadable)?;
        Some(Readable { value, unreadable })
    }

    pub(crate) fn into_value(mut self) -> Result<T, AppError> {
        match self.value {
            Some(value) if self.wrong.is_empty() => Ok(value),
            _ => {
                self.wrong.sort_by(|a, b| a.field.cmp(&b.field));
                Err(AppError::invalid_fields(self.wrong))
            }
        }
    }

    /// Adds faults, but for those of fields that were wrong before.
    pub(super) fn add(&mut self, mut faults: Vec<FieldError>) {
        faults.retain(|one| {
            let mut known = self.wrong.iter();
            !known.any(|known| json::is_within(&one.field, &known.field))
        });
        self.wrong.extend(faults);
    }
}

/// A form with faults, as far as it could be read.
#[derive(Debug)]
pub struct Readable<'a, T> {
    value: &'a T,
    unreadable: &'a [FieldError],
}

impl<'a, T> Readable<'a, T> {
    /// The form. Where a field could not be read, something harmless is in its place.
    #[must_use]
    pub fn value(&self) -> &'a T {
        self.value
    }

    /// A field, where it could be read.
    pub fn field<F: ?Sized>(&self, name: &str, of: impl FnOnce(&'a T) -> &'a F) -> Option<&'a F> {
        let mut unreadable = self.unreadable.iter();
        let is_it = |error: &FieldError| json::is_within(name, &error.field);
        (!unreadable.any(is_it)).then(|| of(self.value))
    }
}

/// Lets a value check itself, and `check` look at it where it finds something wrong.
///
/// # Errors
/// What is wrong with which fields; never the values, which the validator's own errors carry.
pub fn validate<T: Validate>(
    value: T,
    check: impl FnOnce(&T) -> Result<(), AppError>,
) -> Result<T, AppError> {
    let wrong = failures(&value);
    let mut read = Read {
        value: Some(value),
        wrong,
        unreadable: 0,
    };
    let found = read.faulty().map(|form| check(form.value()));
    if let Some(Err(error)) = found {
        read.add(error.fields().to_vec());
    }
    read.into_value()
}

/// What a value finds wrong with itself.
fn failures<T: Validate>(value: &T) -> Vec<FieldError> {
    let mut fields = vec![];
    if let Err(errors) = value.validate() {
        gather(&errors, "", &mut fields);
    }
    fields
}

fn gather(errors: &ValidationErrors, prefix: &str, fields: &mut Vec<FieldError>) {
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
            ValidationErrorsKind::Struct(inner) => gather(inner, &path, fields),
            ValidationErrorsKind::List(inner) => {
                for (index, errors) in inner {
                    gather(errors, &format!("{path}[{index}]"), fields);
                }
            }
        }
    }
}

fn problem(error: &ValidationError) -> String {
    error.message.as_ref().map_or_else(
        || "is not valid".to_owned(),
        std::string::ToString::to_string,
    )
}
