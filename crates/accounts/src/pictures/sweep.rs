//! Pictures that nobody shows any more, removed.

use std::sync::Arc;

use async_trait::async_trait;
use blobs::BlobKey;
use jobs::ClaimedJob;
use jobs::{JobClass, JobHandler};
use kernel::{AppError, UserId};
use serde::{Deserialize, Serialize};

use super::store;
use crate::Accounts;

/// Removes a picture unless it is shown.
pub(crate) const SWEEP: &str = "accounts.sweep_picture";

/// Which picture to look at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AvatarCleanup {
    user: UserId,
    version: String,
}

impl AvatarCleanup {
    /// Looks at this one.
    pub(crate) fn picture(user: UserId, version: &str) -> Self {
        let version = version.to_owned();
        Self { user, version }
    }
}

impl Accounts {
    /// The kind of the sweeping jobs and who does them.
    pub(crate) fn avatar_cleanup_handler(&self) -> (&'static str, Arc<dyn JobHandler>) {
        (SWEEP, Arc::new(AvatarCleanupHandler(self.clone())))
    }
}

/// Sweeps.
struct AvatarCleanupHandler(Accounts);

#[async_trait]
impl JobHandler for AvatarCleanupHandler {
    fn class(&self) -> JobClass {
        JobClass::Heavy
    }

    async fn run(&self, job: &ClaimedJob) -> Result<(), AppError> {
        let AvatarCleanup { user, version } = job.arguments()?;
        let key = BlobKey::avatar(user, &version);
        let look = move |conn: &mut _| store::is_shown(conn, user, &version);
        if self.0.inner.store.read(look).await? {
            return Ok(());
        }
        self.0.inner.blobs.delete(&key).await
    }
}
