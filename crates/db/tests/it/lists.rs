use db::types::Json;
use db::{EqAnyPadded, Tx};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use kernel::id::UserKind;
use kernel::{Env, UserId};
use testkit::TestStore;

use crate::{notes, with_notes};

testkit::database_tests!(eq_any_padded_matches_lists_of_any_length,);

async fn eq_any_padded_matches_lists_of_any_length(fixture: TestStore) {
    with_notes(&fixture).await;
    let env = fixture.store.env().clone();
    let ids: Vec<UserId> = (0..3).map(|_| env.id()).collect();
    for id in ids.clone() {
        let row = (
            notes::id.eq(id),
            notes::title.eq(id.to_string()),
            notes::extra.eq(Json(serde_json::json!({}))),
            notes::at.eq(env.now()),
        );
        let add = move |tx: &mut Tx<'_>| {
            let added = diesel::insert_into(notes::table).values(row);
            Ok(added.execute(tx.conn)?)
        };
        fixture.store.write(add).await.unwrap();
    }
    for length in [0, 1, 2, 3, 4, 5, 200, 256, 257, 600] {
        let others = (0..length).map(|_| env.id());
        let list: Vec<UserId> = ids.iter().copied().chain(others).take(length).collect();
        let (inside, outside): (Vec<UserId>, Vec<UserId>) = fixture
            .store
            .read(move |conn| {
                let all = notes::table.select(notes::id).order(notes::id);
                let inside = all.filter(notes::id.eq_any_padded(&list)).load(conn)?;
                Ok((
                    inside,
                    all.filter(notes::id.ne_all_padded(list)).load(conn)?,
                ))
            })
            .await
            .unwrap();
        let (named, rest) = ids.split_at(length.min(3));
        assert_eq!((&inside[..], &outside[..]), (named, rest), "{length}");
    }
}

#[test]
fn eq_any_padded_shares_statements_between_lengths() {
    let text = |length: usize| {
        let ids = vec![Env::system().id::<UserKind>(); length];
        let query = notes::table.filter(notes::id.eq_any_padded(ids)).count();
        let text = diesel::debug_query::<Sqlite, _>(&query).to_string();
        text.split(" -- ").next().unwrap().to_owned()
    };
    assert_eq!(text(5), text(8));
    assert_ne!(text(4), text(5));
    assert!(text(2).ends_with("IN (?, ?)"), "{}", text(2));
    assert!(text(0).contains("1 = 0"));
}
