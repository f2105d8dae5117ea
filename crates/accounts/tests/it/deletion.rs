use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::ports::PersonalData;
use accounts::prelude::*;
use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::streams::StreamName;
use contract::users::{DeleteAccount, PatchProfile, UserSummary};
use db::names::PendingRenames;
use db::{AnyConn, PagedJson, Tx};
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::future::join_all;
use kernel::{Actor, AppError, Secret, UserId};
use outbox::Emit;
use serde_json::Value;
use testkit::Database;

use crate::avatars::{count_files, upload};
use crate::fixture::Fixture;
use crate::requests::{account, error_code, home};
use crate::test_users::{PASSWORD, until};

testkit::database_tests!(
    delete_account_leaves_no_personal_data,
    delete_account_leaves_an_anonymous_row,
    delete_account_hides_the_name_from_its_transaction_on,
    login_refuses_deleted_accounts,
    delete_account_counts_wrong_passwords,
    concurrent_deletions_keep_one_admin,
    concurrent_deletions_of_one_account_end_the_session_of_the_second,
    delete_account_erases_data_of_other_domains,
    unverified_accounts_are_removed_after_a_week,
    removal_records_no_rename_of_unread_names,
    delete_account_records_a_rename_when_verification_is_optional,
    overdue_renames_are_finished_or_dropped,
    unverified_accounts_are_kept_when_verification_is_optional,
);

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

fn with(password: &str) -> DeleteAccount {
    DeleteAccount {
        password: Secret::new(password),
    }
}

async fn delete(fixture: &Fixture, actor: &Actor) {
    let deleted = fixture.accounts.delete_account(actor, with(PASSWORD)).await;
    deleted.unwrap();
}

/// A domain that records whom it was results to erase.
#[derive(Default)]
struct ErasureLog(Mutex<Vec<UserId>>);

#[async_trait]
impl PersonalData for ErasureLog {
    fn section(&self) -> &'static str {
        "messages"
    }

    fn export(&self, _: UserId) -> Result<PagedJson, AppError> {
        Ok(Value::Null.into())
    }

    async fn erase(&self, user: UserId) -> Result<(), AppError> {
        self.0.lock().unwrap().push(user);
        Ok(())
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(conn: &mut AnyConn, sql: String) -> Result<Vec<String>, AppError> {
    let lines: Vec<Line> = db::match_backend!(conn, c => diesel::sql_query(sql).load(c))?;
    Ok(lines.into_iter().map(|one| one.line).collect())
}

/// All values of all rows of all tables.
fn dump_database(conn: &mut AnyConn) -> Result<String, AppError> {
    let sqlite = conn.is_sqlite();
    let tables = if sqlite {
        "SELECT name AS line FROM sqlite_schema WHERE type = 'table'"
    } else {
        "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = current_schema()"
    };
    let mut all = String::new();
    for table in lines(conn, tables.to_owned())? {
        let row = if sqlite {
            let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
            let quoted = lines(conn, columns)?;
            let quoted = quoted.iter().map(|column| format!("quote(\"{column}\")"));
            quoted.collect::<Vec<_>>().join(" || ' ' || ")
        } else {
            "t::text".to_owned()
        };
        all += &lines(conn, format!("SELECT {row} AS line FROM \"{table}\" AS t"))?.join("\n");
    }
    Ok(all)
}

async fn delete_account_leaves_no_personal_data(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("Lovelace").await;
    let patch = PatchProfile {
        display_name: Some("Countess".to_owned()),
        bio: Some("Analytical engines.".to_owned()),
        ..PatchProfile::default()
    };
    fixture.accounts.patch_profile(&ada, patch).await.unwrap();
    fixture.accounts.set_avatar(&ada, upload(1)).await.unwrap();
    fixture.accounts.request_export(&ada).await.unwrap();
    until("picture and export are kept", async || {
        count_files(fixture.folder.path()) == 2
    })
    .await;
    let read = || fixture.store.read(dump_database);
    let traces = [
        "ovelace",
        "LOVELACE",
        "Countess",
        "countess",
        "nalytical",
        "$argon2",
    ];
    let before = read().await.unwrap();
    assert!(before.contains("Lovelace") && before.contains("$argon2"));
    delete(&fixture, &ada).await;
    until("the files are deleted", async || {
        count_files(fixture.folder.path()) == 0
    })
    .await;
    fixture.advance(Duration::from_secs(60));
    until("no trace is left", async || {
        let left = read().await.unwrap();
        traces.iter().all(|trace| !left.contains(trace))
    })
    .await;
    let newest = fixture.mailbox.newest();
    assert!(
        newest[0].mail.subject.contains("deleted"),
        "{}",
        newest[0].mail.subject
    );
}

async fn delete_account_leaves_an_anonymous_row(fixture: Fixture) {
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    delete(&fixture, &ada).await;
    let summary = fixture.accounts.summaries(vec![ada.user]).await.unwrap();
    let name = summary[&ada.user].username.clone();
    assert!(name.starts_with("deleted-"), "{name}");
    assert_eq!(summary[&ada.user].display_name, "Deleted user");
    let picture = fixture.accounts.avatar(&name, None).await.unwrap();
    assert_eq!(picture.media_type, "image/svg+xml");
    for handle in ["ada", &name, &ada.user.to_string()] {
        let error = fixture
            .accounts
            .public_profile(&bea, handle)
            .await
            .unwrap_err();
        assert_eq!(error.code().name, "users.not_found");
    }
    let error = fixture.accounts.profile(&ada).await.unwrap_err();
    assert_eq!(error.code().name, "auth.session_ended");
    let error = fixture
        .accounts
        .delete_account(&ada, with(PASSWORD))
        .await
        .unwrap_err();
    assert_eq!(error.code().name, "auth.session_ended");
    let mut soon = account("ADA");
    soon.email = "another@example.org".to_owned();
    let soon = fixture.accounts.register(soon, &home()).await;
    assert_eq!(error_code(soon), "auth.username_taken");
    fixture.advance(Duration::from_secs(30 * 24 * 60 * 60));
    fixture.accounts.prune().await.unwrap();
    let again = fixture.user("ada").await;
    assert_ne!(again.user, ada.user, "the name is free after 30 days");
}

async fn delete_account_hides_the_name_from_its_transaction_on(fixture: Fixture) {
    let ada = mentioned_user(&fixture, "ada").await;
    delete(&fixture, &ada).await;
    let renames = fixture.store.read(PendingRenames::load).await.unwrap();
    let mut results = serde_json::json!([
        {"id": ada.user, "username": "ada", "display_name": "Ada"}, {"username": "ada"},
    ]);
    renames.apply(&mut results);
    let summary = fixture.accounts.summaries(vec![ada.user]).await.unwrap();
    let summary = serde_json::to_value(&summary[&ada.user]).unwrap();
    assert_eq!(results[0], summary);
    assert_eq!(results[1]["username"], summary["username"]);
}

async fn login_refuses_deleted_accounts(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    delete(&fixture, &ada).await;
    assert_eq!(fixture.ended.sessions(), [ada.session]);
    let summary = fixture.accounts.summaries(vec![ada.user]).await.unwrap();
    let name = &summary[&ada.user].username;
    for login in ["ada", "ada@example.org", name] {
        for password in [PASSWORD, ""] {
            let error = fixture.sign_in(login, password).await.unwrap_err();
            assert_eq!(error.code().name, "auth.invalid_credentials", "{login}");
        }
    }
}

async fn delete_account_counts_wrong_passwords(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let mut codes = vec![];
    for _ in 0..30 {
        let error = fixture
            .accounts
            .delete_account(&ada, with("not-this-one"))
            .await;
        codes.push(error.unwrap_err().code().name);
    }
    assert_eq!(codes[0], "auth.password_wrong");
    assert_eq!(codes[29], "auth.too_many_attempts");
    assert_eq!(
        fixture.accounts.profile(&ada).await.unwrap().username,
        "ada"
    );
}

async fn concurrent_deletions_keep_one_admin(fixture: Fixture) {
    let (ada, bea) = (fixture.admin("ada").await, fixture.admin("bea").await);
    fixture.user("cid").await;
    let both = [&ada, &bea].map(|actor| fixture.accounts.delete_account(actor, with(PASSWORD)));
    let results = join_all(both).await.into_iter();
    let mut results: Vec<_> = results
        .map(|one| one.map_err(|error| error.code().name))
        .collect();
    results.sort();
    assert_eq!(results, [Ok(()), Err("users.last_admin")]);
}

async fn concurrent_deletions_of_one_account_end_the_session_of_the_second(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let both = [(); 2].map(|()| fixture.accounts.delete_account(&ada, with(PASSWORD)));
    let results = join_all(both).await.into_iter();
    let mut results: Vec<_> = results
        .map(|one| one.map_err(|error| error.code().name))
        .collect();
    results.sort();
    assert_eq!(results, [Ok(()), Err("auth.session_ended")]);
}

async fn delete_account_erases_data_of_other_domains(fixture: Fixture) {
    let (ada, _) = (fixture.user("ada").await, fixture.user("bea").await);
    let domains: [Arc<ErasureLog>; 2] = Default::default();
    let accounts = fixture.with_parts(|parts| {
        parts.personal_data = domains
            .iter()
            .map(|domain| domain.clone() as Arc<_>)
            .collect();
    });
    accounts.delete_account(&ada, with(PASSWORD)).await.unwrap();
    let _worker = fixture.start_worker_for(&accounts);
    for domain in domains {
        until("the domain erased the user", async || {
            *domain.0.lock().unwrap() == [ada.user]
        })
        .await;
    }
}

async fn unverified_accounts_are_removed_after_a_week(database: Database) {
    let fixture = Fixture::strict(database);
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let boss = fixture.admin("boss").await;
    let names: Vec<String> = (0..101).map(|number| format!("squatter{number}")).collect();
    let mut many = vec![];
    for name in &names {
        many.push(fixture.user(name).await);
    }
    fixture.advance(WEEK / 7);
    let young = fixture.user("young").await;
    fixture.advance(WEEK - WEEK / 7 - Duration::from_secs(1));
    assert_eq!(fixture.accounts.remove_unverified().await.unwrap(), 0);
    fixture.advance(Duration::from_secs(1));
    let (accounts, other) = (fixture.accounts.clone(), fixture.accounts.clone());
    let (one, two) = tokio::join!(accounts.remove_unverified(), other.remove_unverified());
    assert_eq!(one.unwrap() + two.unwrap(), 101, "on {:?}", fixture.store);
    assert_eq!(fixture.ended.sessions().len(), 101);
    for squatter in &many {
        fixture.accounts.profile(squatter).await.unwrap_err();
    }
    for actor in [&ada, &boss, &young] {
        fixture.accounts.profile(actor).await.unwrap();
    }
    let login = fixture.sign_in("squatter7@example.org", PASSWORD).await;
    assert_eq!(login.unwrap_err().code().name, "auth.invalid_credentials");
    let mut owner = account("dora");
    owner.email = "squatter7@example.org".to_owned();
    fixture.accounts.register(owner, &home()).await.unwrap();
    let soon = fixture
        .accounts
        .register(account("squatter9"), &home())
        .await;
    assert_eq!(error_code(soon), "auth.username_taken");
    fixture.advance(30 * WEEK / 7);
    fixture.user("squatter9").await;
}

/// A user whom events mention.
async fn mentioned_user(fixture: &Fixture, name: &str) -> Actor {
    let user = fixture.user(name).await;
    let stream = StreamName::User(user.user);
    let emit = move |tx: &mut Tx<'_>| tx.emit(stream, EventName::FriendRequest, &1);
    fixture.store.write(emit).await.unwrap();
    user
}

/// The users with pending renames.
async fn renamed(fixture: &Fixture) -> Vec<UserId> {
    let renames = fixture.store.read(PendingRenames::load).await.unwrap();
    renames.users().collect()
}

/// Mentions this username in an event.
async fn mention(fixture: &Fixture, name: &str) -> Vec<UserSummary> {
    let names = [name.to_owned()];
    let mention = move |tx: &mut Tx<'_>| accounts::queries::mention(tx.conn, &names);
    fixture.store.write(mention).await.unwrap()
}

async fn removal_records_no_rename_of_unread_names(database: Database) {
    let fixture = Fixture::strict(database);
    fixture.user("unseen").await;
    let seen = mentioned_user(&fixture, "seen").await;
    let mentioned = fixture.user("Mentioned").await;
    for _ in 0..2 {
        let found = mention(&fixture, "mentioned").await;
        assert_eq!(found[0].id, mentioned.user);
    }
    fixture.advance(WEEK);
    assert_eq!(fixture.accounts.remove_unverified().await.unwrap(), 3);
    let mut expected = [seen.user, mentioned.user];
    expected.sort_unstable();
    let mut renamed = renamed(&fixture).await;
    renamed.sort_unstable();
    assert_eq!(renamed, expected);
    assert_eq!(mention(&fixture, "mentioned").await, []);
}

async fn delete_account_records_a_rename_when_verification_is_optional(fixture: Fixture) {
    let unverified = fixture.user("ada").await;
    delete(&fixture, &unverified).await;
    assert_eq!(renamed(&fixture).await, [unverified.user]);
}

async fn overdue_renames_are_finished_or_dropped(fixture: Fixture) {
    for (name, wait, left) in [("ada", 3_600, 0), ("bea", 3_599, 1)] {
        let user = mentioned_user(&fixture, name).await;
        delete(&fixture, &user).await;
        assert_eq!(renamed(&fixture).await, [user.user]);
        fixture.advance(Duration::from_secs(wait));
        fixture.accounts.finish_overdue_renames().await.unwrap();
        assert_eq!(renamed(&fixture).await.len(), left, "{name}");
    }
    fixture.advance(WEEK);
    fixture.accounts.prune().await.unwrap();
    assert_eq!(renamed(&fixture).await, []);
}

async fn unverified_accounts_are_kept_when_verification_is_optional(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    fixture.advance(2 * WEEK);
    assert_eq!(fixture.accounts.remove_unverified().await.unwrap(), 0);
    fixture.accounts.profile(&ada).await.unwrap();
}
