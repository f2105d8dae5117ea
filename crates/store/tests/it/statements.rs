use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::UserId;
use kernel::id::UserKind;
use serde_json::json;
use store::types::Json;
use store::{
    AnyConn, Bulk, ComparedWithUsers, DbJson, DbTime, DbUuid, Event, NewJob, StatementCounter, Tx,
    UserQuery, UserSet,
};

use crate::{each, notes, with_notes};

const OWNED: &[&str] = &["SELECT n.id FROM notes AS n WHERE n.owner = ", ""];

fn notes_of(tx: &Tx<'_>, titles: &[String], owner: UserId) -> Bulk<'static, ()> {
    let ids = titles.iter().map(|_| tx.env().id::<UserKind>());
    Bulk::new(
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

#[tokio::test]
async fn statements_are_counted_for_the_operation_that_runs_them_alone() {
    for fixture in each() {
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
}

#[tokio::test]
async fn rows_jobs_and_events_are_written_together_or_not_at_all() {
    for fixture in each() {
        with_notes(&fixture).await;
        let (store, owner) = (&fixture.store, fixture.store.env().id());
        let write = |first: usize, second: usize| {
            move |tx: &mut Tx<'_>| {
                let rows = vec![
                    notes_of(tx, &titles(first..first + 2), owner),
                    notes_of(tx, &[], owner),
                    notes_of(tx, &titles(second..second + 2), owner),
                ];
                tx.write_together(rows, vec![NewJob::new("noted", &1)?])
            }
        };
        let counter = StatementCounter::default();
        counter.count(store.write(write(0, 2))).await.unwrap();
        assert_eq!(counter.statements(), 1);
        assert!(
            store.write(write(4, 3)).await.is_err(),
            "the title is taken"
        );
        let look = |conn: &mut AnyConn| {
            let notes: i64 = notes::table.count().get_result(conn)?;
            Ok((notes, store::jobs::backlog(conn)?.0))
        };
        assert_eq!(store.read(look).await.unwrap(), (4, 1));
        let nothing = |tx: &mut Tx<'_>| tx.write_together(vec![], vec![]);
        store.write(nothing).await.unwrap();
    }
}

#[tokio::test]
async fn events_of_several_streams_are_numbered_in_their_order_by_one_statement() {
    for fixture in each() {
        let store = &fixture.store;
        let emit = |tx: &mut Tx<'_>| {
            let streams = ["b", "a", "b", "c", "b"];
            let all = streams.iter().zip(0..);
            let events = all.map(|(stream, number)| Event::new(*stream, "noted", &number));
            tx.emit_all(events.collect::<Result<_, _>>()?)
        };
        let counter = StatementCounter::default();
        for _ in 0..2 {
            counter.count(store.write(emit)).await.unwrap();
        }
        assert_eq!(
            counter.statements(),
            2 * (1 + u64::from(store.is_embedded()))
        );
        let told = |stream: &'static str| {
            store.read(move |conn| {
                let (newest, epoch) = store::outbox::head(conn, stream)?;
                let missed = store::outbox::missed(conn, stream, epoch, 0, 100)?;
                let store::outbox::Missed::Events(events) = missed else {
                    panic!("{stream} has a hole");
                };
                let told = events.into_iter().map(|event| (event.seq, event.data));
                Ok((newest, told.collect::<Vec<_>>()))
            })
        };
        let said = |all: &[(i64, &str)]| {
            let all = all.iter().map(|(seq, data)| (*seq, (*data).to_owned()));
            all.collect::<Vec<_>>()
        };
        let of_b = [(1, "0"), (2, "2"), (3, "4"), (4, "0"), (5, "2"), (6, "4")];
        assert_eq!(told("b").await.unwrap(), (6, said(&of_b)));
        assert_eq!(told("a").await.unwrap(), (2, said(&[(1, "1"), (2, "1")])));
        assert_eq!(told("c").await.unwrap(), (2, said(&[(1, "3"), (2, "3")])));
    }
}

#[tokio::test]
async fn people_are_left_out_whether_they_are_listed_or_asked_for() {
    for fixture in each() {
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
                let others = notes::table.filter(notes::id.outside(&set));
                left.push(others.count().get_result::<i64>(conn)?);
            }
            Ok(left)
        };
        assert_eq!(store.read(look).await.unwrap(), [3, 3, 5]);
    }
}
