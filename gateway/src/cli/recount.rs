//! `courtside recount`

use kernel::Env;

use super::system::runtime;
use super::terminal::print;
use crate::config::{Config, ConfigError};
use crate::{data_folder, platform};

pub(super) fn run(config: &Config, fix: bool) -> Result<(), ConfigError> {
    data_folder::prepare(&config.data, &config.secret_file)?;
    let store = platform::open_store(config, Env::system())?;
    let recount = db::in_background(games::recount(&store, fix));
    let differences = runtime()?
        .block_on(recount)
        .map_err(|error| ConfigError(format!("The database failed: {}.", error.chain())))?;
    for difference in &differences {
        print(&format!("differs: {difference}"));
    }
    match (differences.len(), fix) {
        (0, _) => print("Everything agrees."),
        (count, true) => print(&format!("{count} corrected.")),
        (count, false) => {
            let advice = "`courtside recount --fix` corrects them";
            return Err(ConfigError(format!("{count} differ; {advice}.")));
        }
    }
    Ok(())
}
