use std::sync::Arc;

use accounts::Accounts;
use accounts::prelude::*;
use contract::users::{DeleteAccount, PatchPrivacy};
use db::{AnyConn, Tx, match_backend};
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::future::join_all;
use kernel::{Actor, PageRequest, Secret};

use crate::company::PASSWORD;
use crate::people::{AllAre, call, keep_to_oneself};
use crate::world::{World, each};

async fn names(accounts: &Accounts, actor: &Actor, typed: &str) -> Vec<String> {
    let found = accounts
        .search(actor, typed, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(found.total, i64::try_from(found.items.len()).unwrap());
    found.items.into_iter().map(|one| one.username).collect()
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
            ("jean l", &["JeanLuc"]),
            ("  van   picard ", &["JeanLuc"]),
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
        assert_eq!(words(&world).await, ["ada "]);
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
            "UPDATE users SET indexed_names = NULL WHERE username_key = 'bea_miller'",
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
        assert_eq!(words(&world).await, ["bea miller ", "miller "]);
        assert_eq!(world.accounts.index_names().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn search_does_not_depend_on_accents_and_signs() {
    for world in each() {
        let bob = world.person("bob-1").await;
        for (username, display_name) in [
            ("Élodie", ""),
            ("person2", "(Bob)"),
            ("person3", "Pat O’Brien"),
            ("person4", "Ana/Beatrix"),
            ("person5", "李,王"),
            ("person6", "#1 Ann"),
            ("person7", "Søren Müller"),
            ("elox", ""),
        ] {
            let person = world.person(username).await;
            call(&world, &person, display_name).await;
        }
        for (typed, expected) in [
            ("elo", &["elox", "Élodie"][..]),
            ("éLO", &["Élodie", "elox"]),
            ("bob", &["bob-1", "person2"]),
            ("(bob)", &["bob-1", "person2"]),
            ("brien", &["person3"]),
            ("o'b", &["person3"]),
            ("obrien", &["person3"]),
            ("beat", &["person4"]),
            ("王", &["person5"]),
            ("李 王", &["person5"]),
            ("ann", &["person6"]),
            ("1  ann", &["person6"]),
            ("soren mull", &["person7"]),
        ] {
            let found = names(&world.accounts, &bob, typed).await;
            assert_eq!(found, expected, "{typed}");
        }
    }
}

#[tokio::test]
async fn index_names_indexes_the_words_of_an_older_version_again() {
    for world in each() {
        let ada = world.person("ada").await;
        world.person("bea_élan").await;
        // As the version before wrote them.
        sql(&world, "DELETE FROM user_words").await;
        let older = "UPDATE users SET indexed_names = '1/' || username_key || '/'";
        sql(&world, older).await;
        assert!(names(&world.accounts, &ada, "elan").await.is_empty());
        assert_eq!(world.accounts.index_names().await.unwrap(), 2);
        assert_eq!(names(&world.accounts, &ada, "elan").await, ["bea_élan"]);
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
        let words: Vec<Word> = match_backend!(conn, c => query.load(c))?;
        Ok(words.into_iter().map(|one| one.word).collect())
    };
    world.store.read(read).await.unwrap()
}

async fn sql(world: &World, statement: &'static str) {
    let write = move |tx: &mut Tx<'_>| {
        Ok(match_backend!(tx.conn, c => diesel::sql_query(statement).execute(c))?)
    };
    world.store.write(write).await.unwrap();
}

#[tokio::test]
async fn search_takes_no_sign_for_a_wildcard() {
    for world in each() {
        let ada = world.person("a_da").await;
        world.person("axda").await;
        assert_eq!(names(&world.accounts, &ada, "a_").await, ["a_da"]);
        assert_eq!(names(&world.accounts, &ada, "a%").await, ["a_da"]);
        assert!(names(&world.accounts, &ada, "a%a").await.is_empty());
        assert!(names(&world.accounts, &ada, "%").await.is_empty());
        assert!(names(&world.accounts, &ada, "\0").await.is_empty());
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
        let exact = accounts.find_user("ADA-SHY").await.unwrap();
        assert_eq!(exact.id, shy.user, "the exact name always works");
    }
}
