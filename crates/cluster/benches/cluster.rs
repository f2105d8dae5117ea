//! What fan-out, limits and the registry cost: `cargo bench -p cluster`. Figures are in the crate's
//! documentation. Each runs on one thread, so its time is the work of sender and receiver
//! together; Redis is another process.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cluster::{
    Cluster, ClusterConfig, Missed, Rate, SetEntry, Subscriber, Subscription, Topic, connect,
};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use kernel::{Env, Secret};
use testkit::Redis;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

const MINUTE: Duration = Duration::from_secs(60);

fn main() {
    divan::main();
}

/// Counts what arrives.
struct Arrivals(Semaphore);

impl Subscriber for Arrivals {
    fn deliver(&self, _: &Topic, payload: &Bytes) {
        black_box(payload);
        self.0.add_permits(1);
    }

    fn resync(&self, _: Missed<'_>) {}
}

impl Arrivals {
    fn at(node: &Cluster) -> Arc<Self> {
        let arrivals = Arc::new(Self(Semaphore::new(0)));
        node.bus.attach(arrivals.clone());
        arrivals
    }

    async fn wait(&self, count: u32) {
        self.0.acquire_many(count).await.unwrap().forget();
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn node(redis: &Redis) -> Cluster {
    let config = ClusterConfig {
        redis_url: Some(Secret::new(redis.url())),
        prefix: redis.prefix().to_owned(),
        ..ClusterConfig::default()
    };
    connect(&config, &Env::system()).await.unwrap()
}

/// Two nodes, of which one waits for what the other publishes.
struct Pair {
    runtime: Runtime,
    here: Cluster,
    arrivals: Arc<Arrivals>,
    topic: Topic,
    _there: (Cluster, Subscription),
}

impl Pair {
    fn new() -> Option<Self> {
        let redis = testkit::redis()?;
        let runtime = runtime();
        let topic = Topic::of("chat", 1);
        let (here, there, subscription) = runtime.block_on(async {
            let (here, there) = (node(&redis).await, node(&redis).await);
            let subscription = there.bus.subscribe(&topic);
            subscription.active().await;
            (here, there, subscription)
        });
        let arrivals = Arrivals::at(&there);
        Some(Self {
            runtime,
            here,
            arrivals,
            topic,
            _there: (there, subscription),
        })
    }
}

#[divan::bench]
fn deliver_within_a_node(bencher: Bencher<'_, '_>) {
    let node = Cluster::local(&Env::system());
    let _arrivals = Arrivals::at(&node);
    let topic = Topic::of("chat", 1);
    let payload = Bytes::from(vec![b'x'; 300]);
    bencher.bench(|| node.bus.publish(&topic, payload.clone()));
}

#[divan::bench(args = [1, 100, 10_000])]
fn deliver_to_another_node(bencher: Bencher<'_, '_>, messages: u32) {
    let Some(pair) = Pair::new() else {
        return;
    };
    let payload = Bytes::from(vec![b'x'; 300]);
    bencher.counter(ItemsCount::new(messages)).bench_local(|| {
        pair.runtime.block_on(async {
            for _ in 0..messages {
                pair.here.bus.publish(&pair.topic, payload.clone());
            }
            pair.arrivals.wait(messages).await;
        });
    });
}

/// A node alone on its topics: nobody else wants what it publishes.
#[divan::bench(args = [10_000])]
fn publish_to_nobody(bencher: Bencher<'_, '_>, messages: u32) {
    let Some(pair) = Pair::new() else {
        return;
    };
    let topic = Topic::of("chat", "unwanted");
    let payload = Bytes::from(vec![b'x'; 300]);
    bencher.counter(ItemsCount::new(messages)).bench_local(|| {
        pair.runtime.block_on(async {
            for _ in 0..messages {
                pair.here.bus.publish(&topic, payload.clone());
            }
            pair.here.bus.flush().await;
        });
    });
}

/// Both implementations, by name.
fn cluster(name: &str, runtime: &Runtime) -> Option<Cluster> {
    if name == "local" {
        return Some(Cluster::local(&Env::system()));
    }
    let redis = testkit::redis()?;
    Some(runtime.block_on(node(&redis)))
}

#[divan::bench(args = ["local", "redis"])]
fn hit_a_limit(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let Some(cluster) = cluster(name, &runtime) else {
        return;
    };
    let rule = Rate::new(1_000_000_000, MINUTE);
    bencher
        .bench_local(|| runtime.block_on(cluster.rate_limiter.check("address:127.0.0.1", rule, 1)));
}

#[divan::bench(args = ["local", "redis"])]
fn look_up_a_thousand_friends(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let Some(cluster) = cluster(name, &runtime) else {
        return;
    };
    let names: Vec<String> = (0..1_000).map(|n| format!("presence:{n}")).collect();
    let sets: Vec<&str> = names.iter().map(String::as_str).collect();
    let online: Vec<SetEntry<'_>> = sets.iter().step_by(4).copied().map(online).collect();
    runtime
        .block_on(cluster.expiring_sets.put(&online, MINUTE))
        .unwrap();
    bencher.bench_local(|| runtime.block_on(cluster.expiring_sets.list(&sets)).unwrap());
}

#[divan::bench(args = ["local", "redis"])]
fn keep_a_thousand_present(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let Some(cluster) = cluster(name, &runtime) else {
        return;
    };
    let names: Vec<String> = (0..1_000).map(|n| format!("presence:{n}")).collect();
    let online: Vec<SetEntry<'_>> = names.iter().map(String::as_str).map(online).collect();
    bencher.bench_local(|| {
        runtime
            .block_on(cluster.expiring_sets.put(&online, MINUTE))
            .unwrap();
    });
}

fn online(set: &str) -> SetEntry<'_> {
    SetEntry {
        set,
        member: "node-1",
        value: b"online",
    }
}

#[divan::bench(args = ["local", "redis"])]
fn renew_a_thousand_leases(bencher: Bencher<'_, '_>, name: &str) {
    let runtime = runtime();
    let Some(cluster) = cluster(name, &runtime) else {
        return;
    };
    let mut leases = vec![];
    for n in 0..1_000 {
        let name = format!("match:{n}");
        let acquired = cluster.leases.acquire(&name, "node", MINUTE * 10);
        leases.extend(runtime.block_on(acquired).unwrap());
    }
    bencher.bench_local(|| {
        runtime
            .block_on(cluster.leases.renew(&leases, MINUTE))
            .unwrap()
    });
}
