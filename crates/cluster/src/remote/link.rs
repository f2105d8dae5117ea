//! The way to Redis for commands: one shared connection, a time limit, and quick failure while
//! Redis is away.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use deadpool_redis::{Manager, Pool};
use kernel::{Ambient, Fault};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ErrorKind, InfoDict, RedisError, RedisResult};

use super::breaker::Breaker;
use crate::config::{Config, WrongAddress};

/// What the scripts need.
const OLDEST_VERSION: (u32, u32) = (6, 2);

/// Carries commands to Redis.
pub(crate) struct Link {
    /// Makes connections, and tests one before it gives it out again.
    pool: Pool,
    /// A clone of the pool's connection, which carries any number of commands at once. Asking the
    /// pool each time would cost one more round trip per command, for its test.
    trusted: Mutex<Option<MultiplexedConnection>>,
    breaker: Breaker,
    prefix: String,
    limit: Duration,
}

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("Redis was away a moment ago")]
    KnownAway,
    #[error("Redis did not answer in time")]
    Late,
    #[error("Redis cannot be reached: {0}")]
    Pool(#[from] deadpool_redis::PoolError),
    #[error("Redis failed: {0}")]
    Redis(#[from] RedisError),
    #[error("Redis is of version {0}; {1}.{2} or newer is needed")]
    TooOld(String, u32, u32),
}

impl Link {
    /// A way to the Redis at this address; nothing is connected yet.
    pub(crate) fn new(url: &str, config: &Config, ambient: Ambient) -> Result<Self, WrongAddress> {
        let manager = Manager::new_with_config(url, connecting(config))?;
        let pool = Pool::builder(manager).max_size(1).build();
        Ok(Self {
            pool: pool.map_err(|error| WrongAddress(error.into()))?,
            trusted: Mutex::new(None),
            breaker: Breaker::new(ambient),
            prefix: config.prefix.clone(),
            limit: config.time_limit,
        })
    }

    /// The key of a thing of some kind.
    pub(super) fn key(&self, kind: &str, name: &str) -> String {
        format!("{}{kind}:{name}", self.prefix)
    }

    /// Asks Redis something, within the time limit.
    pub(super) async fn ask<T, Q, A>(&self, question: Q) -> Result<T, Fault>
    where
        Q: Fn(MultiplexedConnection) -> A,
        A: Future<Output = RedisResult<T>>,
    {
        self.ask_within(self.limit, question).await
    }

    /// Asks Redis something, within this time. It may be asked twice if the connection was lost.
    pub(super) async fn ask_within<T, Q, A>(&self, limit: Duration, question: Q) -> Result<T, Fault>
    where
        Q: Fn(MultiplexedConnection) -> A,
        A: Future<Output = RedisResult<T>>,
    {
        if !self.breaker.lets_through() {
            return Err(Fault::unavailable(Failure::KnownAway));
        }
        let asked = tokio::time::timeout(limit, self.try_twice(question)).await;
        let result = asked.unwrap_or(Err(Failure::Late));
        self.learn(&result);
        result.map_err(Fault::unavailable)
    }

    /// A Redis that was restarted is noticed only by using a connection that is no more.
    async fn try_twice<T, Q, A>(&self, question: Q) -> Result<T, Failure>
    where
        Q: Fn(MultiplexedConnection) -> A,
        A: Future<Output = RedisResult<T>>,
    {
        match question(self.connection().await?).await {
            Err(error) if error.is_connection_dropped() => {
                self.distrust();
                Ok(question(self.connection().await?).await?)
            }
            result => Ok(result?),
        }
    }

    async fn connection(&self) -> Result<MultiplexedConnection, Failure> {
        if let Some(connection) = self.trusted().clone() {
            return Ok(connection);
        }
        let connection = MultiplexedConnection::clone(&*self.pool.get().await?);
        *self.trusted() = Some(connection.clone());
        Ok(connection)
    }

    fn learn<T>(&self, result: &Result<T, Failure>) {
        match result {
            Ok(_) => self.breaker.worked(),
            Err(Failure::Redis(error)) if is_answer(error) => self.breaker.worked(),
            Err(_) => {
                self.distrust();
                self.breaker.failed();
            }
        }
    }

    fn distrust(&self) {
        *self.trusted() = None;
    }

    fn trusted(&self) -> std::sync::MutexGuard<'_, Option<MultiplexedConnection>> {
        self.trusted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether Redis is there and new enough.
    pub(crate) async fn check(&self) -> Result<(), Fault> {
        let about = |mut connection| async move {
            redis::cmd("INFO")
                .arg("server")
                .query_async(&mut connection)
                .await
        };
        let info: InfoDict = self.ask(about).await?;
        let version: String = info.get("redis_version").unwrap_or_default();
        if parse_version(&version) >= Some(OLDEST_VERSION) {
            return Ok(());
        }
        let (major, minor) = OLDEST_VERSION;
        Err(Fault::unavailable(Failure::TooOld(version, major, minor)))
    }
}

/// How connections are made: without waiting longer than the time limit for anything.
pub(super) fn connecting(config: &Config) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(config.time_limit))
        .set_response_timeout(Some(config.time_limit))
}

/// Whether Redis is there and refused.
fn is_answer(error: &RedisError) -> bool {
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
        assert!(parse_version("10.0.1") > Some(OLDEST_VERSION));
        assert!(parse_version("6.0.16") < Some(OLDEST_VERSION));
        assert!(parse_version("") < Some(OLDEST_VERSION));
    }
}
