//! The commands of the binary.

mod doctor;
mod grant;
mod migrate;
mod openapi;
mod recount;
mod serve;
mod system;
mod terminal;

use clap::Parser;

use self::terminal::{print, print_error};
use crate::config::{AdminCommand, Command, CommandLine, Config, ConfigError};

/// Runs the command line of this process and returns the exit code: 0 for success, 1 for failure, 2 for
/// invalid arguments.
#[must_use]
pub fn run() -> u8 {
    match CommandLine::try_parse() {
        Ok(line) => execute(&line),
        Err(error) if !error.use_stderr() => {
            print(&error.render().to_string());
            0
        }
        Err(error) => {
            print_error(&ConfigError::from(&error).0);
            2
        }
    }
}

fn execute(line: &CommandLine) -> u8 {
    let config = match Config::from_flags(&line.flags) {
        Ok(config) => config,
        Err(error) => {
            print_error(&error.0);
            return 2;
        }
    };
    let done = match line.command.as_ref().unwrap_or(&Command::Serve) {
        Command::Serve => serve::run(&config),
        Command::Migrate => migrate::run(&config),
        Command::Openapi { out } => openapi::run(out),
        Command::Recount { fix } => recount::run(&config, *fix),
        Command::Admin {
            command: AdminCommand::Grant { name },
        } => grant::run(&config, name),
        Command::Doctor => doctor::run(&config),
    };
    match done {
        Ok(()) => 0,
        Err(error) => {
            print_error(&error.0);
            1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_options_with_variables_but_not_values() {
        let help = CommandLine::try_parse_from(["courtside", "--help"]).unwrap_err();
        let help = help.render().to_string();
        let options = help.matches("\n      --").count();
        assert_eq!(help.matches("[env: COURTSIDE_").count(), options);
        assert!(options >= 19, "{help}");
        assert!(!help.contains("COURTSIDE_DATABASE_URL="), "{help}");
    }
}
