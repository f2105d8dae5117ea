//! `courtside serve`

use actix_web::web;
use kernel::Ambient;

use super::print;
use crate::config::{Config, ConfigError};
use crate::telemetry::{self, Metrics};
use crate::wiring::Services;
use crate::{data_folder, server};

pub(super) fn run(config: &Config) -> Result<(), ConfigError> {
    let _log = telemetry::start_log(config)?;
    let ambient = Ambient::system();
    data_folder::prepare(&config.data)?;
    let listener = server::bind(config.listen)?;
    let address = listener
        .local_addr()
        .map_err(|error| ConfigError(format!("The port is not known: {error}.")))?;
    let metrics = Metrics::install()?;
    actix_web::rt::System::new().block_on(async {
        let services = Services::build(config, address.port(), ambient, metrics.clone()).await?;
        services.start_background();
        actix_web::rt::spawn(metrics.keep_up());
        let ready = || print(&format!("Courtside is ready at http://{address}/"));
        server::run(config, listener, web::Data::new(services), ready)
            .await
            .map_err(|error| ConfigError(format!("The server has stopped: {error}.")))
    })
}
