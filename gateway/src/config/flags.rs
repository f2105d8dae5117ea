//! The command line and the environment.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};
use cluster::RateLimitFactor;
use http_kit::{HostRule, Network, PublicUrl};
use kernel::Secret;
use telemetry::LogFormat;

use super::email_verification::EmailVerification;
use super::parse::{
    List, Maybe, host, list, listen, log_filter, mail_from, maybe, network, one_of, or_default,
    origin, path, public_url, rate_limits, seconds, text, url, whole,
};

const LISTEN: &str = "127.0.0.1:8080";
const DATA: &str = "./data";
/// The framework's own messages about its threads do not concern operators.
const LOG: &str = "info,actix_server=warn";
const LOG_FORMAT: &str = "text";
const REDIS_PREFIX: &str = "courtside:";
const RATE_LIMITS: &str = "1";
const DIGEST_AFTER: &str = "900";
const TOURNAMENT_BREAK: &str = "20";
const EMAIL_VERIFICATION: &str = "required";
const SHUTDOWN_GRACE: &str = "10";
const SHUTDOWN_DELAY: &str = "5";

const DATABASE_SCHEMES: &[&str] = &["sqlite:", "postgres://", "postgresql://"];
const REDIS_SCHEMES: &[&str] = &["redis://", "rediss://"];
const STORE_SCHEMES: &[&str] = &["file:", "s3://"];
const SMTP_SCHEMES: &[&str] = &["smtp://", "smtps://"];
const EMAIL_VERIFICATIONS: &[(&str, EmailVerification)] = &[
    ("required", EmailVerification::Required),
    ("optional", EmailVerification::Optional),
];
const LOG_FORMATS: &[(&str, LogFormat)] = &[("text", LogFormat::Text), ("json", LogFormat::Json)];

/// Play, chat and watch together: a self-hosted social arcade server.
///
/// Each option can also be set by an environment variable: `--public-url` is COURTSIDE_PUBLIC_URL. An
/// empty value counts as not set.
#[derive(Debug, Parser)]
#[command(name = "courtside", version, about, long_about)]
pub struct CommandLine {
    /// The command.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options.
    #[command(flatten)]
    pub flags: Flags,
}

/// The commands.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Start the server. This is the default command.
    Serve,
    /// Apply pending database migrations and exit.
    Migrate,
    /// Write the OpenAPI and AsyncAPI documents and the lists of error codes and rate limits.
    Openapi {
        /// Directory to write to.
        #[arg(long, value_name = "DIRECTORY", default_value = "openapi")]
        out: PathBuf,
    },
    /// Count statistics, ratings and leaderboards again from the finished matches and list differences.
    Recount {
        /// Store the counted values.
        #[arg(long)]
        fix: bool,
    },
    /// Check the configuration and the services that the server depends on.
    Doctor,
    /// Administer the installation.
    Admin {
        /// The command.
        #[command(subcommand)]
        command: AdminCommand,
    },
}

/// The commands for administration.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum AdminCommand {
    /// Give a user the administrator role.
    Grant {
        /// Username of the user.
        #[arg(value_name = "USERNAME")]
        name: String,
    },
}

/// The options.
#[derive(Debug, Clone, Args)]
pub struct Flags {
    /// Address and port to listen on. Port 0 selects a free port.
    #[arg(long, global = true, env = "COURTSIDE_LISTEN", hide_env_values = true)]
    #[arg(value_name = "ADDRESS:PORT", default_value = LISTEN)]
    #[arg(value_parser = or_default(LISTEN, listen))]
    pub listen: SocketAddr,

    /// Directory for the database, files and the secret. Created if it does not exist.
    #[arg(long, global = true, env = "COURTSIDE_DATA", hide_env_values = true)]
    #[arg(value_name = "DIRECTORY", default_value = DATA)]
    #[arg(value_parser = or_default(DATA, path))]
    pub data: PathBuf,

    /// Database: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME` [default: courtside.db in the data
    /// directory].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DATABASE_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(url(DATABASE_SCHEMES, "sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")))]
    pub database_url: Maybe<Secret>,

    /// Number of database connections [default: twice the number of processor cores, at least 12 with
    /// PostgreSQL and 4 with SQLite].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DATABASE_CONNECTIONS",
        hide_env_values = true
    )]
    #[arg(value_name = "NUMBER", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(whole(1..=1_000)))]
    pub database_connections: Maybe<usize>,

    /// Redis server that the nodes share: `redis://HOST:PORT`, or `rediss://HOST:PORT` for TLS. Required
    /// if there is more than one node [default: none].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_REDIS_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(url(REDIS_SCHEMES, "redis://HOST:PORT or rediss://HOST:PORT")))]
    pub redis_url: Maybe<Secret>,

    /// File with the certificate authorities (PEM) that the certificate of a `rediss://` server is
    /// verified with [default: public certificate authorities].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_REDIS_CA_FILE",
        hide_env_values = true
    )]
    #[arg(value_name = "FILE", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(path))]
    pub redis_ca_file: Maybe<PathBuf>,

    /// Prefix of all Redis keys and channels, so that several installations can share a server.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_REDIS_PREFIX",
        hide_env_values = true
    )]
    #[arg(value_name = "TEXT", default_value = REDIS_PREFIX)]
    #[arg(value_parser = or_default(REDIS_PREFIX, text))]
    pub redis_prefix: String,

    /// Storage of uploaded files: `s3://BUCKET?endpoint=URL&region=NAME` with the keys in
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or `file:DIRECTORY` [default: the data directory].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_OBJECT_STORE",
        hide_env_values = true
    )]
    #[arg(value_name = "URL", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(url(STORE_SCHEMES, "file:DIRECTORY or s3://BUCKET?endpoint=URL&region=NAME")))]
    pub object_store: Maybe<Secret>,

    /// Mail server: `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…` [default: none; mail is not sent but
    /// shown at /dev/mailbox/].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SMTP_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(url(SMTP_SCHEMES, "smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT")))]
    pub smtp_url: Maybe<Secret>,

    /// Sender address of mail [default: `courtside` at the host of the public URL].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_MAIL_FROM",
        hide_env_values = true
    )]
    #[arg(value_name = "ADDRESS", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(mail_from))]
    pub mail_from: Maybe<String>,

    /// Seconds after which unread notifications are sent by email. Users can choose fewer emails or none.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DIGEST_AFTER",
        hide_env_values = true
    )]
    #[arg(value_name = "SECONDS", default_value = DIGEST_AFTER)]
    #[arg(value_parser = or_default(DIGEST_AFTER, seconds(0..=604_800)))]
    pub digest_after: Duration,

    /// Seconds between two matches of a tournament: a match is called so long after both entrants are known.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_TOURNAMENT_BREAK",
        hide_env_values = true
    )]
    #[arg(value_name = "SECONDS", default_value = TOURNAMENT_BREAK)]
    #[arg(value_parser = or_default(TOURNAMENT_BREAK, seconds(0..=600)))]
    pub tournament_break: Duration,

    /// URL under which users reach the server, for links and mail [default: http://localhost:PORT].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_PUBLIC_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(public_url))]
    pub public_url: Maybe<PublicUrl>,

    /// Additional host names of the server, separated by commas. A name without a port matches any port.
    /// The host of the public URL is always allowed; loopback names are allowed if the public URL is
    /// loopback.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_ALLOWED_HOSTS",
        hide_env_values = true
    )]
    #[arg(value_name = "HOSTS", default_value = "", hide_default_value = true)]
    #[arg(value_parser = list(host))]
    pub allowed_hosts: List<HostRule>,

    /// Origins of other sites whose pages may call the API (CORS) and open sockets, separated by commas.
    /// Loopback origins with any port are allowed if the public URL is loopback.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_ALLOWED_ORIGINS",
        hide_env_values = true
    )]
    #[arg(value_name = "ORIGINS", default_value = "", hide_default_value = true)]
    #[arg(value_parser = list(origin))]
    pub allowed_origins: List<String>,

    /// Addresses or networks of reverse proxies whose X-Forwarded-For header is trusted, separated by
    /// commas.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_TRUSTED_PROXIES",
        hide_env_values = true
    )]
    #[arg(value_name = "NETWORKS", default_value = "", hide_default_value = true)]
    #[arg(value_parser = list(network))]
    pub trusted_proxies: List<Network>,

    /// Addresses or networks that may read /metrics, separated by commas [default: loopback if the public
    /// URL is loopback, otherwise none].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_METRICS_NETWORKS",
        hide_env_values = true
    )]
    #[arg(value_name = "NETWORKS", default_value = "", hide_default_value = true)]
    #[arg(value_parser = list(network))]
    pub metrics_networks: List<Network>,

    /// File with the secret that signs tokens. Created if it does not exist [default: `secret` in the
    /// data directory].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SECRET_FILE",
        hide_env_values = true
    )]
    #[arg(value_name = "FILE", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(path))]
    pub secret_file: Maybe<PathBuf>,

    /// Whether users must verify their email address before they can send messages, requests and invites.
    /// If required, unverified accounts are deleted after 7 days.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_EMAIL_VERIFICATION",
        hide_env_values = true
    )]
    #[arg(value_name = "required|optional", default_value = EMAIL_VERIFICATION)]
    #[arg(value_parser = or_default(EMAIL_VERIFICATION, one_of(EMAIL_VERIFICATIONS)))]
    pub email_verification: EmailVerification,

    /// Log level, or levels per crate, such as `info,gateway=debug`.
    #[arg(long, global = true, env = "COURTSIDE_LOG", hide_env_values = true)]
    #[arg(value_name = "FILTER", default_value = LOG)]
    #[arg(value_parser = or_default(LOG, log_filter))]
    pub log: String,

    /// Format of log lines.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_LOG_FORMAT",
        hide_env_values = true
    )]
    #[arg(value_name = "text|json", default_value = LOG_FORMAT)]
    #[arg(value_parser = or_default(LOG_FORMAT, one_of(LOG_FORMATS)))]
    pub log_format: LogFormat,

    /// Seconds that a shutdown may take.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SHUTDOWN_GRACE",
        hide_env_values = true
    )]
    #[arg(value_name = "SECONDS", default_value = SHUTDOWN_GRACE)]
    #[arg(value_parser = or_default(SHUTDOWN_GRACE, seconds(1..=300)))]
    pub shutdown_grace: Duration,

    /// Seconds after SIGTERM during which requests are still accepted while `/readyz` reports 503, so
    /// that load balancers stop sending requests. At most half of the shutdown grace.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SHUTDOWN_DELAY",
        hide_env_values = true
    )]
    #[arg(value_name = "SECONDS", default_value = SHUTDOWN_DELAY)]
    #[arg(value_parser = or_default(SHUTDOWN_DELAY, seconds(0..=150)))]
    pub shutdown_delay: Duration,

    /// Maximum number of open connections per client address. Trusted proxies are not limited [default: a
    /// quarter of the open file limit, at most 4096].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_CONNECTIONS_PER_ADDRESS",
        hide_env_values = true
    )]
    #[arg(value_name = "NUMBER", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(whole(1..=1_000_000)))]
    pub connections_per_address: Maybe<usize>,

    /// Factor by which rate limits are multiplied (2 allows twice as many requests), or `off` for load
    /// tests, which also lifts the default of --connections-per-address. Limits that protect passwords and
    /// codes always apply.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_RATE_LIMITS",
        hide_env_values = true
    )]
    #[arg(value_name = "FACTOR|off", default_value = RATE_LIMITS)]
    #[arg(value_parser = or_default(RATE_LIMITS, rate_limits))]
    pub rate_limits: RateLimitFactor,

    /// For tests only: serve `POST /dev/clock/`, which moves the clock of the server ahead. It is served
    /// only if the public URL is loopback, to clients on this machine.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DEV_CLOCK",
        hide_env_values = true
    )]
    #[arg(value_parser = FalseyValueParser::new())]
    pub dev_clock: bool,

    /// For development: directory to serve the web client from, such as `gateway/web`. Its files are read
    /// for each request and not kept by browsers [default: the client in the binary].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_WEB_FOLDER",
        hide_env_values = true
    )]
    #[arg(
        value_name = "DIRECTORY",
        default_value = "",
        hide_default_value = true
    )]
    #[arg(value_parser = maybe(path))]
    pub web_folder: Maybe<PathBuf>,

    /// Number of worker threads [default: the number of processor cores].
    #[arg(long, global = true, env = "COURTSIDE_WORKERS", hide_env_values = true)]
    #[arg(value_name = "NUMBER", default_value = "", hide_default_value = true)]
    #[arg(value_parser = maybe(whole(1..=512)))]
    pub workers: Maybe<usize>,
}
