use std::sync::Arc;

use accounts::Accounts;
use accounts::prelude::*;
use contract::users::{DeleteAccount, PatchPrivacy};
use db::{AnyConn, Tx, match_backend};
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::future::join_all;
use kernel::{Actor, PageRequest, Relation, Secret};

use crate::directory::{FixedRelations, set_display_name, set_privacy};
use crate::fixture::Fixture;
use crate::test_users::PASSWORD;

testkit::database_tests!(
    search_finds_prefixes_of_both_names,
    search_finds_the_beginning_of_any_word_and_one_character,
    search_follows_changes_of_names,
    index_names_repairs_what_an_older_server_wrote,
    search_does_not_depend_on_accents_and_signs,
    index_names_indexes_the_words_of_an_older_version_again,
    search_escapes_wildcards,
    search_is_paged_and_bounded,
    search_excludes_hidden_users,
);

async fn names(accounts: &Accounts, actor: &Actor, input: &str) -> Vec<String> {
    let found = accounts
        .search(actor, input, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(found.total, i64::try_from(found.items.len()).unwrap());
    found.items.into_iter().map(|one| one.username).collect()
}

async fn search_finds_prefixes_of_both_names(fixture: Fixture) {
    let ada = fixture.user("Ada").await;
    let adam = fixture.user("adam").await;
    let dan = fixture.user("Дмитрий").await;
    fixture.user("bea").await;
    set_display_name(&fixture, &dan, "ADA fan").await;
    set_display_name(&fixture, &adam, "Adam the first").await;
    assert_eq!(
        names(&fixture.accounts, &ada, "aDa").await,
        ["Ada", "adam", "Дмитрий"]
    );
    assert_eq!(names(&fixture.accounts, &ada, "ДМИТ").await, ["Дмитрий"]);
    assert_eq!(names(&fixture.accounts, &ada, "ada f").await, ["Дмитрий"]);
    assert!(names(&fixture.accounts, &ada, "dam").await.is_empty());
}

async fn search_finds_the_beginning_of_any_word_and_one_character(fixture: Fixture) {
    let ada = fixture.user("ada_lovelace").await;
    let jean = fixture.user("JeanLuc").await;
    let li = fixture.user("ming-zhou").await;
    set_display_name(&fixture, &jean, "Jean-Luc van Picard").await;
    set_display_name(&fixture, &li, "李 明 Love").await;
    fixture.user("love.fan_love").await;
    for (input, expected) in [
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
            names(&fixture.accounts, &ada, input).await,
            expected,
            "{input}"
        );
    }
}

async fn search_follows_changes_of_names(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let bea = fixture.user("bea_miller").await;
    set_display_name(&fixture, &bea, "Queen Bea").await;
    set_display_name(&fixture, &bea, "Saint Beatrice").await;
    assert!(names(&fixture.accounts, &ada, "queen").await.is_empty());
    assert_eq!(
        names(&fixture.accounts, &ada, "beatr").await,
        ["bea_miller"]
    );
    assert_eq!(names(&fixture.accounts, &ada, "mill").await, ["bea_miller"]);
    let password = Secret::new(PASSWORD);
    let deleted = fixture
        .accounts
        .delete_account(&bea, DeleteAccount { password });
    deleted.await.unwrap();
    assert!(names(&fixture.accounts, &ada, "mill").await.is_empty());
    assert_eq!(words(&fixture).await, ["ada "]);
    assert_eq!(fixture.accounts.index_names().await.unwrap(), 0);
}

async fn index_names_repairs_what_an_older_server_wrote(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    fixture.user("bea_miller").await;
    fixture.user("cid_new").await;
    // As an older server writes them, which does not index words.
    sql(&fixture, "DELETE FROM user_words").await;
    sql(
        &fixture,
        "UPDATE users SET indexed_names = NULL WHERE username_key = 'bea_miller'",
    )
    .await;
    sql(
        &fixture,
        "UPDATE users SET display_key = 'the great' WHERE username_key = 'cid_new'",
    )
    .await;
    assert!(names(&fixture.accounts, &ada, "mill").await.is_empty());
    assert_eq!(names(&fixture.accounts, &ada, "bea").await, ["bea_miller"]);
    assert_eq!(fixture.accounts.index_names().await.unwrap(), 2);
    assert_eq!(names(&fixture.accounts, &ada, "mill").await, ["bea_miller"]);
    assert_eq!(names(&fixture.accounts, &ada, "great").await, ["cid_new"]);
    sql(&fixture, "UPDATE users SET username_key = 'deleted-1', display_key = '', deleted_at = created_at WHERE username_key = 'cid_new'").await;
    assert_eq!(fixture.accounts.index_names().await.unwrap(), 1);
    assert_eq!(words(&fixture).await, ["bea miller ", "miller "]);
    assert_eq!(fixture.accounts.index_names().await.unwrap(), 0);
}

async fn search_does_not_depend_on_accents_and_signs(fixture: Fixture) {
    let bob = fixture.user("bob-1").await;
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
        let user = fixture.user(username).await;
        set_display_name(&fixture, &user, display_name).await;
    }
    for (input, expected) in [
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
        let found = names(&fixture.accounts, &bob, input).await;
        assert_eq!(found, expected, "{input}");
    }
}

async fn index_names_indexes_the_words_of_an_older_version_again(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    fixture.user("bea_élan").await;
    // As the previous version wrote them.
    sql(&fixture, "DELETE FROM user_words").await;
    let older = "UPDATE users SET indexed_names = '1/' || username_key || '/'";
    sql(&fixture, older).await;
    assert!(names(&fixture.accounts, &ada, "elan").await.is_empty());
    assert_eq!(fixture.accounts.index_names().await.unwrap(), 2);
    assert_eq!(names(&fixture.accounts, &ada, "elan").await, ["bea_élan"]);
    assert_eq!(fixture.accounts.index_names().await.unwrap(), 0);
}

/// All indexed words of all users.
async fn words(fixture: &Fixture) -> Vec<String> {
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
    fixture.store.read(read).await.unwrap()
}

async fn sql(fixture: &Fixture, statement: &'static str) {
    let write = move |tx: &mut Tx<'_>| {
        Ok(match_backend!(tx.conn, c => diesel::sql_query(statement).execute(c))?)
    };
    fixture.store.write(write).await.unwrap();
}

async fn search_escapes_wildcards(fixture: Fixture) {
    let ada = fixture.user("a_da").await;
    fixture.user("axda").await;
    assert_eq!(names(&fixture.accounts, &ada, "a_").await, ["a_da"]);
    assert_eq!(names(&fixture.accounts, &ada, "a%").await, ["a_da"]);
    assert!(names(&fixture.accounts, &ada, "a%a").await.is_empty());
    assert!(names(&fixture.accounts, &ada, "%").await.is_empty());
    assert!(names(&fixture.accounts, &ada, "\0").await.is_empty());
    let none = fixture
        .accounts
        .search(&ada, "  ", PageRequest::default())
        .await;
    assert_eq!(none.unwrap_err().code().name, "users.search_too_short");
}

async fn search_is_paged_and_bounded(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let many: Vec<String> = (0..205).map(|number| format!("bea{number:03}")).collect();
    for some in many.chunks(8) {
        let made = join_all(some.iter().map(|name| fixture.register(name))).await;
        assert!(made.iter().all(Result::is_ok));
    }
    let page = |offset| PageRequest { limit: 90, offset };
    let mut found_names = vec![];
    for offset in [0, 90, 180, 270] {
        let found = fixture
            .accounts
            .search(&ada, "bea", page(offset))
            .await
            .unwrap();
        assert_eq!(found.total, 200);
        found_names.extend(found.items.into_iter().map(|one| one.username));
    }
    assert_eq!(found_names.len(), 200);
    assert!(found_names.is_sorted());
    assert_eq!(names(&fixture.accounts, &ada, "bea204").await, ["bea204"]);
}

async fn search_excludes_hidden_users(fixture: Fixture) {
    let bea = fixture.user("bea").await;
    let (shy, blocked) = (
        fixture.user("ada-shy").await,
        fixture.user("ada-blocked").await,
    );
    fixture.user("ada-open").await;
    let searchable = Some(false);
    set_privacy(
        &fixture,
        &shy,
        PatchPrivacy {
            searchable,
            ..PatchPrivacy::default()
        },
    )
    .await;
    let hidden = vec![blocked.user];
    let accounts = fixture.with_parts(|parts| {
        parts.relations = Arc::new(FixedRelations(Relation::Stranger, hidden));
    });
    assert_eq!(names(&accounts, &bea, "ada").await, ["ada-open"]);
    for word in ["sh", "bl"] {
        assert!(names(&accounts, &bea, word).await.is_empty(), "{word}");
    }
    let exact = accounts.find_user("ADA-SHY").await.unwrap();
    assert_eq!(exact.id, shy.user, "the exact name always works");
}
