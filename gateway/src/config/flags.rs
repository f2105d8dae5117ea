//! The command line and the environment, as they were written.

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};

/// Where the server listens by default.
pub(super) const LISTEN: &str = "127.0.0.1:8080";
/// What is logged by default: the framework's own news of its threads is not news to operators.
pub(super) const LOG: &str = "info,actix_server=warn";
/// What names in Redis begin with by default.
pub(super) const REDIS_PREFIX: &str = "courtside:";
/// Limits hold as they are by default.
pub(super) const RATE_LIMITS: &str = "1";
/// Who may read `/metrics` by default where the public address is loopback.
pub(super) const METRICS_NETWORKS: &str = "127.0.0.0/8,::1";

/// Play, chat and watch together: one server for a social arcade.
///
/// Every option has an environment variable of the same name: `--public-url` is
/// COURTSIDE_PUBLIC_URL. An empty variable counts as absent.
#[derive(Debug, Parser)]
#[command(name = "courtside", version, about, long_about)]
pub struct CommandLine {
    /// What to do; `serve` where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How the server is set up.
    #[command(flatten)]
    pub flags: Flags,
}

/// What the binary can do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Start the server (the default).
    Serve,
    /// Bring the database up to date and leave.
    Migrate,
    /// Write the OpenAPI document and the catalogue of error codes.
    Openapi {
        /// The folder to write into.
        #[arg(long, value_name = "FOLDER", default_value = "openapi")]
        out: std::path::PathBuf,
    },
    /// Check the configuration and everything the server needs, and say what to do.
    Doctor,
    /// Look after the installation.
    Admin {
        /// What to do.
        #[command(subcommand)]
        command: AdminCommand,
    },
}

/// What can be done for administrators.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum AdminCommand {
    /// Make somebody an administrator.
    Grant {
        /// Their username.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// The settings as text; [`Config`](super::Config) makes sense of them.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, global = true, env = "COURTSIDE_LISTEN", hide_env_values = true)]
    #[arg(value_name = "ADDRESS:PORT", default_value = LISTEN)]
    pub listen: String,

    /// Folder for the database, files and the secret; made where it is missing.
    #[arg(long, global = true, env = "COURTSIDE_DATA", hide_env_values = true)]
    #[arg(value_name = "FOLDER", default_value = "./data")]
    pub data: String,

    /// `sqlite:PATH` or `postgres://...` [default: courtside.db in the data folder].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DATABASE_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL")]
    pub database_url: Option<String>,

    /// Connections to the database [default: twice the processor cores, at least 4].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DATABASE_CONNECTIONS",
        hide_env_values = true
    )]
    #[arg(value_name = "NUMBER")]
    pub database_connections: Option<String>,

    /// `redis://...`, or `rediss://...` with TLS; needed for more than one node [default: within this
    /// process].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_REDIS_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL")]
    pub redis_url: Option<String>,

    /// File with the certificate authorities (PEM) of a `rediss://` server [default: the public ones].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_REDIS_CA_FILE",
        hide_env_values = true
    )]
    #[arg(value_name = "FILE")]
    pub redis_ca_file: Option<String>,

    /// What all names in Redis begin with, so that installations can share one.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_REDIS_PREFIX",
        hide_env_values = true
    )]
    #[arg(value_name = "TEXT", default_value = REDIS_PREFIX)]
    pub redis_prefix: String,

    /// `s3://BUCKET?endpoint=URL&region=NAME` with keys from AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY, or `file:FOLDER` [default: files in the data folder].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_OBJECT_STORE",
        hide_env_values = true
    )]
    #[arg(value_name = "URL")]
    pub object_store: Option<String>,

    /// `smtp://` or `smtps://USER:PASSWORD@HOST:PORT` [default: mail goes to the log and a mailbox
    /// page on this machine].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SMTP_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL")]
    pub smtp_url: Option<String>,

    /// Who mail comes from [default: `courtside` at the host of the public URL].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_MAIL_FROM",
        hide_env_values = true
    )]
    #[arg(value_name = "ADDRESS")]
    pub mail_from: Option<String>,

    /// Seconds that something waits to be read before a mail tells of it; people can ask for fewer
    /// mails, or none.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DIGEST_AFTER",
        hide_env_values = true
    )]
    #[arg(value_name = "SECONDS", default_value = "900")]
    pub digest_after: String,

    /// The address people use, for links and mail [default: http://localhost:PORT].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_PUBLIC_URL",
        hide_env_values = true
    )]
    #[arg(value_name = "URL")]
    pub public_url: Option<String>,

    /// Further host names the server answers to, with commas between; a name without a port stands
    /// for any port. The host of the public URL always counts, and loopback names do where that is
    /// one.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_ALLOWED_HOSTS",
        hide_env_values = true
    )]
    #[arg(value_name = "HOSTS")]
    pub allowed_hosts: Option<String>,

    /// Origins of other sites whose pages may call the API (CORS) and open sockets, with commas
    /// between. Pages on loopback names, at any port, always may where the public URL is one.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_ALLOWED_ORIGINS",
        hide_env_values = true
    )]
    #[arg(value_name = "ORIGINS")]
    pub allowed_origins: Option<String>,

    /// Addresses or networks of proxies whose X-Forwarded-For is believed, with commas between.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_TRUSTED_PROXIES",
        hide_env_values = true
    )]
    #[arg(value_name = "NETWORKS")]
    pub trusted_proxies: Option<String>,

    /// Addresses or networks that may read /metrics, with commas between [default: this machine
    /// where the public address is loopback, else nobody].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_METRICS_NETWORKS",
        hide_env_values = true
    )]
    #[arg(value_name = "NETWORKS")]
    pub metrics_networks: Option<String>,

    /// File with the secret that signs tokens; made where it is missing [default: `secret` in the
    /// data folder].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SECRET_FILE",
        hide_env_values = true
    )]
    #[arg(value_name = "FILE")]
    pub secret_file: Option<String>,

    /// Whether an account needs a proven e-mail address to do more than look around. Where it does,
    /// accounts without one are removed after 7 days.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_EMAIL_VERIFICATION",
        hide_env_values = true
    )]
    #[arg(value_name = "required|optional", default_value = "required")]
    pub email_verification: String,

    /// What to log: a level, or levels by part, as in `info,gateway=debug`.
    #[arg(long, global = true, env = "COURTSIDE_LOG", hide_env_values = true)]
    #[arg(value_name = "FILTER", default_value = LOG)]
    pub log: String,

    /// How to log.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_LOG_FORMAT",
        hide_env_values = true
    )]
    #[arg(value_name = "text|json", default_value = "text")]
    pub log_format: String,

    /// Seconds from the signal to stop until the process ends at the latest.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SHUTDOWN_GRACE",
        hide_env_values = true
    )]
    #[arg(value_name = "SECONDS", default_value = "10")]
    pub shutdown_grace: String,

    /// Seconds after SIGTERM in which requests are still taken while `/readyz` refuses, so that load
    /// balancers send none; at most half of the grace.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_SHUTDOWN_DELAY",
        hide_env_values = true
    )]
    #[arg(value_name = "SECONDS", default_value = "5")]
    pub shutdown_delay: String,

    /// Connections that one client address may have open; those of trusted proxies are not counted
    /// [default: a quarter of the files that the process may open, at most 4096].
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_CONNECTIONS_PER_ADDRESS",
        hide_env_values = true
    )]
    #[arg(value_name = "NUMBER")]
    pub connections_per_address: Option<String>,

    /// How strictly people are held to limits on how often they may do something: a factor (2 allows
    /// twice as much), or `off` to measure on a closed network. What guards passwords and codes
    /// stays.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_RATE_LIMITS",
        hide_env_values = true
    )]
    #[arg(value_name = "FACTOR|off", default_value = RATE_LIMITS)]
    pub rate_limits: String,

    /// For tests only: serve `POST /dev/clock/`, which moves the server's clock ahead. Like the dev
    /// mailbox it is for visitors on this machine, where the public address is loopback.
    #[arg(
        long,
        global = true,
        env = "COURTSIDE_DEV_CLOCK",
        hide_env_values = true
    )]
    #[arg(value_parser = FalseyValueParser::new())]
    pub dev_clock: bool,

    /// Threads that answer requests [default: the processor cores].
    #[arg(long, global = true, env = "COURTSIDE_WORKERS", hide_env_values = true)]
    #[arg(value_name = "NUMBER")]
    pub workers: Option<String>,
}
