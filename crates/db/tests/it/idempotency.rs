use std::time::Duration;

use crate::{notes, with_notes};
use db::types::Json;
use db::{IdempotencyKey, Store, Tx, idempotency};
use diesel::prelude::*;
use kernel::{AppError, UserId};
use testkit::TestStore;

testkit::database_tests!(
    write_once_replays_the_first_result_for_a_day,
    has_result_knows_results_for_a_day,
    write_once_ignores_hashes_of_another_length,
    insert_of_an_older_version_succeeds,
    write_once_leaves_the_key_free_when_refused,
    write_once_has_one_effect_for_concurrent_requests,
    write_once_has_one_effect_for_concurrent_requests_with_an_expired_key,
    prune_deletes_old_keys,
);

fn key(name: &str, hash: &[u8]) -> IdempotencyKey {
    IdempotencyKey::new("me".to_owned(), name.to_owned(), hash.to_vec())
}

/// Writes a note once per key; returns its number.
async fn note(store: &Store, key: &IdempotencyKey) -> Result<i64, AppError> {
    store.write_once(Some(key), add_note).await
}

fn add_note(tx: &mut Tx<'_>) -> Result<i64, AppError> {
    let id: UserId = tx.env().id();
    let row = (
        notes::id.eq(id),
        notes::title.eq(id.to_string()),
        notes::extra.eq(Json(serde_json::json!({}))),
        notes::at.eq(tx.env().now()),
    );
    diesel::insert_into(notes::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(notes::table.count().get_result(tx.conn)?)
}

/// The number of notes.
async fn count(store: &Store) -> i64 {
    let count = store.read(|conn| Ok(notes::table.count().get_result(conn)?));
    count.await.unwrap()
}

async fn write_once_replays_the_first_result_for_a_day(fixture: TestStore) {
    with_notes(&fixture).await;
    let store = &fixture.store;
    let (first, again, other) = (key("k", b"one"), key("k", b"one"), key("k", b"two"));
    let number = note(store, &first).await.unwrap();
    assert!(first.was_used() && !first.was_replayed());
    assert_eq!(note(store, &again).await.unwrap(), number);
    assert!(again.was_replayed());
    assert_eq!(
        store.stored_result(Some(&again)).await.unwrap(),
        Some(number)
    );
    let refused = note(store, &other).await.unwrap_err();
    assert_eq!(refused.code().name, "idempotency.key_reused");
    assert!(store.stored_result::<i64>(Some(&other)).await.is_err());
    fixture.clock.advance(Duration::from_secs(86_400));
    assert_eq!(note(store, &again).await.unwrap(), number);
    fixture.clock.advance(Duration::from_secs(1));
    assert_eq!(
        store.stored_result::<i64>(Some(&other)).await.unwrap(),
        None
    );
    assert_ne!(note(store, &other).await.unwrap(), number);
}

async fn has_result_knows_results_for_a_day(fixture: TestStore) {
    with_notes(&fixture).await;
    let store = &fixture.store;
    let has = async |scope: &str, key: &str| {
        store
            .has_stored_result(scope.to_owned(), key.to_owned())
            .await
            .unwrap()
    };
    assert!(!has("me", "k").await);
    note(store, &key("k", b"one")).await.unwrap();
    assert!(has("me", "k").await);
    assert!(!has("you", "k").await && !has("me", "l").await);
    fixture.clock.advance(Duration::from_secs(86_400));
    assert!(has("me", "k").await);
    fixture.clock.advance(Duration::from_secs(1));
    assert!(!has("me", "k").await);
}

async fn write_once_ignores_hashes_of_another_length(fixture: TestStore) {
    with_notes(&fixture).await;
    let number = note(&fixture.store, &key("k", b"a form before")).await;
    let again = key("k", b"a form of today");
    assert_eq!(note(&fixture.store, &again).await.unwrap(), number.unwrap());
    assert!(again.was_replayed());
}

async fn insert_of_an_older_version_succeeds(fixture: TestStore) {
    with_notes(&fixture).await;
    let insert = |tx: &mut Tx<'_>| {
        use diesel::connection::SimpleConnection;
        let bytes = if tx.conn.is_sqlite() {
            "x'00', 0"
        } else {
            "'\\x00', now()"
        };
        Ok(tx.conn.batch_execute(&format!(
            "INSERT INTO idempotency_keys (scope, key, request_hash, created_at) \
             VALUES ('me', 'k', {bytes}); \
             UPDATE idempotency_keys SET status = 201 WHERE scope = 'me'"
        ))?)
    };
    fixture.store.write(insert).await.unwrap();
}

async fn write_once_leaves_the_key_free_when_refused(fixture: TestStore) {
    with_notes(&fixture).await;
    let key_of = |hash: &[u8]| key("k", hash);
    let refused = fixture
        .store
        .write_once(Some(&key_of(b"one")), |tx| {
            add_note(tx)?;
            Err::<i64, _>(AppError::invalid("field", "is wrong"))
        })
        .await;
    assert_eq!(refused.unwrap_err().code().name, "invalid_fields");
    assert_eq!(count(&fixture.store).await, 0);
    note(&fixture.store, &key_of(b"two")).await.unwrap();
}

/// Sends 20 requests with one key, half on each of two nodes, of which one has an effect.
async fn send_concurrently(fixture: &TestStore) {
    let before = count(&fixture.store).await;
    let other = fixture.another_node();
    let stores = [fixture.store.clone(), other];
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                let key = key("k", b"same");
                let number = note(&store, &key).await.unwrap();
                (number, key.was_replayed())
            })
        })
        .collect();
    let mut results = vec![];
    for task in tasks {
        results.push(task.await.unwrap());
    }
    let first = results[0].0;
    assert!(results.iter().all(|(number, _)| *number == first));
    assert_eq!(results.iter().filter(|(_, again)| !again).count(), 1);
    assert_eq!(count(&fixture.store).await, before + 1);
}

async fn write_once_has_one_effect_for_concurrent_requests(fixture: TestStore) {
    with_notes(&fixture).await;
    send_concurrently(&fixture).await;
}

async fn write_once_has_one_effect_for_concurrent_requests_with_an_expired_key(fixture: TestStore) {
    with_notes(&fixture).await;
    note(&fixture.store, &key("k", b"old")).await.unwrap();
    fixture.clock.advance(Duration::from_secs(86_401));
    send_concurrently(&fixture).await;
}

async fn prune_deletes_old_keys(fixture: TestStore) {
    with_notes(&fixture).await;
    note(&fixture.store, &key("old", b"one")).await.unwrap();
    fixture.clock.advance(Duration::from_secs(86_401));
    note(&fixture.store, &key("new", b"one")).await.unwrap();
    assert_eq!(fixture.store.write(idempotency::prune).await.unwrap(), 1);
}
