//! What the server tells its operator: log lines and metrics.
//!
//! Log lines carry the id of their request. They never carry secrets, bodies, query strings or
//! paths as they were sent: a request is named by its route.

mod filter;
mod format;
mod lines;
mod metrics;
mod refusals;

use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

pub use format::on_behalf_of;
pub use lines::{LineWriter, Lines};
pub use metrics::{
    IN_FLIGHT, JOBS_OLDEST_SECONDS, JOBS_WAITING, Metrics, NOTIFICATION_MAILS, REQUEST_SECONDS,
    REQUESTS,
};
pub use refusals::log_refusal;

use crate::config::{Config, ConfigError};

/// Keeps the log going; dropping it writes what is left.
#[derive(Debug)]
#[must_use = "dropping it ends the log"]
pub struct LogGuard(#[allow(dead_code, reason = "held for its drop")] Lines);

/// Starts the log of this process, on standard error.
///
/// # Errors
/// The filter is wrong, or a log was started before.
pub fn start_log(config: &Config) -> Result<LogGuard, ConfigError> {
    let lines = Lines::start(std::io::stderr());
    let filter = EnvFilter::try_new(&config.log).map_err(|error| ConfigError(error.to_string()))?;
    tracing_subscriber::registry()
        .with(
            fmt::layer()
                .event_format(format::Lines(config.log_format))
                .with_writer(lines.writer())
                .with_filter(filter.and(filter::WithoutClientErrors)),
        )
        .try_init()
        .map_err(|_| ConfigError("The log of this process was started before.".to_owned()))?;
    Ok(LogGuard(lines))
}
