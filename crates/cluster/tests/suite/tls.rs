//! TLS to Redis.

use std::path::Path;

use cluster::{Cluster, ClusterConfig, ClusterError, Topic, connect};
use kernel::{Env, Secret};
use testkit::PrivateRedis;

use crate::recording_subscriber::{RecordingSubscriber, message};

fn config(url: &str, ca: Option<&Path>) -> ClusterConfig {
    ClusterConfig {
        redis_url: Some(Secret::new(url.to_owned())),
        redis_ca_file: ca.map(ToOwned::to_owned),
        command_timeout: std::time::Duration::from_secs(5),
        ..ClusterConfig::default()
    }
}

async fn open(url: &str, ca: Option<&Path>) -> Result<Cluster, ClusterError> {
    connect(&config(url, ca), &Env::system()).await
}

async fn refused(url: &str, ca: Option<&Path>) -> String {
    open(url, ca).await.unwrap_err().to_string()
}

fn on_another_name(redis: &PrivateRedis) -> String {
    redis.url().replace("localhost", "127.0.0.1")
}

#[tokio::test]
async fn nodes_share_a_redis_over_tls() {
    let Some(redis) = testkit::private_redis_with_tls() else {
        return;
    };
    let one = open(&redis.url(), redis.ca_file()).await.unwrap();
    let other = open(&redis.url(), redis.ca_file()).await.unwrap();
    one.check().await.unwrap();
    assert!(one.bus.is_healthy() && other.bus.is_healthy());
    let recorded = RecordingSubscriber::attach(&other);
    let topic = Topic::of("chat", 1);
    let subscription = other.bus.subscribe(&topic);
    subscription.active().await;
    one.bus.publish(&topic, "hello".into());
    recorded.until(&message(&topic, "hello")).await;
}

#[tokio::test]
async fn connect_refuses_a_certificate_that_is_not_trusted() {
    let Some(redis) = testkit::private_redis_with_tls() else {
        return;
    };
    let strange = testkit::strange_authority();
    for ca in [Some(strange.file()), None] {
        let why = refused(&redis.url(), ca).await;
        assert!(why.starts_with("no TLS connection to Redis: "), "{why}");
        assert!(why.contains("UnknownIssuer"), "{why}");
    }
    let why = refused(&on_another_name(&redis), redis.ca_file()).await;
    assert!(why.contains("not valid for name"), "{why}");
}

#[tokio::test]
async fn a_server_without_tls_is_never_used() {
    let Some(redis) = testkit::private_redis() else {
        return;
    };
    let url = redis.url().replace("redis://", "rediss://");
    let strange = testkit::strange_authority();
    let mut config = config(&url, Some(strange.file()));
    config.command_timeout = std::time::Duration::from_millis(300);
    // It answers nothing that tells it from a server that is away.
    let node = connect(&config, &Env::system()).await.unwrap();
    assert!(!node.bus.is_healthy());
    assert!(node.check().await.is_err());
}

#[tokio::test]
async fn connect_refuses_unusable_ca_files() {
    let folder = testkit::folder();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    let url = "rediss://localhost:1/";
    let why = refused(url, Some(&empty)).await;
    assert!(why.ends_with("it holds no certificate"), "{why}");
    let why = refused(url, Some(&folder.path().join("missing.pem"))).await;
    assert!(why.contains("missing.pem cannot be used"), "{why}");
    let why = refused("redis://localhost:1/", Some(&empty)).await;
    assert_eq!(why, "a CA file needs a rediss:// URL");
    let why = refused("rediss://localhost:1/#insecure", None).await;
    assert!(why.contains("always verified"), "{why}");
}

#[tokio::test]
async fn a_node_starts_without_its_tls_redis_and_finds_it_later() {
    let Some(redis) = testkit::private_redis_with_tls() else {
        return;
    };
    redis.kill();
    let node = open(&redis.url(), redis.ca_file()).await.unwrap();
    assert!(node.check().await.is_err());
    redis.restart();
    let answered = async {
        while node.check().await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let answered = tokio::time::timeout(std::time::Duration::from_secs(60), answered);
    answered.await.unwrap();
}
