//! Files: pictures and exports, on the local disk or in an S3-compatible store.

mod object_blobs;
mod upload;

use async_trait::async_trait;
use bytes::Bytes;
use contract::users::ExportId;
use futures_util::stream::BoxStream;
use kernel::{Fault, UserId};
use object_store::path::Path;

pub use object_blobs::ObjectBlobs;
pub use upload::PART_BYTES;

/// The most of a file that is in memory while it is streamed.
pub const MAX_CHUNK_BYTES: u64 = 256 * 1024;

/// Where a file lies. Keys are made of ids alone, never of what people typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobKey(Path);

impl BlobKey {
    /// A user's picture in this version.
    #[must_use]
    pub fn avatar(user: UserId, version: &str) -> Self {
        Self(Path::from_iter([
            "avatars".to_owned(),
            user.to_string(),
            version.to_owned(),
        ]))
    }

    /// A gathered export.
    #[must_use]
    pub fn export(export: ExportId) -> Self {
        Self(Path::from_iter(["exports".to_owned(), export.to_string()]))
    }

    /// The file that tells whether the store works.
    fn probe() -> Self {
        Self(Path::from("probe"))
    }
}

impl std::fmt::Display for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A file that is read in chunks, each when it is asked for.
pub struct BlobStream {
    /// How long the file is, in bytes.
    pub size: u64,
    /// Its bytes, at most `MAX_CHUNK_BYTES` at once. Nothing comes after an error.
    pub chunks: BoxStream<'static, Result<Bytes, Fault>>,
}

impl std::fmt::Debug for BlobStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobStream")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A file that is written piece by piece. It is not there before it is finished.
#[async_trait]
pub trait BlobWriter: Send {
    /// Adds bytes to its end.
    async fn write(&mut self, bytes: Bytes) -> Result<(), Fault>;

    /// Keeps the file, durably when it returns, in place of one that was there; how many bytes it
    /// has.
    async fn finish(self: Box<Self>) -> Result<u64, Fault>;

    /// Gives the file up and removes what was written of it. Where that fails, it is left to
    /// [`Blobs::discard_unfinished`].
    async fn abort(self: Box<Self>);
}

/// A place that keeps files.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Keeps a file, durably when it returns; one that was there is replaced at once and whole.
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), Fault>;

    /// Begins a file that is written piece by piece, by one writer at a time: what a writer before
    /// it has left unfinished is discarded.
    async fn create(&self, key: &BlobKey) -> Result<Box<dyn BlobWriter>, Fault>;

    /// Removes what a writer has left of a file that it neither finished nor aborted, because its
    /// process ended.
    async fn discard_unfinished(&self, key: &BlobKey) -> Result<(), Fault>;

    /// The file, where it is there.
    async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, Fault>;

    /// The file in chunks, where it is there. The stream fails where the file is replaced or removed
    /// while it is read.
    async fn open(&self, key: &BlobKey) -> Result<Option<BlobStream>, Fault>;

    /// Removes a file; one that is not there is removed already.
    async fn delete(&self, key: &BlobKey) -> Result<(), Fault>;

    /// Whether the file is there.
    async fn exists(&self, key: &BlobKey) -> Result<bool, Fault>;

    /// Whether files can be kept and read now, for health checks.
    async fn check(&self) -> Result<(), Fault> {
        let word = Bytes::from_static(b"courtside");
        self.put(&BlobKey::probe(), word.clone()).await?;
        let read = self.get(&BlobKey::probe()).await?;
        (read == Some(word))
            .then_some(())
            .ok_or_else(|| Fault::unavailable("the object store gives back something else"))
    }
}
