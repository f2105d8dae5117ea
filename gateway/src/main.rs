//! The `courtside` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::cli::run().into()
}
