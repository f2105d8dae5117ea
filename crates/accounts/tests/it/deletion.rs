use std::sync::{Arc, Mutex};
use std::time::Duration;

use accounts::ports::PersonalData;
use accounts::prelude::*;
use async_trait::async_trait;
use contract::users::{DeleteAccount, PatchProfile, UserSummary};
use db::names::PendingRenames;
use db::{AnyConn, PagedJson, Tx};
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::future::join_all;
use kernel::{Actor, AppError, Secret, UserId};
use outbox::Emit;
use serde_json::Value;

use crate::company::{PASSWORD, until};
use crate::entrance::{account, home, refusal};
use crate::pictures::{files, upload};
use crate::world::{World, each, each_strict};

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

fn with(password: &str) -> DeleteAccount {
    DeleteAccount {
        password: Secret::new(password),
    }
}

async fn delete(world: &World, actor: &Actor) {
    let deleted = world.accounts.delete_account(actor, with(PASSWORD)).await;
    deleted.unwrap();
}

/// Another room that remembers whom it was told to forget.
#[derive(Default)]
struct Forgetful(Mutex<Vec<UserId>>);

#[async_trait]
impl PersonalData for Forgetful {
    fn chapter(&self) -> &'static str {
        "messages"
    }

    fn gather(&self, _: UserId) -> Result<PagedJson, AppError> {
        Ok(Value::Null.into())
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
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

/// Every value of every row of every table.
fn everything(conn: &mut AnyConn) -> Result<String, AppError> {
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

#[tokio::test]
async fn nothing_in_the_database_tells_of_a_deleted_person() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("Lovelace").await;
        let patch = PatchProfile {
            display_name: Some("Countess".to_owned()),
            bio: Some("Analytical engines.".to_owned()),
            ..PatchProfile::default()
        };
        world.accounts.patch_profile(&ada, patch).await.unwrap();
        world.accounts.set_avatar(&ada, upload(1)).await.unwrap();
        world.accounts.request_export(&ada).await.unwrap();
        until("picture and export are kept", async || {
            files(world.folder.path()) == 2
        })
        .await;
        let read = || world.store.read(everything);
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
        delete(&world, &ada).await;
        until("files are gone", async || files(world.folder.path()) == 0).await;
        world.wait(Duration::from_secs(60));
        until("no trace is left", async || {
            let left = read().await.unwrap();
            traces.iter().all(|trace| !left.contains(trace))
        })
        .await;
        let newest = world.mailbox.newest();
        assert!(
            newest[0].mail.subject.contains("deleted"),
            "{}",
            newest[0].mail.subject
        );
    }
}

#[tokio::test]
async fn a_deleted_person_is_gone_and_stays_in_the_history_of_others() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        delete(&world, &ada).await;
        let summary = world.accounts.summaries(vec![ada.user]).await.unwrap();
        let name = summary[&ada.user].username.clone();
        assert!(name.starts_with("deleted-"), "{name}");
        assert_eq!(summary[&ada.user].display_name, "Deleted user");
        let picture = world.accounts.avatar(&name, None).await.unwrap();
        assert_eq!(picture.media_type, "image/svg+xml");
        for handle in ["ada", &name, &ada.user.to_string()] {
            let refused = world
                .accounts
                .public_profile(&bea, handle)
                .await
                .unwrap_err();
            assert_eq!(refused.code().name, "users.not_found");
        }
        let refused = world.accounts.profile(&ada).await.unwrap_err();
        assert_eq!(refused.code().name, "auth.session_ended");
        let refused = world
            .accounts
            .delete_account(&ada, with(PASSWORD))
            .await
            .unwrap_err();
        assert_eq!(refused.code().name, "auth.password_wrong");
        let mut soon = account("ADA");
        soon.email = "another@example.org".to_owned();
        let soon = world.accounts.register(soon, &home()).await;
        assert_eq!(refusal(soon), "auth.username_taken");
        world.wait(Duration::from_secs(30 * 24 * 60 * 60));
        world.accounts.prune().await.unwrap();
        let again = world.person("ada").await;
        assert_ne!(again.user, ada.user, "the name is free after 30 days");
    }
}

#[tokio::test]
async fn nobody_reads_the_name_of_a_deleted_account_from_its_transaction_on() {
    for world in each() {
        let ada = known_person(&world, "ada").await;
        delete(&world, &ada).await;
        let renames = world.store.read(PendingRenames::load).await.unwrap();
        let mut told = serde_json::json!([
            {"id": ada.user, "username": "ada", "display_name": "Ada"}, {"username": "ada"},
        ]);
        renames.apply(&mut told);
        let summary = world.accounts.summaries(vec![ada.user]).await.unwrap();
        let summary = serde_json::to_value(&summary[&ada.user]).unwrap();
        assert_eq!(told[0], summary);
        assert_eq!(told[1]["username"], summary["username"]);
    }
}

#[tokio::test]
async fn nobody_signs_in_to_a_deleted_account() {
    for world in each() {
        let ada = world.person("ada").await;
        delete(&world, &ada).await;
        assert_eq!(world.ended.sessions(), [ada.session]);
        let summary = world.accounts.summaries(vec![ada.user]).await.unwrap();
        let name = &summary[&ada.user].username;
        for login in ["ada", "ada@example.org", name] {
            for password in [PASSWORD, ""] {
                let refused = world.sign_in(login, password).await.unwrap_err();
                assert_eq!(refused.code().name, "auth.invalid_credentials", "{login}");
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing_and_is_counted() {
    for world in each() {
        let ada = world.person("ada").await;
        let mut codes = vec![];
        for _ in 0..30 {
            let refused = world
                .accounts
                .delete_account(&ada, with("not-this-one"))
                .await;
            codes.push(refused.unwrap_err().code().name);
        }
        assert_eq!(codes[0], "auth.password_wrong");
        assert_eq!(codes[29], "auth.too_many_attempts");
        assert_eq!(world.accounts.profile(&ada).await.unwrap().username, "ada");
    }
}

#[tokio::test]
async fn of_two_admins_who_go_at_once_one_stays() {
    for world in each() {
        let (ada, bea) = (world.admin("ada").await, world.admin("bea").await);
        world.person("cid").await;
        let both = [&ada, &bea].map(|actor| world.accounts.delete_account(actor, with(PASSWORD)));
        let told = join_all(both).await.into_iter();
        let mut told: Vec<_> = told
            .map(|one| one.map_err(|error| error.code().name))
            .collect();
        told.sort();
        assert_eq!(told, [Ok(()), Err("users.last_admin")]);
    }
}

#[tokio::test]
async fn the_other_rooms_are_told_to_forget() {
    for world in each() {
        let (ada, _) = (world.person("ada").await, world.person("bea").await);
        let rooms: [Arc<Forgetful>; 2] = Default::default();
        let accounts = world.beside(|parts| {
            parts.personal_data = rooms.iter().map(|room| room.clone() as Arc<_>).collect();
        });
        accounts.delete_account(&ada, with(PASSWORD)).await.unwrap();
        let _working = world.working_for(&accounts);
        for room in rooms {
            until("the room forgot her", async || {
                *room.0.lock().unwrap() == [ada.user]
            })
            .await;
        }
    }
}

#[tokio::test]
async fn unverified_accounts_are_removed_after_a_week() {
    for world in each_strict() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let boss = world.admin("boss").await;
        let names: Vec<String> = (0..101).map(|number| format!("squatter{number}")).collect();
        let mut many = vec![];
        for name in &names {
            many.push(world.person(name).await);
        }
        world.wait(WEEK / 7);
        let young = world.person("young").await;
        world.wait(WEEK - WEEK / 7 - Duration::from_secs(1));
        assert_eq!(world.accounts.remove_unverified().await.unwrap(), 0);
        world.wait(Duration::from_secs(1));
        let (accounts, other) = (world.accounts.clone(), world.accounts.clone());
        let (one, two) = tokio::join!(accounts.remove_unverified(), other.remove_unverified());
        assert_eq!(one.unwrap() + two.unwrap(), 101, "on {:?}", world.store);
        assert_eq!(world.ended.sessions().len(), 101);
        for squatter in &many {
            world.accounts.profile(squatter).await.unwrap_err();
        }
        for actor in [&ada, &boss, &young] {
            world.accounts.profile(actor).await.unwrap();
        }
        let login = world.sign_in("squatter7@example.org", PASSWORD).await;
        assert_eq!(login.unwrap_err().code().name, "auth.invalid_credentials");
        let mut owner = account("dora");
        owner.email = "squatter7@example.org".to_owned();
        world.accounts.register(owner, &home()).await.unwrap();
        let soon = world.accounts.register(account("squatter9"), &home()).await;
        assert_eq!(refusal(soon), "auth.username_taken");
        world.wait(30 * WEEK / 7);
        world.person("squatter9").await;
    }
}

/// Somebody with whom others have had to do.
async fn known_person(world: &World, name: &str) -> Actor {
    let person = world.person(name).await;
    let stream = format!("user:{}", person.user);
    let emit = move |tx: &mut Tx<'_>| tx.emit(&stream, "friend_request", &1);
    world.store.write(emit).await.unwrap();
    person
}

/// Who is renamed at the moment.
async fn renamed(world: &World) -> Vec<UserId> {
    let renames = world.store.read(PendingRenames::load).await.unwrap();
    renames.users().collect()
}

/// Has somebody mention this name in an event.
async fn mention(world: &World, name: &str) -> Vec<UserSummary> {
    let names = [name.to_owned()];
    let mention = move |tx: &mut Tx<'_>| accounts::queries::mention(tx.conn, &names);
    world.store.write(mention).await.unwrap()
}

#[tokio::test]
async fn removal_notes_no_rename_for_names_that_nobody_has_read() {
    for world in each_strict() {
        world.person("unseen").await;
        let seen = known_person(&world, "seen").await;
        let mentioned = world.person("Mentioned").await;
        for _ in 0..2 {
            let found = mention(&world, "mentioned").await;
            assert_eq!(found[0].id, mentioned.user);
        }
        world.wait(WEEK);
        assert_eq!(world.accounts.remove_unverified().await.unwrap(), 3);
        let mut expected = [seen.user, mentioned.user];
        expected.sort_unstable();
        let mut renamed = renamed(&world).await;
        renamed.sort_unstable();
        assert_eq!(renamed, expected);
        assert_eq!(mention(&world, "mentioned").await, []);
    }
}

#[tokio::test]
async fn delete_account_notes_a_rename_where_everybody_may_act() {
    for world in each() {
        let unverified = world.person("ada").await;
        delete(&world, &unverified).await;
        assert_eq!(renamed(&world).await, [unverified.user]);
    }
}

#[tokio::test]
async fn overdue_renames_are_finished_without_their_jobs_and_then_given_up() {
    for world in each() {
        for (name, wait, left) in [("ada", 3_600, 0), ("bea", 3_599, 1)] {
            let person = known_person(&world, name).await;
            delete(&world, &person).await;
            assert_eq!(renamed(&world).await, [person.user]);
            world.wait(Duration::from_secs(wait));
            world.accounts.finish_overdue_renames().await.unwrap();
            assert_eq!(renamed(&world).await.len(), left, "{name}");
        }
        world.wait(WEEK);
        world.accounts.prune().await.unwrap();
        assert_eq!(renamed(&world).await, []);
    }
}

#[tokio::test]
async fn unverified_accounts_stay_where_verification_is_optional() {
    for world in each() {
        let ada = world.person("ada").await;
        world.wait(2 * WEEK);
        assert_eq!(world.accounts.remove_unverified().await.unwrap(), 0);
        world.accounts.profile(&ada).await.unwrap();
    }
}
