use std::time::Duration;

use kernel::Fault;
use store::{IdempotencyKey, Store, Tx, idempotency, outbox};

use crate::{Fixture, each};

fn key(name: &str, hash: &[u8]) -> IdempotencyKey {
    IdempotencyKey::new("me".to_owned(), name.to_owned(), hash.to_vec())
}

/// Writes a note, once for each key, and gives its number.
async fn note(store: &Store, key: &IdempotencyKey) -> Result<i64, Fault> {
    store.write_once(Some(key), add_note).await
}

fn add_note(tx: &mut Tx<'_>) -> Result<i64, Fault> {
    tx.emit("notes", "note", &())?;
    Ok(outbox::head(tx.conn, "notes")?.0)
}

/// How many notes there are.
async fn notes(store: &Store) -> i64 {
    let head = store.read(|conn| outbox::head(conn, "notes")).await;
    head.unwrap().0
}

#[tokio::test]
async fn write_once_gives_the_first_result_again_for_a_day() {
    for fixture in each() {
        let store = &fixture.store;
        let (first, again, other) = (key("k", b"one"), key("k", b"one"), key("k", b"two"));
        let number = note(store, &first).await.unwrap();
        assert!(first.was_used() && !first.was_replayed());
        assert_eq!(note(store, &again).await.unwrap(), number);
        assert!(again.was_replayed());
        assert_eq!(store.kept(Some(&again)).await.unwrap(), Some(number));
        let refused = note(store, &other).await.unwrap_err();
        assert_eq!(refused.code().name, "idempotency.key_reused");
        assert!(store.kept::<i64>(Some(&other)).await.is_err());
        fixture.clock.advance(Duration::from_secs(86_400));
        assert_eq!(note(store, &again).await.unwrap(), number);
        fixture.clock.advance(Duration::from_secs(1));
        assert_eq!(store.kept::<i64>(Some(&other)).await.unwrap(), None);
        assert_ne!(note(store, &other).await.unwrap(), number);
    }
}

#[tokio::test]
async fn write_once_leaves_the_key_free_when_refused() {
    for fixture in each() {
        let key_of = |hash: &[u8]| key("k", hash);
        let refused = fixture
            .store
            .write_once(Some(&key_of(b"one")), |tx| {
                add_note(tx)?;
                Err::<i64, _>(Fault::invalid("field", "is wrong"))
            })
            .await;
        assert_eq!(refused.unwrap_err().code().name, "invalid_fields");
        assert_eq!(notes(&fixture.store).await, 0);
        note(&fixture.store, &key_of(b"two")).await.unwrap();
    }
}

/// Of 20 requests with one key, half on each of two nodes, one has an effect.
async fn meet(fixture: &Fixture) {
    let before = notes(&fixture.store).await;
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
    let mut answers = vec![];
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    let first = answers[0].0;
    assert!(answers.iter().all(|(number, _)| *number == first));
    assert_eq!(answers.iter().filter(|(_, again)| !again).count(), 1);
    assert_eq!(notes(&fixture.store).await, before + 1);
}

#[tokio::test]
async fn write_once_has_one_effect_when_many_meet() {
    for fixture in each() {
        meet(&fixture).await;
    }
}

#[tokio::test]
async fn write_once_has_one_effect_when_many_meet_at_an_expired_key() {
    for fixture in each() {
        note(&fixture.store, &key("k", b"old")).await.unwrap();
        fixture.clock.advance(Duration::from_secs(86_401));
        meet(&fixture).await;
    }
}

#[tokio::test]
async fn prune_forgets_old_keys() {
    for fixture in each() {
        note(&fixture.store, &key("old", b"one")).await.unwrap();
        fixture.clock.advance(Duration::from_secs(86_401));
        note(&fixture.store, &key("new", b"one")).await.unwrap();
        assert_eq!(fixture.store.write(idempotency::prune).await.unwrap(), 1);
    }
}
