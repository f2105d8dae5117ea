use std::collections::HashSet;
use std::sync::Arc;

use accounts::Accounts;
use accounts::ports::{Relations, Statistics};
use accounts::rules::privacy::Relation;
use async_trait::async_trait;
use contract::accounts::Audience;
use contract::users::{DeleteAccount, PatchPrivacy, PatchProfile, Statistics as Record};
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::future::join_all;
use kernel::{Actor, AppError, PageRequest, Role, Secret, UserId};
use store::{AnyConn, Tx, with_conn};

use crate::company::PASSWORD;
use crate::world::{World, each};

/// Everybody stands so to everybody, and these are hidden.
struct AllAre(Relation, Vec<UserId>);

#[async_trait]
impl Relations for AllAre {
    async fn between(&self, _: UserId, _: UserId) -> Result<Relation, AppError> {
        Ok(self.0)
    }

    async fn hidden_from(&self, _: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self.1.clone())
    }
}

/// Everybody has won three of five.
struct ThreeOfFive;

const THREE_OF_FIVE: Record = Record {
    matches: 5,
    wins: 3,
    losses: 2,
    draws: 0,
    points: 40,
    tournaments: 0,
    tournament_wins: 0,
};

#[async_trait]
impl Statistics for ThreeOfFive {
    async fn of(&self, _: UserId) -> Result<Record, AppError> {
        Ok(THREE_OF_FIVE)
    }
}

fn among(world: &World, relation: Relation) -> Accounts {
    world.beside(|parts| {
        parts.relations = Arc::new(AllAre(relation, vec![]));
        parts.statistics = Arc::new(ThreeOfFive);
    })
}

async fn names(accounts: &Accounts, actor: &Actor, typed: &str) -> Vec<String> {
    let found = accounts
        .search(actor, typed, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(found.total, i64::try_from(found.items.len()).unwrap());
    found.items.into_iter().map(|one| one.username).collect()
}

async fn call(world: &World, actor: &Actor, display_name: &str) {
    let patch = PatchProfile {
        display_name: Some(display_name.to_owned()),
        ..PatchProfile::default()
    };
    world.accounts.patch_profile(actor, patch).await.unwrap();
}

async fn keep_to_oneself(world: &World, actor: &Actor, privacy: PatchPrivacy) {
    let patch = PatchProfile {
        privacy: Some(privacy),
        ..PatchProfile::default()
    };
    world.accounts.patch_profile(actor, patch).await.unwrap();
}

#[tokio::test]
async fn people_are_found_by_the_beginning_of_either_name_in_any_case() {
    for world in each() {
        let ada = world.person("Ada").await;
        let adam = world.person("adam").await;
        let dan = world.person("Дмитрий").await;
        world.person("bea").await;
        call(&world, &dan, "ADA fan").await;
        call(&world, &adam, "Adam the first").await;
        assert_eq!(
            names(&world.accounts, &ada, "aDa").await,
            ["Ada", "adam", "Дмитрий"]
        );
        assert_eq!(names(&world.accounts, &ada, "ДМИТ").await, ["Дмитрий"]);
        assert_eq!(names(&world.accounts, &ada, "ada f").await, ["Дмитрий"]);
        assert!(names(&world.accounts, &ada, "dam").await.is_empty());
    }
}

#[tokio::test]
async fn search_finds_the_beginning_of_any_word_and_one_character() {
    for world in each() {
        let ada = world.person("ada_lovelace").await;
        let jean = world.person("JeanLuc").await;
        let li = world.person("ming-zhou").await;
        call(&world, &jean, "Jean-Luc van Picard").await;
        call(&world, &li, "李 明 Love").await;
        world.person("love.fan_love").await;
        for (typed, expected) in [
            ("LOVE", &["love.fan_love", "ming-zhou", "ada_lovelace"][..]),
            ("lovel", &["ada_lovelace"]),
            ("pic", &["JeanLuc"]),
            ("van p", &["JeanLuc"]),
            ("luc", &["JeanLuc"]),
            ("fan", &["love.fan_love"]),
            ("Z", &["ming-zhou"]),
            ("李", &["ming-zhou"]),
            ("明", &["ming-zhou"]),
            ("a", &["ada_lovelace"]),
            ("card", &[]),
            ("ove", &[]),
        ] {
            assert_eq!(
                names(&world.accounts, &ada, typed).await,
                expected,
                "{typed}"
            );
        }
    }
}

#[tokio::test]
async fn search_follows_changes_of_names() {
    for world in each() {
        let ada = world.person("ada").await;
        let bea = world.person("bea_miller").await;
        call(&world, &bea, "Queen Bea").await;
        call(&world, &bea, "Saint Beatrice").await;
        assert!(names(&world.accounts, &ada, "queen").await.is_empty());
        assert_eq!(names(&world.accounts, &ada, "beatr").await, ["bea_miller"]);
        assert_eq!(names(&world.accounts, &ada, "mill").await, ["bea_miller"]);
        let password = Secret::new(PASSWORD);
        let deleted = world
            .accounts
            .delete_account(&bea, DeleteAccount { password });
        deleted.await.unwrap();
        assert!(names(&world.accounts, &ada, "mill").await.is_empty());
        assert_eq!(words(&world).await, [] as [&str; 0]);
        assert_eq!(world.accounts.index_names().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn index_names_repairs_what_an_older_server_wrote() {
    for world in each() {
        let ada = world.person("ada").await;
        world.person("bea_miller").await;
        world.person("cid_new").await;
        // As one writes that does not know the words: the names alone.
        sql(&world, "DELETE FROM user_words").await;
        sql(
            &world,
            "UPDATE users SET words_of = NULL WHERE username_key = 'bea_miller'",
        )
        .await;
        sql(
            &world,
            "UPDATE users SET display_key = 'the great' WHERE username_key = 'cid_new'",
        )
        .await;
        assert!(names(&world.accounts, &ada, "mill").await.is_empty());
        assert_eq!(names(&world.accounts, &ada, "bea").await, ["bea_miller"]);
        assert_eq!(world.accounts.index_names().await.unwrap(), 2);
        assert_eq!(names(&world.accounts, &ada, "mill").await, ["bea_miller"]);
        assert_eq!(names(&world.accounts, &ada, "great").await, ["cid_new"]);
        sql(&world, "UPDATE users SET username_key = 'deleted-1', display_key = '', deleted_at = created_at WHERE username_key = 'cid_new'").await;
        assert_eq!(world.accounts.index_names().await.unwrap(), 1);
        assert_eq!(words(&world).await, ["miller"]);
        assert_eq!(world.accounts.index_names().await.unwrap(), 0);
    }
}

/// All words of all people, as they are indexed.
async fn words(world: &World) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Word {
        #[diesel(sql_type = Text)]
        word: String,
    }
    let read = |conn: &mut AnyConn| {
        let query = diesel::sql_query("SELECT word FROM user_words ORDER BY word");
        let words: Vec<Word> = with_conn!(conn, c => query.load(c))?;
        Ok(words.into_iter().map(|one| one.word).collect())
    };
    world.store.read(read).await.unwrap()
}

async fn sql(world: &World, statement: &'static str) {
    let write = move |tx: &mut Tx<'_>| {
        Ok(with_conn!(tx.conn, c => diesel::sql_query(statement).execute(c))?)
    };
    world.store.write(write).await.unwrap();
}

#[tokio::test]
async fn signs_in_a_search_mean_themselves() {
    for world in each() {
        let ada = world.person("a_da").await;
        world.person("axda").await;
        assert_eq!(names(&world.accounts, &ada, "a_").await, ["a_da"]);
        assert!(names(&world.accounts, &ada, "a%").await.is_empty());
        let none = world
            .accounts
            .search(&ada, "  ", PageRequest::default())
            .await;
        assert_eq!(none.unwrap_err().code().name, "users.search_too_short");
    }
}

#[tokio::test]
async fn a_long_search_comes_in_pages_up_to_a_bound() {
    for world in each() {
        let ada = world.person("ada").await;
        let many: Vec<String> = (0..205).map(|number| format!("bea{number:03}")).collect();
        for some in many.chunks(8) {
            let made = join_all(some.iter().map(|name| world.register(name))).await;
            assert!(made.iter().all(Result::is_ok));
        }
        let page = |offset| PageRequest { limit: 90, offset };
        let mut seen = vec![];
        for offset in [0, 90, 180, 270] {
            let found = world
                .accounts
                .search(&ada, "bea", page(offset))
                .await
                .unwrap();
            assert_eq!(found.total, 200);
            seen.extend(found.items.into_iter().map(|one| one.username));
        }
        assert_eq!(seen.len(), 200);
        assert!(seen.is_sorted());
        assert_eq!(names(&world.accounts, &ada, "bea204").await, ["bea204"]);
    }
}

#[tokio::test]
async fn a_search_passes_over_those_who_are_not_to_be_found() {
    for world in each() {
        let bea = world.person("bea").await;
        let (shy, blocked) = (
            world.person("ada-shy").await,
            world.person("ada-blocked").await,
        );
        world.person("ada-open").await;
        let searchable = Some(false);
        keep_to_oneself(
            &world,
            &shy,
            PatchPrivacy {
                searchable,
                ..PatchPrivacy::default()
            },
        )
        .await;
        let hidden = vec![blocked.user];
        let accounts = world.beside(|parts| {
            parts.relations = Arc::new(AllAre(Relation::Stranger, hidden));
        });
        assert_eq!(names(&accounts, &bea, "ada").await, ["ada-open"]);
        for word in ["sh", "bl"] {
            assert!(names(&accounts, &bea, word).await.is_empty(), "{word}");
        }
        let exact = accounts.find("ADA-SHY").await.unwrap();
        assert_eq!(exact.id, shy.user, "the exact name always works");
    }
}

#[tokio::test]
async fn a_profile_is_found_by_name_in_any_case_and_by_id() {
    for world in each() {
        let (ada, dan) = (world.person("ada").await, world.person("Straße").await);
        call(&world, &dan, "Dan").await;
        let accounts = among(&world, Relation::Stranger);
        for handle in ["STRASSE".to_owned(), dan.user.to_string()] {
            let seen = accounts.public_profile(&ada, &handle).await.unwrap();
            assert_eq!((seen.id, seen.username.as_str()), (dan.user, "Straße"));
            assert_eq!(seen.display_name, "Dan");
            assert_eq!(seen.avatar, "/api/v1/users/Stra%C3%9Fe/avatar/");
            assert_eq!(seen.statistics, Some(THREE_OF_FIVE));
            assert!(!seen.restricted && seen.date_joined.is_some());
        }
        let nobody: UserId = world.store.env().id();
        for handle in ["nobody-here", "", "%", &nobody.to_string()] {
            let refused = accounts.public_profile(&ada, handle).await.unwrap_err();
            assert_eq!(refused.code().name, "users.not_found", "{handle}");
            assert_eq!(
                accounts.find(handle).await.unwrap_err().code().name,
                "users.not_found"
            );
        }
    }
}

#[tokio::test]
async fn a_profile_shows_what_its_owner_lets_this_viewer_see() {
    use Relation::{Friend, Stranger};
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        for (audience, relation, open) in [
            (Audience::Everyone, Stranger, true),
            (Audience::Friends, Stranger, false),
            (Audience::Friends, Friend, true),
            (Audience::Nobody, Friend, false),
        ] {
            let profile = Some(audience);
            keep_to_oneself(
                &world,
                &bea,
                PatchPrivacy {
                    profile,
                    ..PatchPrivacy::default()
                },
            )
            .await;
            let accounts = among(&world, relation);
            let seen = accounts.public_profile(&ada, "bea").await.unwrap();
            assert_eq!(seen.restricted, !open, "{audience:?} to {relation:?}");
            assert_eq!(seen.statistics.is_some(), open);
            assert_eq!(seen.bio.is_some(), open);
            assert_eq!(seen.date_joined.is_some(), open);
            let own = accounts.public_profile(&bea, "bea").await.unwrap();
            assert!(!own.restricted, "one's own profile is open to oneself");
            let role = Role::Moderator;
            let looked_after = accounts.public_profile(&Actor { role, ..ada }, "bea").await;
            assert!(!looked_after.unwrap().restricted);
        }
    }
}

#[tokio::test]
async fn across_a_block_nobody_is_there() {
    for world in each() {
        let (ada, _) = (world.person("ada").await, world.person("bea").await);
        let accounts = among(&world, Relation::Blocked);
        let refused = accounts.public_profile(&ada, "bea").await.unwrap_err();
        assert_eq!(refused.code().name, "users.not_found");
        assert!(accounts.public_profile(&ada, "ada").await.is_ok());
    }
}

#[tokio::test]
async fn what_people_allow_is_known_for_all_ids_at_once() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        let game_invites = Some(Audience::Friends);
        let privacy = PatchPrivacy {
            game_invites,
            ..PatchPrivacy::default()
        };
        keep_to_oneself(&world, &bea, privacy).await;
        let asked = vec![ada.user, bea.user, world.store.env().id()];
        let found = world.accounts.with_wishes(asked).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[&ada.user].1.game_invites, Audience::Everyone);
        let (summary, privacy) = &found[&bea.user];
        assert_eq!(summary.username, "bea");
        assert_eq!(privacy.game_invites, Audience::Friends);
        assert!(world.accounts.with_wishes(vec![]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn summaries_come_for_all_ids_at_once() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        world.person("cid").await;
        call(&world, &bea, "Queen Bea").await;
        let nobody: UserId = world.store.env().id();
        let asked = vec![ada.user, bea.user, ada.user, nobody];
        let found = world.accounts.summaries(asked).await.unwrap();
        let ids: HashSet<UserId> = found.keys().copied().collect();
        assert_eq!(ids, HashSet::from([ada.user, bea.user]));
        assert_eq!(found[&ada.user].display_name, "ada");
        assert_eq!(found[&bea.user].display_name, "Queen Bea");
        assert!(world.accounts.summaries(vec![]).await.unwrap().is_empty());
        let names = ["ADA", "nobody", "ada"].map(str::to_owned);
        let named = move |conn: &mut _| accounts::look::named(conn, &names);
        let named = world.store.read(named).await.unwrap();
        assert_eq!(
            named.iter().map(|one| one.id).collect::<Vec<_>>(),
            [ada.user]
        );
    }
}
