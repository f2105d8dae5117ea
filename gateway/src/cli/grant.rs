//! `courtside admin grant NAME`

use super::system::runtime;
use super::terminal::print;
use crate::config::{Config, ConfigError};
use crate::data_folder;
use crate::modules::accounts;

pub(super) fn run(config: &Config, name: &str) -> Result<(), ConfigError> {
    data_folder::prepare(&config.data, &config.secret_file)?;
    let accounts = accounts::open_alone(config)?;
    let granted = runtime()?.block_on(accounts.grant_admin(name));
    granted.map_err(|error| {
        ConfigError(format!(
            "{name} cannot be made an administrator: {}",
            error.code().meaning
        ))
    })?;
    print(&format!("{name} is now an administrator."));
    Ok(())
}
