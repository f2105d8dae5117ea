//! Streaming uploads: small files in one request, larger ones in parts.

use std::path::Path as FilePath;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use kernel::AppError;
use object_store::local::LocalFileSystem;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{
    MultipartId, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, Result as StoreResult,
};

use crate::BlobWriter;
use crate::absent_objects::present;

/// Bytes of a part, and so in memory: the smallest part that S3 accepts.
pub const PART_BYTES: usize = 5 * 1024 * 1024;

/// How parts become a file.
#[derive(Clone)]
pub(crate) enum Uploads {
    /// In a staging file `NAME#1` beside the final one, which is renamed.
    Folder(Arc<LocalFileSystem>),
    /// In a multipart upload. Its id is stored in an object beside the final one, so that the parts
    /// of a process that died can be found.
    Bucket(Arc<dyn MultipartStore>),
}

impl std::fmt::Debug for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Folder(_) => "Uploads::Folder",
            Self::Bucket(_) => "Uploads::Bucket",
        })
    }
}

impl Uploads {
    async fn begin(&self, objects: &dyn ObjectStore, path: &Path) -> StoreResult<Upload> {
        match self {
            Self::Folder(files) => Ok(Upload::File(files.put_multipart(path).await?)),
            Self::Bucket(bucket) => Ok(Upload::Parts {
                bucket: Arc::clone(bucket),
                path: path.clone(),
                id: begin_parts(&**bucket, objects, path).await?,
                parts: vec![],
            }),
        }
    }

    /// Removes what an unfinished upload left.
    pub(crate) async fn discard(
        &self,
        objects: &dyn ObjectStore,
        path: &Path,
    ) -> Result<(), AppError> {
        match self {
            Self::Folder(files) => {
                let file = files.path_to_filesystem(path).map_err(AppError::internal)?;
                tokio::task::spawn_blocking(move || remove_staged(&file))
                    .await
                    .map_err(AppError::internal)?
                    .map_err(AppError::unavailable)
            }
            Self::Bucket(bucket) => {
                let Some(found) = present(objects.get(&id_path(path)).await)? else {
                    return Ok(());
                };
                let id = found.bytes().await.map_err(AppError::unavailable)?;
                let id = String::from_utf8_lossy(&id).into_owned();
                present(bucket.abort_multipart(path, &id).await)?;
                present(objects.delete(&id_path(path)).await).map(drop)
            }
        }
    }
}

/// Begins a multipart upload and stores its id.
async fn begin_parts(
    bucket: &dyn MultipartStore,
    objects: &dyn ObjectStore,
    path: &Path,
) -> StoreResult<MultipartId> {
    let id = bucket.create_multipart(path).await?;
    let noted = objects.put(&id_path(path), id.clone().into()).await;
    if let Err(error) = noted {
        bucket.abort_multipart(path, &id).await?;
        return Err(error);
    }
    Ok(id)
}

/// Path of the object with the upload id.
fn id_path(path: &Path) -> Path {
    Path::from(format!("{path}.upload"))
}

/// Removes `NAME#1`, `NAME#2` and so on beside the file `NAME`.
fn remove_staged(file: &FilePath) -> std::io::Result<()> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        return Ok(());
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let start = format!("{}#", name.display());
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&start) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A file of more than one part, as far as it has come.
enum Upload {
    File(Box<dyn MultipartUpload>),
    Parts {
        bucket: Arc<dyn MultipartStore>,
        path: Path,
        id: MultipartId,
        parts: Vec<PartId>,
    },
}

impl Upload {
    async fn put(&mut self, part: PutPayload) -> StoreResult<()> {
        match self {
            Self::File(file) => file.put_part(part).await,
            Self::Parts {
                bucket,
                path,
                id,
                parts,
            } => {
                let part = bucket.put_part(path, id, parts.len(), part).await?;
                parts.push(part);
                Ok(())
            }
        }
    }

    async fn complete(&mut self, objects: &dyn ObjectStore) -> StoreResult<()> {
        match self {
            Self::File(file) => file.complete().await.map(drop),
            Self::Parts {
                bucket,
                path,
                id,
                parts,
            } => {
                let parts = std::mem::take(parts);
                bucket.complete_multipart(path, id, parts).await?;
                objects.delete(&id_path(path)).await
            }
        }
    }

    async fn abort(mut self, objects: &dyn ObjectStore) -> StoreResult<()> {
        match &mut self {
            Self::File(file) => file.abort().await,
            Self::Parts {
                bucket, path, id, ..
            } => {
                bucket.abort_multipart(path, id).await?;
                objects.delete(&id_path(path)).await
            }
        }
    }
}

/// Writes a file: at once where it ends before its first part is full.
pub(crate) struct Writer {
    objects: Arc<dyn ObjectStore>,
    uploads: Uploads,
    path: Path,
    upload: Option<Upload>,
    /// What is not written yet, less than a part between two calls.
    rest: BytesMut,
    size: u64,
}

impl Writer {
    pub(crate) fn new(objects: Arc<dyn ObjectStore>, uploads: Uploads, path: &Path) -> Self {
        Self {
            objects,
            uploads,
            path: path.clone(),
            upload: None,
            rest: BytesMut::new(),
            size: 0,
        }
    }

    async fn put(&mut self, part: Bytes) -> StoreResult<()> {
        let upload = match &mut self.upload {
            Some(upload) => upload,
            none => none.insert(self.uploads.begin(&*self.objects, &self.path).await?),
        };
        upload.put(part.into()).await
    }

    async fn complete(&mut self) -> StoreResult<()> {
        let rest = std::mem::take(&mut self.rest).freeze();
        let Some(upload) = &mut self.upload else {
            return self.objects.put(&self.path, rest.into()).await.map(drop);
        };
        if !rest.is_empty() {
            upload.put(rest.into()).await?;
        }
        upload.complete(&*self.objects).await
    }
}

#[async_trait]
impl BlobWriter for Writer {
    async fn write(&mut self, bytes: Bytes) -> Result<(), AppError> {
        self.size += u64::try_from(bytes.len())?;
        self.rest.extend_from_slice(&bytes);
        while self.rest.len() >= PART_BYTES {
            let part = self.rest.split_to(PART_BYTES).freeze();
            self.put(part).await.map_err(AppError::unavailable)?;
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<u64, AppError> {
        if let Err(error) = self.complete().await {
            self.abort().await;
            return Err(AppError::unavailable(error));
        }
        Ok(self.size)
    }

    async fn abort(mut self: Box<Self>) {
        let Some(upload) = self.upload.take() else {
            return;
        };
        if let Err(error) = upload.abort(&*self.objects).await {
            tracing::warn!(path = %self.path, %error, "an unfinished upload stays for now");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use futures_util::TryStreamExt;
    use kernel::Env;
    use object_store::memory::InMemory;

    use super::super::{BlobKey, Blobs, ObjectBlobs};
    use super::*;

    fn folder() -> (tempfile::TempDir, ObjectBlobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = ObjectBlobs::folder(folder.path()).unwrap();
        (folder, blobs)
    }

    fn bucket() -> (Arc<InMemory>, ObjectBlobs) {
        let bucket = Arc::new(InMemory::new());
        (Arc::clone(&bucket), ObjectBlobs::bucket(bucket))
    }

    fn export() -> BlobKey {
        BlobKey::export(Env::system().id())
    }

    /// The files of exports in a folder.
    fn files(folder: &tempfile::TempDir) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(folder.path().join("exports")) else {
            return vec![];
        };
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// The objects of a bucket.
    async fn objects(bucket: &InMemory) -> Vec<Path> {
        let listed: Vec<_> = bucket.list(None).try_collect().await.unwrap();
        listed.into_iter().map(|object| object.location).collect()
    }

    fn some(bytes: usize) -> Bytes {
        (0..bytes).map(|at| (at % 251) as u8).collect()
    }

    #[tokio::test]
    async fn finish_keeps_what_was_written() {
        let ((_folder, files), (_bucket, objects)) = (folder(), bucket());
        for blobs in [files, objects] {
            for size in [0, 1, PART_BYTES - 1, PART_BYTES, 2 * PART_BYTES + 7] {
                let (key, content) = (export(), some(size));
                let mut writer = blobs.create(&key).await.unwrap();
                for piece in content.chunks(700_001) {
                    writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
                    assert!(!blobs.exists(&key).await.unwrap(), "before it is finished");
                }
                assert_eq!(writer.finish().await.unwrap(), size as u64);
                assert!(blobs.get(&key).await.unwrap().unwrap() == content, "{size}");
            }
        }
    }

    #[tokio::test]
    async fn write_holds_less_than_a_part() {
        let (folder, blobs) = folder();
        let mut writer = blobs.create(&export()).await.unwrap();
        let piece = some(1024 * 1024);
        for written in 1..=21 {
            writer.write(piece.clone()).await.unwrap();
            let stored: u64 = files(&folder)
                .iter()
                .map(|file| file.metadata().unwrap().len())
                .sum();
            let held = (written * piece.len()) as u64 - stored;
            assert!(
                held < PART_BYTES as u64,
                "{held} bytes after {written} pieces"
            );
        }
        writer.finish().await.unwrap();
    }

    #[tokio::test]
    async fn abort_leaves_nothing() {
        let ((folder, in_folder), (bucket, in_bucket)) = (folder(), bucket());
        for blobs in [in_folder, in_bucket] {
            for size in [10, PART_BYTES + 10] {
                let key = export();
                let mut writer = blobs.create(&key).await.unwrap();
                writer.write(some(size)).await.unwrap();
                writer.abort().await;
                assert!(!blobs.exists(&key).await.unwrap());
            }
        }
        assert_eq!(files(&folder).len(), 0);
        assert_eq!(objects(&bucket).await, []);
    }

    #[tokio::test]
    async fn create_discards_what_a_process_that_ended_has_left() {
        let (folder, blobs) = folder();
        let (key, other) = (export(), export());
        for key in [&key, &key, &other] {
            let mut writer = blobs.create(key).await.unwrap();
            writer.write(some(PART_BYTES)).await.unwrap();
            // As when the process is killed: nothing is dropped.
            std::mem::forget(writer);
        }
        assert_eq!(files(&folder).len(), 2, "one of each");
        let restarted = ObjectBlobs::folder(folder.path()).unwrap();
        let writer = restarted.create(&key).await.unwrap();
        writer.finish().await.unwrap();
        let left = files(&folder);
        assert_eq!(
            left.len(),
            2,
            "the finished one and that of the other writer"
        );
        restarted.discard_unfinished(&other).await.unwrap();
        restarted.discard_unfinished(&other).await.unwrap();
        assert_eq!(files(&folder).len(), 1);
        assert!(restarted.exists(&key).await.unwrap());
    }

    #[tokio::test]
    async fn create_aborts_the_upload_of_a_process_that_ended() {
        let (bucket, blobs) = bucket();
        let key = export();
        let mut writer = blobs.create(&key).await.unwrap();
        writer.write(some(PART_BYTES)).await.unwrap();
        std::mem::forget(writer);
        let [noted] = &objects(&bucket).await[..] else {
            panic!("the upload is written down");
        };
        let id = bucket.get(noted).await.unwrap().bytes().await.unwrap();
        let id = String::from_utf8(id.to_vec()).unwrap();
        let mut writer = blobs.create(&key).await.unwrap();
        assert_eq!(objects(&bucket).await, []);
        let path = Path::from(key.to_string());
        assert!(bucket.abort_multipart(&path, &id).await.is_err(), "gone");
        writer.write(some(PART_BYTES + 1)).await.unwrap();
        writer.finish().await.unwrap();
        assert_eq!(objects(&bucket).await, [path]);
    }
}
