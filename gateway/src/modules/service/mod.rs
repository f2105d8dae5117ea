//! The server itself: probes, metrics, the dev mailbox, the dev clock.

mod dev_clock;
mod dev_mailbox;
mod probes;

use std::sync::Arc;

use http_kit::Routes;
use kernel::Code;

use self::probes::MetricsNetworks;
use crate::config::ConfigError;
use crate::module::{Module, Setup, Tag};
use crate::services::Services;

/// The module of the server itself.
pub struct ServiceModule;

impl Module for ServiceModule {
    fn tags(&self) -> &'static [Tag] {
        &[Tag {
            name: "Service",
            description: "Health checks, metrics and the dev mailbox.",
        }]
    }

    fn root_routes(&self, routes: &mut Routes<'_>) {
        routes
            .add(probes::healthz)
            .add(probes::readyz)
            .add(probes::metrics);
        routes
            .add(dev_mailbox::dev_mailbox)
            .add(dev_mailbox::dev_mail);
    }

    fn dev_clock_routes(&self, routes: &mut Routes<'_>) {
        routes.add(dev_clock::advance_dev_clock);
    }

    fn error_codes(&self) -> Vec<&'static Code> {
        let all = [
            kernel::error::Common::CODES,
            http_kit::HttpError::CODES,
            db::idempotency::Error::CODES,
        ];
        all.into_iter().flatten().collect()
    }

    fn provide(&self, setup: &Setup<'_>, services: &Services) -> Result<(), ConfigError> {
        let networks = MetricsNetworks(setup.config.metrics_networks.clone());
        services.provide(Arc::new(networks));
        Ok(())
    }
}
