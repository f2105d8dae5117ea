//! The cost of presence for a user with 1,000 friends: `cargo bench -p social`.
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
use contract::catalogue::EventName;
use contract::users::UserSummary;
use db::{AnyConn, DbTime, DbUuid, Store, StoreConfig, Tx, match_backend};
use diesel::prelude::*;
use divan::Bencher;
use kernel::{AppError, Env, SessionId, Timestamp, UserId};
use social::ports::{SocialDirectory, UserEventPublisher, UserWithPrivacy};
use social::{
    DisconnectReason, PresenceConnection, PresenceParts, PresenceService, PresenceTracker,
};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const FRIENDS: usize = 1_000;
const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];

/// Finds any user.
struct AnyUser;

fn user(id: UserId) -> UserWithPrivacy {
    let summary = UserSummary {
        id,
        username: id.to_string(),
        display_name: String::new(),
        avatar: String::new(),
        is_deleted: false,
    };
    UserWithPrivacy {
        summary,
        takes_requests: true,
        shows_presence: true,
        searchable: true,
    }
}

#[async_trait]
impl SocialDirectory for AnyUser {
    fn find_by_username(
        &self,
        _: &mut AnyConn,
        _: &str,
    ) -> Result<Option<UserWithPrivacy>, AppError> {
        Ok(None)
    }

    fn load(
        &self,
        _: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserWithPrivacy>, AppError> {
        Ok(ids.iter().map(|id| (*id, user(*id))).collect())
    }

    async fn record_activity(&self, _: &[UserId], _: Timestamp) -> Result<(), AppError> {
        Ok(())
    }
}

/// Discards events.
struct NoPublisher;

impl UserEventPublisher for NoPublisher {
    fn publish(&self, to: &[UserId], _: EventName, data: serde_json::Value) {
        divan::black_box((to, data));
    }
}

struct PresenceBench {
    runtime: Runtime,
    presence: PresenceTracker,
    user: UserId,
    session: SessionId,
    _friends: Vec<PresenceConnection>,
    _database: testkit::Database,
}

/// A user with 1,000 friends who are online, unless the database is missing.
fn bench(kind: &str) -> Option<PresenceBench> {
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
    let presence = PresenceTracker::new(PresenceParts {
        store: store.clone(),
        expiring_sets: Cluster::local(&env).expiring_sets,
        users: Arc::new(AnyUser),
        publisher: Arc::new(NoPublisher),
    });
    let (user, session) = (env.id(), env.id());
    let friends: Vec<UserId> = (0..FRIENDS).map(|_| env.id()).collect();
    let rows = friends.clone();
    let write = move |tx: &mut Tx<'_>| insert_friends(tx, user, &rows);
    runtime.block_on(store.write(write)).unwrap();
    let connect = |friend: &UserId| presence.connect(*friend, session);
    let connections = friends.iter().map(connect).collect();
    runtime.block_on(presence.flush()).unwrap();
    Some(PresenceBench {
        runtime,
        presence,
        user,
        session,
        _friends: connections,
        _database: database,
    })
}

fn insert_friends(tx: &mut Tx<'_>, one: UserId, others: &[UserId]) -> Result<(), AppError> {
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

/// Connecting and disconnecting, each announced to 1,000 friends.
#[divan::bench(args = DATABASES)]
fn connect_and_disconnect(bencher: Bencher<'_, '_>, kind: &str) {
    let Some(bench) = bench(kind) else { return };
    bencher.bench_local(|| {
        bench.runtime.block_on(async {
            let tab = bench.presence.connect(bench.user, bench.session);
            bench.presence.flush().await.unwrap();
            tab.close(DisconnectReason::SignedOut);
            bench.presence.flush().await.unwrap();
        });
    });
}

/// A second tab, which is not announced.
#[divan::bench(args = DATABASES)]
fn second_tab(bencher: Bencher<'_, '_>, kind: &str) {
    let Some(bench) = bench(kind) else { return };
    let _first = bench.presence.connect(bench.user, bench.session);
    bencher.bench_local(|| {
        bench.runtime.block_on(async {
            let tab = bench.presence.connect(bench.user, bench.session);
            bench.presence.flush().await.unwrap();
            tab.close(DisconnectReason::SignedOut);
            bench.presence.flush().await.unwrap();
        });
    });
}

/// The presence of 1,000 friends who are online.
#[divan::bench(args = DATABASES)]
fn friends_status(bencher: Bencher<'_, '_>, kind: &str) {
    let Some(bench) = bench(kind) else { return };
    bencher.bench_local(|| {
        let status = bench.presence.friends_status(bench.user);
        assert_eq!(
            bench.runtime.block_on(status).unwrap().friends.len(),
            FRIENDS
        );
    });
}

/// The refresh of a node with 1,000 connections.
#[divan::bench]
fn refresh(bencher: Bencher<'_, '_>) {
    let Some(bench) = bench("SQLite") else { return };
    bencher.bench_local(|| bench.runtime.block_on(bench.presence.refresh()).unwrap());
}

/// Activity on a connection.
#[divan::bench]
fn acted(bencher: Bencher<'_, '_>) {
    let Some(bench) = bench("SQLite") else { return };
    let tab = bench.presence.connect(bench.user, bench.session);
    bencher.bench_local(|| tab.acted());
}
