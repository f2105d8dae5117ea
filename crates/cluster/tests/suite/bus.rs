//! Messages reach whom they are for.

use std::sync::Arc;

use bytes::Bytes;
use cluster::Topic;

use crate::nodes::{over_redis, variants};
use crate::recording_subscriber::{Event, RecordingSubscriber, message};

fn number(n: u32) -> Bytes {
    Bytes::copy_from_slice(&n.to_be_bytes())
}

#[tokio::test]
async fn a_node_gives_its_own_messages_to_its_sinks_before_publishing_returns() {
    for variant in variants() {
        let node = variant.node().await;
        let (one, other) = (
            RecordingSubscriber::attach(&node),
            RecordingSubscriber::attach(&node),
        );
        let topic = Topic::of("chat", 1);
        node.bus.publish(&topic, Bytes::from_static(b"hello"));
        for recorded in [one, other] {
            assert_eq!(
                recorded.try_next().await,
                Some(message(&topic, "hello")),
                "{}",
                variant.name
            );
        }
        assert_eq!(node.bus.stats().published, 1);
    }
}

#[tokio::test]
async fn another_node_gets_what_it_subscribed_to_and_only_that() {
    let Some(variant) = over_redis() else {
        return;
    };
    let (here, there) = (variant.node().await, variant.node().await);
    let recorded = RecordingSubscriber::attach(&there);
    let (wanted, unwanted) = (Topic::of("chat", 1), Topic::of("chat", 2));
    let subscription = there.bus.subscribe(&wanted);
    subscription.active().await;
    here.bus
        .publish(&unwanted, Bytes::from_static(b"not for it"));
    here.bus
        .publish(&wanted, Bytes::from_static(b"\0for it\xff"));
    assert_eq!(
        recorded.next().await,
        message(&wanted, &b"\0for it\xff"[..])
    );
    assert_eq!(there.bus.stats().received, 1);
}

#[tokio::test]
async fn a_node_does_not_hear_its_own_messages_twice() {
    let Some(variant) = over_redis() else {
        return;
    };
    let (here, there) = (variant.node().await, variant.node().await);
    let recorded = RecordingSubscriber::attach(&here);
    let topic = Topic::of("user", 1);
    let subscription = here.bus.subscribe(&topic);
    subscription.active().await;
    here.bus.publish(&topic, Bytes::from_static(b"mine"));
    here.bus.flush().await;
    there.bus.publish(&topic, Bytes::from_static(b"theirs"));
    assert_eq!(recorded.next().await, message(&topic, "mine"));
    assert_eq!(recorded.next().await, message(&topic, "theirs"));
}

#[tokio::test]
async fn messages_of_one_publisher_arrive_in_order_and_none_is_missing() {
    const COUNT: u32 = 5_000;
    let Some(variant) = over_redis() else {
        return;
    };
    let (here, there) = (variant.node().await, variant.node().await);
    let recorded = RecordingSubscriber::attach(&there);
    let topics = [Topic::of("chat", 1), Topic::of("chat", 2)];
    let subscriptions = topics.each_ref().map(|topic| there.bus.subscribe(topic));
    for subscription in &subscriptions {
        subscription.active().await;
    }
    for n in 0..COUNT {
        here.bus.publish(&topics[n as usize % 2], number(n));
    }
    for n in 0..COUNT {
        assert_eq!(
            recorded.next().await,
            message(&topics[n as usize % 2], number(n))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_publishers_at_once_lose_nothing_and_keep_their_own_order() {
    const PUBLISHERS: u32 = 8;
    const EACH: u32 = 500;
    let Some(variant) = over_redis() else {
        return;
    };
    let (here, there) = (variant.node().await, variant.node().await);
    let recorded = RecordingSubscriber::attach(&there);
    let topic = Topic::of("chat", 1);
    let subscription = there.bus.subscribe(&topic);
    subscription.active().await;
    for publisher in 0..PUBLISHERS {
        let (bus, topic) = (Arc::clone(&here.bus), topic.clone());
        tokio::spawn(async move {
            for n in 0..EACH {
                bus.publish(&topic, number(publisher * EACH + n));
            }
        });
    }
    let mut seen = vec![0; PUBLISHERS as usize];
    for _ in 0..PUBLISHERS * EACH {
        let Event::Message(_, payload) = recorded.next().await else {
            panic!("not a message");
        };
        let n = u32::from_be_bytes(payload.as_ref().try_into().unwrap());
        let next = &mut seen[(n / EACH) as usize];
        assert_eq!(n % EACH, *next);
        *next += 1;
    }
    assert_eq!(seen, [EACH; PUBLISHERS as usize]);
}

#[tokio::test]
async fn a_topic_is_left_when_its_last_subscriber_goes() {
    let Some(variant) = over_redis() else {
        return;
    };
    let (here, there) = (variant.node().await, variant.node().await);
    let recorded = RecordingSubscriber::attach(&there);
    let (topic, mark) = (Topic::of("chat", 1), Topic::of("chat", "mark"));
    let marked = there.bus.subscribe(&mark);
    let (one, other) = (there.bus.subscribe(&topic), there.bus.subscribe(&topic));
    other.active().await;
    marked.active().await;
    drop(one);
    here.bus
        .publish(&topic, Bytes::from_static(b"still wanted"));
    assert_eq!(recorded.next().await, message(&topic, "still wanted"));
    drop(other);
    here.bus.publish(&topic, Bytes::from_static(b"unwanted"));
    here.bus.publish(&mark, Bytes::from_static(b"end"));
    assert_eq!(recorded.next().await, message(&mark, "end"));
    let again = there.bus.subscribe(&topic);
    again.active().await;
    here.bus
        .publish(&topic, Bytes::from_static(b"wanted again"));
    assert_eq!(recorded.next().await, message(&topic, "wanted again"));
}

#[tokio::test]
async fn nodes_of_another_prefix_hear_nothing() {
    let (Some(ours), Some(others)) = (over_redis(), over_redis()) else {
        return;
    };
    let (here, stranger, friend) = (ours.node().await, others.node().await, ours.node().await);
    let recorded = RecordingSubscriber::attach(&stranger);
    let topic = Topic::of("chat", 1);
    let subscriptions = [stranger.bus.subscribe(&topic), friend.bus.subscribe(&topic)];
    for subscription in &subscriptions {
        subscription.active().await;
    }
    let heard = RecordingSubscriber::attach(&friend);
    here.bus.publish(&topic, Bytes::from_static(b"private"));
    assert_eq!(heard.next().await, message(&topic, "private"));
    let other = others.node().await;
    other.bus.publish(&topic, Bytes::from_static(b"their own"));
    assert_eq!(recorded.next().await, message(&topic, "their own"));
}

#[tokio::test]
async fn thousands_of_topics_are_subscribed_to_try_next() {
    let Some(variant) = over_redis() else {
        return;
    };
    let (here, there) = (variant.node().await, variant.node().await);
    let recorded = RecordingSubscriber::attach(&there);
    let topics: Vec<Topic> = (0..3_000).map(|n| Topic::of("chat", n)).collect();
    let subscriptions: Vec<_> = topics
        .iter()
        .map(|topic| there.bus.subscribe(topic))
        .collect();
    for subscription in &subscriptions {
        subscription.active().await;
    }
    for topic in &topics {
        here.bus.publish(topic, Bytes::from_static(b"x"));
    }
    for topic in &topics {
        assert_eq!(recorded.next().await, message(topic, "x"));
    }
}
