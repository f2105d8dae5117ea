//! Configuration of what nodes share, and what can be wrong with it.

use std::path::PathBuf;
use std::time::Duration;

use kernel::Secret;

/// The Redis server and its timeouts.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// `redis://[user:password@]host:port/[number]`, or `rediss://` for TLS; without it everything stays
    /// in the process.
    pub redis_url: Option<Secret>,
    /// The certificate authorities (PEM) to trust instead of the public ones; needs `rediss://`.
    pub redis_ca_file: Option<PathBuf>,
    /// Prefix of all keys and channels. Nodes with the same prefix belong together.
    pub prefix: String,
    /// Timeout of a command; after it Redis counts as unavailable.
    pub command_timeout: Duration,
    /// Timeout of a rate limit check; after it the node decides alone.
    pub rate_check_timeout: Duration,
    /// Ping interval of idle connections.
    pub ping_interval: Duration,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            redis_url: None,
            redis_ca_file: None,
            prefix: "courtside:".to_owned(),
            command_timeout: Duration::from_secs(1),
            rate_check_timeout: Duration::from_millis(250),
            ping_interval: Duration::from_secs(2),
        }
    }
}

/// Why nothing can be shared: the configuration is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The URL is invalid.
    #[error("invalid Redis URL: {0}")]
    InvalidUrl(Box<dyn std::error::Error + Send + Sync>),
    /// The URL asks for TLS without verification.
    #[error("invalid Redis URL: certificates are always verified, so `#insecure` is not supported")]
    Insecure,
    /// The CA file is missing or malformed.
    #[error("the CA file {} cannot be used: {reason}", file.display())]
    CaFile {
        /// Its path.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is a CA file, but the URL does not ask for TLS.
    #[error("a CA file needs a rediss:// URL")]
    CaFileWithoutTls,
    /// Redis answers, but its certificate is not trusted, or there is no common version of TLS.
    #[error("no TLS connection to Redis: {0}")]
    Tls(String),
}

impl From<redis::RedisError> for ClusterError {
    fn from(error: redis::RedisError) -> Self {
        Self::InvalidUrl(error.into())
    }
}
