//! The way to Redis for commands: one shared connection, a time limit, and quick failure while
//! Redis is away.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use deadpool_redis::{Manager, Pool};
use kernel::{AppError, Env};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, InfoDict, RedisError, RedisResult};

use super::circuit_breaker::CircuitBreaker;
use crate::config::{ClusterConfig, ClusterError};

/// The oldest version that the scripts support.
const MIN_VERSION: (u32, u32) = (6, 2);

/// A client for commands.
pub(crate) struct RedisClient {
    /// Makes connections, and tests one before it gives it out again.
    pool: Pool,
    /// A clone of the pool's connection, which carries any number of commands at once. Asking the
    /// pool each time would cost one more round trip per command, for its test.
    cached: Mutex<Option<MultiplexedConnection>>,
    breaker: CircuitBreaker,
    prefix: String,
    limit: Duration,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error("Redis was unreachable a moment ago")]
    CircuitOpen,
    #[error("Redis did not answer in time")]
    Late,
    #[error("Redis cannot be reached: {0}")]
    Pool(#[from] deadpool_redis::PoolError),
    #[error("Redis failed: {0}")]
    Redis(#[from] RedisError),
    #[error("Redis is of version {0}; {1}.{2} or newer is needed")]
    TooOld(String, u32, u32),
}

impl RedisClient {
    /// A client that connects as this one does, with the first command.
    pub(crate) fn new(
        client: &Client,
        config: &ClusterConfig,
        env: Env,
    ) -> Result<Self, ClusterError> {
        let address = client.get_connection_info().clone();
        let manager = Manager::new_with_config(address, connection_config(config))?;
        let pool = Pool::builder(manager).max_size(1).build();
        Ok(Self {
            pool: pool.map_err(|error| ClusterError::InvalidUrl(error.into()))?,
            cached: Mutex::new(None),
            breaker: CircuitBreaker::new(env),
            prefix: config.prefix.clone(),
            limit: config.command_timeout,
        })
    }

    /// The key of a thing of some kind.
    pub(super) fn key(&self, kind: &str, name: &str) -> String {
        format!("{}{kind}:{name}", self.prefix)
    }

    /// Runs a command within the default timeout.
    pub(super) async fn run<T, Q, A>(&self, command: Q) -> Result<T, AppError>
    where
        Q: Fn(MultiplexedConnection) -> A,
        A: Future<Output = RedisResult<T>>,
    {
        self.run_within(self.limit, command).await
    }

    /// Runs a command within this timeout. It may run twice if the connection was lost.
    pub(super) async fn run_within<T, Q, A>(
        &self,
        limit: Duration,
        command: Q,
    ) -> Result<T, AppError>
    where
        Q: Fn(MultiplexedConnection) -> A,
        A: Future<Output = RedisResult<T>>,
    {
        if !self.breaker.allows_request() {
            return Err(AppError::unavailable(CommandError::CircuitOpen));
        }
        let asked = tokio::time::timeout(limit, self.run_with_reconnect(command)).await;
        let result = asked.unwrap_or(Err(CommandError::Late));
        self.record(&result);
        result.map_err(AppError::unavailable)
    }

    /// A Redis that was restarted is noticed only by using a connection that is no more.
    async fn run_with_reconnect<T, Q, A>(&self, command: Q) -> Result<T, CommandError>
    where
        Q: Fn(MultiplexedConnection) -> A,
        A: Future<Output = RedisResult<T>>,
    {
        match command(self.connection().await?).await {
            Err(error) if error.is_connection_dropped() => {
                self.drop_connection();
                Ok(command(self.connection().await?).await?)
            }
            result => Ok(result?),
        }
    }

    async fn connection(&self) -> Result<MultiplexedConnection, CommandError> {
        if let Some(connection) = self.cached().clone() {
            return Ok(connection);
        }
        let connection = MultiplexedConnection::clone(&*self.pool.get().await?);
        *self.cached() = Some(connection.clone());
        Ok(connection)
    }

    fn record<T>(&self, result: &Result<T, CommandError>) {
        match result {
            Ok(_) => self.breaker.worked(),
            Err(CommandError::Redis(error)) if is_server_reply(error) => self.breaker.worked(),
            Err(_) => {
                self.drop_connection();
                self.breaker.failed();
            }
        }
    }

    fn drop_connection(&self) {
        *self.cached() = None;
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, Option<MultiplexedConnection>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether Redis answers and is new enough.
    pub(crate) async fn check(&self) -> Result<(), AppError> {
        let about = |mut connection| async move {
            redis::cmd("INFO")
                .arg("server")
                .query_async(&mut connection)
                .await
        };
        let info: InfoDict = self.run(about).await?;
        let version: String = info.get("redis_version").unwrap_or_default();
        if parse_version(&version) >= Some(MIN_VERSION) {
            return Ok(());
        }
        let (major, minor) = MIN_VERSION;
        Err(AppError::unavailable(CommandError::TooOld(
            version, major, minor,
        )))
    }
}

/// Connection settings with the command timeout.
pub(super) fn connection_config(config: &ClusterConfig) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(config.command_timeout))
        .set_response_timeout(Some(config.command_timeout))
}

/// Whether Redis answered with an error.
fn is_server_reply(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Server(_) | ErrorKind::Extension | ErrorKind::UnexpectedReturnType
    )
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parse_version("10.0.1") > Some(MIN_VERSION));
        assert!(parse_version("6.0.16") < Some(MIN_VERSION));
        assert!(parse_version("") < Some(MIN_VERSION));
    }
}
