//! Counters and timings, read at `/metrics`.

use std::time::Duration;

use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::config::ConfigError;

/// The time a request took, by route and method.
pub const REQUEST_SECONDS: &str = "http_request_duration_seconds";
/// Requests, by route, method and status.
pub const REQUESTS: &str = "http_requests_total";
/// Requests being answered.
pub const IN_FLIGHT: &str = "http_requests_in_flight";
/// Tries to send mail about what waits, by what came of them.
pub const NOTIFICATION_MAILS: &str = "courtside_notification_mails_total";

/// Background jobs whose time has come and that are not done.
pub const JOBS_WAITING: &str = "courtside_jobs_waiting";
/// How long the oldest of them has waited.
pub const JOBS_OLDEST_SECONDS: &str = "courtside_jobs_oldest_seconds";

/// The steps of [`REQUEST_SECONDS`].
const STEPS: [f64; 12] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.0, 10.0,
];

/// How often timings are folded together, so that they take no space when nobody reads them.
const UPKEEP: Duration = Duration::from_secs(5);

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Starts counting in this process.
    ///
    /// # Errors
    /// Counting was started before.
    pub fn install() -> Result<Self, ConfigError> {
        let recorder = builder()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder)
            .map_err(|_| ConfigError("The metrics of this process were started before.".into()))?;
        describe();
        Ok(Self(handle))
    }

    /// Metrics that nothing is counted in, for tests that do not look at them.
    ///
    /// # Errors
    /// Never in practice.
    pub fn detached() -> Result<Self, ConfigError> {
        Ok(Self(builder()?.build_recorder().handle()))
    }

    /// All metrics in the Prometheus text format.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Keeps the timings small, for ever.
    pub async fn keep_up(self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.0.run_upkeep();
        }
    }
}

fn builder() -> Result<PrometheusBuilder, ConfigError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), &STEPS)
        .map_err(|error| ConfigError(error.to_string()))
}

fn describe() {
    describe_histogram!(REQUEST_SECONDS, "How long requests took, by route.");
    describe_counter!(REQUESTS, "Requests answered, by route and status.");
    describe_counter!(
        NOTIFICATION_MAILS,
        "Tries to send mail about what waits, by outcome."
    );
    describe_gauge!(IN_FLIGHT, "Requests being answered.");
    describe_gauge!(
        JOBS_WAITING,
        "Background jobs of all nodes whose time has come and that are not done."
    );
    describe_gauge!(
        JOBS_OLDEST_SECONDS,
        "How long the oldest of these jobs has waited."
    );
}
