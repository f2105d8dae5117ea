//! Avatars: stored in the object store, with their version in the row of the user.
//!
//! Each upload has a unique version, so that it can be cached forever and removed whatever replaced
//! it. Its removal is scheduled before it is stored, so that nothing is left behind by a crash.

mod store;
mod sweep;

use async_trait::async_trait;
use std::time::Duration;

use blobs::BlobKey;
use bytes::Bytes;
use contract::users::Avatar;
use data_encoding::HEXLOWER;
use db::{Tx, pause_deadline};
use jobs::Enqueue;
use kernel::{Actor, AppError, UserId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub(crate) use sweep::{AvatarCleanupHandler, AvatarCleanupJob};

use crate::avatar::{Format, Picture, default_picture};
use crate::fair_queue::Party;
use crate::people::UserRef;
use crate::{Accounts, Error, account_rows};

/// Characters beside letters and digits that need no escaping in a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// No upload takes longer than this.
const UPLOAD_ENDS: Duration = Duration::from_secs(60 * 60);

/// An avatar as it is served.
#[derive(Debug, Clone)]
pub struct ServedPicture {
    /// The file.
    pub bytes: Bytes,
    /// The media type.
    pub media_type: &'static str,
    /// The version, which is the entity tag.
    pub version: String,
    /// Whether this version was requested, so that the response can be cached forever.
    pub forever: bool,
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
    async fn avatar(&self, handle: &str, version: Option<&str>) -> Result<ServedPicture, AppError>;
}

#[async_trait]
impl AvatarsService for Accounts {
    async fn set_avatar(&self, actor: &Actor, upload: Bytes) -> Result<Avatar, AppError> {
        let studio = &self.inner.studio;
        let picture = studio.make(Party::user(actor.user), upload).await?;
        let version = self.keep(actor.user, picture).await?;
        self.put_up(actor.user, Some(version)).await
    }

    async fn remove_avatar(&self, actor: &Actor) -> Result<Avatar, AppError> {
        self.put_up(actor.user, None).await
    }

    async fn avatar(&self, handle: &str, version: Option<&str>) -> Result<ServedPicture, AppError> {
        let handle = UserRef::parse(handle);
        let read = move |conn: &mut _| store::current(conn, &handle);
        let (user, avatar) = self.inner.store.read(read).await?;
        let Some(newest) = avatar else {
            return Ok(drawn(user));
        };
        let Some(bytes) = self
            .inner
            .blobs
            .get(&BlobKey::avatar(user, &newest))
            .await?
        else {
            tracing::warn!(%user, "a picture is not in the object store");
            return Ok(drawn(user));
        };
        Ok(ServedPicture {
            media_type: Format::of(&bytes).media_type(),
            bytes,
            forever: version == Some(&newest),
            version: newest,
        })
    }
}

impl Accounts {
    async fn keep(&self, user: UserId, picture: Picture) -> Result<String, AppError> {
        let mark = HEXLOWER.encode(&self.inner.env.bytes::<4>());
        let version = format!("{}-{mark}", picture.version);
        let sweep = AvatarCleanupJob::picture(user, &version);
        let ends = self.inner.env.now() + UPLOAD_ENDS;
        let note = move |tx: &mut Tx<'_>| tx.enqueue_at(sweep, ends);
        self.inner.store.write(note).await?;
        let key = BlobKey::avatar(user, &version);
        pause_deadline(self.inner.blobs.put(&key, picture.bytes)).await?;
        Ok(version)
    }

    async fn put_up(&self, user: UserId, version: Option<String>) -> Result<Avatar, AppError> {
        let write = move |tx: &mut Tx<'_>| replace(tx, user, version.as_deref());
        let avatar = self.inner.store.write(write).await?;
        Ok(Avatar { avatar })
    }
}

/// Sets or removes the version of the avatar, and schedules the removal of the previous one.
fn replace(tx: &mut Tx<'_>, user: UserId, version: Option<&str>) -> Result<String, AppError> {
    account_rows::lock(tx, user)?;
    let (username, before) = store::mine(tx.conn, user)?;
    if before.is_none() && version.is_none() {
        return Err(Error::AvatarMissing.into());
    }
    store::name(tx.conn, user, version)?;
    if let Some(before) = before {
        tx.enqueue(AvatarCleanupJob::picture(user, &before))?;
    }
    Ok(url(&username, version))
}

/// The address of a user's avatar, which changes with its version.
pub(crate) fn url(username: &str, version: Option<&str>) -> String {
    let name = utf8_percent_encode(username, PLAIN);
    match version {
        Some(version) => format!("/api/v1/users/{name}/avatar/?v={version}"),
        None => format!("/api/v1/users/{name}/avatar/"),
    }
}

fn drawn(user: UserId) -> ServedPicture {
    ServedPicture {
        bytes: default_picture(user).into(),
        media_type: "image/svg+xml",
        version: format!("default-{user}"),
        forever: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_safe_in_a_path_and_change_with_the_picture() {
        assert_eq!(url("ada_l.9", None), "/api/v1/users/ada_l.9/avatar/");
        assert_eq!(url("ada", Some("1f")), "/api/v1/users/ada/avatar/?v=1f");
        assert_eq!(url("Дан", None), "/api/v1/users/%D0%94%D0%B0%D0%BD/avatar/");
    }
}
