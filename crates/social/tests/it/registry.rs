//! Registries of connections: ones that fail on demand, and those that tests run on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cluster::{ExpiringSets, SetEntry, SetMember};
use kernel::AppError;
use testkit::{Database, Redis};

/// A registry that fails while it is set to.
pub(crate) struct FailingSets {
    pub(crate) inner: Arc<dyn ExpiringSets>,
    pub(crate) is_failing: Arc<AtomicBool>,
}

impl FailingSets {
    fn check(&self) -> Result<(), AppError> {
        if self.is_failing.load(Ordering::Relaxed) {
            return Err(AppError::internal("the registry fails"));
        }
        Ok(())
    }
}

#[async_trait]
impl ExpiringSets for FailingSets {
    async fn put(&self, entries: &[SetEntry<'_>], ttl: Duration) -> Result<(), AppError> {
        self.check()?;
        self.inner.put(entries, ttl).await
    }

    async fn remove(&self, members: &[(&str, &str)]) -> Result<(), AppError> {
        self.check()?;
        self.inner.remove(members).await
    }

    async fn list(&self, sets: &[&str]) -> Result<Vec<Vec<SetMember>>, AppError> {
        self.check()?;
        self.inner.list(sets).await
    }
}

/// What a test of the registry runs on: a registry in the process over each database, or Redis, whose
/// clock cannot be moved.
pub(crate) enum Registry {
    Local(Database),
    Redis(Redis),
}

impl From<Database> for Registry {
    fn from(database: Database) -> Self {
        Self::Local(database)
    }
}

/// Makes a test per database and one on Redis of each of these functions.
macro_rules! registry_tests {
    ($($name:ident),+ $(,)?) => {
        $(
            mod $name {
                use crate::registry::Registry;

                #[tokio::test]
                async fn sqlite() {
                    super::$name(Registry::from(testkit::sqlite())).await;
                }

                testkit::ignored_without_postgres! {
                    #[tokio::test]
                    async fn postgres() {
                        let database: testkit::Database = testkit::installed_postgres();
                        super::$name(Registry::from(database)).await;
                    }
                }

                #[tokio::test]
                async fn redis() {
                    if let Some(redis) = testkit::redis() {
                        super::$name(Registry::Redis(redis)).await;
                    }
                }
            }
        )+
    };
}
pub(crate) use registry_tests;
