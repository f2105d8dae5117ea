//! The cost of reads and writes: `cargo bench -p db`. One caller shows the latency, many show the throughput
//! of shared commits.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unused_crate_dependencies
)]

use db::{Store, StoreConfig, Tx};
use diesel::prelude::*;
use divan::{Bencher, counter::ItemsCount};
use kernel::{Env, UserId};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

diesel::table! {
    use diesel::sql_types::Text;
    use db::DbUuid;

    bench_notes (id) {
        id -> DbUuid,
        title -> Text,
    }
}

const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];
const CALLERS: [usize; 3] = [1, 16, 256];

struct Bench {
    runtime: Runtime,
    store: Store,
    known: UserId,
    _database: testkit::Database,
}

/// A database with 10,000 rows; `None` if the program is not installed.
fn bench(kind: &str) -> Option<Bench> {
    let database = match kind {
        "SQLite" => testkit::sqlite(),
        _ => testkit::postgres()?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let config = StoreConfig {
        url: database.url().parse().unwrap(),
        connections: 4,
        migrate: true,
    };
    let store = Store::open(&config, Env::system()).unwrap();
    let known = runtime.block_on(store.write(fill)).unwrap();
    Some(Bench {
        runtime,
        store,
        known,
        _database: database,
    })
}

fn fill(tx: &mut Tx<'_>) -> Result<UserId, kernel::AppError> {
    use diesel::connection::SimpleConnection;
    let uuid = if tx.conn.is_sqlite() { "BLOB" } else { "uuid" };
    tx.conn.batch_execute(&format!(
        "CREATE TABLE bench_notes (id {uuid} NOT NULL PRIMARY KEY, title TEXT NOT NULL)"
    ))?;
    for _ in 0..10_000 {
        add(tx)?;
    }
    Ok(bench_notes::table.select(bench_notes::id).first(tx.conn)?)
}

fn add(tx: &mut Tx<'_>) -> Result<(), kernel::AppError> {
    let id: UserId = tx.env().id();
    let row = (
        bench_notes::id.eq(id),
        bench_notes::title.eq("a title of some length"),
    );
    diesel::insert_into(bench_notes::table)
        .values(row)
        .execute(tx.conn)?;
    Ok(())
}

#[divan::bench(args = CALLERS, consts = [0, 1], sample_count = 20)]
fn read_by_id<const DATABASE: usize>(bencher: Bencher<'_, '_>, callers: usize) {
    let Some(bench) = bench(DATABASES[DATABASE]) else {
        return;
    };
    bencher.counter(ItemsCount::new(callers)).bench_local(|| {
        bench.runtime.block_on(all(callers, |_| {
            let (store, known) = (bench.store.clone(), bench.known);
            async move {
                let find = move |conn: &mut db::AnyConn| {
                    Ok(bench_notes::table
                        .find(known)
                        .select(bench_notes::title)
                        .first::<String>(conn)?)
                };
                store.read(find).await.unwrap();
            }
        }));
    });
}

#[divan::bench(args = CALLERS, consts = [0, 1], sample_count = 20)]
fn insert<const DATABASE: usize>(bencher: Bencher<'_, '_>, callers: usize) {
    let Some(bench) = bench(DATABASES[DATABASE]) else {
        return;
    };
    bencher.counter(ItemsCount::new(callers)).bench_local(|| {
        bench.runtime.block_on(all(callers, |_| {
            let store = bench.store.clone();
            async move { store.write(add).await.unwrap() }
        }));
    });
}

async fn all<F: Future<Output = ()> + Send + 'static>(count: usize, make: impl Fn(usize) -> F) {
    let tasks: Vec<_> = (0..count).map(|n| tokio::spawn(make(n))).collect();
    for task in tasks {
        task.await.unwrap();
    }
}
