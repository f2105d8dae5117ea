//! The application with a data folder of its own.

use std::ops::Deref;

use actix_web::web;
use clap::Parser;
use gateway::app;
use gateway::config::{CommandLine, Config, ConfigError};
use gateway::state::AppState;
use telemetry::Metrics;
use tempfile::TempDir;
use testkit::TestClient;

/// The application with the default configuration.
pub(crate) struct TestApp {
    client: TestClient,
    pub(crate) state: web::Data<AppState>,
    _data: TempDir,
}

impl Deref for TestApp {
    type Target = TestClient;

    fn deref(&self) -> &TestClient {
        &self.client
    }
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The application with these flags.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        Self::try_with(flags).await.unwrap()
    }

    pub(crate) async fn try_with(flags: &[&str]) -> Result<Self, ConfigError> {
        let data = tempfile::tempdir().unwrap();
        let folder = format!("--data={}", data.path().display());
        let line = [&["courtside", &*folder], flags].concat();
        let flags = CommandLine::try_parse_from(line).unwrap().flags;
        let config = Config::from_flags(&flags).unwrap();
        let metrics = Metrics::detached().unwrap();
        let state = app::build(&config, 8080, metrics).await?;
        state.http.lifecycle.serve();
        let state = web::Data::new(state);
        Ok(Self {
            client: TestClient::new(app::app(state.clone())).await,
            state,
            _data: data,
        })
    }
}
