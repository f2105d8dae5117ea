//! Releases of the web client that this node does not have itself.
//!
//! While nodes of several releases serve one address, and after an upgrade, pages of one release ask nodes of
//! another for their files. So each node keeps the files of its release in the object store, where all nodes
//! find them. The last [`MAX_STORED`] releases are kept.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use blobs::{BlobKey, Blobs};
use data_encoding::BASE64;
use http_kit::StaticFile;
use kernel::{AppError, Env};
use tokio::sync::Mutex;

use super::embedded;

/// How many releases stay in the object store.
const MAX_STORED: usize = 8;
/// How many other releases a node holds in memory.
const MAX_LOADED: usize = 4;
/// How long no unknown release is looked up after another one was not found, so that requests for invented ones
/// do not reach the object store.
const MISS_PAUSE: Duration = Duration::from_secs(1);
/// How long the node waits until it tries to store its release again.
const RETRY_INTERVAL: Duration = Duration::from_secs(30);
/// The length of a release in hexadecimal digits.
const RELEASE_LEN: usize = 16;

type ReleaseFiles = HashMap<String, Arc<StaticFile>>;

/// The releases of other nodes.
pub(super) struct Releases {
    blobs: Arc<dyn Blobs>,
    env: Env,
    loaded: Mutex<LoadedReleases>,
}

#[derive(Default)]
struct LoadedReleases {
    releases: HashMap<String, ReleaseFiles>,
    /// When a release was not found.
    missed_at: Option<Duration>,
}

impl std::fmt::Debug for Releases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Releases")
    }
}

impl Releases {
    pub(super) fn new(blobs: Arc<dyn Blobs>, env: Env) -> Self {
        Self {
            blobs,
            env,
            loaded: Mutex::default(),
        }
    }

    /// The file at a path below `/web/` that belongs to the release of another node.
    pub(super) async fn find(&self, path: &str) -> Option<Arc<StaticFile>> {
        let (release, file) = path.strip_prefix("/web/")?.split_once('/')?;
        if release == embedded::release() || !is_release(release) {
            return None;
        }
        // Held while a release is loaded: requests for all its files come at once.
        let mut loaded = self.loaded.lock().await;
        if !loaded.releases.contains_key(release) {
            let now = self.env.monotonic();
            let is_paused = |missed: Duration| now.saturating_sub(missed) < MISS_PAUSE;
            if loaded.missed_at.is_some_and(is_paused) {
                return None;
            }
            match self.load(release).await {
                Ok(Some(files)) => loaded.add(release, files),
                Ok(None) => loaded.missed_at = Some(now),
                Err(error) => {
                    loaded.missed_at = Some(now);
                    tracing::warn!(release, error = %error.chain(), "web client not loaded");
                }
            }
        }
        loaded.releases.get(release)?.get(file).cloned()
    }

    async fn load(&self, release: &str) -> Result<Option<ReleaseFiles>, AppError> {
        let Some(archive) = self.blobs.get(&BlobKey::web_release(release)).await? else {
            return Ok(None);
        };
        unpack(&archive).map(Some)
    }

    /// Stores the release of this node, until it succeeds.
    pub(super) async fn keep_own(&self) {
        while let Err(error) = self.store_own().await {
            tracing::warn!(error = %error.chain(), "web client not stored");
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
    }

    /// Stores the release of this node and deletes the oldest ones. Nodes of different releases that start at
    /// the same time may forget to delete one; it is small.
    ///
    /// # Errors
    /// The object store fails.
    pub(super) async fn store_own(&self) -> Result<(), AppError> {
        let own = embedded::release();
        let archive = pack(embedded::bodies())?;
        self.blobs
            .put(&BlobKey::web_release(own), archive.into())
            .await?;
        let mut stored = self.stored().await?;
        stored.retain(|release| release != own);
        stored.push(own.to_owned());
        while stored.len() > MAX_STORED {
            let oldest = stored.remove(0);
            self.blobs.delete(&BlobKey::web_release(&oldest)).await?;
        }
        let list = serde_json::to_vec(&stored).map_err(AppError::internal)?;
        self.blobs.put(&BlobKey::web_releases(), list.into()).await
    }

    /// The stored releases, oldest first.
    async fn stored(&self) -> Result<Vec<String>, AppError> {
        match self.blobs.get(&BlobKey::web_releases()).await? {
            Some(list) => serde_json::from_slice(&list).map_err(AppError::internal),
            None => Ok(vec![]),
        }
    }
}

impl LoadedReleases {
    fn add(&mut self, release: &str, files: ReleaseFiles) {
        if self.releases.len() >= MAX_LOADED {
            self.releases.clear();
        }
        self.releases.insert(release.to_owned(), files);
    }
}

fn is_release(text: &str) -> bool {
    let is_digit = |one: u8| matches!(one, b'0'..=b'9' | b'a'..=b'f');
    text.len() == RELEASE_LEN && text.bytes().all(is_digit)
}

fn pack<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>, AppError> {
    let archive: BTreeMap<&str, String> = files
        .map(|(path, body)| (path, BASE64.encode(body)))
        .collect();
    serde_json::to_vec(&archive).map_err(AppError::internal)
}

fn unpack(archive: &[u8]) -> Result<ReleaseFiles, AppError> {
    let archive: BTreeMap<String, String> =
        serde_json::from_slice(archive).map_err(AppError::internal)?;
    let serve = |(path, body): (String, String)| {
        let body = BASE64.decode(body.as_bytes()).map_err(AppError::internal)?;
        let file = StaticFile::page(&path, body).immutable();
        Ok((path, Arc::new(file)))
    };
    archive.into_iter().map(serve).collect()
}

#[cfg(test)]
mod tests {
    use blobs::ObjectBlobs;
    use kernel::{ManualClock, SystemRng};

    use super::*;

    const OTHER: &str = "00112233445566ff";

    struct Fixture {
        releases: Releases,
        blobs: Arc<ObjectBlobs>,
        clock: Arc<ManualClock>,
        _folder: tempfile::TempDir,
    }

    fn fixture() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Arc::new(ObjectBlobs::folder(folder.path()).unwrap());
        let clock = Arc::new(ManualClock::at(Env::system().now()));
        let env = Env::new(clock.clone(), Arc::new(SystemRng));
        Fixture {
            releases: Releases::new(blobs.clone(), env),
            blobs,
            clock,
            _folder: folder,
        }
    }

    impl Fixture {
        async fn store(&self, release: &str) {
            let archive = pack([("app.js", &b"other"[..])].into_iter()).unwrap();
            let key = BlobKey::web_release(release);
            self.blobs.put(&key, archive.into()).await.unwrap();
        }

        async fn finds(&self, path: &str) -> bool {
            self.releases.find(path).await.is_some()
        }
    }

    #[tokio::test]
    async fn find_returns_files_of_stored_releases_only() {
        let fixture = fixture();
        fixture.store(OTHER).await;
        assert!(fixture.finds(&format!("/web/{OTHER}/app.js")).await);
        let own = format!("/web/{}/app.js", embedded::release());
        for path in [
            &format!("/web/{OTHER}/other.js"),
            &own,
            "/web/app.js",
            "/web/../app.js",
            "/web/00112233445566FF/app.js",
            "/app.js",
        ] {
            assert!(!fixture.finds(path).await, "{path}");
        }
    }

    #[tokio::test]
    async fn find_looks_for_unknown_releases_once_a_second() {
        let fixture = fixture();
        assert!(!fixture.finds("/web/ffffffffffffffff/app.js").await);
        fixture.store(OTHER).await;
        let path = format!("/web/{OTHER}/app.js");
        assert!(!fixture.finds(&path).await);
        fixture.clock.advance(MISS_PAUSE);
        assert!(fixture.finds(&path).await);
    }

    #[tokio::test]
    async fn store_own_keeps_the_newest_releases() {
        let fixture = fixture();
        let older: Vec<String> = (0..MAX_STORED).map(|one| format!("{one:016x}")).collect();
        for release in &older {
            fixture.store(release).await;
        }
        let list = serde_json::to_vec(&older).unwrap();
        let key = BlobKey::web_releases();
        fixture.blobs.put(&key, list.into()).await.unwrap();
        for _ in 0..2 {
            fixture.releases.store_own().await.unwrap();
            let own = vec![embedded::release().to_owned()];
            let kept = [&older[1..], &own].concat();
            assert_eq!(fixture.releases.stored().await.unwrap(), kept);
        }
        let is_stored = async |release: &str| {
            let key = BlobKey::web_release(release);
            fixture.blobs.exists(&key).await.unwrap()
        };
        assert!(!is_stored(&older[0]).await && is_stored(&older[1]).await);
        let own = fixture.releases.load(embedded::release()).await.unwrap();
        let own = own.unwrap();
        assert_eq!(own.len(), embedded::bodies().count());
        assert!(own.contains_key("app.js") && own.contains_key("files.json"));
    }
}
