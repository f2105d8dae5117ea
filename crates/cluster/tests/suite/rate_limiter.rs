//! A burst is allowed exactly.

use std::sync::Arc;
use std::time::Duration;

use cluster::{Cluster, Rate, RateDecision};

use crate::nodes::{local, variants};

const HOUR: Duration = Duration::from_secs(3_600);

async fn hits(node: &Cluster, key: &str, rule: Rate, times: usize) -> Vec<RateDecision> {
    let mut verdicts = vec![];
    for _ in 0..times {
        verdicts.push(node.rate_limiter.check(key, rule, 1).await);
    }
    verdicts
}

#[tokio::test]
async fn a_burst_of_n_allows_exactly_n_and_tells_how_it_stands() {
    for variant in variants() {
        let node = variant.node().await;
        let rule = Rate::new(7, HOUR);
        let verdicts = hits(&node, "ann", rule, 20).await;
        let allowed: Vec<bool> = verdicts.iter().map(|decision| decision.allowed).collect();
        assert_eq!(
            allowed,
            [[true; 7].as_slice(), &[false; 13]].concat(),
            "{}",
            variant.name
        );
        let remaining: Vec<u32> = verdicts
            .iter()
            .take(8)
            .map(|decision| decision.remaining)
            .collect();
        assert_eq!(remaining, [6, 5, 4, 3, 2, 1, 0, 0]);
        let last = verdicts.last().unwrap();
        assert_eq!(last.limit, 7);
        assert!(
            last.retry_after <= HOUR / 7 && last.retry_after > HOUR / 8,
            "{last:?}"
        );
        assert!(
            last.reset_after <= HOUR && last.reset_after > HOUR * 9 / 10,
            "{last:?}"
        );
        assert_eq!(verdicts[0].retry_after, Duration::ZERO);
        assert!(
            node.rate_limiter.check("bob", rule, 1).await.allowed,
            "keys are apart"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_hits_at_once_exactly_the_burst_is_allowed() {
    for variant in variants() {
        let node = variant.node().await;
        let other = if variant.name == "local" {
            node.clone()
        } else {
            variant.node().await
        };
        let tasks = (0..200).map(|n| {
            let rates = Arc::clone(if n % 2 == 0 {
                &node.rate_limiter
            } else {
                &other.rate_limiter
            });
            tokio::spawn(async move { rates.check("ann", Rate::new(50, HOUR), 1).await.allowed })
        });
        let mut allowed = 0;
        for task in tasks.collect::<Vec<_>>() {
            allowed += usize::from(task.await.unwrap());
        }
        assert_eq!(allowed, 50, "{}", variant.name);
    }
}

#[tokio::test]
async fn a_cost_counts_as_often_and_asking_costs_nothing() {
    for variant in variants() {
        let node = variant.node().await;
        let rule = Rate::new(10, HOUR);
        assert_eq!(node.rate_limiter.check("ann", rule, 0).await.remaining, 10);
        assert_eq!(node.rate_limiter.check("ann", rule, 6).await.remaining, 4);
        let refused = node.rate_limiter.check("ann", rule, 5).await;
        assert_eq!(
            (refused.allowed, refused.remaining),
            (false, 4),
            "{}",
            variant.name
        );
        assert!(node.rate_limiter.check("ann", rule, 4).await.allowed);
        let asked = node.rate_limiter.check("ann", rule, 0).await;
        assert_eq!((asked.allowed, asked.remaining), (true, 0));
        assert!(
            !node.rate_limiter.check("new", rule, 11).await.allowed,
            "more than a burst never is"
        );
    }
}

#[tokio::test]
async fn what_was_used_comes_back_with_time() {
    for variant in variants() {
        let node = variant.node().await;
        let rule = Rate::new(2, Duration::from_millis(400));
        assert!(
            node.rate_limiter.check("ann", rule, 2).await.allowed,
            "{}",
            variant.name
        );
        while !node.rate_limiter.check("ann", rule, 1).await.allowed {
            variant.time.pass(Duration::from_millis(50)).await;
        }
        while node.rate_limiter.check("ann", rule, 0).await.remaining < 2 {
            variant.time.pass(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn to_the_microsecond_it_comes_back_when_it_was_told() {
    let variant = local();
    let node = variant.node().await;
    let rule = Rate::new(2, Duration::from_secs(4));
    assert!(node.rate_limiter.check("ann", rule, 2).await.allowed);
    let wait = node.rate_limiter.check("ann", rule, 1).await.retry_after;
    assert_eq!(wait, Duration::from_secs(2));
    variant.time.pass(wait - Duration::from_micros(1)).await;
    assert!(!node.rate_limiter.check("ann", rule, 1).await.allowed);
    variant.time.pass(Duration::from_micros(1)).await;
    assert!(node.rate_limiter.check("ann", rule, 1).await.allowed);
}
