//! The cost of a search among 10,000 users: `cargo bench -p accounts --bench search`. `whole_names`
//! is its part that looks for prefixes of whole names, in the same database and run.
#![allow(clippy::unwrap_used, missing_docs, unused_crate_dependencies)]

use std::sync::Arc;

use accounts::hashing::Argon2Params;
use accounts::ports::{NoRelations, NoStatistics, SessionEvents};
use accounts::prelude::*;
use accounts::{Accounts, AccountsConfig, AccountsParts, EmailVerificationPolicy};
use blobs::ObjectBlobs;
use db::{AnyConn, DbTime, DbUuid, Store, StoreConfig, Tx, match_backend};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use divan::Bencher;
use kernel::{Actor, AppError, Env, PageRequest, Role, Secret, SessionId, UserId};
use mail::DevMailbox;
use testkit::{Database, Folder};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const USERS: usize = 10_000;
const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];
/// The name of one user, the prefix of 100 names and of all, and a later word of 100 names.
const INPUTS: [&str; 4] = ["person-04321", "person-012", "person", "player 012"];

struct Silent;

impl SessionEvents for Silent {
    fn ended(&self, _: UserId, _: &[SessionId]) {}
}

struct Bench {
    runtime: Runtime,
    accounts: Accounts,
    store: Store,
    actor: Actor,
    _folder: Folder,
    _database: Database,
}

/// A database with 10,000 users; none if PostgreSQL is not installed.
fn bench(kind: &str) -> Option<Bench> {
    let database = match kind {
        "SQLite" => testkit::sqlite(),
        _ => testkit::postgres()?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 4,
        migrate: true,
    };
    let env = Env::system();
    let store = Store::open(&config, env.clone()).unwrap();
    let (accounts, folder) = accounts(&store);
    runtime.block_on(store.write(fill)).unwrap();
    let missing = runtime.block_on(accounts.index_names()).unwrap();
    assert_eq!(missing, 0, "their words are there");
    Some(Bench {
        runtime,
        accounts,
        store,
        actor: Actor {
            user: env.id(),
            session: env.id(),
            role: Role::Member,
            verified: true,
            reauthenticated_at: env.now(),
        },
        _folder: folder,
        _database: database,
    })
}

fn accounts(store: &Store) -> (Accounts, Folder) {
    let folder = testkit::folder();
    let parts = AccountsParts {
        store: store.clone(),
        blobs: Arc::new(ObjectBlobs::folder(folder.path()).unwrap()),
        mailer: Arc::new(DevMailbox::new(store.env().clone(), 1)),
        session_events: Arc::new(Silent),
        statistics: Arc::new(NoStatistics),
        relations: Arc::new(NoRelations),
        personal_data: vec![],
    };
    let config = AccountsConfig {
        secret: Secret::new("a secret of this benchmark"),
        public_url: "https://play.example.org".to_owned(),
        email_verification: EmailVerificationPolicy::Optional,
        argon2_params: Argon2Params::CURRENT,
        cores: 1,
    };
    (Accounts::new(&config, parts).unwrap(), folder)
}

/// Inserts users named `person-00000` and so on, whose display names have three words.
fn fill(tx: &mut Tx<'_>) -> Result<(), AppError> {
    let now = tx.env().now();
    let id = if tx.conn.is_sqlite() {
        "randomblob(16)"
    } else {
        "gen_random_uuid()"
    };
    let users = format!(
        "INSERT INTO users (id, username, username_key, email, email_key, password_hash, role, \
         display_name, display_key, bio, theme, language, preferences, ai_settings, privacy, \
         email_codes, created_at, last_activity_at, words_of, indexed_names) \
         WITH RECURSIVE numbers (n) AS \
         (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {USERS} - 1), \
         names (name, display) AS (SELECT 'person-' || substr(CAST(100000 + n AS TEXT), 2), \
         'the player ' || substr(CAST(100000 + n AS TEXT), 2) FROM numbers) \
         SELECT {id}, name, name, name, name, '', 'member', display, display, '', 'dark', 'en', \
         '{{}}', '{{}}', '{{}}', false, $1, $1, name || '/' || display, '2/' || name || '/' || display FROM names"
    );
    match_backend!(tx.conn, c => diesel::sql_query(users).bind::<DbTime, _>(now).execute(c))?;
    Ok(tx.conn.batch_execute(
        "INSERT INTO user_words (word, user_id) \
         SELECT 'person ' || substr(username_key, 8) || ' ', id FROM users; \
         INSERT INTO user_words (word, user_id) SELECT substr(username_key, 8) || ' ', id FROM users; \
         INSERT INTO user_words (word, user_id) SELECT display_key || ' ', id FROM users; \
         INSERT INTO user_words (word, user_id) SELECT substr(display_key, 5) || ' ', id FROM users; \
         ANALYZE",
    )?)
}

#[derive(QueryableByName)]
#[allow(dead_code, reason = "read as a search reads them")]
struct FoundUser {
    #[diesel(sql_type = DbUuid)]
    id: UserId,
    #[diesel(sql_type = Text)]
    username: String,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    avatar: Option<String>,
}

/// The ranges of both indexes of names.
fn whole_names_in(conn: &mut AnyConn, prefix: &str) -> Result<usize, AppError> {
    let end = format!("{prefix}{}", char::MAX);
    let open = "SELECT id, username, display_name, avatar FROM users WHERE searchable = true \
        AND deleted_at IS NULL AND suspended_at IS NULL";
    let by_name = format!(
        "{open} AND username_key >= $1 AND username_key < $2 ORDER BY username_key LIMIT 200"
    );
    let by_display = format!(
        "{open} AND display_key >= $1 AND display_key < $2 \
         AND NOT (username_key >= $1 AND username_key < $2) ORDER BY display_key, username_key \
         LIMIT 200"
    );
    let mut found = 0;
    for query in [by_name, by_display] {
        let rows: Vec<FoundUser> = match_backend!(conn, c => diesel::sql_query(query)
            .bind::<Text, _>(prefix)
            .bind::<Text, _>(&end)
            .load(c))?;
        found += rows.len();
    }
    Ok(found)
}

#[divan::bench(args = cases())]
fn whole_names(bencher: Bencher<'_, '_>, (kind, input): &(&'static str, &'static str)) {
    let Some(bench) = bench(kind) else { return };
    bencher.bench_local(|| {
        let input = *input;
        let read = move |conn: &mut AnyConn| whole_names_in(conn, input);
        bench.runtime.block_on(bench.store.read(read)).unwrap()
    });
}

#[divan::bench(args = cases())]
fn search(bencher: Bencher<'_, '_>, (kind, input): &(&'static str, &'static str)) {
    let Some(bench) = bench(kind) else { return };
    let page = PageRequest::default();
    bencher.bench_local(|| {
        let found = bench.accounts.search(&bench.actor, input, page);
        bench.runtime.block_on(found).unwrap()
    });
}

fn cases() -> Vec<(&'static str, &'static str)> {
    let with = |kind| INPUTS.map(|input| (kind, input));
    DATABASES.into_iter().flat_map(with).collect()
}
