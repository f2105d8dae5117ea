use db::types::Json;
use db::{BulkStatement, DbJson, DbTime, DbUuid, EqAnyPadded};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use kernel::{Timestamp, UserId};
use testkit::TestStore;

use crate::{notes, with_notes};

testkit::database_tests!(
    column_types_round_trip,
    timestamps_before_1970_keep_their_order,
    bulk_statement_inserts_updates_and_selects_rows,
);

type Row = (UserId, String, Option<UserId>, Json, Timestamp);

async fn column_types_round_trip(fixture: TestStore) {
    with_notes(&fixture).await;
    let env = fixture.store.env().clone();
    let (id, owner): (UserId, UserId) = (env.id(), env.id());
    let extra = Json(serde_json::json!({"deep": [1, 2.5, "ü", null, {"a": true}]}));
    let at = Timestamp::from_micros(1_234_567_890_123_457);
    let row: Row = (id, "t".to_owned(), Some(owner), extra, at);
    let stored = row.clone();
    fixture
        .store
        .write(move |tx| {
            let values = (
                notes::id.eq(stored.0),
                notes::title.eq(stored.1),
                notes::owner.eq(stored.2),
                notes::extra.eq(stored.3),
                notes::at.eq(stored.4),
            );
            Ok(diesel::insert_into(notes::table)
                .values(values)
                .execute(tx.conn)?)
        })
        .await
        .unwrap();
    let read: Row = fixture
        .store
        .read(|conn| Ok(notes::table.first(conn)?))
        .await
        .unwrap();
    assert_eq!(read, row);
    let found: i64 = fixture
        .store
        .read(move |conn| {
            let mine = notes::table.filter(notes::owner.eq(owner).and(notes::at.eq(at)));
            Ok(mine
                .filter(notes::id.eq_any_padded([id]))
                .count()
                .get_result(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(found, 1);
}

async fn timestamps_before_1970_keep_their_order(fixture: TestStore) {
    with_notes(&fixture).await;
    let moments = [-1_000_000, 0, 900_000_000_000_000, 1_700_000_000_000_001];
    for micros in moments {
        let add = move |tx: &mut db::Tx<'_>| {
            let id: UserId = tx.env().id();
            let values = (
                notes::id.eq(id),
                notes::title.eq(micros.to_string()),
                notes::extra.eq(Json(serde_json::json!({}))),
                notes::at.eq(Timestamp::from_micros(micros)),
            );
            Ok(diesel::insert_into(notes::table)
                .values(values)
                .execute(tx.conn)?)
        };
        fixture.store.write(add).await.unwrap();
    }
    let read: Vec<Timestamp> = fixture
        .store
        .read(|conn| Ok(notes::table.order(notes::at).select(notes::at).load(conn)?))
        .await
        .unwrap();
    assert_eq!(
        read.into_iter().map(Timestamp::micros).collect::<Vec<_>>(),
        moments
    );
}

/// A row of [`crate::notes`] as a bulk statement returns it.
type Noted = (UserId, String, Option<UserId>);

async fn bulk_statement_inserts_updates_and_selects_rows(fixture: TestStore) {
    with_notes(&fixture).await;
    let now = fixture.store.env().now();
    let ids: Vec<UserId> = (0..3).map(|_| fixture.store.env().id()).collect();
    let owners = vec![None, Some(ids[2]), None];
    let titles = ["a", "b", "c"];
    let work = move |tx: &mut db::Tx<'_>| {
        let added = BulkStatement::<'_, ()>::new(
            "INSERT INTO notes (id, title, owner, extra, at) \
                 SELECT column1, column2, column3, column4, column5 FROM ",
            "",
        )
        .column::<DbUuid, _>(ids.clone())
        .column::<Text, _>(titles.to_vec())
        .column::<Nullable<DbUuid>, _>(owners)
        .column::<DbJson, _>(vec![Json(serde_json::json!({"n": 1})); 3])
        .column::<DbTime, _>(vec![now; 3])
        .execute(tx.conn)?;
        let changed = BulkStatement::<'_, ()>::new(
            "UPDATE notes SET title = v.column2 FROM ",
            " WHERE notes.id = v.column1",
        )
        .column::<DbUuid, _>(vec![ids[0], ids[1]])
        .column::<Text, _>(vec!["x", "y"])
        .execute(tx.conn)?;
        let mut found: Vec<Noted> = BulkStatement::<'_, (DbUuid, Text, Nullable<DbUuid>)>::new(
            "SELECT notes.id, notes.title, notes.owner FROM ",
            " JOIN notes ON notes.id = v.column1 AND notes.title = v.column2",
        )
        .column::<DbUuid, _>(ids.clone())
        .column::<Text, _>(vec!["x", "y", "z"])
        .load(tx.conn)?;
        found.sort();
        let expected = vec![
            (ids[0], "x".to_owned(), None),
            (ids[1], "y".to_owned(), Some(ids[2])),
        ];
        assert_eq!((added, changed, found), (3, 2, expected));
        let nothing = BulkStatement::<'_, (DbUuid,)>::new("SELECT column1 FROM ", "")
            .column::<DbUuid, UserId>(vec![])
            .load::<(UserId,)>(tx.conn)?;
        assert!(nothing.is_empty());
        Ok(())
    };
    fixture.store.write(work).await.unwrap();
}
