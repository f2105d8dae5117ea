//! Errors of the command line and the configuration.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use kernel::AppError;
use telemetry::TelemetryError;

/// An error for the operator: a sentence that says what is wrong and what would be right. It never
/// repeats a value that may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl From<AppError> for ConfigError {
    fn from(error: AppError) -> Self {
        Self(format!("The server cannot start: {}.", error.reason()))
    }
}

impl From<TelemetryError> for ConfigError {
    fn from(error: TelemetryError) -> Self {
        Self(error.0)
    }
}

impl From<&clap::Error> for ConfigError {
    fn from(error: &clap::Error) -> Self {
        Self(describe(error))
    }
}

/// Describes what is wrong with the command line.
fn describe(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let option = argument.split_whitespace().next().unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => with_hint(
            &format!("Unknown option {argument}."),
            &text(ContextKind::SuggestedArg),
        ),
        ErrorKind::InvalidSubcommand => with_hint(
            &format!("Unknown command {}.", text(ContextKind::InvalidSubcommand)),
            &text(ContextKind::SuggestedSubcommand),
        ),
        ErrorKind::MissingRequiredArgument => format!("{argument} is missing."),
        ErrorKind::TooManyValues => format!("{option} takes no value."),
        ErrorKind::ArgumentConflict => format!("{option} can be given only once."),
        ErrorKind::InvalidValue => format!("{argument} requires a value."),
        ErrorKind::ValueValidation => {
            let expected = std::error::Error::source(error).map(ToString::to_string);
            let expected = expected.unwrap_or_else(|| "valid".to_owned());
            format!("{option} ({}) must be {expected}.", variable(option))
        }
        _ => with_hint("The command line is not valid.", ""),
    }
}

/// The environment variable of an option.
fn variable(option: &str) -> String {
    let name = option.trim_start_matches('-').replace('-', "_");
    format!("COURTSIDE_{}", name.to_uppercase())
}

fn with_hint(problem: &str, suggestion: &str) -> String {
    match suggestion {
        "" => format!("{problem} Run `courtside --help` for a list of commands and options."),
        _ => format!("{problem} Did you mean {suggestion}?"),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::CommandLine;
    use super::*;

    #[test]
    fn describe_names_the_wrong_argument_and_what_is_right() {
        let help = "Run `courtside --help` for a list of commands and options.";
        let unknown = format!("Unknown option --zzzz. {help}");
        let no_command = format!("Unknown command zzzz. {help}");
        let cases: [(&[&str], &str); 9] = [
            (
                &["--lisen=x"],
                "Unknown option --lisen. Did you mean --listen?",
            ),
            (&["--zzzz"], &unknown),
            (&["serv"], "Unknown command serv. Did you mean serve?"),
            (&["zzzz"], &no_command),
            (&["--data"], "--data <DIRECTORY> requires a value."),
            (&["admin", "grant"], "<USERNAME> is missing."),
            (&["--dev-clock=on"], "--dev-clock takes no value."),
            (
                &["--data", "a", "--data", "b"],
                "--data can be given only once.",
            ),
            (
                &["--workers=0"],
                "--workers (COURTSIDE_WORKERS) must be a whole number from 1 to 512.",
            ),
        ];
        for (arguments, expected) in cases {
            let line = [&["courtside"], arguments].concat();
            let error = CommandLine::try_parse_from(line).unwrap_err();
            assert_eq!(ConfigError::from(&error).0, expected);
        }
    }
}
