//! How this server is set up: flags and environment variables, checked before anything starts.

mod error;
mod flags;
mod parse;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cluster::RateLimitFactor;
use http_kit::server::ServerConfig;
use http_kit::{HostRule, HttpAccess, Network, PublicUrl};
use kernel::Secret;
use telemetry::LogFormat;

pub use error::ConfigError;
pub use flags::{AdminCommand, Command, CommandLine, Flags};

use parse::{list, one_of, present, seconds, whole};

/// Whether an account needs a proven e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailVerification {
    /// Before it can do more than look around.
    Required,
    /// Never.
    Optional,
}

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where files live.
    pub data: PathBuf,
    /// Which database.
    pub database_url: Secret,
    /// How many connections to it.
    pub database_connections: usize,
    /// Which Redis, if any.
    pub redis_url: Option<Secret>,
    /// The certificate authorities of Redis, where they are not public.
    pub redis_ca_file: Option<PathBuf>,
    /// What all names in Redis begin with.
    pub redis_prefix: String,
    /// Where uploads live.
    pub object_store: Secret,
    /// Which mail server, if any.
    pub smtp_url: Option<Secret>,
    /// Who mail comes from.
    pub mail_from: Option<String>,
    /// How long something waits to be read before a mail tells of it.
    pub digest_after: Duration,
    /// The address people use, where it was set.
    pub public_url: Option<PublicUrl>,
    /// Further names of this server.
    pub allowed_hosts: Vec<HostRule>,
    /// Other sites whose pages may call the API.
    pub allowed_origins: Vec<String>,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<Network>,
    /// Who may read `/metrics`.
    pub metrics_networks: Vec<Network>,
    /// Where the secret is.
    pub secret_file: PathBuf,
    /// Whether an e-mail address must be proven.
    pub email_verification: EmailVerification,
    /// What to log.
    pub log: String,
    /// How to log it.
    pub log_format: LogFormat,
    /// How long stopping may take.
    pub shutdown_grace: Duration,
    /// How long requests are still taken after the signal to stop.
    pub shutdown_delay: Duration,
    /// How many connections one client address may have, where it was said.
    pub connections_per_address: Option<usize>,
    /// How strictly limits on how often something may be done hold.
    pub rate_limits: RateLimitFactor,
    /// Whether the clock can be moved ahead over HTTP.
    pub dev_clock: bool,
    /// How many threads answer requests.
    pub workers: usize,
}

impl Config {
    /// Makes sense of the flags.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn from_flags(flags: &Flags) -> Result<Self, ConfigError> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let data = PathBuf::from(present(&flags.data).unwrap_or("./data"));
        let public_url = parse::public_url(flags.public_url.as_deref())?;
        // Behind a proxy that adds no header everybody seems to be on this machine.
        let is_local = public_url
            .as_ref()
            .is_none_or(|url| url.host().is_loopback());
        let metrics_networks = flags.metrics_networks.as_deref().and_then(present);
        Ok(Self {
            listen: parse::listen(&flags.listen)?,
            database_url: parse::database_url(flags.database_url.as_deref(), &data)?,
            database_connections: whole(
                "database-connections",
                flags.database_connections.as_deref(),
                1..=1000,
                (2 * cores).max(4),
            )?,
            redis_url: parse::url(
                "redis-url",
                flags.redis_url.as_deref(),
                &["redis", "rediss"],
            )?,
            redis_ca_file: flags
                .redis_ca_file
                .as_deref()
                .and_then(present)
                .map(PathBuf::from),
            redis_prefix: present(&flags.redis_prefix)
                .unwrap_or(flags::REDIS_PREFIX)
                .to_owned(),
            object_store: parse::object_store(flags.object_store.as_deref(), &data)?,
            smtp_url: parse::url("smtp-url", flags.smtp_url.as_deref(), &["smtp", "smtps"])?,
            mail_from: parse::mail_from(flags.mail_from.as_deref())?,
            digest_after: parse::digest_after(&flags.digest_after)?,
            public_url,
            allowed_hosts: list(
                "allowed-hosts",
                flags.allowed_hosts.as_deref(),
                HostRule::parse,
            )?,
            allowed_origins: list("allowed-origins", flags.allowed_origins.as_deref(), |one| {
                PublicUrl::parse(one).map(|url| url.origin().to_owned())
            })?,
            trusted_proxies: list(
                "trusted-proxies",
                flags.trusted_proxies.as_deref(),
                Network::parse,
            )?,
            metrics_networks: list(
                "metrics-networks",
                metrics_networks.or(is_local.then_some(flags::METRICS_NETWORKS)),
                Network::parse,
            )?,
            secret_file: flags
                .secret_file
                .as_deref()
                .and_then(present)
                .map_or_else(|| data.join("secret"), PathBuf::from),
            email_verification: one_of(
                "email-verification",
                &flags.email_verification,
                &[
                    ("required", EmailVerification::Required),
                    ("optional", EmailVerification::Optional),
                ],
            )?,
            log: parse::log_filter(&flags.log)?,
            log_format: one_of(
                "log-format",
                &flags.log_format,
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
            shutdown_grace: seconds("shutdown-grace", &flags.shutdown_grace, 1..=300, 10)?,
            shutdown_delay: seconds("shutdown-delay", &flags.shutdown_delay, 0..=150, 5)?,
            connections_per_address: parse::whole_if_present(
                "connections-per-address",
                flags.connections_per_address.as_deref(),
                1..=1_000_000,
            )?,
            rate_limits: parse::rate_limits(&flags.rate_limits)?,
            dev_clock: flags.dev_clock,
            workers: whole("workers", flags.workers.as_deref(), 1..=512, cores)?,
            data,
        })
    }

    /// The settings of the HTTP server.
    #[must_use]
    pub fn server(&self) -> ServerConfig {
        ServerConfig {
            workers: self.workers,
            shutdown_grace: self.shutdown_grace,
            shutdown_delay: self.shutdown_delay,
            connections_per_address: self.connections_per_address,
            trusted_proxies: self.trusted_proxies.clone(),
        }
    }

    /// The hosts, origins and proxies that were configured.
    #[must_use]
    pub fn http_access(&self) -> HttpAccess {
        HttpAccess {
            allowed_hosts: self.allowed_hosts.clone(),
            allowed_origins: self.allowed_origins.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
        }
    }

    /// The address people use, given the port that was taken.
    #[must_use]
    pub fn public_url_at(&self, port: u16) -> PublicUrl {
        self.public_url
            .clone()
            .unwrap_or_else(|| PublicUrl::local(port))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn config(arguments: &[&str]) -> Result<Config, ConfigError> {
        let line = [&["courtside"], arguments].concat();
        Config::from_flags(&CommandLine::try_parse_from(line).unwrap().flags)
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
        assert!(config.redis_url.is_none() && config.smtp_url.is_none());
        assert!(!config.dev_clock);
        assert!(config.workers >= 1 && config.database_connections >= 4);
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
            ("x".into(), "x".into())
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
    fn from_flags_never_repeats_an_invalid_url() {
        let sentence = config(&["--database-url", "postgre://me:hunter2@db/x"])
            .unwrap_err()
            .0;
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
}
