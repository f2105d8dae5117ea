//! The platform of the server: the database, what nodes share, files and mail.

use std::path::Path;
use std::sync::Arc;

use blobs::{Blobs, ObjectBlobs};
use cluster::{Cluster, ClusterError};
use db::{DatabaseUrl, Store, StoreConfig};
use kernel::{AdjustableClock, Env, SystemRng};
use mail::{DevMailbox, Mailer, SmtpMailer};
use outbox::NodeId;
use realtime::Publisher;

use crate::config::{Config, ConfigError};
use crate::dev_clock::DevClock;

/// How many mails the dev mailbox keeps.
const MAILBOX_SIZE: usize = 200;

/// The database and everything else that modules build on.
#[derive(Clone)]
pub struct Platform {
    /// Time and randomness.
    pub env: Env,
    /// The database.
    pub store: Store,
    /// What nodes share.
    pub cluster: Cluster,
    /// Publishes ephemeral events.
    pub publisher: Publisher,
    /// Avatars and data exports.
    pub blobs: Arc<dyn Blobs>,
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// Keeps mail where there is no mail server.
    pub mailbox: Option<DevMailbox>,
    /// The clock, if it can be moved ahead.
    pub dev_clock: Option<DevClock>,
    /// This node, among others on the same database.
    pub node: NodeId,
}

impl Platform {
    /// Opens everything for a server that listens on `port`.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn open(config: &Config, port: u16) -> Result<Self, ConfigError> {
        let clock = config
            .dev_clock
            .then(|| Arc::new(AdjustableClock::default()));
        let env = clock
            .clone()
            .map_or_else(Env::system, |clock| Env::new(clock, Arc::new(SystemRng)));
        let cluster = connect_cluster(config, &env).await?;
        let dev_clock = match clock {
            Some(clock) => Some(DevClock::start(clock, &cluster, &env).await),
            None => None,
        };
        if dev_clock.is_some() && !config.public_url_at(port).host().is_loopback() {
            tracing::warn!("dev clock not served: the public address is not loopback");
        }
        let platform = Self::open_with(config, port, env, cluster)?;
        Ok(Self {
            dev_clock,
            ..platform
        })
    }

    /// Opens everything for a command that runs alone and connects to no other node.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn open_alone(config: &Config) -> Result<Self, ConfigError> {
        let env = Env::system();
        let cluster = Cluster::local(&env);
        Self::open_with(config, config.listen.port(), env, cluster)
    }

    fn open_with(
        config: &Config,
        port: u16,
        env: Env,
        cluster: Cluster,
    ) -> Result<Self, ConfigError> {
        let store = open_store(config, env.clone())?;
        let publisher = Publisher::new(Arc::clone(&cluster.bus), env.clone());
        outbox::set_publisher(&store, Arc::new(publisher.clone()));
        let MailSystem { mailer, mailbox } = open_mail(config, port, &env)?;
        Ok(Self {
            blobs: open_blobs(config)?,
            node: env.id(),
            env,
            store,
            cluster,
            publisher,
            mailer,
            mailbox,
            dev_clock: None,
        })
    }
}

/// Opens the database and applies pending migrations.
///
/// # Errors
/// A sentence for the operator.
pub fn open_store(config: &Config, env: Env) -> Result<Store, ConfigError> {
    open_store_with(config, env, true)
}

/// Opens the database as it is.
///
/// # Errors
/// A sentence for the operator.
pub fn open_store_unmigrated(config: &Config, env: Env) -> Result<Store, ConfigError> {
    open_store_with(config, env, false)
}

fn open_store_with(config: &Config, env: Env, migrate: bool) -> Result<Store, ConfigError> {
    let url: DatabaseUrl = config
        .database_url
        .expose()
        .parse()
        .map_err(|error| ConfigError(format!("--database-url: {error}.")))?;
    let config = StoreConfig {
        url,
        connections: config.database_connections,
        migrate,
    };
    Store::open(&config, env).map_err(|error| {
        ConfigError(format!(
            "The database cannot be opened: {}.",
            error.reason()
        ))
    })
}

/// Connects to the other nodes. Starts without Redis if it does not respond yet.
///
/// # Errors
/// A sentence for the operator.
pub async fn connect_cluster(config: &Config, env: &Env) -> Result<Cluster, ConfigError> {
    let config = cluster::ClusterConfig {
        redis_url: config.redis_url.clone(),
        redis_ca_file: config.redis_ca_file.clone(),
        prefix: config.redis_prefix.clone(),
        ..cluster::ClusterConfig::default()
    };
    let connected = cluster::connect(&config, env).await;
    connected.map_err(|error| {
        ConfigError(match error {
            // The reason may repeat the address, and with it the password.
            ClusterError::InvalidUrl(_) => {
                "--redis-url (COURTSIDE_REDIS_URL) is not a valid Redis URL.".to_owned()
            }
            ClusterError::CaFile { .. } => format!("--redis-ca-file: {error}."),
            _ => format!("--redis-url: {error}."),
        })
    })
}

/// Opens the storage of files.
///
/// # Errors
/// A sentence for the operator.
pub fn open_blobs(config: &Config) -> Result<Arc<dyn Blobs>, ConfigError> {
    let url = config.object_store.expose();
    let opened = match url.strip_prefix("file:") {
        Some(folder) => ObjectBlobs::folder(Path::new(folder)),
        None => ObjectBlobs::s3(url),
    };
    let problem =
        |error: kernel::AppError| ConfigError(format!("--object-store: {}.", error.reason()));
    Ok(Arc::new(opened.map_err(problem)?))
}

/// Where mail goes: to a mail server, or into a mailbox that only this machine can read.
pub struct MailSystem {
    /// Sends mail.
    pub mailer: Arc<dyn Mailer>,
    /// The mailbox, where there is no mail server.
    pub mailbox: Option<DevMailbox>,
}

/// Connects to the mail server, if one is configured.
///
/// # Errors
/// A sentence for the operator.
pub fn open_mail(config: &Config, port: u16, env: &Env) -> Result<MailSystem, ConfigError> {
    let Some(url) = &config.smtp_url else {
        let mailbox = DevMailbox::new(env.clone(), MAILBOX_SIZE);
        return Ok(MailSystem {
            mailer: Arc::new(mailbox.clone()),
            mailbox: Some(mailbox),
        });
    };
    let public_url = config.public_url_at(port);
    let from = config.mail_from.clone();
    let from =
        from.unwrap_or_else(|| format!("Courtside <courtside@{}>", public_url.host().name()));
    let smtp = SmtpMailer::new(url.expose(), &from);
    let problem = |error: kernel::AppError| {
        ConfigError(format!("--smtp-url or --mail-from: {}.", error.reason()))
    };
    Ok(MailSystem {
        mailer: Arc::new(smtp.map_err(problem)?),
        mailbox: None,
    })
}
