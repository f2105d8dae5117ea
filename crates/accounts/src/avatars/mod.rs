//! Avatars: stored in the object store, with their version in the row of the user.
//!
//! Each upload has a unique version, so that it can be cached forever and removed whatever replaced
//! it. Its removal is scheduled before it is stored, so that nothing is left behind by a crash.

pub(crate) mod address;
mod cleanup;
mod decode;
mod default_avatar;
mod image_processor;
mod queries;

use std::time::Duration;

use async_trait::async_trait;
use blobs::BlobKey;
use bytes::Bytes;
use contract::users::Avatar;
use data_encoding::HEXLOWER;
use db::{Tx, pause_deadline};
use jobs::Enqueue;
use kernel::{Actor, AppError, UserId};

pub(crate) use cleanup::{AvatarCleanupHandler, AvatarCleanupJob};
pub(crate) use decode::AvatarFormat;
pub(crate) use image_processor::ImageProcessor;

use decode::EncodedAvatar;
use default_avatar::default_avatar;

use crate::directory::UserRef;
use crate::fair_queue::QueueClient;
use crate::{Accounts, Error, account_rows};

/// No upload takes longer than this.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60 * 60);

/// An avatar as it is served.
#[derive(Debug, Clone)]
pub struct ServedAvatar {
    /// The file.
    pub bytes: Bytes,
    /// The media type.
    pub media_type: &'static str,
    /// The version, which is the entity tag.
    pub version: String,
    /// Whether this version was requested, so that the response can be cached forever.
    pub is_immutable: bool,
}

/// Avatars of users.
#[async_trait]
pub trait AvatarsService: Send + Sync {
    /// Replaces the actor's avatar by an uploaded image, which is re-encoded.
    ///
    /// # Errors
    /// `users.avatar_too_large`, `users.avatar_wrong_type`, `users.avatar_too_many_pixels`,
    /// `users.avatar_broken`; `overloaded` if too many uploads wait.
    async fn set_avatar(&self, actor: &Actor, upload: Bytes) -> Result<Avatar, AppError>;

    /// Removes the actor's avatar; the default one is served again.
    ///
    /// # Errors
    /// `users.avatar_missing`.
    async fn remove_avatar(&self, actor: &Actor) -> Result<Avatar, AppError>;

    /// Gets the current avatar of a user, whatever version was requested. Users without one have a
    /// generated default avatar.
    ///
    /// # Errors
    /// `users.not_found`.
    async fn avatar(&self, handle: &str, version: Option<&str>) -> Result<ServedAvatar, AppError>;
}

#[async_trait]
impl AvatarsService for Accounts {
    async fn set_avatar(&self, actor: &Actor, upload: Bytes) -> Result<Avatar, AppError> {
        let image_processor = &self.inner.image_processor;
        let avatar = image_processor
            .process(QueueClient::user(actor.user), upload)
            .await?;
        let version = self.store_image(actor.user, avatar).await?;
        self.set_version(actor.user, Some(version)).await
    }

    async fn remove_avatar(&self, actor: &Actor) -> Result<Avatar, AppError> {
        self.set_version(actor.user, None).await
    }

    async fn avatar(&self, handle: &str, version: Option<&str>) -> Result<ServedAvatar, AppError> {
        let handle = UserRef::parse(handle);
        let read = move |conn: &mut _| queries::current(conn, &handle);
        let (user, avatar) = self.inner.store.read(read).await?;
        let Some(newest) = avatar else {
            return Ok(served_default(user));
        };
        let Some(bytes) = self
            .inner
            .blobs
            .get(&BlobKey::avatar(user, &newest))
            .await?
        else {
            tracing::warn!(user_id = %user, "avatar missing in the object store");
            return Ok(served_default(user));
        };
        Ok(ServedAvatar {
            media_type: AvatarFormat::of(&bytes).media_type(),
            bytes,
            is_immutable: version == Some(&newest),
            version: newest,
        })
    }
}

impl Accounts {
    async fn store_image(&self, user: UserId, avatar: EncodedAvatar) -> Result<String, AppError> {
        let suffix = HEXLOWER.encode(&self.inner.env.bytes::<4>());
        let version = format!("{}-{suffix}", avatar.version);
        let cleanup = AvatarCleanupJob::new(user, &version);
        let ends = self.inner.env.now() + UPLOAD_TIMEOUT;
        let schedule = move |tx: &mut Tx<'_>| tx.enqueue_at(cleanup, ends);
        self.inner.store.write(schedule).await?;
        let key = BlobKey::avatar(user, &version);
        pause_deadline(self.inner.blobs.put(&key, avatar.bytes)).await?;
        Ok(version)
    }

    async fn set_version(&self, user: UserId, version: Option<String>) -> Result<Avatar, AppError> {
        let write = move |tx: &mut Tx<'_>| replace(tx, user, version.as_deref());
        let avatar = self.inner.store.write(write).await?;
        Ok(Avatar { avatar })
    }
}

/// Sets or removes the version of the avatar, and schedules the removal of the previous one.
fn replace(tx: &mut Tx<'_>, user: UserId, version: Option<&str>) -> Result<String, AppError> {
    account_rows::lock(tx, user)?;
    let (username, before) = queries::own_row(tx.conn, user)?;
    if before.is_none() && version.is_none() {
        return Err(Error::AvatarMissing.into());
    }
    queries::set_version(tx.conn, user, version)?;
    if let Some(before) = before {
        tx.enqueue(AvatarCleanupJob::new(user, &before))?;
    }
    Ok(address::url(&username, version))
}

fn served_default(user: UserId) -> ServedAvatar {
    ServedAvatar {
        bytes: default_avatar(user).into(),
        media_type: "image/svg+xml",
        version: format!("default-{user}"),
        is_immutable: false,
    }
}
