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

use crate::company::{PASSWORD, until};
use crate::pictures::{files, upload};
use crate::world::each;

/// Another room with something about everybody, in so many pages, which may break off.
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
    fn chapter(&self) -> &'static str {
        "messages"
    }

    fn gather(&self, user: UserId) -> Result<PagedJson, AppError> {
        let traffic = Arc::clone(&self.traffic);
        let breaks_after = self.breaks_after.load(Ordering::Relaxed);
        let page = move |number| {
            if number >= breaks_after {
                return Err(AppError::unavailable("out of order"));
            }
            traffic.asked();
            traffic.read.fetch_add(ROWS, Ordering::Relaxed);
            Ok(vec![json!({ "from": user, "content": "hello" }); ROWS])
        };
        let pages = stream::iter(0..self.pages).map(page);
        Ok(PagedJson::List(pages.boxed()))
    }

    async fn forget(&self, _: UserId) -> Result<(), AppError> {
        Ok(())
    }
}

/// How many rows were read and how many of them written.
#[derive(Default)]
struct Traffic {
    read: AtomicUsize,
    written: AtomicUsize,
    most_held: AtomicUsize,
}

impl Traffic {
    /// The next page is asked for.
    fn asked(&self) {
        let held = self.read.load(Ordering::Relaxed) - self.written.load(Ordering::Relaxed);
        self.most_held.fetch_max(held, Ordering::Relaxed);
    }
}

/// A store of files that counts the rows that are written.
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
async fn gathered(accounts: &Accounts, actor: &Actor) -> Export {
    let asked = accounts.request_export(actor).await.unwrap();
    until("the export is ready", async || {
        state(accounts, actor, asked.id).await == ExportState::Ready
    })
    .await;
    accounts.export(actor, asked.id).await.unwrap()
}

/// A downloaded file, and the longest part of it that was in memory at once.
async fn content(file: ExportFile) -> (Vec<u8>, usize) {
    let chunks: Vec<_> = file.content.chunks.try_collect().await.unwrap();
    let longest = chunks.iter().map(Bytes::len).max().unwrap();
    (chunks.concat(), longest)
}

async fn download(accounts: &Accounts, actor: &Actor, id: ExportId) -> Value {
    let file = accounts.download_export(actor, id).await.unwrap();
    serde_json::from_slice(&content(file).await.0).unwrap()
}

#[tokio::test]
async fn an_export_holds_everything_and_nothing_that_opens_doors() {
    for world in each() {
        let ada = world.person("ada").await;
        let other_rooms: Arc<dyn PersonalData> = Arc::new(Messages::default());
        let accounts = world.beside(|parts| parts.personal_data = vec![other_rooms]);
        let _working = world.working_for(&accounts);
        accounts.set_avatar(&ada, upload(9)).await.unwrap();
        let export = gathered(&accounts, &ada).await;
        assert_eq!(
            export.ready_at.map(|at| at + EXPORT_LIFETIME),
            export.expires_at
        );
        let file = accounts.download_export(&ada, export.id).await.unwrap();
        assert_eq!(file.name, "courtside-export.json");
        let (file, _) = content(file).await;
        assert_eq!(export.size, i64::try_from(file.len()).ok());
        let told: Value = serde_json::from_slice(&file).unwrap();
        assert_eq!(told["account"]["username"], "ada");
        assert_eq!(told["account"]["email"], "ada@example.org");
        assert_eq!(told["account"]["sessions"].as_array().unwrap().len(), 1);
        assert_eq!(told["account"]["privacy"]["searchable"], true);
        assert!(!told["account"]["audit"].as_array().unwrap().is_empty());
        assert_eq!(told["picture"]["media_type"], "image/jpeg");
        assert_eq!(told["messages"][0]["content"], "hello");
        let text = String::from_utf8(file).unwrap();
        for secret in ["$argon2", "password_hash", PASSWORD] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn download_streams_a_long_export_in_bounded_chunks() {
    for world in each() {
        let ada = world.person("ada").await;
        let messages = Messages {
            pages: 40,
            ..Messages::default()
        };
        let room: Arc<dyn PersonalData> = Arc::new(messages);
        let accounts = world.beside(|parts| parts.personal_data = vec![room]);
        let _working = world.working_for(&accounts);
        let export = gathered(&accounts, &ada).await;
        let file = accounts.download_export(&ada, export.id).await.unwrap();
        assert_eq!(i64::try_from(file.content.size).ok(), export.size);
        let (file, longest) = content(file).await;
        assert!(longest as u64 <= MAX_CHUNK_BYTES && file.len() > 4 * longest);
        let told: Value = serde_json::from_slice(&file).unwrap();
        assert_eq!(told["messages"].as_array().unwrap().len(), 20_000);
    }
}

#[tokio::test]
async fn gathering_reads_the_next_page_when_the_one_before_is_written() {
    for world in each() {
        let ada = world.person("ada").await;
        let messages = Messages {
            pages: 200,
            ..Messages::default()
        };
        let traffic = Arc::clone(&messages.traffic);
        let accounts = world.beside(|parts| {
            parts.personal_data = vec![Arc::new(messages)];
            parts.blobs = Arc::new(Counting(Arc::clone(&parts.blobs), Arc::clone(&traffic)));
        });
        let _working = world.working_for(&accounts);
        let export = gathered(&accounts, &ada).await;
        assert_eq!(traffic.read.load(Ordering::Relaxed), 200 * ROWS);
        assert_eq!(traffic.most_held.load(Ordering::Relaxed), 0);
        assert!(export.size.unwrap() > PART_BYTES as i64, "in several parts");
        let told = download(&accounts, &ada, export.id).await;
        assert_eq!(told["messages"].as_array().unwrap().len(), 200 * ROWS);
        assert_eq!(files(world.folder.path()), 1);
    }
}

#[tokio::test]
async fn gathering_holds_every_page_of_the_account_itself() {
    for world in each() {
        let ada = world.person("ada").await;
        let user = ada.user;
        for hundred in 0..12 {
            let add = move |tx: &mut Tx<'_>| add_sessions(tx, user, hundred);
            world.store.write(add).await.unwrap();
        }
        let _working = world.working();
        let export = gathered(&world.accounts, &ada).await;
        let told = download(&world.accounts, &ada, export.id).await;
        let sessions = told["account"]["sessions"].as_array().unwrap();
        let devices: HashSet<&str> = sessions
            .iter()
            .map(|session| session["device"].as_str().unwrap())
            .collect();
        assert_eq!((sessions.len(), devices.len()), (1_201, 1_201));
    }
}

/// A hundred more sessions of somebody.
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

#[tokio::test]
async fn a_letter_says_when_it_is_ready() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        gathered(&world.accounts, &ada).await;
        until("the letter has come", async || {
            let newest = world.mailbox.newest();
            newest.iter().any(|one| one.mail.subject.contains("data"))
        })
        .await;
    }
}

#[tokio::test]
async fn one_is_gathered_at_a_time_however_many_ask() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        let asked = join_all((0..8).map(|_| world.accounts.request_export(&ada))).await;
        assert_eq!(asked.iter().filter(|one| one.is_ok()).count(), 1);
        for refused in asked.into_iter().filter_map(Result::err) {
            assert_eq!(refused.code().name, "users.export_pending");
        }
        let other = world.accounts.request_export(&bea).await.unwrap();
        let early = world
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
}

#[tokio::test]
async fn the_download_ends_on_time_and_its_file_goes() {
    for world in each() {
        let ada = world.person("ada").await;
        let _working = world.working();
        let accounts = &world.accounts;
        let export = gathered(accounts, &ada).await;
        let path = format!("/api/v1/users/profile/export/{}/download/", export.id);
        assert_eq!(export.download, Some(path));
        world.wait(EXPORT_LIFETIME - Duration::from_secs(1));
        assert!(accounts.download_export(&ada, export.id).await.is_ok());
        world.wait(Duration::from_secs(1));
        let refused = accounts.download_export(&ada, export.id).await.unwrap_err();
        assert_eq!(refused.code().name, "users.export_expired");
        assert_eq!(state(accounts, &ada, export.id).await, ExportState::Expired);
        until("the file is gone", async || files(world.folder.path()) == 0).await;
    }
}

#[tokio::test]
async fn a_new_export_takes_the_place_of_the_one_before() {
    for world in each() {
        let ada = world.person("ada").await;
        let _working = world.working();
        let accounts = &world.accounts;
        let first = gathered(accounts, &ada).await;
        world.wait(Duration::from_secs(60));
        let second = gathered(accounts, &ada).await;
        assert_eq!(state(accounts, &ada, first.id).await, ExportState::Expired);
        until("one file is left", async || files(world.folder.path()) == 1).await;
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
}

#[tokio::test]
async fn another_persons_export_is_not_there() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        let _working = world.working();
        let export = gathered(&world.accounts, &ada).await;
        let refused = world.accounts.export(&bea, export.id).await.unwrap_err();
        assert_eq!(refused.code().name, "users.export_not_found");
        let refused = world
            .accounts
            .download_export(&bea, export.id)
            .await
            .unwrap_err();
        assert_eq!(refused.code().name, "users.export_not_found");
        let none = world
            .accounts
            .exports(&bea, PageRequest::default())
            .await
            .unwrap();
        assert_eq!((none.total, none.items.len()), (0, 0));
    }
}

#[tokio::test]
async fn what_does_not_work_is_tried_again_and_then_given_up() {
    for world in each() {
        let ada = world.person("ada").await;
        let messages = Arc::new(Messages {
            pages: 200,
            ..Messages::default()
        });
        messages.breaks_after.store(180, Ordering::Relaxed);
        let room: Arc<dyn PersonalData> = messages.clone();
        let accounts = world.beside(|parts| parts.personal_data = vec![room]);
        let asked = accounts.request_export(&ada).await.unwrap();
        let _working = world.working_for(&accounts);
        until("it was given up", async || {
            // The pauses between tries are by the clock.
            world.wait(Duration::from_secs(1));
            state(&accounts, &ada, asked.id).await == ExportState::Failed
        })
        .await;
        let refused = accounts.download_export(&ada, asked.id).await.unwrap_err();
        assert_eq!(refused.code().name, "users.export_failed");
        assert_eq!(files(world.folder.path()), 0, "nothing is left of it");
        messages.breaks_after.store(usize::MAX, Ordering::Relaxed);
        let again = gathered(&accounts, &ada).await;
        assert_eq!(
            download(&accounts, &ada, again.id).await["messages"][0]["content"],
            "hello"
        );
    }
}
