//! Answers of an object store about objects that may not exist.

use kernel::AppError;

/// The answer about an object, or nothing if it does not exist.
pub(crate) fn present<T>(answer: object_store::Result<T>) -> Result<Option<T>, AppError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(AppError::unavailable(error)),
    }
}
