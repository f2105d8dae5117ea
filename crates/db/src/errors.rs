//! Database errors as errors of the application.

use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};
use kernel::AppError;

/// Turns the violation of a unique constraint into an error of the domain.
///
/// A check before the insertion would let two concurrent requests pass; the constraint lets one.
///
/// # Errors
/// The constraint is violated, or the statement failed.
pub fn map_unique_violation<T, F: Into<AppError>>(
    result: Result<T, DieselError>,
    error: impl FnOnce() -> F,
) -> Result<T, AppError> {
    match result {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(error().into())
        }
        other => Ok(other?),
    }
}

/// A missing row as an error of the domain.
pub trait OptionExt<T> {
    /// The value, or this error if there is none.
    ///
    /// # Errors
    /// There is none, or the query failed.
    fn or_err<F: Into<AppError>>(self, error: impl FnOnce() -> F) -> Result<T, AppError>;
}

impl<T> OptionExt<T> for Result<Option<T>, DieselError> {
    fn or_err<F: Into<AppError>>(self, error: impl FnOnce() -> F) -> Result<T, AppError> {
        self?.ok_or_else(|| error().into())
    }
}

/// The error for the caller: what says that the database is unreachable, full or busy becomes
/// `unavailable`, which may be retried; others stay.
pub(crate) fn classify(error: AppError) -> AppError {
    let is_transient = error.source().is_some_and(|source| {
        source
            .downcast_ref::<DieselError>()
            .is_some_and(is_transient_error)
            || source.is::<ConnectionError>()
    });
    if is_transient {
        AppError::unavailable(MessageError(error.reason()))
    } else {
        error
    }
}

fn is_transient_error(error: &DieselError) -> bool {
    use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, Unknown};
    match error {
        DieselError::DatabaseError(
            ClosedConnection | SerializationFailure | ReadOnlyTransaction,
            _,
        )
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(Unknown, about) => TRANSIENT_MESSAGES
            .iter()
            .any(|text| about.message().contains(text)),
        _ => false,
    }
}

/// Parts of messages about transient states that Diesel has no kind for.
const TRANSIENT_MESSAGES: &[&str] = &[
    "database or disk is full",
    "database is locked",
    "disk I/O error",
    "attempt to write a readonly database",
    "server closed the connection",
    "terminating connection",
    "no connection to the server",
    "could not connect",
    "could not send data",
    "could not receive data",
    "connection not open",
    "the database system is",
    "deadlock detected",
    "lock timeout",
    "statement timeout",
    "No space left on device",
    "remaining connection slots",
    "too many clients",
];

/// An error that is only a text.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct MessageError(pub(crate) String);
