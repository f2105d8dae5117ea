//! The jobs that build and expire exports.

use async_trait::async_trait;
use blobs::BlobKey;
use contract::users::ExportId;
use db::Tx;
use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler};
use kernel::{AppError, UserId};
use mail::MailTemplate;
use serde::{Deserialize, Serialize};

use super::{archive, queries};
use crate::Accounts;
use crate::account_rows;
use crate::rules::codes::EXPORT_LIFETIME;

/// Builds an export.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct BuildExportJob {
    pub(super) id: ExportId,
}

impl Job for BuildExportJob {
    const KIND: &'static str = "accounts.gather_export";
    const CLASS: JobClass = JobClass::Heavy;
}

/// Expires an export and removes its file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ExpireExportJob {
    id: ExportId,
}

impl Job for ExpireExportJob {
    const KIND: &'static str = "accounts.end_export";
    const CLASS: JobClass = JobClass::Heavy;
}

/// How often an export is attempted before it fails.
const MAX_ATTEMPTS: i32 = 5;

pub(crate) struct BuildExportHandler(pub(crate) Accounts);

pub(crate) struct ExpireExportHandler(pub(crate) Accounts);

/// Removes an export after the commit.
pub(crate) fn schedule_removal(tx: &mut Tx<'_>, id: ExportId) -> Result<(), AppError> {
    tx.enqueue(ExpireExportJob { id })
}

#[async_trait]
impl JobHandler<BuildExportJob> for BuildExportHandler {
    async fn run(&self, job: BuildExportJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let id = job.id;
        let read = move |conn: &mut _| queries::prepared_for(conn, id);
        let Some(user) = self.0.inner.store.read(read).await? else {
            return self.0.remove_export(id).await;
        };
        match self.write_file(user, id).await {
            Ok(size) => self.finish(claimed, user, id, size).await,
            Err(error) if claimed.attempt < MAX_ATTEMPTS => Err(error),
            Err(error) => self.fail(claimed, id, &error).await,
        }
    }
}

impl BuildExportHandler {
    /// Writes the file; returns its size in bytes.
    async fn write_file(&self, user: UserId, id: ExportId) -> Result<i64, AppError> {
        let now = self.0.inner.env.now();
        let content = archive::content(&self.0, user, now).await?;
        let mut file = self.0.inner.blobs.create(&BlobKey::export(id)).await?;
        if let Err(error) = archive::write(&mut *file, content).await {
            file.abort().await;
            return Err(error);
        }
        Ok(i64::try_from(file.finish().await?)?)
    }

    async fn finish(
        &self,
        claimed: &ClaimedJob,
        user: UserId,
        id: ExportId,
        size: i64,
    ) -> Result<(), AppError> {
        let (claimed, accounts) = (claimed.clone(), self.0.clone());
        let write = move |tx: &mut Tx<'_>| {
            claimed.complete(tx)?;
            accounts.make_available(tx, user, id, size)
        };
        if self.0.inner.store.write(write).await? {
            return Ok(());
        }
        // The account was deleted while the export was built.
        self.0.remove_export(id).await
    }

    async fn fail(
        &self,
        claimed: &ClaimedJob,
        id: ExportId,
        error: &AppError,
    ) -> Result<(), AppError> {
        tracing::error!(export_id = %id, error = %error.chain(), "export failed");
        let claimed = claimed.clone();
        let write = move |tx: &mut Tx<'_>| {
            claimed.complete(tx)?;
            queries::fail(tx.conn, id)
        };
        self.0.inner.store.write(write).await?;
        self.0.remove_export(id).await
    }
}

#[async_trait]
impl JobHandler<ExpireExportJob> for ExpireExportHandler {
    async fn run(&self, job: ExpireExportJob, _claimed: &ClaimedJob) -> Result<(), AppError> {
        let id = job.id;
        let write = move |tx: &mut Tx<'_>| queries::expire(tx.conn, id, tx.env().now());
        self.0.inner.store.write(write).await?;
        self.0.remove_export(id).await
    }
}

impl Accounts {
    /// Makes an export available in place of earlier ones; false if the account was deleted.
    fn make_available(
        &self,
        tx: &mut Tx<'_>,
        user: UserId,
        id: ExportId,
        size: i64,
    ) -> Result<bool, AppError> {
        let now = tx.env().now();
        let until = now + EXPORT_LIFETIME;
        let earlier = queries::ready_ids(tx.conn, user)?;
        if !queries::make_ready(tx.conn, id, size, now, until)? {
            return Ok(false);
        }
        for id in earlier {
            queries::expire(tx.conn, id, until)?;
            schedule_removal(tx, id)?;
        }
        tx.enqueue_at(ExpireExportJob { id }, until)?;
        let account = account_rows::by_id(tx.conn, user)?;
        if account.is_reachable() {
            self.inner.mail_queue.enqueue(
                tx,
                &account.outgoing_mail(MailTemplate::ExportReady { until })?,
            )?;
        }
        Ok(true)
    }

    /// Removes the file of an export that is not available.
    async fn remove_export(&self, id: ExportId) -> Result<(), AppError> {
        let read = move |conn: &mut _| queries::is_ready(conn, id);
        if self.inner.store.read(read).await? {
            return Ok(());
        }
        let (blobs, key) = (&self.inner.blobs, BlobKey::export(id));
        blobs.discard_unfinished(&key).await?;
        blobs.delete(&key).await
    }
}
