//! A fair queue: turns rotate among networks, and within a network among its addresses.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use kernel::UserId;

/// The client of a request, among whom turns rotate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueClient {
    /// The network, which many addresses of one owner share.
    pub network: String,
    /// The address within the network.
    pub address: String,
}

impl QueueClient {
    /// An authenticated user, who shares no network with others.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self::isolated(format!("user:{user}"))
    }

    /// A client that shares no network with others.
    #[must_use]
    pub fn isolated(name: String) -> Self {
        Self {
            network: name,
            address: String::new(),
        }
    }
}

/// Items of many clients, taken in turns.
#[derive(Debug)]
pub(crate) struct FairQueue<T>(RoundRobin<RoundRobin<VecDeque<T>>>);

impl<T> Default for FairQueue<T> {
    fn default() -> Self {
        Self(RoundRobin::default())
    }
}

impl<T> FairQueue<T> {
    /// Appends an item to those of its client, after dropping leading ones for which `is_over` holds.
    pub(crate) fn push(&mut self, client: QueueClient, item: T, is_over: impl Fn(&T) -> bool) {
        let items = self.0.source(client.network).source(client.address);
        while items.front().is_some_and(&is_over) {
            items.pop_front();
        }
        items.push_back(item);
    }

    /// Takes the next item.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.0.take()
    }
}

/// A source of items.
trait Source {
    type Item;

    fn take(&mut self) -> Option<Self::Item>;

    fn is_empty(&self) -> bool;
}

impl<T> Source for VecDeque<T> {
    type Item = T;

    fn take(&mut self) -> Option<T> {
        self.pop_front()
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// Sources that take turns; an empty one is removed.
#[derive(Debug)]
struct RoundRobin<S, K = String> {
    sources: HashMap<K, S>,
    turns: VecDeque<K>,
}

impl<S, K> Default for RoundRobin<S, K> {
    fn default() -> Self {
        Self {
            sources: HashMap::new(),
            turns: VecDeque::new(),
        }
    }
}

impl<S: Default, K: Hash + Eq + Clone> RoundRobin<S, K> {
    fn source(&mut self, key: K) -> &mut S {
        if !self.sources.contains_key(&key) {
            self.turns.push_back(key.clone());
        }
        self.sources.entry(key).or_default()
    }
}

impl<S: Source, K: Hash + Eq> Source for RoundRobin<S, K> {
    type Item = S::Item;

    fn take(&mut self) -> Option<S::Item> {
        let key = self.turns.pop_front()?;
        let source = self.sources.get_mut(&key)?;
        let item = source.take();
        if source.is_empty() {
            self.sources.remove(&key);
        } else {
            self.turns.push_back(key);
        }
        item
    }

    fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(items: &[(&str, &str, &'static str)]) -> FairQueue<&'static str> {
        let mut queue = FairQueue::default();
        for (network, address, item) in items {
            let client = QueueClient {
                network: (*network).to_owned(),
                address: (*address).to_owned(),
            };
            queue.push(client, *item, |other| other.starts_with("over"));
        }
        queue
    }

    fn order(mut queue: FairQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn pop_rotates_networks_and_their_addresses() {
        let queue = queue(&[
            ("a", "1", "a1 first"),
            ("a", "1", "a1 second"),
            ("a", "1", "a1 third"),
            ("a", "2", "a2 first"),
            ("b", "1", "b1 first"),
            ("b", "1", "b1 second"),
        ]);
        assert_eq!(
            order(queue),
            [
                "a1 first",
                "b1 first",
                "a2 first",
                "b1 second",
                "a1 second",
                "a1 third"
            ]
        );
    }

    #[test]
    fn push_drops_leading_items_of_the_same_client() {
        let queue = queue(&[
            ("a", "1", "over"),
            ("a", "1", "over too"),
            ("b", "1", "over elsewhere"),
            ("a", "1", "new"),
        ]);
        assert_eq!(order(queue), ["new", "over elsewhere"]);
    }

    #[test]
    fn push_appends_a_returning_client_at_the_end() {
        let mut queue = queue(&[("a", "1", "a"), ("b", "1", "b")]);
        assert_eq!(queue.pop(), Some("a"));
        queue.push(QueueClient::isolated("a".into()), "a again", |_| false);
        assert_eq!(order(queue), ["b", "a again"]);
    }
}
