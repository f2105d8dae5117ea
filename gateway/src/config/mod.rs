//! The configuration: options and environment variables, checked before anything starts.

mod email_verification;
mod error;
mod flags;
mod parse;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cluster::RateLimitFactor;
use http_kit::server::ServerConfig;
use http_kit::{HostRule, HttpAccess, Network, PublicUrl};
use kernel::Secret;
use telemetry::LogFormat;

pub use email_verification::EmailVerification;
pub use error::ConfigError;
pub use flags::{AdminCommand, Command, CommandLine, Flags};
pub use parse::{List, Maybe};

/// The configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The directory of the database, files and the secret.
    pub data: PathBuf,
    /// The database.
    pub database_url: Secret,
    /// The number of database connections.
    pub database_connections: usize,
    /// The Redis server, if there is one.
    pub redis_url: Option<Secret>,
    /// The certificate authorities of Redis, unless they are public.
    pub redis_ca_file: Option<PathBuf>,
    /// The prefix of keys and channels in Redis.
    pub redis_prefix: String,
    /// The storage of uploaded files.
    pub object_store: Secret,
    /// The mail server, if there is one.
    pub smtp_url: Option<Secret>,
    /// The sender address of mail.
    pub mail_from: Option<String>,
    /// The time after which unread notifications are sent by email.
    pub digest_after: Duration,
    /// The time between two matches of a tournament.
    pub tournament_break: Duration,
    /// The public URL, if it was set.
    pub public_url: Option<PublicUrl>,
    /// Additional host names of this server.
    pub allowed_hosts: Vec<HostRule>,
    /// Other sites whose pages may call the API.
    pub allowed_origins: Vec<String>,
    /// Trusted reverse proxies.
    pub trusted_proxies: Vec<Network>,
    /// The networks that may read `/metrics`.
    pub metrics_networks: Vec<Network>,
    /// The file of the secret.
    pub secret_file: PathBuf,
    /// Whether email addresses must be verified.
    pub email_verification: EmailVerification,
    /// The log filter.
    pub log: String,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// The maximum time of a shutdown.
    pub shutdown_grace: Duration,
    /// The time after SIGTERM during which requests are still accepted.
    pub shutdown_delay: Duration,
    /// The maximum number of connections per client address, if it was set.
    pub connections_per_address: Option<usize>,
    /// The factor of rate limits.
    pub rate_limits: RateLimitFactor,
    /// Whether the clock can be moved ahead over HTTP.
    pub dev_clock: bool,
    /// The folder of the web client, if it is not the embedded one.
    pub web_folder: Option<PathBuf>,
    /// The number of worker threads.
    pub workers: usize,
}

impl Config {
    /// The configuration with these options, and defaults for those that are not set.
    ///
    /// # Errors
    /// Options contradict each other.
    pub fn from_flags(flags: &Flags) -> Result<Self, ConfigError> {
        check_redis_ca_file(flags)?;
        let flags = flags.clone();
        let data = flags.data;
        let in_data = |scheme: &str, name: &str| url_of(scheme, &data.join(name));
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let database_connections = flags
            .database_connections
            .unwrap_or_else(|| default_connections(flags.database_url.as_ref(), cores));
        let metrics_networks = if flags.metrics_networks.is_empty() {
            default_metrics_networks(flags.public_url.as_ref())
        } else {
            flags.metrics_networks
        };
        Ok(Self {
            listen: flags.listen,
            database_url: flags
                .database_url
                .unwrap_or_else(|| in_data("sqlite:", "courtside.db")),
            database_connections,
            redis_url: flags.redis_url,
            redis_ca_file: flags.redis_ca_file,
            redis_prefix: flags.redis_prefix,
            object_store: flags
                .object_store
                .unwrap_or_else(|| in_data("file:", "files")),
            smtp_url: flags.smtp_url,
            mail_from: flags.mail_from,
            digest_after: flags.digest_after,
            tournament_break: flags.tournament_break,
            public_url: flags.public_url,
            allowed_hosts: flags.allowed_hosts,
            allowed_origins: flags.allowed_origins,
            trusted_proxies: flags.trusted_proxies,
            metrics_networks,
            secret_file: flags.secret_file.unwrap_or_else(|| data.join("secret")),
            email_verification: flags.email_verification,
            log: flags.log,
            log_format: flags.log_format,
            shutdown_grace: flags.shutdown_grace,
            shutdown_delay: flags.shutdown_delay,
            connections_per_address: flags.connections_per_address,
            rate_limits: flags.rate_limits,
            dev_clock: flags.dev_clock,
            web_folder: flags.web_folder,
            workers: flags.workers.unwrap_or(cores),
            data,
        })
    }

    /// The settings of the HTTP server.
    #[must_use]
    pub fn server(&self) -> ServerConfig {
        // Load tests connect from one address.
        let unlimited = (self.rate_limits == RateLimitFactor::Off).then_some(usize::MAX);
        ServerConfig {
            workers: self.workers,
            shutdown_grace: self.shutdown_grace,
            shutdown_delay: self.shutdown_delay,
            connections_per_address: self.connections_per_address.or(unlimited),
            trusted_proxies: self.trusted_proxies.clone(),
        }
    }

    /// The configured hosts, origins and proxies.
    #[must_use]
    pub fn http_access(&self) -> HttpAccess {
        HttpAccess {
            allowed_hosts: self.allowed_hosts.clone(),
            allowed_origins: self.allowed_origins.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
        }
    }

    /// The public URL of a server that listens on this port.
    #[must_use]
    pub fn public_url_at(&self, port: u16) -> PublicUrl {
        self.public_url
            .clone()
            .unwrap_or_else(|| PublicUrl::local(port))
    }
}

/// A CA file without TLS would give a false sense of security.
fn check_redis_ca_file(flags: &Flags) -> Result<(), ConfigError> {
    let url = flags.redis_url.as_ref().map(Secret::expose);
    if flags.redis_ca_file.is_none() || url.is_some_and(|url| url.starts_with("rediss://")) {
        return Ok(());
    }
    Err(ConfigError(
        "--redis-ca-file (COURTSIDE_REDIS_CA_FILE) requires a rediss:// URL in --redis-url."
            .to_owned(),
    ))
}

fn url_of(scheme: &str, path: &Path) -> Secret {
    Secret::new(format!("{scheme}{}", path.display()))
}

/// Behind a proxy that adds no header, all clients seem to be on this machine: loopback may read metrics
/// only if the server is not public.
fn default_metrics_networks(public_url: Option<&PublicUrl>) -> Vec<Network> {
    if public_url.is_some_and(|url| !url.host().is_loopback()) {
        return vec![];
    }
    Network::loopback().to_vec()
}

/// PostgreSQL writes what several connections commit at once; SQLite has one writer.
fn default_connections(database: Option<&Secret>, cores: usize) -> usize {
    let is_postgres = database.is_some_and(|url| url.expose().starts_with("postgres"));
    (2 * cores).max(if is_postgres { 12 } else { 4 })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn config(arguments: &[&str]) -> Result<Config, ConfigError> {
        let line = [&["courtside"], arguments].concat();
        let line = CommandLine::try_parse_from(line).map_err(|error| ConfigError::from(&error))?;
        Config::from_flags(&line.flags)
    }

    #[test]
    fn from_flags_needs_no_flags() {
        let config = config(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database_url.expose(), "sqlite:./data/courtside.db");
        assert_eq!(config.object_store.expose(), "file:./data/files");
        assert_eq!(config.secret_file, PathBuf::from("./data/secret"));
        assert_eq!(config.shutdown_grace, Duration::from_secs(10));
        assert_eq!(config.shutdown_delay, Duration::from_secs(5));
        assert_eq!(config.connections_per_address, None);
        assert_eq!(config.rate_limits, RateLimitFactor::Times(1.0));
        assert_eq!(config.public_url_at(8080).origin(), "http://localhost:8080");
        assert_eq!(config.digest_after, Duration::from_secs(900));
        assert_eq!(config.tournament_break, Duration::from_secs(20));
        assert!(config.redis_url.is_none() && config.smtp_url.is_none());
        assert!(!config.dev_clock && config.web_folder.is_none());
        assert!(config.workers >= 1 && config.database_connections >= 4);
    }

    #[test]
    fn default_connections_depend_on_the_database() {
        let connections = |args: &[&str]| config(args).unwrap().database_connections;
        let postgres = ["--database-url", "postgres://courtside@localhost/courtside"];
        assert!(connections(&postgres) >= 12);
        let chosen = [&postgres[..], &["--database-connections", "3"]].concat();
        assert_eq!(connections(&chosen), 3);
    }

    #[test]
    fn lifted_rate_limits_lift_the_connections_of_an_address() {
        let connections = |args: &[&str]| config(args).unwrap().server().connections_per_address;
        assert_eq!(connections(&[]), None);
        assert_eq!(connections(&["--rate-limits", "2"]), None);
        let lifted = ["--rate-limits", "off"];
        assert_eq!(connections(&lifted), Some(usize::MAX));
        let chosen = [&lifted[..], &["--connections-per-address", "9"]].concat();
        assert_eq!(connections(&chosen), Some(9));
    }

    #[test]
    fn from_flags_treats_empty_values_as_absent() {
        let config = config(&["--redis-url", "", "--listen", "", "--workers", ""]).unwrap();
        assert!(config.redis_url.is_none());
        assert_eq!(config.listen.port(), 8080);
    }

    #[test]
    fn parse_takes_flags_before_and_after_the_command() {
        let after = CommandLine::try_parse_from(["courtside", "doctor", "--data", "x"]).unwrap();
        let before = CommandLine::try_parse_from(["courtside", "--data", "x", "doctor"]).unwrap();
        assert_eq!(
            (after.flags.data, before.flags.data),
            (PathBuf::from("x"), PathBuf::from("x"))
        );
        assert_eq!(after.command, Some(Command::Doctor));
    }

    #[test]
    fn from_flags_names_the_flag_of_an_invalid_value() {
        let wrong = [
            ("--listen", "nowhere"),
            ("--database-url", "mysql://x"),
            ("--database-connections", "0"),
            ("--redis-url", "http://x"),
            ("--redis-ca-file", "ca.pem"),
            ("--object-store", "ftp://x"),
            ("--smtp-url", "mail.example.org"),
            ("--mail-from", "nobody"),
            ("--digest-after", "soon"),
            ("--digest-after", "604801"),
            ("--public-url", "example.org"),
            ("--public-url", "https://example.org/sub"),
            ("--allowed-hosts", "exa mple.org"),
            ("--allowed-origins", "*"),
            ("--trusted-proxies", "10.0.0.0/33"),
            ("--metrics-networks", "all"),
            ("--email-verification", "maybe"),
            ("--log", "gateway=loud"),
            ("--log-format", "xml"),
            ("--shutdown-grace", "soon"),
            ("--shutdown-delay", "151"),
            ("--connections-per-address", "0"),
            ("--workers", "-1"),
        ];
        for (flag, value) in wrong {
            let sentence = config(&[&format!("{flag}={value}")]).unwrap_err().0;
            assert!(sentence.starts_with(flag), "{sentence}");
            assert!(
                sentence.ends_with('.') && !sentence.contains('\n'),
                "{sentence}"
            );
        }
    }

    #[test]
    fn from_flags_accepts_a_ca_file_with_tls_only() {
        let with = |url: &str| config(&["--redis-ca-file", "ca.pem", "--redis-url", url]);
        assert!(with("rediss://cache:6379").is_ok());
        assert!(with("redis://cache:6379").is_err());
    }

    #[test]
    fn metrics_are_for_loopback_unless_the_server_is_public() {
        let networks = |arguments: &[&str]| config(arguments).unwrap().metrics_networks.len();
        assert_eq!(networks(&[]), 2);
        assert_eq!(networks(&["--public-url", "https://play.example.org"]), 0);
        let given = [
            "--public-url",
            "https://play.example.org",
            "--metrics-networks",
            "10.0.0.7",
        ];
        assert_eq!(networks(&given), 1);
    }

    #[test]
    fn from_flags_never_repeats_an_invalid_url() {
        let sentence = config(&["--database-url", "postgre://me:hunter2@db/x"])
            .unwrap_err()
            .0;
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
}
