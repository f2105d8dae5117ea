//! TLS to Redis, for `rediss://` addresses: rustls on ring, with the public certificate authorities or
//! with those of a file.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use redis::{Client, ConnectionAddr, RedisError, TlsCertificates};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::client::connection_config;
use crate::config::{ClusterConfig, ClusterError};

/// A client for the address, which has not connected yet.
pub(crate) fn client(url: &str, config: &ClusterConfig) -> Result<Client, ClusterError> {
    let client = Client::open(url)?;
    let is_insecure = match client.get_connection_info().addr() {
        ConnectionAddr::TcpTls { insecure, .. } => *insecure,
        _ if config.redis_ca_file.is_some() => return Err(ClusterError::CaFileWithoutTls),
        _ => return Ok(client),
    };
    if is_insecure {
        return Err(ClusterError::Insecure);
    }
    // It fails where the process has chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Some(file) = &config.redis_ca_file else {
        return Ok(client);
    };
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(read_authorities(file)?),
    };
    // The address was parsed before: only the certificates can be wrong.
    Client::build_with_tls(url, certificates).map_err(|error| ClusterError::CaFile {
        file: file.to_owned(),
        reason: error.to_string(),
    })
}

/// A file of at least one certificate in PEM format.
fn read_authorities(file: &Path) -> Result<Vec<u8>, ClusterError> {
    let problem = |reason: String| ClusterError::CaFile {
        file: file.to_owned(),
        reason,
    };
    let pem = fs::read(file).map_err(|error| problem(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if found.is_empty() => Err(problem("it holds no certificate".to_owned())),
        Ok(_) => Ok(pem),
        Err(error) => Err(problem(error.to_string())),
    }
}

/// Whether Redis accepts TLS and its certificate is trusted, if the address asks for TLS. An unreachable
/// Redis is no error: it is only known later.
pub(crate) async fn check(client: &Client, config: &ClusterConfig) -> Result<(), ClusterError> {
    if !matches!(
        client.get_connection_info().addr(),
        ConnectionAddr::TcpTls { .. }
    ) {
        return Ok(());
    }
    let settings = connection_config(config);
    let connecting = client.get_multiplexed_async_connection_with_config(&settings);
    match tokio::time::timeout(config.command_timeout, connecting).await {
        Ok(Err(error)) => handshake_error(&error).map_or(Ok(()), Err),
        _ => Ok(()),
    }
}

fn handshake_error(error: &RedisError) -> Option<ClusterError> {
    let shared = error.source()?;
    let shared = shared.downcast_ref::<Arc<dyn Error + Send + Sync>>()?;
    let error = shared.downcast_ref::<io::Error>()?.get_ref()?;
    let error = error.downcast_ref::<rustls::Error>()?;
    Some(ClusterError::Tls(error.to_string()))
}
