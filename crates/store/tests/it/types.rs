use diesel::prelude::*;
use kernel::{Timestamp, UserId};
use store::types::Json;

use crate::{each, notes, with_notes};

type Row = (UserId, String, Option<UserId>, Json, Timestamp);

#[tokio::test]
async fn ids_moments_and_documents_come_back_as_they_went() {
    for fixture in each() {
        with_notes(&fixture).await;
        let ambient = fixture.store.ambient().clone();
        let (id, owner): (UserId, UserId) = (ambient.id(), ambient.id());
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
                    .filter(notes::id.eq_any([id]))
                    .count()
                    .get_result(conn)?)
            })
            .await
            .unwrap();
        assert_eq!(found, 1);
    }
}

#[tokio::test]
async fn moments_before_1970_and_before_2000_keep_their_order() {
    for fixture in each() {
        with_notes(&fixture).await;
        let moments = [-1_000_000, 0, 900_000_000_000_000, 1_700_000_000_000_001];
        for micros in moments {
            let add = move |tx: &mut store::Tx<'_>| {
                let id: UserId = tx.ambient().id();
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
}
