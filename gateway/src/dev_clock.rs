//! The clock that `POST /dev/clock/` moves ahead, the same on all nodes. It is ahead by the sum of what
//! each node has moved it, so that nodes may move it at the same moment. Each node publishes the parts of
//! all nodes that it knows, and takes over the larger ones of others. A node that starts publishes that it
//! knows none, and those that know some publish theirs in return.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use cluster::{Bus, Cluster, Missed, Subscriber, Subscription, Topic};
use kernel::{AdjustableClock, Env};
use tokio::sync::watch;

/// Where nodes publish how far each of them has moved the clock ahead.
const TOPIC: &str = "dev-clock";
/// How far the clock may be moved ahead in all: ten years.
const MAX_AHEAD: Duration = Duration::from_secs(10 * 365 * 24 * 3_600);

/// A clock that can be moved ahead. Clones share it.
#[derive(Clone)]
pub struct DevClock {
    shared: Arc<SharedClock>,
    bus: Arc<dyn Bus>,
    _subscription: Arc<Subscription>,
}

struct SharedClock {
    clock: Arc<AdjustableClock>,
    node: u64,
    parts: Mutex<ClockParts>,
    moved: watch::Sender<()>,
    /// The bus holds its subscribers.
    bus: Weak<dyn Bus>,
}

/// How far each node has moved the clock ahead, in microseconds by the number that it drew at its start.
type ClockParts = BTreeMap<u64, u64>;

impl DevClock {
    /// Shares a clock with the other nodes.
    pub async fn start(clock: Arc<AdjustableClock>, cluster: &Cluster, env: &Env) -> Self {
        tracing::warn!("dev clock enabled: POST /dev/clock/ moves the time of this server");
        let shared = Arc::new(SharedClock {
            clock,
            node: u64::from_be_bytes(env.bytes()),
            parts: Mutex::default(),
            moved: watch::Sender::default(),
            bus: Arc::downgrade(&cluster.bus),
        });
        cluster
            .bus
            .attach(Arc::clone(&shared) as Arc<dyn Subscriber>);
        let topic = Topic::from(TOPIC);
        let subscription = cluster.bus.subscribe(&topic);
        // The nodes that are ahead answer.
        subscription.active().await;
        shared.publish();
        Self {
            shared,
            bus: Arc::clone(&cluster.bus),
            _subscription: Arc::new(subscription),
        }
    }

    /// Moves the clock of all nodes ahead, if it is then no more than ten years ahead. Returns whether
    /// it was moved.
    pub async fn advance(&self, by: Duration) -> bool {
        if !self.shared.advance(by) {
            return false;
        }
        self.shared.publish();
        self.shared.moved.send_replace(());
        self.bus.flush().await;
        true
    }

    /// How far it is ahead of the machine's clock.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        self.shared.clock.ahead()
    }

    /// Changes whenever the clock is moved, by whichever node.
    pub fn watch(&self) -> watch::Receiver<()> {
        self.shared.moved.subscribe()
    }
}

impl SharedClock {
    fn advance(&self, by: Duration) -> bool {
        let mut parts = self.lock();
        if by > MAX_AHEAD || total(&parts) + by > MAX_AHEAD {
            return false;
        }
        *parts.entry(self.node).or_default() += micros(by);
        self.clock.catch_up(total(&parts))
    }

    fn publish(&self) {
        let message = serde_json::to_vec(&*self.lock());
        match (self.bus.upgrade(), message) {
            (Some(bus), Ok(message)) => bus.publish(&Topic::from(TOPIC), Bytes::from(message)),
            (None, _) => {}
            (_, Err(error)) => tracing::error!(%error, "dev clock message not written"),
        }
    }

    fn received(&self, others: &ClockParts) {
        let mut parts = self.lock();
        for (node, part) in others {
            let known = parts.entry(*node).or_default();
            *known = (*known).max(*part);
        }
        let (ahead, knows_more) = (total(&parts), *parts != *others);
        drop(parts);
        if self.clock.catch_up(ahead) {
            tracing::info!(?ahead, "dev clock moved by another node");
            self.moved.send_replace(());
        }
        if knows_more {
            self.publish();
        }
    }

    fn lock(&self) -> MutexGuard<'_, ClockParts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nodes that move the clock at the same moment may exceed the limit together; then it counts.
fn total(parts: &ClockParts) -> Duration {
    let sum = parts.values().copied().fold(0, u64::saturating_add);
    Duration::from_micros(sum).min(MAX_AHEAD)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Subscriber for SharedClock {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if topic.as_str() != TOPIC {
            return;
        }
        match serde_json::from_slice(payload) {
            Ok(others) => self.received(&others),
            Err(error) => tracing::error!(%error, "dev clock message malformed"),
        }
    }

    fn resync(&self, missed: Missed<'_>) {
        if !matches!(missed, Missed::Of(topic) if topic.as_str() != TOPIC) {
            self.publish();
        }
    }
}

/// Runs what never ends by itself, from the beginning again whenever the clock is moved, so that what
/// has become due is done at once.
pub async fn restart_when_moved<F: Future<Output = ()>>(
    clock: Option<DevClock>,
    run: impl Fn() -> F,
) {
    let Some(mut moved) = clock.map(|clock| clock.watch()) else {
        return run().await;
    };
    while tokio::select! {
        () = run() => false,
        // It fails when the clock is gone, and the server with it.
        moved = moved.changed() => moved.is_ok(),
    } {}
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use kernel::Env;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3_600);

    async fn node(cluster: &Cluster) -> DevClock {
        DevClock::start(Arc::default(), cluster, &Env::system()).await
    }

    /// Keeps the last message of a bus.
    #[derive(Default)]
    struct LastMessage(Mutex<Bytes>);

    impl LastMessage {
        fn of(cluster: &Cluster) -> Arc<Self> {
            let last = Arc::new(Self::default());
            cluster.bus.attach(Arc::clone(&last) as Arc<dyn Subscriber>);
            last
        }

        fn send_to(&self, cluster: &Cluster) {
            let message = self.0.lock().unwrap().clone();
            cluster.bus.publish(&Topic::from(TOPIC), message);
        }
    }

    impl Subscriber for LastMessage {
        fn deliver(&self, _topic: &Topic, payload: &Bytes) {
            *self.0.lock().unwrap() = payload.clone();
        }

        fn resync(&self, _missed: Missed<'_>) {}
    }

    #[tokio::test]
    async fn advance_of_two_nodes_at_the_same_moment_counts_twice() {
        let clusters = [(); 2].map(|()| Cluster::local(&Env::system()));
        let sent = [&clusters[0], &clusters[1]].map(LastMessage::of);
        let first = node(&clusters[0]).await;
        let second = node(&clusters[1]).await;
        // Neither hears of the other one before it has moved the clock itself.
        assert!(first.advance(DAY).await);
        assert!(second.advance(DAY).await);
        sent[0].send_to(&clusters[1]);
        assert_eq!(second.ahead(), DAY * 2);
        sent[1].send_to(&clusters[0]);
        assert_eq!(first.ahead(), DAY * 2);
    }

    #[tokio::test]
    async fn advance_moves_the_clocks_of_all_nodes() {
        // On one bus, as if it were two nodes.
        let cluster = Cluster::local(&Env::system());
        let (first, second) = (node(&cluster).await, node(&cluster).await);
        let moved = second.watch();
        assert!(first.advance(DAY).await);
        assert_eq!((first.ahead(), second.ahead()), (DAY, DAY));
        assert!(moved.has_changed().unwrap());
        assert!(second.advance(DAY).await);
        assert_eq!((first.ahead(), second.ahead()), (DAY * 2, DAY * 2));
    }

    #[tokio::test]
    async fn a_new_node_catches_up() {
        let cluster = Cluster::local(&Env::system());
        let first = node(&cluster).await;
        assert!(first.advance(DAY).await);
        assert_eq!(node(&cluster).await.ahead(), DAY);
    }

    #[tokio::test]
    async fn advance_refuses_more_than_ten_years() {
        let cluster = Cluster::local(&Env::system());
        let clock = node(&cluster).await;
        assert!(clock.advance(MAX_AHEAD - DAY).await);
        assert!(!clock.advance(DAY * 2).await);
        assert!(!clock.advance(Duration::from_secs(u64::MAX)).await);
        assert_eq!(clock.ahead(), MAX_AHEAD - DAY);
        assert!(clock.advance(DAY).await);
    }

    #[tokio::test]
    async fn malformed_messages_are_ignored() {
        let cluster = Cluster::local(&Env::system());
        let clock = node(&cluster).await;
        for payload in [
            "",
            "-1",
            "[]",
            "{\"1\":-1}",
            "{\"1\":99999999999999999999999999}",
        ] {
            let payload = Bytes::from_static(payload.as_bytes());
            cluster.bus.publish(&Topic::from(TOPIC), payload);
        }
        assert_eq!(clock.ahead(), Duration::ZERO);
    }

    #[tokio::test]
    async fn restart_when_moved_begins_again() {
        let cluster = Cluster::local(&Env::system());
        let clock = node(&cluster).await;
        let starts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&starts);
        let run = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            std::future::pending()
        };
        let task = tokio::spawn(restart_when_moved(Some(clock.clone()), run));
        for expected in 1..=3 {
            while starts.load(Ordering::Relaxed) < expected {
                tokio::task::yield_now().await;
            }
            assert!(clock.advance(DAY).await);
        }
        task.abort();
    }
}
