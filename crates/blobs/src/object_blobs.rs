//! Blobs in an object store: a folder or an S3-compatible bucket.

use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use kernel::AppError;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::multipart::MultipartStore;
use object_store::{
    BackoffConfig, ClientOptions, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload,
    RetryConfig,
};

use crate::absent_objects::present;
use crate::upload::{Uploads, Writer};
use crate::{BlobKey, BlobStream, BlobWriter, Blobs, MAX_CHUNK_BYTES};

/// Timeout of a request to the object store.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Blobs in a folder or in a bucket.
#[derive(Debug, Clone)]
pub struct ObjectBlobs {
    objects: Arc<dyn ObjectStore>,
    uploads: Uploads,
}

impl ObjectBlobs {
    /// Blobs in a folder, which is created if missing.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn folder(folder: &FilePath) -> Result<Self, AppError> {
        std::fs::create_dir_all(folder).map_err(AppError::internal)?;
        let files = LocalFileSystem::new_with_prefix(folder)
            .map_err(AppError::internal)?
            .with_fsync(true)
            .with_automatic_cleanup(true);
        let files = Arc::new(files);
        Ok(Self {
            objects: Arc::clone(&files) as Arc<dyn ObjectStore>,
            uploads: Uploads::Folder(files),
        })
    }

    /// Blobs in an S3-compatible store, such as
    /// `s3://bucket?endpoint=http://localhost:9000&region=eu-west-1`. Credentials come from the usual
    /// `AWS_*` variables.
    ///
    /// # Errors
    /// The URL has no bucket or an unknown option.
    pub fn s3(url: &str) -> Result<Self, AppError> {
        // The store's HTTP client takes the process's TLS provider; where one is set, it stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (bucket, query) = url
            .strip_prefix("s3://")
            .map(|rest| rest.split_once('?').unwrap_or((rest, "")))
            .ok_or_else(|| AppError::internal("the object store is s3://BUCKET?…"))?;
        let options = ClientOptions::new().with_timeout(TIMEOUT);
        let builder = AmazonS3Builder::from_env()
            .with_client_options(options)
            .with_retry(retry())
            .with_bucket_name(bucket.trim_end_matches('/'));
        let store = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .try_fold(builder, setting)?
            .build()
            .map_err(AppError::internal)?;
        Ok(Self::bucket(Arc::new(store)))
    }

    pub(crate) fn bucket<T: ObjectStore + MultipartStore>(store: Arc<T>) -> Self {
        Self {
            objects: Arc::clone(&store) as Arc<dyn ObjectStore>,
            uploads: Uploads::Bucket(store),
        }
    }
}

fn setting(builder: AmazonS3Builder, pair: &str) -> Result<AmazonS3Builder, AppError> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    match name {
        // Inside a cluster the store often has no TLS; it has to be asked for by writing it.
        "endpoint" => Ok(builder
            .with_allow_http(value.starts_with("http://"))
            .with_endpoint(value)),
        "region" => Ok(builder.with_config(AmazonS3ConfigKey::Region, value)),
        _ => Err(AppError::internal(format!(
            "the object store has no setting `{name}`: it is endpoint or region"
        ))),
    }
}

/// A request waits for a retry or two, not for minutes.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 3,
        retry_timeout: TIMEOUT,
    }
}

#[async_trait]
impl Blobs for ObjectBlobs {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), AppError> {
        let put = self.objects.put(&key.0, PutPayload::from_bytes(bytes));
        put.await.map(drop).map_err(AppError::unavailable)
    }

    async fn create(&self, key: &BlobKey) -> Result<Box<dyn BlobWriter>, AppError> {
        self.discard_unfinished(key).await?;
        let objects = Arc::clone(&self.objects);
        Ok(Box::new(Writer::new(objects, self.uploads.clone(), &key.0)))
    }

    async fn discard_unfinished(&self, key: &BlobKey) -> Result<(), AppError> {
        self.uploads.discard(&*self.objects, &key.0).await
    }

    async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, AppError> {
        let Some(found) = present(self.objects.get(&key.0).await)? else {
            return Ok(None);
        };
        found.bytes().await.map(Some).map_err(AppError::unavailable)
    }

    async fn open(&self, key: &BlobKey) -> Result<Option<BlobStream>, AppError> {
        let Some(file) = present(self.objects.head(&key.0).await)? else {
            return Ok(None);
        };
        Ok(Some(BlobStream {
            size: file.size,
            chunks: chunks(Arc::clone(&self.objects), file),
        }))
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), AppError> {
        present(self.objects.delete(&key.0).await).map(drop)
    }

    async fn exists(&self, key: &BlobKey) -> Result<bool, AppError> {
        Ok(present(self.objects.head(&key.0).await)?.is_some())
    }
}

/// Each chunk is a request of its own: however slowly the file is taken, no request outlasts its
/// timeout.
fn chunks(
    store: Arc<dyn ObjectStore>,
    file: ObjectMeta,
) -> BoxStream<'static, Result<Bytes, AppError>> {
    let next = move |start: u64| {
        let (store, file) = (Arc::clone(&store), file.clone());
        async move {
            if start >= file.size {
                return Ok(None);
            }
            let end = file.size.min(start.saturating_add(MAX_CHUNK_BYTES));
            let bytes = read_range(&*store, file, start..end).await;
            let bytes = bytes.map_err(AppError::unavailable)?;
            Ok(Some((bytes, end)))
        }
    };
    stream::try_unfold(0, next).boxed()
}

/// These bytes of a file, as long as it is the same one.
async fn read_range(
    store: &dyn ObjectStore,
    file: ObjectMeta,
    range: Range<u64>,
) -> object_store::Result<Bytes> {
    let options = GetOptions {
        if_match: file.e_tag,
        range: Some(range.into()),
        ..GetOptions::default()
    };
    store.get_opts(&file.location, options).await?.bytes().await
}

#[cfg(test)]
mod tests {
    use kernel::{Env, UserId};

    use super::*;

    fn folder() -> (tempfile::TempDir, ObjectBlobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = ObjectBlobs::folder(&folder.path().join("made/on/the/way")).unwrap();
        (folder, blobs)
    }

    #[tokio::test]
    async fn keeps_replaces_and_removes_files() {
        let (_folder, blobs) = folder();
        let key = BlobKey::avatar(Env::system().id(), "1");
        assert_eq!(blobs.get(&key).await.unwrap(), None);
        assert!(!blobs.exists(&key).await.unwrap());
        for content in [&b"one"[..], b"two, and longer", b""] {
            blobs.put(&key, Bytes::from_static(content)).await.unwrap();
            assert_eq!(blobs.get(&key).await.unwrap().unwrap(), content);
        }
        assert!(blobs.exists(&key).await.unwrap());
        blobs.delete(&key).await.unwrap();
        blobs.delete(&key).await.unwrap();
        assert_eq!(blobs.get(&key).await.unwrap(), None);
    }

    #[tokio::test]
    async fn files_lie_apart_and_outlive_the_process() {
        let (folder, blobs) = folder();
        let (ada, bob): (UserId, UserId) = (Env::system().id(), Env::system().id());
        blobs
            .put(&BlobKey::avatar(ada, "1"), Bytes::from_static(b"ada"))
            .await
            .unwrap();
        blobs
            .put(&BlobKey::avatar(bob, "1"), Bytes::from_static(b"bob"))
            .await
            .unwrap();
        let again = ObjectBlobs::folder(&folder.path().join("made/on/the/way")).unwrap();
        assert_eq!(
            again
                .get(&BlobKey::avatar(ada, "1"))
                .await
                .unwrap()
                .unwrap(),
            &b"ada"[..]
        );
    }

    #[tokio::test]
    async fn open_streams_in_bounded_chunks() {
        let (_folder, blobs) = folder();
        let key = BlobKey::export(Env::system().id());
        assert!(blobs.open(&key).await.unwrap().is_none());
        let most = usize::try_from(MAX_CHUNK_BYTES).unwrap();
        for size in [0, 1, most, 2 * most, 3 * most + 5] {
            let content: Bytes = (0..size).map(|at| (at % 251) as u8).collect();
            blobs.put(&key, content.clone()).await.unwrap();
            let file = blobs.open(&key).await.unwrap().unwrap();
            assert_eq!(file.size, u64::try_from(size).unwrap());
            let chunks: Vec<Bytes> = file.chunks.map(Result::unwrap).collect().await;
            assert!(chunks.iter().all(|chunk| chunk.len() <= most));
            assert!(chunks.concat() == content, "{size}");
        }
    }

    #[tokio::test]
    async fn open_fails_when_the_file_is_replaced_or_removed_meanwhile() {
        let (_folder, blobs) = folder();
        let key = BlobKey::export(Env::system().id());
        let content = Bytes::from(vec![b'a'; 1024 * 1024]);
        for removed in [false, true] {
            blobs.put(&key, content.clone()).await.unwrap();
            let mut file = blobs.open(&key).await.unwrap().unwrap();
            assert!(file.chunks.next().await.unwrap().is_ok());
            if removed {
                blobs.delete(&key).await.unwrap();
            } else {
                blobs.put(&key, content.clone()).await.unwrap();
            }
            let rest: Vec<_> = file.chunks.collect().await;
            assert!(rest.len() == 1 && rest[0].is_err(), "{removed}");
        }
    }

    #[tokio::test]
    async fn the_check_writes_and_reads() {
        let (folder, blobs) = folder();
        blobs.check().await.unwrap();
        std::fs::remove_dir_all(folder.path()).unwrap();
        std::fs::write(folder.path(), "a file where the folder was").unwrap();
        assert_eq!(blobs.check().await.unwrap_err().code().name, "unavailable");
    }

    #[test]
    fn keys_stay_within_their_folder() {
        let key = BlobKey::avatar(Env::system().id(), "../../etc/passwd").to_string();
        assert!(key.starts_with("avatars/"));
        assert_eq!(key.matches('/').count(), 2);
    }

    #[test]
    fn s3_urls_name_a_bucket_and_known_settings() {
        assert!(
            ObjectBlobs::s3("s3://bucket?endpoint=http://localhost:9000&region=eu-west-1").is_ok()
        );
        assert!(ObjectBlobs::s3("s3://bucket").is_ok());
        for wrong in ["", "bucket", "https://bucket", "s3://bucket?colour=red"] {
            assert!(ObjectBlobs::s3(wrong).is_err(), "{wrong}");
        }
    }
}
