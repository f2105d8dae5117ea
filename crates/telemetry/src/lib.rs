//! Logs, metrics and request ids.
//!
//! Log lines carry the id of the request they belong to. They never carry secrets, bodies, query
//! strings or paths as they were sent: a request is named by its route.
//!
//! ```
//! use kernel::Env;
//! use telemetry::{RequestIdGenerator, with_request_id};
//!
//! let ids = RequestIdGenerator::new(&Env::system());
//! let id = ids.accept_or_generate(Some(b"client-7"));
//! assert_eq!(id.as_str(), "client-7");
//! with_request_id(&id, || tracing::info!("carries request_id=\"client-7\""));
//! ```

mod client_error_filter;
mod error;
mod error_log;
mod log_format;
mod metrics;
mod operation_cost;
mod request_id;

use std::io::BufWriter;

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

pub use error::TelemetryError;
pub use error_log::log_error;
pub use log_format::{LogFormat, current_request_id, in_request, with_request_id};
pub use metrics::{
    DB_OPERATIONS, DB_STATEMENTS, DB_TRANSACTIONS, IN_FLIGHT, JOBS_OLDEST_SECONDS, JOBS_WAITING,
    LOG_LINES_DROPPED, Metrics, NOTIFICATION_MAILS, REQUEST_SECONDS, REQUESTS,
};
pub use operation_cost::OperationCost;
pub use request_id::{RequestId, RequestIdGenerator};

use client_error_filter::ClientErrorFilter;
use log_format::EventFormat;

/// Checks a filter directive without starting a log.
///
/// # Errors
/// The filter is invalid.
pub fn check_log_filter(filter: &str) -> Result<(), TelemetryError> {
    parse_filter(filter).map(drop)
}

fn parse_filter(filter: &str) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::try_new(filter).map_err(|error| TelemetryError(error.to_string()))
}

/// Lines that may wait to be written. Beyond it lines are dropped and counted: a server must not stop
/// because its log does.
const MAX_QUEUED_LINES: usize = 8_192;
/// Lines that wait are written together, up to this many bytes.
const WRITE_BUFFER: usize = 64 * 1_024;

/// Keeps the log running. Dropping it writes what is left.
#[derive(Debug)]
#[must_use = "dropping it ends the log"]
pub struct LogGuard(#[allow(dead_code, reason = "held for its drop")] WorkerGuard);

/// Starts the log of this process on standard error, with an `EnvFilter` directive such as
/// `info,chat=debug`.
///
/// # Errors
/// The filter is invalid, or a log was started before.
pub fn start_log(filter: &str, format: LogFormat) -> Result<LogGuard, TelemetryError> {
    let filter = parse_filter(filter)?;
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(MAX_QUEUED_LINES)
        .thread_name("log")
        .finish(BufWriter::with_capacity(WRITE_BUFFER, std::io::stderr()));
    metrics::count_dropped_lines(writer.error_counter());
    tracing_subscriber::registry()
        .with(
            fmt::layer()
                .event_format(EventFormat(format))
                .with_writer(writer)
                .with_filter(filter.and(ClientErrorFilter)),
        )
        .try_init()
        .map_err(|_| TelemetryError("The log of this process was started before.".to_owned()))?;
    Ok(LogGuard(guard))
}
