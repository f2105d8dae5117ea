//! Redis dies, hangs, comes back empty, or was never there.

use std::time::Duration;

use bytes::Bytes;
use cluster::{Cluster, ClusterConfig, Rate, Topic, connect};
use kernel::{Env, ErrorKind};
use testkit::PrivateRedis;

use crate::nodes::{config, over_redis};
use crate::recording_subscriber::{Event, RecordingSubscriber, eventually, message};

const HOUR: Duration = Duration::from_secs(3_600);

async fn connected(config: &ClusterConfig) -> Cluster {
    let node = connect(config, &Env::system()).await.unwrap();
    is_healthy(&node, true).await;
    node
}

async fn node(redis: &PrivateRedis) -> Cluster {
    connected(&config(&redis.url(), "faults:")).await
}

/// So impatient that a server that hangs is soon found out.
fn impatient(redis: &PrivateRedis) -> ClusterConfig {
    ClusterConfig {
        command_timeout: Duration::from_millis(300),
        rate_check_timeout: Duration::from_millis(300),
        ..config(&redis.url(), "faults:")
    }
}

/// Publishes until a message gets through.
async fn heals(here: &Cluster, there: &RecordingSubscriber, topic: &Topic) {
    eventually("a message gets through", async || {
        here.bus.publish(topic, text("again"));
        there.has(&message(topic, "again")).await
    })
    .await;
}

async fn is_healthy(node: &Cluster, wanted: bool) {
    eventually("its health changes", async || {
        node.bus.is_healthy() == wanted
    })
    .await;
}

fn text(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[tokio::test]
async fn after_a_kill_and_a_restart_topics_are_subscribed_again_and_sinks_resync() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let recorded = RecordingSubscriber::attach(&there);
    let topic = Topic::of("chat", 1);
    let subscription = there.bus.subscribe(&topic);
    subscription.active().await;
    redis.kill();
    is_healthy(&there, false).await;
    is_healthy(&here, false).await;
    redis.restart();
    recorded.until(&Event::ResyncAll).await;
    heals(&here, &recorded, &topic).await;
}

#[tokio::test]
async fn while_redis_is_down_a_node_goes_on_by_itself_and_nobody_waits() {
    const COUNT: u32 = 200_000;
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let topic = Topic::of("chat", 1);
    let subscription = there.bus.subscribe(&topic);
    subscription.active().await;
    let (recorded, other) = (
        RecordingSubscriber::attach(&here),
        RecordingSubscriber::attach(&there),
    );
    redis.kill();
    for n in 0..COUNT {
        let payload = Bytes::copy_from_slice(&n.to_be_bytes());
        here.bus.publish(&topic, payload.clone());
        assert_eq!(recorded.try_next().await, Some(message(&topic, payload)));
    }
    here.bus.flush().await;
    assert_eq!(here.bus.stats().lost, u64::from(COUNT));
    redis.restart();
    let told = other.next().await;
    let of_topic = Event::Resync(topic.to_string());
    assert!(told == of_topic || told == Event::ResyncAll, "{told:?}");
}

#[tokio::test]
async fn when_only_the_sending_connection_is_lost_the_others_are_told_of_which_topic() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let recorded = RecordingSubscriber::attach(&there);
    let topic = Topic::of("chat", 1);
    let subscription = there.bus.subscribe(&topic);
    subscription.active().await;
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut cut = redis::cmd("CLIENT");
    cut.arg(&["KILL", "TYPE", "normal"]);
    cut.exec_async(&mut connection).await.unwrap();
    here.bus.publish(&topic, text("lost"));
    assert_eq!(recorded.next().await, Event::Resync(topic.to_string()));
    here.bus.publish(&topic, text("again"));
    assert_eq!(recorded.next().await, message(&topic, "again"));
    assert_eq!(here.bus.stats().lost, 1);
    assert_eq!(there.bus.stats().resyncs, 2);
}

#[tokio::test]
async fn a_redis_that_hangs_is_found_out_and_holds_nobody_up() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let here = connected(&impatient(&redis)).await;
    let there = connected(&impatient(&redis)).await;
    let recorded = RecordingSubscriber::attach(&there);
    let topic = Topic::of("chat", 1);
    let subscription = there.bus.subscribe(&topic);
    subscription.active().await;
    redis.freeze();
    for _ in 0..100 {
        here.bus.publish(&topic, Bytes::from(vec![0; 1 << 20]));
    }
    assert!(here.bus.stats().lost >= 68, "no more than 32 MiB are kept");
    is_healthy(&here, false).await;
    is_healthy(&there, false).await;
    let late = there.bus.subscribe(&Topic::of("chat", 2));
    late.active().await;
    redis.thaw();
    recorded.until(&Event::ResyncAll).await;
    heals(&here, &recorded, &topic).await;
    heals(&here, &recorded, &Topic::of("chat", 2)).await;
}

/// A test with one thread publishes without a pause, so the sending task never gets its turn.
#[tokio::test]
async fn a_full_queue_drops_the_newest_and_the_others_are_told_of_which_topic() {
    const COUNT: u32 = 100_000;
    let Some(variant) = over_redis() else {
        return;
    };
    let (here, there) = (variant.node().await, variant.node().await);
    let recorded = RecordingSubscriber::attach(&there);
    let topic = Topic::of("chat", 1);
    let subscription = there.bus.subscribe(&topic);
    subscription.active().await;
    for n in 0..COUNT {
        here.bus
            .publish(&topic, Bytes::copy_from_slice(&n.to_be_bytes()));
    }
    let lost = u32::try_from(here.bus.stats().lost).unwrap();
    assert!(lost > 0 && lost < COUNT, "{lost} were lost");
    let mut came = 0;
    let mut told = 0;
    while came < COUNT - lost {
        match recorded.next().await {
            Event::Resync(name) if name == topic.as_str() => told += 1,
            event => {
                assert_eq!(event, message(&topic, came.to_be_bytes().to_vec()));
                came += 1;
            }
        }
    }
    assert_eq!(told, 1);
    here.bus.publish(&topic, text("as before"));
    assert_eq!(recorded.next().await, message(&topic, "as before"));
}

#[tokio::test]
async fn leases_and_registry_say_at_once_that_redis_is_away_and_work_when_it_is_back() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let node = node(&redis).await;
    let before = node
        .leases
        .acquire("match", "node", HOUR)
        .await
        .unwrap()
        .unwrap();
    redis.kill();
    let refused = node
        .leases
        .acquire("match", "node", HOUR)
        .await
        .unwrap_err();
    assert_eq!(refused.code().kind, ErrorKind::Unavailable);
    assert!(refused.retry_delay().is_some());
    assert!(node.expiring_sets.list(&["ann"]).await.is_err());
    assert!(node.check().await.is_err());
    redis.restart();
    eventually("it answers", async || node.check().await.is_ok()).await;
    assert_eq!(
        node.leases
            .renew(std::slice::from_ref(&before), HOUR)
            .await
            .unwrap(),
        [None]
    );
    let after = node
        .leases
        .acquire("match", "node", HOUR)
        .await
        .unwrap()
        .unwrap();
    assert!(
        after.epoch > before.epoch,
        "also when Redis has forgotten everything"
    );
}

#[tokio::test]
async fn commands_do_not_wait_for_a_redis_that_hangs() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let node = connected(&impatient(&redis)).await;
    redis.freeze();
    assert!(node.leases.acquire("match", "node", HOUR).await.is_err());
    assert!(node.expiring_sets.count(&["ann"]).await.is_err());
    let rule = Rate::new(3, HOUR);
    let mut allowed = 0;
    for _ in 0..1_000 {
        allowed += usize::from(node.rate_limiter.check("ann", rule, 1).await.allowed);
    }
    assert_eq!(allowed, 3);
    redis.thaw();
    eventually("it answers", async || node.check().await.is_ok()).await;
}

#[tokio::test]
async fn a_restart_between_two_commands_is_not_noticed() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let node = node(&redis).await;
    assert_eq!(node.expiring_sets.count(&["ann"]).await.unwrap(), [0]);
    redis.kill();
    redis.restart();
    assert_eq!(node.expiring_sets.count(&["ann"]).await.unwrap(), [0]);
}

#[tokio::test]
async fn without_redis_each_node_counts_rates_for_itself() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let (one, other) = (node(&redis).await, node(&redis).await);
    let rule = Rate::new(3, HOUR);
    assert!(one.rate_limiter.check("ann", rule, 3).await.allowed);
    assert!(!other.rate_limiter.check("ann", rule, 1).await.allowed);
    redis.kill();
    for node in [&one, &other] {
        let mut allowed = 0;
        for _ in 0..10 {
            allowed += usize::from(node.rate_limiter.check("ann", rule, 1).await.allowed);
        }
        assert_eq!(allowed, 3);
    }
    redis.restart();
    eventually("they count together again", async || {
        let shared = one.rate_limiter.check("bob", rule, 0).await.remaining == 3;
        one.rate_limiter.check("bob", rule, 1).await;
        shared && other.rate_limiter.check("bob", rule, 0).await.remaining < 3
    })
    .await;
}

#[tokio::test]
async fn a_node_starts_without_redis_and_finds_it_later() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    redis.kill();
    let node = connect(&impatient(&redis), &Env::system()).await.unwrap();
    assert!(!node.bus.is_healthy());
    assert!(node.check().await.is_err());
    let recorded = RecordingSubscriber::attach(&node);
    let topic = Topic::of("chat", 1);
    let subscription = node.bus.subscribe(&topic);
    subscription.active().await;
    redis.restart();
    recorded.until(&Event::ResyncAll).await;
    is_healthy(&node, true).await;
    eventually("it answers", async || node.check().await.is_ok()).await;
}

#[tokio::test]
async fn a_wrong_address_is_refused_with_a_sentence_that_does_not_tell_the_password() {
    let wrong = config("http://user:hunter2@somewhere/", "");
    let refused = connect(&wrong, &Env::system()).await.unwrap_err();
    let said = refused.to_string();
    assert!(said.starts_with("invalid Redis URL"), "{said}");
    assert!(!said.contains("hunter2"));
    assert!(
        connect(&ClusterConfig::default(), &Env::system())
            .await
            .unwrap()
            .check()
            .await
            .is_ok()
    );
}
