//! Members are there for as long as somebody says so.

use std::time::Duration;

use cluster::{Cluster, SetEntry};

use crate::nodes::variants;

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(60);

fn entry<'a>(set: &'a str, member: &'a str, value: &'a str) -> SetEntry<'a> {
    let value = value.as_bytes();
    SetEntry { set, member, value }
}

/// The sets as text: `member=value` in order.
async fn list(node: &Cluster, sets: &[&str]) -> Vec<String> {
    let listed = node.expiring_sets.list(sets).await.unwrap();
    let text = |set: Vec<cluster::SetMember>| {
        let members = set
            .iter()
            .map(|member| format!("{}={}", member.name, String::from_utf8_lossy(&member.value)));
        members.collect::<Vec<_>>().join(" ")
    };
    listed.into_iter().map(text).collect()
}

#[tokio::test]
async fn members_are_put_listed_counted_changed_and_removed_in_many_sets_try_next() {
    for variant in variants() {
        let node = variant.node().await;
        let put = [
            entry("ann", "phone", "away"),
            entry("ann", "desk", "online"),
            entry("bob", "phone", "in match"),
        ];
        node.expiring_sets.put(&put, LONG).await.unwrap();
        let sets = ["bob", "nobody", "ann"];
        assert_eq!(
            list(&node, &sets).await,
            ["phone=in match", "", "desk=online phone=away"],
            "{}",
            variant.name
        );
        assert_eq!(node.expiring_sets.count(&sets).await.unwrap(), [1, 0, 2]);
        node.expiring_sets
            .put(&[entry("ann", "desk", "")], LONG)
            .await
            .unwrap();
        node.expiring_sets
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
        node.expiring_sets
            .put(&[entry("ann", "dead", "1")], SHORT)
            .await
            .unwrap();
        node.expiring_sets
            .put(
                &[entry("ann", "alive", "1"), entry("bob", "alive", "1")],
                LONG,
            )
            .await
            .unwrap();
        node.expiring_sets
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
        assert_eq!(node.expiring_sets.count(&sets).await.unwrap(), [1, 1, 0]);
    }
}

#[tokio::test]
async fn a_short_member_does_not_shorten_the_set_and_a_second_put_lengthens_it() {
    for variant in variants() {
        let node = variant.node().await;
        node.expiring_sets
            .put(&[entry("ann", "a", "1")], LONG)
            .await
            .unwrap();
        node.expiring_sets
            .put(&[entry("ann", "b", "1"), entry("ann", "c", "1")], SHORT)
            .await
            .unwrap();
        node.expiring_sets
            .put(&[entry("ann", "c", "2")], LONG)
            .await
            .unwrap();
        variant.time.pass(SHORT * 2).await;
        assert_eq!(list(&node, &["ann"]).await, ["a=1 c=2"], "{}", variant.name);
    }
}

#[tokio::test]
async fn a_thousand_friends_are_looked_up_try_next() {
    for variant in variants() {
        let node = variant.node().await;
        let names: Vec<String> = (0..1_000).map(|n| format!("user-{n}")).collect();
        let online: Vec<SetEntry<'_>> = names
            .iter()
            .step_by(2)
            .map(|name| entry(name, "s", "online"))
            .collect();
        node.expiring_sets.put(&online, LONG).await.unwrap();
        let sets: Vec<&str> = names.iter().map(String::as_str).collect();
        let counts = node.expiring_sets.count(&sets).await.unwrap();
        let wanted: Vec<usize> = (0..1_000).map(|n| usize::from(n % 2 == 0)).collect();
        assert_eq!(counts, wanted, "{}", variant.name);
        assert_eq!(
            node.expiring_sets.list(&[]).await.unwrap(),
            Vec::<Vec<cluster::SetMember>>::new()
        );
        node.expiring_sets.put(&[], LONG).await.unwrap();
        node.expiring_sets.remove(&[]).await.unwrap();
    }
}

#[tokio::test]
async fn members_that_come_and_go_do_not_pile_up_in_a_set_that_stays() {
    for variant in variants() {
        let node = variant.node().await;
        node.expiring_sets
            .put(&[entry("lobby", "stays", "")], LONG)
            .await
            .unwrap();
        for round in 0..40 {
            let names: Vec<String> = (0..50).map(|n| format!("{round}-{n}")).collect();
            let entries: Vec<SetEntry<'_>> =
                names.iter().map(|name| entry("lobby", name, "")).collect();
            node.expiring_sets
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
