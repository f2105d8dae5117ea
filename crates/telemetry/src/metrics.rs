//! The Prometheus registry of this process and the names of its metrics.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use tracing_appender::non_blocking::ErrorCounter;

use crate::error::TelemetryError;

/// Duration of requests, by route and method.
pub const REQUEST_SECONDS: &str = "http_request_duration_seconds";
/// Requests, by route, method and status.
pub const REQUESTS: &str = "http_requests_total";
/// Requests in progress.
pub const IN_FLIGHT: &str = "http_requests_in_flight";
/// Attempts to send digest mails, by outcome.
pub const NOTIFICATION_MAILS: &str = "courtside_notification_mails_total";

/// Statements run on the database, by operation.
pub const DB_STATEMENTS: &str = "courtside_db_statements_total";
/// Write transactions, by operation.
pub const DB_TRANSACTIONS: &str = "courtside_db_transactions_total";
/// Runs of each operation whose statements are counted.
pub const DB_OPERATIONS: &str = "courtside_db_operations_total";

/// Background jobs that are due and not done.
pub const JOBS_WAITING: &str = "courtside_jobs_waiting";
/// Age of the oldest of them.
pub const JOBS_OLDEST_SECONDS: &str = "courtside_jobs_oldest_seconds";

/// Log lines that were dropped because they could not be written fast enough.
pub const LOG_LINES_DROPPED: &str = "courtside_log_lines_dropped_total";

/// The number of dropped log lines, once the log has started.
static DROPPED_LINES: OnceLock<ErrorCounter> = OnceLock::new();

/// Buckets of [`REQUEST_SECONDS`].
const REQUEST_BUCKETS: [f64; 12] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0, 10.0,
];

/// Interval at which histograms are compacted, so that they stay small when nobody scrapes them.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Installs the recorder of this process.
    ///
    /// # Errors
    /// A recorder is installed already.
    pub fn install() -> Result<Self, TelemetryError> {
        let recorder = builder()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| {
            TelemetryError("The metrics of this process were started before.".into())
        })?;
        describe();
        Ok(Self(handle))
    }

    /// Metrics without a recorder, for tests that do not read them.
    ///
    /// # Errors
    /// Never: the buckets are constant and not empty.
    pub fn detached() -> Result<Self, TelemetryError> {
        Ok(Self(builder()?.build_recorder().handle()))
    }

    /// All metrics in the Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        if let Some(dropped) = DROPPED_LINES.get() {
            let lines = u64::try_from(dropped.dropped_lines()).unwrap_or(u64::MAX);
            metrics::counter!(LOG_LINES_DROPPED).absolute(lines);
        }
        self.0.render()
    }

    /// Compacts histograms; never returns.
    pub async fn run_upkeep(self) {
        loop {
            tokio::time::sleep(UPKEEP_INTERVAL).await;
            self.0.run_upkeep();
        }
    }
}

/// Counts the dropped lines of the log of this process.
pub(crate) fn count_dropped_lines(counter: ErrorCounter) {
    // The log is started once; a second attempt fails.
    let _ = DROPPED_LINES.set(counter);
}

fn builder() -> Result<PrometheusBuilder, TelemetryError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), &REQUEST_BUCKETS)
        .map_err(|error| TelemetryError(error.to_string()))
}

fn describe() {
    describe_histogram!(REQUEST_SECONDS, "Duration of requests, by route.");
    describe_counter!(REQUESTS, "Requests, by route and status.");
    describe_counter!(
        NOTIFICATION_MAILS,
        "Attempts to send digest mails, by outcome."
    );
    describe_counter!(
        DB_STATEMENTS,
        "Statements run on the database, by operation."
    );
    describe_counter!(DB_TRANSACTIONS, "Write transactions, by operation.");
    describe_counter!(
        DB_OPERATIONS,
        "Runs of each operation whose statements are counted."
    );
    describe_counter!(
        LOG_LINES_DROPPED,
        "Log lines that could not be written fast enough."
    );
    describe_gauge!(IN_FLIGHT, "Requests in progress.");
    describe_gauge!(
        JOBS_WAITING,
        "Background jobs of all nodes that are due and not done."
    );
    describe_gauge!(JOBS_OLDEST_SECONDS, "Age of the oldest due job.");
}
