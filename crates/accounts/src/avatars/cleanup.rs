//! Removal of unused avatars.

use async_trait::async_trait;
use blobs::BlobKey;
use jobs::{ClaimedJob, Job, JobClass, JobHandler};
use kernel::{AppError, UserId};
use serde::{Deserialize, Serialize};

use super::queries;
use crate::Accounts;

/// Removes an avatar unless it is in use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AvatarCleanupJob {
    user: UserId,
    version: String,
}

impl Job for AvatarCleanupJob {
    const KIND: &'static str = "accounts.sweep_picture";
    const CLASS: JobClass = JobClass::Heavy;
}

impl AvatarCleanupJob {
    /// A job for this version.
    pub(crate) fn new(user: UserId, version: &str) -> Self {
        let version = version.to_owned();
        Self { user, version }
    }
}

pub(crate) struct AvatarCleanupHandler(pub(crate) Accounts);

#[async_trait]
impl JobHandler<AvatarCleanupJob> for AvatarCleanupHandler {
    async fn run(&self, job: AvatarCleanupJob, _claimed: &ClaimedJob) -> Result<(), AppError> {
        let AvatarCleanupJob { user, version } = job;
        let key = BlobKey::avatar(user, &version);
        let is_in_use = move |conn: &mut _| queries::is_in_use(conn, user, &version);
        if self.0.inner.store.read(is_in_use).await? {
            return Ok(());
        }
        self.0.inner.blobs.delete(&key).await
    }
}
