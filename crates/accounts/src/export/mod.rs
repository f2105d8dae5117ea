//! Data exports: a file with all data of a user, built in the background and available for a while.

mod archive;
mod job;
mod queries;
mod rows;

use async_trait::async_trait;
use blobs::{BlobKey, BlobStream};
use contract::accounts::ExportState;
use contract::users::{Export, ExportId};
use db::{Tx, map_unique_violation};
use jobs::Enqueue;
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};

use job::BuildExportJob;
pub(crate) use job::{BuildExportHandler, ExpireExportHandler, schedule_removal};
use queries::ExportRow;
pub(crate) use queries::prune;

use crate::audit::{AuditAction, AuditEntry};
use crate::sessions::require_step_up_if_second_factor;
use crate::{Accounts, Error};

/// The name of the downloaded file.
const FILE_NAME: &str = "courtside-export.json";

/// The file of an export: JSON.
#[derive(Debug)]
pub struct ExportFile {
    /// The content.
    pub content: BlobStream,
    /// The name to save it as.
    pub name: &'static str,
}

/// Exports of all personal data of a user.
#[async_trait]
pub trait ExportsService: Send + Sync {
    /// Requests an export of the actor's data. A mail is sent when it is ready. Idempotent under a
    /// key.
    ///
    /// # Errors
    /// `users.export_pending`; `auth.step_up_required` if a second factor is enabled.
    async fn request_export(&self, actor: &Actor) -> Result<Export, AppError>;

    /// Lists the actor's exports, the newest first.
    ///
    /// # Errors
    /// Only if the database is unavailable.
    async fn exports(&self, actor: &Actor, page: PageRequest) -> Result<Page<Export>, AppError>;

    /// Gets one of the actor's exports.
    ///
    /// # Errors
    /// `users.export_not_found`.
    async fn export(&self, actor: &Actor, id: ExportId) -> Result<Export, AppError>;

    /// Opens the file of one of the actor's exports.
    ///
    /// # Errors
    /// `users.export_not_found`, `users.export_not_ready`, `users.export_failed`,
    /// `users.export_expired`; `auth.step_up_required` if a second factor is enabled.
    async fn download_export(&self, actor: &Actor, id: ExportId) -> Result<ExportFile, AppError>;
}

#[async_trait]
impl ExportsService for Accounts {
    async fn request_export(&self, actor: &Actor) -> Result<Export, AppError> {
        let actor = *actor;
        let user = actor.user;
        let write = move |tx: &mut Tx<'_>| {
            let now = tx.env().now();
            require_step_up_if_second_factor(tx.conn, &actor, now)?;
            let row = ExportRow::new(tx.env().id(), now);
            let added = queries::insert(tx.conn, user, &row);
            map_unique_violation(added, || Error::ExportPending)?;
            AuditEntry::own(user, AuditAction::ExportAsked).record(tx)?;
            tx.enqueue(BuildExportJob { id: row.id })?;
            row.into_response()
        };
        self.inner.store.write_once(self.key.as_ref(), write).await
    }

    async fn exports(&self, actor: &Actor, page: PageRequest) -> Result<Page<Export>, AppError> {
        let user = actor.user;
        let read = move |conn: &mut _| queries::page(conn, user, page);
        let Page { items, total } = self.inner.store.read(read).await?;
        let now = self.inner.env.now();
        let items = items
            .into_iter()
            .map(|row| row.time_socket(now).into_response());
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            total,
        })
    }

    async fn export(&self, actor: &Actor, id: ExportId) -> Result<Export, AppError> {
        self.own_export(actor.user, id).await?.into_response()
    }

    async fn download_export(&self, actor: &Actor, id: ExportId) -> Result<ExportFile, AppError> {
        let (asking, now) = (*actor, self.inner.env.now());
        let check = move |conn: &mut _| require_step_up_if_second_factor(conn, &asking, now);
        self.inner.store.read(check).await?;
        let row = self.own_export(actor.user, id).await?;
        match row.state()? {
            ExportState::Ready => {}
            ExportState::Preparing => return Err(Error::ExportNotReady.into()),
            ExportState::Failed => return Err(Error::ExportFailed.into()),
            ExportState::Expired => return Err(Error::ExportExpired.into()),
        }
        let file = self.inner.blobs.open(&BlobKey::export(id)).await?;
        let content =
            file.ok_or_else(|| AppError::internal("export missing in the object store"))?;
        Ok(ExportFile {
            content,
            name: FILE_NAME,
        })
    }
}

impl Accounts {
    async fn own_export(&self, user: UserId, id: ExportId) -> Result<ExportRow, AppError> {
        let read = move |conn: &mut _| queries::find(conn, user, id);
        let row = self.inner.store.read(read).await?;
        Ok(row.time_socket(self.inner.env.now()))
    }
}

impl ExportRow {
    fn new(id: ExportId, now: Timestamp) -> Self {
        Self {
            id,
            state: queries::PREPARING.to_owned(),
            created_at: now,
            ready_at: None,
            expires_at: None,
            size: None,
        }
    }

    /// The row at this moment: an export expires on time, whenever it is removed.
    fn time_socket(mut self, now: Timestamp) -> Self {
        if self.expires_at.is_some_and(|end| end <= now) {
            queries::EXPIRED.clone_into(&mut self.state);
        }
        self
    }

    fn state(&self) -> Result<ExportState, AppError> {
        Ok(ExportState::from_text(&self.state)?)
    }

    fn into_response(self) -> Result<Export, AppError> {
        let state = self.state()?;
        let path = format!("/api/v1/users/profile/export/{}/download/", self.id);
        Ok(Export {
            id: self.id,
            state,
            created_at: self.created_at,
            ready_at: self.ready_at,
            expires_at: self.expires_at,
            size: self.size,
            download: (state == ExportState::Ready).then_some(path),
        })
    }
}
