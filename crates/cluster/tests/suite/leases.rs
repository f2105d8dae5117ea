//! A lease has one holder, and its fence only rises.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use cluster::{Cluster, Lease};
use kernel::{Clock, Env, SystemRng, Timestamp};

use crate::nodes::{Variant, variants};

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(60);

async fn acquire(node: &Cluster, name: &str, ttl: Duration) -> Option<Lease> {
    node.leases.acquire(name, "node", ttl).await.unwrap()
}

async fn renew(node: &Cluster, lease: &Lease, ttl: Duration) -> Option<Lease> {
    let mut renewed = node
        .leases
        .renew(std::slice::from_ref(lease), ttl)
        .await
        .unwrap();
    renewed.pop().unwrap()
}

/// Two nodes where the implementation has nodes, and the same one twice where it has not.
async fn two(variant: &Variant) -> (Cluster, Cluster) {
    let one = variant.node().await;
    let other = match variant.name {
        "local" => one.clone(),
        _ => variant.node().await,
    };
    (one, other)
}

#[tokio::test]
async fn a_lease_is_exclusive_until_it_is_given_back() {
    for variant in variants() {
        let (one, other) = two(&variant).await;
        let lease = acquire(&one, "match", LONG).await.unwrap();
        assert_eq!(
            (lease.name.as_str(), lease.holder.as_str()),
            ("match", "node")
        );
        assert_eq!(
            acquire(&other, "match", LONG).await,
            None,
            "{}",
            variant.name
        );
        assert_eq!(
            acquire(&one, "match", LONG).await,
            None,
            "not even for its holder"
        );
        assert!(acquire(&other, "another match", LONG).await.is_some());
        one.leases.release(&lease).await.unwrap();
        assert!(acquire(&other, "match", LONG).await.unwrap().epoch > lease.epoch);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_ask_at_once_exactly_one_gets_it() {
    for variant in variants() {
        let (one, other) = two(&variant).await;
        let mut newest = 0;
        for _ in 0..20 {
            let askers = (0..16).map(|n| {
                let node = if n % 2 == 0 { &one } else { &other };
                let leases = Arc::clone(&node.leases);
                tokio::spawn(async move { leases.acquire("match", "node", LONG).await.unwrap() })
            });
            let mut got = vec![];
            for asker in askers.collect::<Vec<_>>() {
                got.extend(asker.await.unwrap());
            }
            assert_eq!(got.len(), 1, "{}", variant.name);
            assert!(got[0].epoch > newest);
            newest = got[0].epoch;
            one.leases.release(&got[0]).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_lease_that_is_not_renewed_ends_and_its_old_holder_is_fenced() {
    for variant in variants() {
        let (one, other) = two(&variant).await;
        let old = acquire(&one, "match", SHORT).await.unwrap();
        variant.time.pass(SHORT * 2).await;
        let new = acquire(&other, "match", LONG).await.unwrap();
        assert!(new.epoch > old.epoch);
        assert_eq!(renew(&one, &old, LONG).await, None);
        one.leases.release(&old).await.unwrap();
        assert!(
            renew(&other, &new, LONG).await.is_some(),
            "{}",
            variant.name
        );
    }
}

#[tokio::test]
async fn renewing_many_moves_the_end_of_each_and_tells_which_are_lost() {
    for variant in variants() {
        let node = variant.node().await;
        let kept = acquire(&node, "kept", LONG).await.unwrap();
        let lost = acquire(&node, "lost", LONG).await.unwrap();
        node.leases.release(&lost).await.unwrap();
        let renewed = node
            .leases
            .renew(&[kept.clone(), lost.clone()], LONG * 2)
            .await
            .unwrap();
        let [Some(longer), None] = &renewed[..] else {
            panic!("{}: {renewed:?}", variant.name);
        };
        assert_eq!((longer.epoch, &longer.name), (kept.epoch, &kept.name));
        assert!(longer.ends >= kept.ends + LONG);
        assert!(renew(&node, longer, SHORT).await.is_some());
        variant.time.pass(SHORT * 2).await;
        assert_eq!(renew(&node, longer, LONG).await, None);
        assert!(acquire(&node, "kept", LONG).await.is_some());
        assert_eq!(node.leases.renew(&[], LONG).await.unwrap(), []);
    }
}

/// A wall clock that somebody keeps setting back by an hour.
struct SetBack(AtomicI64);

impl Clock for SetBack {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_sub(3_600_000_000, Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

#[tokio::test]
async fn within_one_process_the_fence_rises_though_the_clock_is_set_back() {
    let start = 1_700_000_000_000_000;
    let clock = Arc::new(SetBack(AtomicI64::new(start)));
    let node = Cluster::local(&Env::new(clock, Arc::new(SystemRng)));
    let mut newest = u64::try_from(start).unwrap() - 1;
    for _ in 0..10 {
        let lease = acquire(&node, "match", LONG).await.unwrap();
        assert!(
            lease.epoch > newest,
            "also above those of an earlier process"
        );
        newest = lease.epoch;
        node.leases.release(&lease).await.unwrap();
    }
}
