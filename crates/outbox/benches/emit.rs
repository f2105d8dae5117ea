//! What an event costs: `cargo bench -p outbox`. One writer shows latency, many show how commits
//! are shared.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    unused_crate_dependencies
)]

use contract::catalogue::EventName;
use contract::streams::StreamName;
use divan::{Bencher, counter::ItemsCount};
use kernel::Env;
use outbox::Emit;
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

const DATABASES: [&str; 2] = ["SQLite", "PostgreSQL"];
const CALLERS: [usize; 3] = [1, 16, 256];

struct Bench {
    runtime: Runtime,
    store: db::Store,
    _database: testkit::Database,
}

/// An empty database, or nothing where the program is missing.
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
    Some(Bench {
        runtime,
        store: testkit::open_store(database.url(), Env::system()),
        _database: database,
    })
}

#[divan::bench(args = CALLERS, consts = [0, 1], sample_count = 20)]
fn emit<const DATABASE: usize>(bencher: Bencher<'_, '_>, callers: usize) {
    let Some(bench) = bench(DATABASES[DATABASE]) else {
        return;
    };
    let streams: Vec<_> = (0..64)
        .map(|_| StreamName::Chat(bench.store.env().id()))
        .collect();
    bencher.counter(ItemsCount::new(callers)).bench_local(|| {
        bench.runtime.block_on(all(callers, |n| {
            let store = bench.store.clone();
            let stream = streams[n % streams.len()];
            async move {
                store
                    .write(move |tx| tx.emit(stream, EventName::NewMessage, &n))
                    .await
                    .unwrap();
            }
        }));
    });
}

async fn all<F: Future<Output = ()> + Send + 'static>(count: usize, make: impl Fn(usize) -> F) {
    let tasks: Vec<_> = (0..count).map(|n| tokio::spawn(make(n))).collect();
    for task in tasks {
        task.await.unwrap();
    }
}
