//! `courtside migrate`

use kernel::Env;

use super::system::runtime;
use super::terminal::print;
use crate::config::{Config, ConfigError};
use crate::{data_folder, platform};

pub(super) fn run(config: &Config) -> Result<(), ConfigError> {
    let _log = telemetry::start_log(&config.log, config.log_format)?;
    data_folder::prepare(&config.data, &config.secret_file)?;
    let store = platform::open_store(config, Env::system())?;
    runtime()?.block_on(store.ping()).map_err(|error| {
        ConfigError(format!(
            "The database does not respond: {}.",
            error.reason()
        ))
    })?;
    print("The database is up to date.");
    Ok(())
}
