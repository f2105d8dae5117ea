//! What commands need of the system.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::config::ConfigError;

/// Binds the port.
///
/// # Errors
/// The port is in use, or not permitted.
pub(super) fn bind(address: SocketAddr) -> Result<TcpListener, ConfigError> {
    http_kit::server::bind(address).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => "another program uses this port".to_owned(),
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 require root privileges".to_owned()
            }
            _ => error.to_string(),
        };
        ConfigError(format!("Cannot listen on {address}: {why}."))
    })
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, ConfigError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            ConfigError(format!(
                "The asynchronous runtime cannot be started: {error}."
            ))
        })
}
