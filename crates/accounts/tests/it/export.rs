use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use accounts::ports::PersonalData;
use accounts::prelude::*;
use accounts::rules::codes::EXPORT_LIFETIME;
use accounts::{Accounts, ExportFile};
use async_trait::async_trait;
use blobs::{BlobKey, BlobStream, BlobWriter, Blobs, MAX_CHUNK_BYTES, PART_BYTES};
use bytes::Bytes;
use contract::accounts::ExportState;
use contract::users::{Export, ExportId};
use db::{DbUuid, PagedJson, Tx, match_backend};
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::future::join_all;
use futures_util::stream;
use futures_util::{StreamExt, TryStreamExt};
use kernel::{Actor, AppError, PageRequest, SessionId, UserId};
use serde_json::{Value, json};

use crate::avatars::{count_files, upload};
use crate::fixture::Fixture;
use crate::test_users::{PASSWORD, until};

testkit::database_tests!(
    export_contains_everything_but_credentials,
    download_streams_a_long_export_in_bounded_chunks,
    export_reads_pages_lazily,
    export_contains_every_page_of_the_account,
    export_mails_a_notice_when_ready,
    request_export_refuses_a_second_pending_export,
    export_expires_and_its_file_is_removed,
    export_replaces_the_previous_one,
    download_refuses_exports_of_others,
    export_is_retried_and_then_fails,
);

/// A domain with several pages of data, which may fail.
struct Messages {
    pages: usize,
    breaks_after: AtomicUsize,
    traffic: Arc<Traffic>,
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            pages: 1,
            breaks_after: AtomicUsize::new(usize::MAX),
            traffic: Arc::default(),
        }
    }
}

const ROWS: usize = 500;

#[async_trait]
impl PersonalData for Messages {
    fn section(&self) -> &'static str {
        "messages"
    }

    fn export(&self, user: UserId) -> Result<PagedJson, AppError> {
        let traffic = Arc::clone(&self.traffic);
        let breaks_after = self.breaks_after.load(Ordering::Relaxed);
        let page = move |number| {
            if number >= breaks_after {
                return Err(AppError::unavailable("out of order"));
            }
            traffic.request_page();
            traffic.read.fetch_add(ROWS, Ordering::Relaxed);
            Ok(vec![json!({ "from": user, "content": "hello" }); ROWS])
        };
        let pages = stream::iter(0..self.pages).map(page);
        Ok(PagedJson::List(pages.boxed()))
    }

    async fn erase(&self, _: UserId) -> Result<(), AppError> {
        Ok(())
    }
}

/// The number of rows that were read, and of those that were written.
#[derive(Default)]
struct Traffic {
    read: AtomicUsize,
    written: AtomicUsize,
    most_held: AtomicUsize,
}

impl Traffic {
    /// Records that the next page was requested.
    fn request_page(&self) {
        let held = self.read.load(Ordering::Relaxed) - self.written.load(Ordering::Relaxed);
        self.most_held.fetch_max(held, Ordering::Relaxed);
    }
}

/// An object store that counts the rows that are written.
struct Counting(Arc<dyn Blobs>, Arc<Traffic>);

struct CountingWriter(Box<dyn BlobWriter>, Arc<Traffic>);

#[async_trait]
impl BlobWriter for CountingWriter {
    async fn write(&mut self, bytes: Bytes) -> Result<(), AppError> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let rows = text.matches("\"hello\"").count();
        self.1.written.fetch_add(rows, Ordering::Relaxed);
        self.0.write(bytes).await
    }

    async fn finish(self: Box<Self>) -> Result<u64, AppError> {
        self.0.finish().await
    }

    async fn abort(self: Box<Self>) {
        self.0.abort().await;
    }
}

#[async_trait]
impl Blobs for Counting {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), AppError> {
        self.0.put(key, bytes).await
    }

    async fn create(&self, key: &BlobKey) -> Result<Box<dyn BlobWriter>, AppError> {
        let writer = self.0.create(key).await?;
        Ok(Box::new(CountingWriter(writer, Arc::clone(&self.1))))
    }

    async fn discard_unfinished(&self, key: &BlobKey) -> Result<(), AppError> {
        self.0.discard_unfinished(key).await
    }

    async fn get(&self, key: &BlobKey) -> Result<Option<Bytes>, AppError> {
        self.0.get(key).await
    }

    async fn open(&self, key: &BlobKey) -> Result<Option<BlobStream>, AppError> {
        self.0.open(key).await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), AppError> {
        self.0.delete(key).await
    }

    async fn exists(&self, key: &BlobKey) -> Result<bool, AppError> {
        self.0.exists(key).await
    }
}

async fn state(accounts: &Accounts, actor: &Actor, id: ExportId) -> ExportState {
    accounts.export(actor, id).await.unwrap().state
}

/// An export that a worker has finished.
async fn finished_export(accounts: &Accounts, actor: &Actor) -> Export {
    let request_page = accounts.request_export(actor).await.unwrap();
    until("the export is ready", async || {
        state(accounts, actor, request_page.id).await == ExportState::Ready
    })
    .await;
    accounts.export(actor, request_page.id).await.unwrap()
}

/// A downloaded file, and the size of its largest chunk.
async fn read_all(file: ExportFile) -> (Vec<u8>, usize) {
    let chunks: Vec<_> = file.content.chunks.try_collect().await.unwrap();
    let longest = chunks.iter().map(Bytes::len).max().unwrap();
    (chunks.concat(), longest)
}

async fn download(accounts: &Accounts, actor: &Actor, id: ExportId) -> Value {
    let file = accounts.download_export(actor, id).await.unwrap();
    serde_json::from_slice(&read_all(file).await.0).unwrap()
}

async fn export_contains_everything_but_credentials(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let other_rooms: Arc<dyn PersonalData> = Arc::new(Messages::default());
    let accounts = fixture.with_parts(|parts| parts.personal_data = vec![other_rooms]);
    let _worker = fixture.start_worker_for(&accounts);
    accounts.set_avatar(&ada, upload(9)).await.unwrap();
    let export = finished_export(&accounts, &ada).await;
    assert_eq!(
        export.ready_at.map(|at| at + EXPORT_LIFETIME),
        export.expires_at
    );
    let file = accounts.download_export(&ada, export.id).await.unwrap();
    assert_eq!(file.name, "courtside-export.json");
    let (file, _) = read_all(file).await;
    assert_eq!(export.size, i64::try_from(file.len()).ok());
    let archive: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(archive["account"]["username"], "ada");
    assert_eq!(archive["account"]["email"], "ada@example.org");
    assert_eq!(archive["account"]["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(archive["account"]["privacy"]["searchable"], true);
    assert!(!archive["account"]["audit"].as_array().unwrap().is_empty());
    assert_eq!(archive["picture"]["media_type"], "image/jpeg");
    assert_eq!(archive["messages"][0]["content"], "hello");
    let text = String::from_utf8(file).unwrap();
    for secret in ["$argon2", "password_hash", PASSWORD] {
        assert!(!text.contains(secret), "{secret}");
    }
}

async fn download_streams_a_long_export_in_bounded_chunks(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let messages = Messages {
        pages: 40,
        ..Messages::default()
    };
    let domain: Arc<dyn PersonalData> = Arc::new(messages);
    let accounts = fixture.with_parts(|parts| parts.personal_data = vec![domain]);
    let _worker = fixture.start_worker_for(&accounts);
    let export = finished_export(&accounts, &ada).await;
    let file = accounts.download_export(&ada, export.id).await.unwrap();
    assert_eq!(i64::try_from(file.content.size).ok(), export.size);
    let (file, longest) = read_all(file).await;
    assert!(longest as u64 <= MAX_CHUNK_BYTES && file.len() > 4 * longest);
    let archive: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(archive["messages"].as_array().unwrap().len(), 20_000);
}

async fn export_reads_pages_lazily(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let messages = Messages {
        pages: 200,
        ..Messages::default()
    };
    let traffic = Arc::clone(&messages.traffic);
    let accounts = fixture.with_parts(|parts| {
        parts.personal_data = vec![Arc::new(messages)];
        parts.blobs = Arc::new(Counting(Arc::clone(&parts.blobs), Arc::clone(&traffic)));
    });
    let _worker = fixture.start_worker_for(&accounts);
    let export = finished_export(&accounts, &ada).await;
    assert_eq!(traffic.read.load(Ordering::Relaxed), 200 * ROWS);
    assert_eq!(traffic.most_held.load(Ordering::Relaxed), 0);
    assert!(export.size.unwrap() > PART_BYTES as i64, "in several parts");
    let archive = download(&accounts, &ada, export.id).await;
    assert_eq!(archive["messages"].as_array().unwrap().len(), 200 * ROWS);
    assert_eq!(count_files(fixture.folder.path()), 1);
}

async fn export_contains_every_page_of_the_account(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let user = ada.user;
    for hundred in 0..12 {
        let add = move |tx: &mut Tx<'_>| add_sessions(tx, user, hundred);
        fixture.store.write(add).await.unwrap();
    }
    let _worker = fixture.start_worker();
    let export = finished_export(&fixture.accounts, &ada).await;
    let archive = download(&fixture.accounts, &ada, export.id).await;
    let sessions = archive["account"]["sessions"].as_array().unwrap();
    let devices: HashSet<&str> = sessions
        .iter()
        .map(|session| session["device"].as_str().unwrap())
        .collect();
    assert_eq!((sessions.len(), devices.len()), (1_201, 1_201));
}

/// Inserts a hundred sessions of a user.
fn add_sessions(tx: &mut Tx<'_>, user: UserId, hundred: usize) -> Result<(), AppError> {
    for number in 0..100 {
        let id: SessionId = tx.env().id();
        let copy = "INSERT INTO sessions (id, user_id, device, address, place, created_at, \
            last_used_at, proven_at, expires_at) SELECT $1, user_id, $2, address, place, created_at, \
            last_used_at, proven_at, expires_at FROM sessions WHERE user_id = $3 LIMIT 1";
        match_backend!(tx.conn, c => diesel::sql_query(copy)
            .bind::<DbUuid, _>(id)
            .bind::<Text, _>(format!("device {hundred} {number}"))
            .bind::<DbUuid, _>(user)
            .execute(c))?;
    }
    Ok(())
}

async fn export_mails_a_notice_when_ready(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    finished_export(&fixture.accounts, &ada).await;
    until("the mail has arrived", async || {
        let newest = fixture.mailbox.newest();
        newest.iter().any(|one| one.mail.subject.contains("data"))
    })
    .await;
}

async fn request_export_refuses_a_second_pending_export(fixture: Fixture) {
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    let requested = join_all((0..8).map(|_| fixture.accounts.request_export(&ada))).await;
    assert_eq!(requested.iter().filter(|one| one.is_ok()).count(), 1);
    for error in requested.into_iter().filter_map(Result::err) {
        assert_eq!(error.code().name, "users.export_pending");
    }
    let other = fixture.accounts.request_export(&bea).await.unwrap();
    let early = fixture
        .accounts
        .download_export(&bea, other.id)
        .await
        .unwrap_err();
    assert_eq!(early.code().name, "users.export_not_ready");
    assert_eq!(
        (other.state, other.download),
        (ExportState::Preparing, None)
    );
}

async fn export_expires_and_its_file_is_removed(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let _worker = fixture.start_worker();
    let accounts = &fixture.accounts;
    let export = finished_export(accounts, &ada).await;
    let path = format!("/api/v1/users/profile/export/{}/download/", export.id);
    assert_eq!(export.download, Some(path));
    fixture.advance(EXPORT_LIFETIME - Duration::from_secs(1));
    assert!(accounts.download_export(&ada, export.id).await.is_ok());
    fixture.advance(Duration::from_secs(1));
    let error = accounts.download_export(&ada, export.id).await.unwrap_err();
    assert_eq!(error.code().name, "users.export_expired");
    assert_eq!(state(accounts, &ada, export.id).await, ExportState::Expired);
    until("the file is deleted", async || {
        count_files(fixture.folder.path()) == 0
    })
    .await;
}

async fn export_replaces_the_previous_one(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let _worker = fixture.start_worker();
    let accounts = &fixture.accounts;
    let first = finished_export(accounts, &ada).await;
    fixture.advance(Duration::from_secs(60));
    let second = finished_export(accounts, &ada).await;
    assert_eq!(state(accounts, &ada, first.id).await, ExportState::Expired);
    until("one file is left", async || {
        count_files(fixture.folder.path()) == 1
    })
    .await;
    assert_eq!(
        download(accounts, &ada, second.id).await["account"]["username"],
        "ada"
    );
    let list = accounts
        .exports(&ada, PageRequest::default())
        .await
        .unwrap();
    let ids: Vec<ExportId> = list.items.iter().map(|one| one.id).collect();
    assert_eq!((list.total, ids), (2, vec![second.id, first.id]));
}

async fn download_refuses_exports_of_others(fixture: Fixture) {
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    let _worker = fixture.start_worker();
    let export = finished_export(&fixture.accounts, &ada).await;
    let error = fixture.accounts.export(&bea, export.id).await.unwrap_err();
    assert_eq!(error.code().name, "users.export_not_found");
    let error = fixture
        .accounts
        .download_export(&bea, export.id)
        .await
        .unwrap_err();
    assert_eq!(error.code().name, "users.export_not_found");
    let none = fixture
        .accounts
        .exports(&bea, PageRequest::default())
        .await
        .unwrap();
    assert_eq!((none.total, none.items.len()), (0, 0));
}

async fn export_is_retried_and_then_fails(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let messages = Arc::new(Messages {
        pages: 200,
        ..Messages::default()
    });
    messages.breaks_after.store(180, Ordering::Relaxed);
    let domain: Arc<dyn PersonalData> = messages.clone();
    let accounts = fixture.with_parts(|parts| parts.personal_data = vec![domain]);
    let requested = accounts.request_export(&ada).await.unwrap();
    let _worker = fixture.start_worker_for(&accounts);
    until("the export has failed", async || {
        // The delays between attempts follow the clock.
        fixture.advance(Duration::from_secs(1));
        state(&accounts, &ada, requested.id).await == ExportState::Failed
    })
    .await;
    let error = accounts
        .download_export(&ada, requested.id)
        .await
        .unwrap_err();
    assert_eq!(error.code().name, "users.export_failed");
    assert_eq!(
        count_files(fixture.folder.path()),
        0,
        "nothing is left of it"
    );
    messages.breaks_after.store(usize::MAX, Ordering::Relaxed);
    let again = finished_export(&accounts, &ada).await;
    assert_eq!(
        download(&accounts, &ada, again.id).await["messages"][0]["content"],
        "hello"
    );
}
