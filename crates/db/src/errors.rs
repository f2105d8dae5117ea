//! What database errors mean to callers.

use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};
use kernel::AppError;

/// Turns a unique constraint that was hit into a refusal of the domain.
///
/// Checking first and inserting then would let two requests through that meet; the constraint
/// lets one.
pub fn map_unique_violation<T, F: Into<AppError>>(
    result: Result<T, DieselError>,
    refusal: impl FnOnce() -> F,
) -> Result<T, AppError> {
    match result {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(refusal().into())
        }
        other => Ok(other?),
    }
}

/// "Not found" as a refusal of the domain.
pub trait OptionExt<T> {
    /// The value, or this refusal where there is none.
    fn or_err<F: Into<AppError>>(self, refusal: impl FnOnce() -> F) -> Result<T, AppError>;
}

impl<T> OptionExt<T> for Result<Option<T>, DieselError> {
    fn or_err<F: Into<AppError>>(self, refusal: impl FnOnce() -> F) -> Result<T, AppError> {
        self?.ok_or_else(|| refusal().into())
    }
}

/// A fault as a door answers it: what only says that the database is away, full or busy becomes
/// `unavailable`, which is worth trying again; all else stays.
pub(crate) fn classify(error: AppError) -> AppError {
    let away = error.source().is_some_and(|source| {
        source.downcast_ref::<DieselError>().is_some_and(is_passing)
            || source.is::<ConnectionError>()
    });
    if away {
        AppError::unavailable(MessageError(error.chain()))
    } else {
        error
    }
}

fn is_passing(error: &DieselError) -> bool {
    use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, Unknown};
    match error {
        DieselError::DatabaseError(
            ClosedConnection | SerializationFailure | ReadOnlyTransaction,
            _,
        )
        | DieselError::BrokenTransactionManager => true,
        DieselError::DatabaseError(Unknown, about) => {
            PASSING.iter().any(|text| about.message().contains(text))
        }
        _ => false,
    }
}

/// What the databases say of states that pass, where Diesel keeps no kind for them.
const PASSING: &[&str] = &[
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

/// The text of errors that cannot be kept themselves.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct MessageError(pub(crate) String);
