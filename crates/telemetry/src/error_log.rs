//! Logs errors that the server causes. While a dependency is unavailable every request that needs
//! it fails: that is one line at first, then one per thirty seconds with the number left out.

use std::sync::{LazyLock, Mutex, PoisonError};

use kernel::{AppError, Clock, ErrorKind, OutageLog, SystemClock};

/// One per process, like the log.
static UNAVAILABLE: LazyLock<(SystemClock, Mutex<OutageLog>)> = LazyLock::new(Default::default);

/// Logs an error with its chain of sources; at debug level where the client caused it.
pub fn log_error(what: &'static str, request_id: Option<&str>, error: &AppError) {
    match error.code().kind {
        ErrorKind::Internal => tracing::error!(request_id, error = %error.chain(), "{what}"),
        ErrorKind::Unavailable => match omitted() {
            Some(omitted) => {
                tracing::warn!(request_id, error = %error.chain(), omitted, "{what}");
            }
            None => tracing::debug!(request_id, error = %error.chain(), "{what}"),
        },
        _ => tracing::debug!(request_id, error = %error.chain(), "{what}"),
    }
}

/// The number of lines omitted since the last one, if this one is to be logged.
fn omitted() -> Option<u64> {
    let (clock, log) = &*UNAVAILABLE;
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.failed(clock.monotonic())
}
