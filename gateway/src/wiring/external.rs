//! What the server stands on beyond its own process, opened as the configuration says.

use std::path::Path;
use std::sync::Arc;

use blobs::{Blobs, ObjectBlobs};
use db::{DatabaseUrl, Store, StoreConfig};
use kernel::Env;
use mail::{DevMailbox, Mailer, SmtpMailer};

use crate::config::{Config, ConfigError};

/// How many mails the dev mailbox keeps.
const MAILS_KEPT: usize = 200;

/// Opens the database and brings it up to date.
///
/// # Errors
/// A sentence for the operator.
pub fn open_store(config: &Config, env: Env) -> Result<Store, ConfigError> {
    let url: DatabaseUrl = config
        .database_url
        .expose()
        .parse()
        .map_err(|error| ConfigError(format!("--database-url: {error}.")))?;
    let config = StoreConfig {
        url,
        connections: config.database_connections,
        migrate: true,
    };
    Store::open(&config, env)
        .map_err(|error| ConfigError(format!("The database cannot be opened: {}.", error.chain())))
}

/// Connects what nodes share. A Redis that is away is no reason not to start.
///
/// # Errors
/// A sentence for the operator.
pub async fn connect_bus(config: &Config, env: &Env) -> Result<cluster::Cluster, ConfigError> {
    let config = cluster::ClusterConfig {
        redis_url: config.redis_url.clone(),
        prefix: config.redis_prefix.clone(),
        ..cluster::ClusterConfig::default()
    };
    let connected = cluster::connect(&config, env).await;
    connected.map_err(|_| ConfigError("--redis-url is not the address of a Redis server.".into()))
}

/// Opens the place for pictures and exports.
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
        |error: kernel::AppError| ConfigError(format!("--object-store: {}.", error.chain()));
    Ok(Arc::new(opened.map_err(problem)?))
}

/// Where mail goes: to a mail server, or into a mailbox that only this machine can read.
pub struct DigestMailer {
    /// Takes mail.
    pub mailer: Arc<dyn Mailer>,
    /// The mailbox, where there is no mail server.
    pub mailbox: Option<DevMailbox>,
}

/// Opens the post.
///
/// # Errors
/// A sentence for the operator.
pub fn open_post(config: &Config, port: u16, env: &Env) -> Result<DigestMailer, ConfigError> {
    let Some(url) = &config.smtp_url else {
        let mailbox = DevMailbox::new(env.clone(), MAILS_KEPT);
        return Ok(DigestMailer {
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
        ConfigError(format!("--smtp-url or --mail-from: {}.", error.chain()))
    };
    Ok(DigestMailer {
        mailer: Arc::new(smtp.map_err(problem)?),
        mailbox: None,
    })
}
