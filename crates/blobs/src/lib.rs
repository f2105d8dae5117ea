//! Files (avatars, exports, releases of the web client) in a local folder or an S3-compatible store, streamed both ways.
//!
//! Invariants:
//! - A file is stored whole or not at all: a write that returns is durable, and one that is
//!   interrupted leaves no file.
//! - Memory is bounded: [`MAX_CHUNK_BYTES`] while reading, [`PART_BYTES`] while writing.
//!
//! ```
//! use blobs::{BlobKey, Blobs, ObjectBlobs};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), kernel::AppError> {
//! # let folder = tempfile::tempdir().map_err(kernel::AppError::internal)?;
//! let blobs = ObjectBlobs::folder(folder.path())?;
//! let key = BlobKey::avatar(kernel::Env::system().id(), "v1");
//! blobs.put(&key, "picture".into()).await?;
//! assert!(blobs.exists(&key).await?);
//! # Ok(())
//! # }
//! ```

mod absent_objects;
mod object_blobs;
mod upload;

use async_trait::async_trait;
use bytes::Bytes;
use contract::users::ExportId;
use futures_util::stream::BoxStream;
use kernel::{AppError, UserId};
use object_store::path::Path;

pub use object_blobs::ObjectBlobs;
pub use upload::PART_BYTES;

/// Largest chunk of a file in memory while it is streamed.
pub const MAX_CHUNK_BYTES: u64 = 256 * 1024;

/// The key of a file. Keys consist of ids and hashes, never of user input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobKey(Path);

impl BlobKey {
    /// A version of a user's avatar.
    #[must_use]
    pub fn avatar(user: UserId, version: &str) -> Self {
        Self(Path::from_iter([
            "avatars".to_owned(),
            user.to_string(),
            version.to_owned(),
        ]))
    }

    /// A data export.
    #[must_use]
    pub fn export(export: ExportId) -> Self {
        Self(Path::from_iter(["exports".to_owned(), export.to_string()]))
    }

    /// The files of a release of the web client.
    #[must_use]
    pub fn web_release(release: &str) -> Self {
        Self(Path::from_iter(["web", release]))
    }

    /// The list of the stored releases of the web client.
    #[must_use]
    pub fn web_releases() -> Self {
        Self(Path::from_iter(["web", "releases"]))
    }

    /// The file written by health checks.
    fn probe() -> Self {
        Self(Path::from("probe"))
    }
}

impl std::fmt::Display for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A file that is read in chunks on demand.
pub struct BlobStream {
    /// Size of the file in bytes.
    pub size: u64,
    /// Its bytes, at most [`MAX_CHUNK_BYTES`] per chunk. The stream ends after an error.
    pub chunks: BoxStream<'static, Result<Bytes, AppError>>,
}

impl std::fmt::Debug for BlobStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobStream")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A file that is written in pieces. It does not exist before it is finished.
#[async_trait]
pub trait BlobWriter: Send {
    /// Appends bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<(), AppError>;

    /// Stores the file durably, replacing an existing one, and returns its size in bytes.
    async fn finish(self: Box<Self>) -> Result<u64, AppError>;

    /// Discards the file and what was written. If that fails, [`Blobs::discard_unfinished`] does it
    /// later.
    async fn abort(self: Box<Self>);
}

/// A store of files.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Stores a file durably, replacing an existing one atomically.
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), AppError>;

    /// Begins a file that is written in pieces, by one writer at a time: unfinished data of an
    /// earlier writer is discarded.
    async fn create(&self, key: &BlobKey) -> Result<Box<dyn BlobWriter>, AppError>;

    /// Removes unfinished data of a writer whose process died.
    async fn discard_unfinished(&self, key: &BlobKey) -> Result<(), AppError>;

    /// Reads a file, if it exists.
    async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, AppError>;

    /// Opens a file, if it exists. The stream fails if the file is replaced or removed while it is
    /// read.
    async fn open(&self, key: &BlobKey) -> Result<Option<BlobStream>, AppError>;

    /// Deletes a file; succeeds if it does not exist.
    async fn delete(&self, key: &BlobKey) -> Result<(), AppError>;

    /// Whether the file exists.
    async fn exists(&self, key: &BlobKey) -> Result<bool, AppError>;

    /// Checks that files can be written and read, for health checks.
    async fn check(&self) -> Result<(), AppError> {
        let word = Bytes::from_static(b"courtside");
        self.put(&BlobKey::probe(), word.clone()).await?;
        let read = self.get(&BlobKey::probe()).await?;
        (read == Some(word))
            .then_some(())
            .ok_or_else(|| AppError::unavailable("the object store gives back something else"))
    }
}
