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
    let _secret = data_folder::secret(&config.secret_file, &ambient)?;
    let listener = server::bind(config.listen)?;
    let address = listener
        .local_addr()
        .map_err(|error| ConfigError(format!("The port is not known: {error}.")))?;
    let metrics = Metrics::install()?;
    let services = Services::build(config, address.port(), ambient, metrics.clone())?;
    actix_web::rt::System::new().block_on(async {
        actix_web::rt::spawn(metrics.keep_up());
        let serving = server::run(config, listener, web::Data::new(services));
        print(&format!("Courtside is ready at http://{address}/"));
        serving
            .await
            .map_err(|error| ConfigError(format!("The server has stopped: {error}.")))
    })
}
