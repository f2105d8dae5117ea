use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use accounts::blobs::MAX_CHUNK_BYTES;
use accounts::ports::PersonalData;
use accounts::rules::codes::EXPORT_LIFETIME;
use accounts::{Accounts, ExportFile};
use async_trait::async_trait;
use bytes::Bytes;
use contract::accounts::ExportState;
use contract::users::{Export, ExportId};
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use kernel::{Actor, Fault, PageRequest, UserId};
use serde_json::{Value, json};

use crate::company::{PASSWORD, until};
use crate::pictures::{files, upload};
use crate::world::each;

/// Another room with something about everybody, which may be out of order.
#[derive(Default)]
struct Messages {
    broken: AtomicBool,
    many: bool,
}

#[async_trait]
impl PersonalData for Messages {
    fn chapter(&self) -> &'static str {
        "messages"
    }

    async fn gather(&self, user: UserId) -> Result<Value, Fault> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(Fault::unavailable("out of order"));
        }
        let count = if self.many { 20_000 } else { 1 };
        let message = json!({ "from": user, "content": "hello" });
        Ok(vec![message; count].into())
    }

    async fn forget(&self, _: UserId) -> Result<(), Fault> {
        Ok(())
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
            many: true,
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
        let messages = Arc::new(Messages::default());
        messages.broken.store(true, Ordering::Relaxed);
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
        messages.broken.store(false, Ordering::Relaxed);
        let again = gathered(&accounts, &ada).await;
        assert_eq!(
            download(&accounts, &ada, again.id).await["messages"][0]["content"],
            "hello"
        );
    }
}
