//! `courtside serve`

use std::net::SocketAddr;

use actix_web::web;
use kernel::Env;
use telemetry::Metrics;

use super::print;
use crate::config::{Config, ConfigError};
use crate::wiring::AppState;
use crate::{data_folder, server};

pub(super) fn run(config: &Config) -> Result<(), ConfigError> {
    let _log = telemetry::start_log(&config.log, config.log_format)?;
    let env = Env::system();
    data_folder::prepare(&config.data, &config.secret_file)?;
    let _lock = data_folder::lock_database(config)?;
    server::descriptors::raise_limit();
    let listener = server::bind(config.listen)?;
    let address = listener
        .local_addr()
        .map_err(|error| ConfigError(format!("The port is not known: {error}.")))?;
    let metrics = Metrics::install()?;
    actix_web::rt::System::new().block_on(async {
        let services = AppState::build(config, address.port(), env, metrics.clone()).await?;
        services.start_background();
        actix_web::rt::spawn(metrics.run_upkeep());
        let ready = || print(&welcome(config, address));
        server::run(config, listener, web::Data::new(services), ready)
            .await
            .map_err(|error| ConfigError(format!("The server has stopped: {error}.")))
    })
}

/// What an operator reads when all is up: the address that people and links use comes first, as a
/// browser keeps who is signed in by it.
fn welcome(config: &Config, address: SocketAddr) -> String {
    let public = config.public_url_at(address.port());
    let origin = public.origin();
    let mut lines = vec![
        format!("Courtside is ready at {origin}/"),
        format!("  listening on http://{address}"),
        format!("  API to try: {origin}/docs/"),
    ];
    if config.smtp_url.is_none() && public.host().is_loopback() {
        lines.push(format!("  mail is kept at: {origin}/dev/mailbox/"));
    }
    lines.push(
        "  to become its administrator: register, then `courtside admin grant NAME`".to_owned(),
    );
    lines.join("\n")
}
