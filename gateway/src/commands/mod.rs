//! What the binary does when told.

mod doctor;
mod grant;
mod migrate;
mod openapi;
mod serve;

use std::io;
use std::net::{SocketAddr, TcpListener};

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::config::{AdminCommand, Command, CommandLine, Config, ConfigError};

/// Runs the command line of this process and gives its exit code: 0 done, 1 not done, 2 asked
/// wrongly.
#[must_use]
pub fn run() -> u8 {
    match CommandLine::try_parse() {
        Ok(line) => obey(&line),
        Err(error) if !error.use_stderr() => {
            print(&error.render().to_string());
            0
        }
        Err(error) => {
            complain(&sentence(&error));
            2
        }
    }
}

fn obey(line: &CommandLine) -> u8 {
    let config = match Config::from_flags(&line.flags) {
        Ok(config) => config,
        Err(error) => {
            complain(&error.0);
            return 2;
        }
    };
    let done = match line.command.as_ref().unwrap_or(&Command::Serve) {
        Command::Serve => serve::run(&config),
        Command::Migrate => migrate::run(&config),
        Command::Openapi { out } => openapi::run(out),
        Command::Admin {
            command: AdminCommand::Grant { name },
        } => grant::run(&config, name),
        Command::Doctor => doctor::run(&config),
    };
    match done {
        Ok(()) => 0,
        Err(error) => {
            complain(&error.0);
            1
        }
    }
}

/// What is wrong with the command line, in one sentence.
fn sentence(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let what = match error.kind() {
        ErrorKind::UnknownArgument => {
            format!("There is no option {}", text(ContextKind::InvalidArg))
        }
        ErrorKind::InvalidSubcommand => {
            format!(
                "There is no command {}",
                text(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingRequiredArgument => {
            format!("{} is missing", text(ContextKind::InvalidArg))
        }
        ErrorKind::MissingSubcommand => "The command is not complete".to_owned(),
        _ => format!("{} is not right", text(ContextKind::InvalidArg)),
    };
    format!("{what}; `courtside --help` shows all there is.")
}

#[allow(
    clippy::print_stdout,
    reason = "this is what the command was asked for"
)]
fn print(text: &str) {
    println!("{}", text.trim_end());
}

#[allow(clippy::print_stderr, reason = "the log may not have started")]
fn complain(sentence: &str) {
    eprintln!("courtside: {sentence}");
}

/// Binds the port.
///
/// # Errors
/// The port is in use, or not permitted.
fn bind(address: SocketAddr) -> Result<TcpListener, ConfigError> {
    http_kit::server::bind(address).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => "another program listens there".to_owned(),
            io::ErrorKind::PermissionDenied => "ports below 1024 are for root".to_owned(),
            _ => error.to_string(),
        };
        ConfigError(format!("--listen {address} cannot be used: {why}."))
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, ConfigError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ConfigError(format!("The system gives no runtime: {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(arguments: &[&str]) -> String {
        let line = [&["courtside"], arguments].concat();
        sentence(&CommandLine::try_parse_from(line).unwrap_err())
    }

    #[test]
    fn what_is_wrong_is_told_in_one_sentence() {
        let unknown = complaint(&["--lisen=x"]);
        assert_eq!(
            unknown,
            "There is no option --lisen; `courtside --help` shows all there is."
        );
        assert!(complaint(&["run"]).starts_with("There is no command run;"));
        assert!(complaint(&["--data"]).contains("--data"));
    }

    #[test]
    fn help_shows_every_option_with_its_variable_and_never_its_value() {
        let help = CommandLine::try_parse_from(["courtside", "--help"]).unwrap_err();
        let help = help.render().to_string();
        let options = help.matches("\n      --").count();
        assert_eq!(help.matches("[env: COURTSIDE_").count(), options);
        assert!(options >= 19, "{help}");
        assert!(!help.contains("COURTSIDE_DATABASE_URL="), "{help}");
    }
}
