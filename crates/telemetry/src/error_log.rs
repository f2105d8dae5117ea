//! Lines about what is refused for a reason of ours. While something is away, everything that
//! needs it is refused: that is one line at first, and then one in thirty seconds with the number
//! of those left out.

use std::sync::{LazyLock, Mutex, PoisonError};

use cluster::OutageLog;
use kernel::{Clock, Fault, Kind, SystemClock};

/// The log of this process is one, and so is what was left out of it.
static UNAVAILABLE: LazyLock<(SystemClock, Mutex<OutageLog>)> = LazyLock::new(Default::default);

/// Tells the operator in full why something was refused, where the reason is ours.
pub fn log_refusal(what: &'static str, request_id: Option<&str>, fault: &Fault) {
    match fault.code().kind {
        Kind::Internal => tracing::error!(request_id, fault = %fault.chain(), "{what}"),
        Kind::Unavailable => match left_out() {
            Some(left_out) => {
                tracing::warn!(request_id, fault = %fault.chain(), left_out, "{what}");
            }
            None => tracing::debug!(request_id, fault = %fault.chain(), "{what}"),
        },
        _ => tracing::debug!(request_id, fault = %fault.chain(), "{what}"),
    }
}

/// How many were left out since the last line, if this one is to be logged.
fn left_out() -> Option<u64> {
    let (clock, log) = &*UNAVAILABLE;
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.failed(clock.monotonic())
}
