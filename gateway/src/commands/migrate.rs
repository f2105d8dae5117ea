//! `courtside migrate`

use kernel::Ambient;

use super::{print, runtime};
use crate::config::{Config, ConfigError};
use crate::{data_folder, wiring};

pub(super) fn run(config: &Config) -> Result<(), ConfigError> {
    let _log = telemetry::start_log(&config.log, config.log_format)?;
    data_folder::prepare(&config.data, &config.secret_file)?;
    let store = wiring::open_store(config, Ambient::system())?;
    runtime()?.block_on(store.ping()).map_err(|fault| {
        ConfigError(format!("The database does not answer: {}.", fault.chain()))
    })?;
    print("The database is up to date.");
    Ok(())
}
