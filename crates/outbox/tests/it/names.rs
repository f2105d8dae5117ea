use std::sync::Arc;
use std::time::Duration;

use contract::catalogue::EventName;
use db::names::{self, PendingRenames, Rename};
use db::{AnyConn, IdempotencyKey, Store, Tx};
use kernel::{AppError, UserId};
use outbox::Relay;
use outbox::{CatchUp, Emit};
use serde_json::{Value, json};
use testkit::TestStore;

use crate::outbox::Heard;
use crate::stream;

testkit::database_tests!(
    rename_applies_to_reads_at_once,
    finish_renames_rewrites_stored_names,
    finish_renames_takes_all_renames_in_one_pass,
    prune_deletes_old_renames,
    prune_deletes_renames_of_older_versions,
    heartbeat_republishes_with_current_names,
);

fn gone(ada: UserId) -> Rename {
    Rename {
        user: ada,
        former: Some("ada".to_owned()),
        fields: json!({"username": "gone"}).as_object().unwrap().clone(),
    }
}

fn naming(ada: UserId) -> Value {
    json!({"user": {"id": ada, "username": "ada"}, "note": "about ada"})
}

fn key() -> IdempotencyKey {
    IdempotencyKey::new("me".to_owned(), "k".to_owned(), b"same".to_vec())
}

/// Stores an event and a kept result that name her, and one of each that do not.
async fn name_her(store: &Store, ada: UserId) {
    let write = move |tx: &mut Tx<'_>| {
        tx.emit(stream('s'), EventName::NewFriend, &naming(ada))?;
        tx.emit(
            stream('s'),
            EventName::GameDeclined,
            &json!({"username": "ada"}),
        )?;
        tx.emit(stream('s'), EventName::BadgeUpdate, &json!({"n": 1}))?;
        Ok(naming(ada))
    };
    store.write_once(Some(&key()), write).await.unwrap();
}

/// What those read who were away.
async fn read_events(store: &Store) -> Value {
    let missed = |conn: &mut AnyConn| {
        let (_, epoch) = outbox::head(conn, &stream('s').to_string())?;
        outbox::catch_up(conn, &stream('s').to_string(), epoch, 0, 100)
    };
    let CatchUp::Events(events) = store.read(missed).await.unwrap() else {
        panic!("resync");
    };
    let data = events.iter().map(|event| event.data.clone());
    data.map(|data| serde_json::from_str::<Value>(&data).unwrap())
        .collect()
}

/// The same, and what those read who send their request again.
async fn read(store: &Store) -> [Value; 3] {
    let kept: Option<Value> = store.stored_result(Some(&key())).await.unwrap();
    let none = |_: &mut Tx<'_>| Err::<Value, _>(AppError::internal("it is done again"));
    let again = store.write_once(Some(&key()), none).await.unwrap();
    [read_events(store).await, kept.unwrap(), again]
}

async fn rename(store: &Store, ada: UserId) {
    let write = move |tx: &mut Tx<'_>| names::record_rename(tx, &gone(ada));
    store.write(write).await.unwrap();
}

/// Removes the note of a rename, so that what is read is what is stored.
async fn end(store: &Store) {
    let end = |tx: &mut Tx<'_>| {
        use diesel::connection::SimpleConnection;
        Ok(tx.conn.batch_execute("DELETE FROM pending_renames")?)
    };
    store.write(end).await.unwrap();
}

fn renamed(ada: UserId) -> [Value; 3] {
    let user = json!({"user": {"id": ada, "username": "gone"}, "note": "about ada"});
    [
        json!([user, {"username": "gone"}, {"n": 1}]),
        user.clone(),
        user,
    ]
}

async fn rename_applies_to_reads_at_once(fixture: TestStore) {
    let (store, ada) = (&fixture.store, fixture.store.env().id());
    name_her(store, ada).await;
    let before = read(store).await;
    assert_eq!(before[1], naming(ada));
    rename(store, ada).await;
    assert_eq!(read(store).await, renamed(ada));
    // What a transaction stores that was under way.
    let late = move |tx: &mut Tx<'_>| tx.emit(stream('s'), EventName::NewFriend, &naming(ada));
    store.write(late).await.unwrap();
    assert_eq!(read(store).await[0][3], renamed(ada)[1]);
    end(store).await;
    assert_eq!(read(store).await[1], before[1], "nothing is rewritten yet");
}

async fn finish_renames_rewrites_stored_names(fixture: TestStore) {
    let (store, ada) = (&fixture.store, fixture.store.env().id());
    name_her(store, ada).await;
    fixture.clock.advance(Duration::from_secs(50_000));
    rename(store, ada).await;
    for _ in 0..2 {
        let due = store.read(PendingRenames::load).await.unwrap();
        outbox::finish_renames(store, &due).await.unwrap();
    }
    let pending = store.read(PendingRenames::load).await.unwrap();
    assert_eq!(pending.users().count(), 0);
    assert_eq!(read(store).await, renamed(ada));
}

async fn finish_renames_takes_all_renames_in_one_pass(fixture: TestStore) {
    let store = &fixture.store;
    let people: Vec<UserId> = (0..3).map(|_| store.env().id()).collect();
    for person in people.clone() {
        let data = json!({"user": {"id": person, "username": format!("former-{person}")}});
        let emit = move |tx: &mut Tx<'_>| tx.emit(stream('s'), EventName::NewFriend, &data);
        store.write(emit).await.unwrap();
        let renamed = Rename {
            former: Some(format!("former-{person}")),
            ..gone(person)
        };
        let write = move |tx: &mut Tx<'_>| names::record_rename(tx, &renamed);
        store.write(write).await.unwrap();
        fixture.clock.advance(Duration::from_secs(100));
    }
    let until = store.env().now() - Duration::from_secs(150);
    let load =
        move |person| move |conn: &mut AnyConn| PendingRenames::load_due(conn, until, person);
    let due = store.read(load(None)).await.unwrap();
    assert_eq!(due.users().collect::<Vec<_>>(), people[..2]);
    outbox::finish_renames(store, &due).await.unwrap();
    let left = store.read(PendingRenames::load).await.unwrap();
    assert_eq!(left.users().collect::<Vec<_>>(), people[2..]);
    let own = store.read(load(Some(people[2]))).await.unwrap();
    assert_eq!(own.users().collect::<Vec<_>>(), people[2..]);
    end(store).await;
    let stored = read_events(store).await.to_string();
    let is_named = |person: &UserId| stored.contains(&format!("former-{person}"));
    assert_eq!(
        people.iter().map(is_named).collect::<Vec<_>>(),
        [false, false, true]
    );
}

async fn prune_deletes_old_renames(fixture: TestStore) {
    let (store, ada) = (&fixture.store, fixture.store.env().id());
    rename(store, ada).await;
    let noted_at = store.env().now();
    for (limit, left) in [(noted_at, 1), (noted_at + Duration::from_secs(1), 0)] {
        let prune = move |tx: &mut Tx<'_>| Ok(names::prune(tx.conn, limit)?);
        store.write(prune).await.unwrap();
        let pending = store.read(PendingRenames::load).await.unwrap();
        assert_eq!(pending.users().count(), left);
    }
}

/// Takes the database back to where renames had no date, and notes one like that.
fn note_undated(tx: &mut Tx<'_>, ada: UserId) -> Result<(), AppError> {
    use diesel::connection::SimpleConnection;
    let (down, id) = if tx.conn.is_sqlite() {
        let down = include_str!("../../../../migrations/sqlite/0022_rename_dates/down.sql");
        (down, format!("x'{}'", ada.uuid().simple()))
    } else {
        let down = include_str!("../../../../migrations/postgres/0022_rename_dates/down.sql");
        (down, format!("'{ada}'"))
    };
    Ok(tx.conn.batch_execute(&format!(
        "{down} DELETE FROM __diesel_schema_migrations WHERE version LIKE '%0022%'; \
         INSERT INTO pending_renames (user_id, fields) VALUES ({id}, '{{}}')"
    ))?)
}

async fn prune_deletes_renames_of_older_versions(fixture: TestStore) {
    let (store, ada) = (&fixture.store, fixture.store.env().id());
    let note = move |tx: &mut Tx<'_>| note_undated(tx, ada);
    store.write(note).await.unwrap();
    let upgraded = fixture.another_node();
    let pending = upgraded.read(PendingRenames::load).await.unwrap();
    assert_eq!(pending.users().collect::<Vec<_>>(), [ada]);
    let limit = kernel::Env::system().now() + Duration::from_secs(60);
    let prune = move |tx: &mut Tx<'_>| Ok(names::prune(tx.conn, limit)?);
    assert_eq!(upgraded.write(prune).await.unwrap(), 1);
}

async fn heartbeat_republishes_with_current_names(fixture: TestStore) {
    // The first node stores and dies before it publishes: it has no publisher.
    let (store, ada) = (&fixture.store, fixture.store.env().id());
    let mut first = Relay::new(store.clone(), store.env().id());
    first.heartbeat().await.unwrap();
    name_her(store, ada).await;
    rename(store, ada).await;
    let (other, heard) = (fixture.another_node(), Arc::new(Heard::default()));
    outbox::set_publisher(&other, heard.clone());
    let mut second = Relay::new(other.clone(), other.env().id());
    for _ in 0..8 {
        second.heartbeat().await.unwrap();
    }
    outbox::flush(&other).await;
    assert_eq!(heard.data(), renamed(ada)[0]);
}
