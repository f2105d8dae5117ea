use db::types::Json;
use db::{
    AnyConn, BulkStatement, DbJson, DbTime, DbUuid, NotInUserSet, StatementCounter, Tx, UserQuery,
    UserSet,
};
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::UserId;
use kernel::id::UserKind;
use serde_json::json;
use testkit::TestStore;

use crate::{notes, with_notes};

testkit::database_tests!(
    count_adds_statements_of_its_operation_only,
    outside_excludes_listed_and_selected_users,
);

const OWNED: &[&str] = &["SELECT n.id FROM notes AS n WHERE n.owner = ", ""];

fn notes_of(tx: &Tx<'_>, titles: &[String], owner: UserId) -> BulkStatement<'static, ()> {
    let ids = titles.iter().map(|_| tx.env().id::<UserKind>());
    BulkStatement::new(
        "INSERT INTO notes (id, title, owner, extra, at) \
         SELECT column1, column2, column3, column4, column5 FROM ",
        "",
    )
    .column::<DbUuid, UserId>(ids.collect())
    .column::<Text, String>(titles.to_vec())
    .column::<DbUuid, UserId>(vec![owner; titles.len()])
    .column::<DbJson, Json>(vec![Json(json!({})); titles.len()])
    .column::<DbTime, _>(vec![tx.env().now(); titles.len()])
}

fn titles(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("note {number}")).collect()
}

async fn count_adds_statements_of_its_operation_only(fixture: TestStore) {
    with_notes(&fixture).await;
    let (store, owner) = (&fixture.store, fixture.store.env().id());
    let counter = StatementCounter::default();
    let read = store.read(|conn| Ok(notes::table.count().get_result::<i64>(conn)?));
    counter.count(read).await.unwrap();
    assert_eq!((counter.statements(), counter.transactions()), (1, 0));
    let write = store.write(move |tx| {
        // However many rows.
        notes_of(tx, &titles(0..50), owner).execute(tx.conn)?;
        diesel::delete(notes::table.filter(notes::title.eq("note 0"))).execute(tx.conn)?;
        Ok(())
    });
    counter.count(write).await.unwrap();
    assert_eq!((counter.statements(), counter.transactions()), (3, 1));
    store.ping().await.unwrap();
    let other = StatementCounter::default();
    other.count(store.ping()).await.unwrap();
    assert_eq!((counter.statements(), other.statements()), (3, 1));
    let refused = store.write(|tx| {
        diesel::sql_query("no such statement").execute(tx.conn)?;
        Ok(())
    });
    assert!(other.count(refused).await.is_err());
    assert_eq!((other.statements(), other.transactions()), (2, 1));
}

async fn outside_excludes_listed_and_selected_users(fixture: TestStore) {
    with_notes(&fixture).await;
    let (store, owner) = (&fixture.store, fixture.store.env().id());
    let other = store.env().id();
    let write = move |tx: &mut Tx<'_>| {
        notes_of(tx, &titles(0..2), owner).execute(tx.conn)?;
        notes_of(tx, &titles(2..5), other).execute(tx.conn)?;
        Ok(())
    };
    store.write(write).await.unwrap();
    let look = move |conn: &mut AnyConn| {
        let query = UserQuery::new(OWNED, owner);
        let listed: Vec<UserId> = query
            .load::<(DbUuid,), (UserId,)>(conn)?
            .into_iter()
            .map(|(id,)| id)
            .collect();
        let mut left = vec![];
        for set in [
            UserSet::Selected(query),
            UserSet::Listed(listed),
            UserSet::Listed(vec![]),
        ] {
            let others = notes::table.filter(notes::id.not_in(&set));
            left.push(others.count().get_result::<i64>(conn)?);
        }
        Ok(left)
    };
    assert_eq!(store.read(look).await.unwrap(), [3, 3, 5]);
}
