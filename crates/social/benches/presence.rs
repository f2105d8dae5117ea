//! What presence costs somebody with 1,000 friends: `cargo bench -p social`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unused_crate_dependencies
)]

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use cluster::Cluster;
use contract::users::UserSummary;
use db::{AnyConn, DbTime, DbUuid, Store, StoreConfig, Tx, match_backend};
use diesel::prelude::*;
use divan::Bencher;
use kernel::{AppError, Env, SessionId, Timestamp, UserId};
use social::ports::{Live, People, Person};
use social::{DisconnectReason, PresenceConnection, PresenceParts, PresenceService};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const FRIENDS: usize = 1_000;
const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];

/// Everybody is called after their id.
struct Everybody;

fn person(id: UserId) -> Person {
    let summary = UserSummary {
        id,
        username: id.to_string(),
        display_name: String::new(),
        avatar: String::new(),
        is_deleted: false,
    };
    Person {
        summary,
        takes_requests: true,
        shows_presence: true,
        searchable: true,
    }
}

#[async_trait]
impl People for Everybody {
    fn named(&self, _: &mut AnyConn, _: &str) -> Result<Option<Person>, AppError> {
        Ok(None)
    }

    fn of(&self, _: &mut AnyConn, ids: &[UserId]) -> Result<HashMap<UserId, Person>, AppError> {
        Ok(ids.iter().map(|id| (*id, person(*id))).collect())
    }

    async fn were_active(&self, _: &[UserId], _: Timestamp) -> Result<(), AppError> {
        Ok(())
    }
}

/// Nobody listens.
struct Silence;

impl Live for Silence {
    fn publish(&self, to: &[UserId], _: &'static str, data: serde_json::Value) {
        divan::black_box((to, data));
    }
}

struct Bench {
    runtime: Runtime,
    presence: PresenceService,
    ada: UserId,
    session: SessionId,
    _friends: Vec<PresenceConnection>,
    _database: testkit::Database,
}

/// Somebody with 1,000 friends who are online, or nothing where the program is missing.
fn bench(kind: &str) -> Option<Bench> {
    let database = match kind {
        "SQLite" => testkit::sqlite(),
        _ => testkit::postgres()?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let env = Env::system();
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 2,
        migrate: true,
    };
    let store = Store::open(&config, env.clone()).unwrap();
    let presence = PresenceService::new(PresenceParts {
        store: store.clone(),
        expiring_sets: Cluster::local(&env).expiring_sets,
        people: Arc::new(Everybody),
        live: Arc::new(Silence),
    });
    let (ada, session) = (env.id(), env.id());
    let friends: Vec<UserId> = (0..FRIENDS).map(|_| env.id()).collect();
    let rows = friends.clone();
    let write = move |tx: &mut Tx<'_>| befriend(tx, ada, &rows);
    runtime.block_on(store.write(write)).unwrap();
    let connect = |user: &UserId| presence.connect(*user, session);
    let connections = friends.iter().map(connect).collect();
    runtime.block_on(presence.settle()).unwrap();
    Some(Bench {
        runtime,
        presence,
        ada,
        session,
        _friends: connections,
        _database: database,
    })
}

fn befriend(tx: &mut Tx<'_>, one: UserId, others: &[UserId]) -> Result<(), AppError> {
    let now = tx.env().now();
    for other in others {
        for (user, friend) in [(one, *other), (*other, one)] {
            let insert = "INSERT INTO friendships (user_id, friend_id, since) VALUES ($1, $2, $3)";
            let query = || {
                diesel::sql_query(insert)
                    .bind::<DbUuid, _>(user)
                    .bind::<DbUuid, _>(friend)
                    .bind::<DbTime, _>(now)
            };
            match_backend!(&mut *tx.conn, c => query().execute(c)?);
        }
    }
    Ok(())
}

/// From the first tab to what 1,000 friends are told, and back.
#[divan::bench(args = DATABASES)]
fn comes_and_goes(bencher: Bencher<'_, '_>, kind: &str) {
    let Some(bench) = bench(kind) else { return };
    bencher.bench_local(|| {
        bench.runtime.block_on(async {
            let tab = bench.presence.connect(bench.ada, bench.session);
            bench.presence.settle().await.unwrap();
            tab.close(DisconnectReason::SignedOut);
            bench.presence.settle().await.unwrap();
        });
    });
}

/// A second tab, of which nobody has to hear.
#[divan::bench(args = DATABASES)]
fn second_tab(bencher: Bencher<'_, '_>, kind: &str) {
    let Some(bench) = bench(kind) else { return };
    let _first = bench.presence.connect(bench.ada, bench.session);
    bencher.bench_local(|| {
        bench.runtime.block_on(async {
            let tab = bench.presence.connect(bench.ada, bench.session);
            bench.presence.settle().await.unwrap();
            tab.close(DisconnectReason::SignedOut);
            bench.presence.settle().await.unwrap();
        });
    });
}

/// What a socket begins with: 1,000 friends who are online.
#[divan::bench(args = DATABASES)]
fn snapshot(bencher: Bencher<'_, '_>, kind: &str) {
    let Some(bench) = bench(kind) else { return };
    bencher.bench_local(|| {
        let snapshot = bench.presence.snapshot(bench.ada);
        assert_eq!(
            bench.runtime.block_on(snapshot).unwrap().friends.len(),
            FRIENDS
        );
    });
}

/// What a node does every ten seconds for 1,000 connections.
#[divan::bench]
fn refresh(bencher: Bencher<'_, '_>) {
    let Some(bench) = bench("SQLite") else { return };
    bencher.bench_local(|| bench.runtime.block_on(bench.presence.refresh()).unwrap());
}

/// Something a person does over a connection.
#[divan::bench]
fn acted(bencher: Bencher<'_, '_>) {
    let Some(bench) = bench("SQLite") else { return };
    let tab = bench.presence.connect(bench.ada, bench.session);
    bencher.bench_local(|| tab.acted());
}
