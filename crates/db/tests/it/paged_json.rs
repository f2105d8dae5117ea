use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use db::{AnyConn, PAGE_ROWS, PagedJson, match_backend};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use testkit::TestStore;

testkit::database_tests!(list_reads_pages_on_demand, list_is_complete_and_ordered,);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The numbers up to this one as the rows of a query, and the number of queried pages.
fn numbers(fixture: &TestStore, last: i64) -> (PagedJson, Arc<AtomicI64>) {
    let page_count = Arc::new(AtomicI64::new(0));
    let counter = Arc::clone(&page_count);
    let list = PagedJson::list(&fixture.store, move |conn: &mut AnyConn, after, limit| {
        counter.fetch_add(1, Ordering::Relaxed);
        let query = "WITH RECURSIVE n (number) AS (SELECT CAST(1 AS BIGINT) \
            UNION ALL SELECT number + 1 FROM n WHERE number < $1) \
            SELECT number FROM n WHERE number > $2 AND number <= $1 ORDER BY number LIMIT $3";
        let rows: Vec<Row> = match_backend!(conn, c => diesel::sql_query(query)
            .bind::<BigInt, _>(last)
            .bind::<BigInt, _>(after.unwrap_or(0))
            .bind::<BigInt, _>(limit)
            .load(c))?;
        Ok(rows
            .iter()
            .map(|row| (row.number, json!(row.number)))
            .collect())
    });
    (list, page_count)
}

async fn list_reads_pages_on_demand(fixture: TestStore) {
    let (list, page_count) = numbers(&fixture, 2 * PAGE_ROWS + 7);
    let PagedJson::List(mut pages) = list else {
        panic!("{list:?}");
    };
    assert_eq!(page_count.load(Ordering::Relaxed), 0);
    for (number, rows) in [(1, PAGE_ROWS), (2, PAGE_ROWS), (3, 7)] {
        let page = pages.try_next().await.unwrap().unwrap();
        assert_eq!(i64::try_from(page.len()).unwrap(), rows);
        assert_eq!(page_count.load(Ordering::Relaxed), number);
    }
    assert_eq!(pages.try_next().await.unwrap(), None);
    assert_eq!(
        page_count.load(Ordering::Relaxed),
        3,
        "a short page is the last"
    );
}

async fn list_is_complete_and_ordered(fixture: TestStore) {
    for last in [0, 1, PAGE_ROWS - 1, PAGE_ROWS, PAGE_ROWS + 1, 3 * PAGE_ROWS] {
        let (list, _) = numbers(&fixture, last);
        let value = PagedJson::object([("numbers", list), ("text", json!("short").into())]);
        let all: Vec<Value> = (1..=last).map(Value::from).collect();
        let expected = json!({"numbers": all, "text": "short"});
        assert_eq!(value.read().await.unwrap(), expected, "{last}");
    }
}
