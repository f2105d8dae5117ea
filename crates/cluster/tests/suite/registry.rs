//! Members are there for as long as somebody says so.

use std::time::Duration;

use cluster::{Bundle, Entry};

use crate::nodes::variants;

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(60);

fn entry<'a>(set: &'a str, member: &'a str, value: &'a str) -> Entry<'a> {
    let value = value.as_bytes();
    Entry { set, member, value }
}

/// The sets as text: `member=value` in order.
async fn list(node: &Bundle, sets: &[&str]) -> Vec<String> {
    let listed = node.registry.list(sets).await.unwrap();
    let text = |set: Vec<cluster::Member>| {
        let members = set
            .iter()
            .map(|member| format!("{}={}", member.name, String::from_utf8_lossy(&member.value)));
        members.collect::<Vec<_>>().join(" ")
    };
    listed.into_iter().map(text).collect()
}

#[tokio::test]
async fn members_are_put_listed_counted_changed_and_removed_in_many_sets_at_once() {
    for variant in variants() {
        let node = variant.node().await;
        let put = [
            entry("ann", "phone", "away"),
            entry("ann", "desk", "online"),
            entry("bob", "phone", "in match"),
        ];
        node.registry.put(&put, LONG).await.unwrap();
        let sets = ["bob", "nobody", "ann"];
        assert_eq!(
            list(&node, &sets).await,
            ["phone=in match", "", "desk=online phone=away"],
            "{}",
            variant.name
        );
        assert_eq!(node.registry.count(&sets).await.unwrap(), [1, 0, 2]);
        node.registry
            .put(&[entry("ann", "desk", "")], LONG)
            .await
            .unwrap();
        node.registry
            .remove(&[("ann", "phone"), ("bob", "phone"), ("bob", "none")])
            .await
            .unwrap();
        assert_eq!(list(&node, &sets).await, ["", "", "desk="]);
    }
}

#[tokio::test]
async fn a_member_that_is_not_put_again_is_gone_while_the_others_stay() {
    for variant in variants() {
        let node = variant.node().await;
        node.registry
            .put(&[entry("ann", "dead", "1")], SHORT)
            .await
            .unwrap();
        node.registry
            .put(
                &[entry("ann", "alive", "1"), entry("bob", "alive", "1")],
                LONG,
            )
            .await
            .unwrap();
        node.registry
            .put(&[entry("cat", "dead", "1")], SHORT)
            .await
            .unwrap();
        variant.time.pass(SHORT * 2).await;
        let sets = ["ann", "bob", "cat"];
        assert_eq!(
            list(&node, &sets).await,
            ["alive=1", "alive=1", ""],
            "{}",
            variant.name
        );
        assert_eq!(node.registry.count(&sets).await.unwrap(), [1, 1, 0]);
    }
}

#[tokio::test]
async fn a_short_member_does_not_shorten_the_set_and_a_second_put_lengthens_it() {
    for variant in variants() {
        let node = variant.node().await;
        node.registry
            .put(&[entry("ann", "a", "1")], LONG)
            .await
            .unwrap();
        node.registry
            .put(&[entry("ann", "b", "1"), entry("ann", "c", "1")], SHORT)
            .await
            .unwrap();
        node.registry
            .put(&[entry("ann", "c", "2")], LONG)
            .await
            .unwrap();
        variant.time.pass(SHORT * 2).await;
        assert_eq!(list(&node, &["ann"]).await, ["a=1 c=2"], "{}", variant.name);
    }
}

#[tokio::test]
async fn a_thousand_friends_are_looked_up_at_once() {
    for variant in variants() {
        let node = variant.node().await;
        let names: Vec<String> = (0..1_000).map(|n| format!("user-{n}")).collect();
        let online: Vec<Entry<'_>> = names
            .iter()
            .step_by(2)
            .map(|name| entry(name, "s", "online"))
            .collect();
        node.registry.put(&online, LONG).await.unwrap();
        let sets: Vec<&str> = names.iter().map(String::as_str).collect();
        let counts = node.registry.count(&sets).await.unwrap();
        let wanted: Vec<usize> = (0..1_000).map(|n| usize::from(n % 2 == 0)).collect();
        assert_eq!(counts, wanted, "{}", variant.name);
        assert_eq!(
            node.registry.list(&[]).await.unwrap(),
            Vec::<Vec<cluster::Member>>::new()
        );
        node.registry.put(&[], LONG).await.unwrap();
        node.registry.remove(&[]).await.unwrap();
    }
}

#[tokio::test]
async fn members_that_come_and_go_do_not_pile_up_in_a_set_that_stays() {
    for variant in variants() {
        let node = variant.node().await;
        node.registry
            .put(&[entry("lobby", "stays", "")], LONG)
            .await
            .unwrap();
        for round in 0..40 {
            let names: Vec<String> = (0..50).map(|n| format!("{round}-{n}")).collect();
            let entries: Vec<Entry<'_>> =
                names.iter().map(|name| entry("lobby", name, "")).collect();
            node.registry
                .put(&entries, Duration::from_millis(1))
                .await
                .unwrap();
            variant.time.pass(Duration::from_millis(2)).await;
        }
        assert_eq!(
            list(&node, &["lobby"]).await,
            ["stays="],
            "{}",
            variant.name
        );
        if let Some(stored) = variant.stored_members("lobby").await {
            assert!(stored < 500, "{stored} of 2001 are still stored");
        }
    }
}
