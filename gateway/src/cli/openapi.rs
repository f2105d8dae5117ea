//! `courtside openapi`

use std::path::Path;

use super::terminal::print;
use crate::config::ConfigError;
use crate::docs;

pub(super) fn run(out: &Path) -> Result<(), ConfigError> {
    let api = docs::document_file().map_err(ConfigError)?;
    write(out, "openapi.json", &api)?;
    let sockets = docs::sockets::document_file().map_err(ConfigError)?;
    write(out, "asyncapi.json", &sockets)?;
    let page = docs::sockets::page::catalogue().map_err(ConfigError)?;
    write(out, "websockets.html", &page)?;
    write(out, "error-codes.md", &docs::catalogue())?;
    let limits = docs::rate_limits::page().map_err(ConfigError)?;
    write(out, "rate-limits.md", &limits)
}

fn write(out: &Path, name: &str, text: &str) -> Result<(), ConfigError> {
    let file = out.join(name);
    std::fs::create_dir_all(out)
        .and_then(|()| std::fs::write(&file, text))
        .map_err(|error| ConfigError(format!("{} cannot be written: {error}.", file.display())))?;
    print(&format!("Wrote {}.", file.display()));
    Ok(())
}
