//! The clock that `POST /dev/clock/` moves ahead, the same on all nodes. A node publishes how far its
//! clock is ahead; the others catch up, so that the furthest one counts. A node that starts publishes
//! zero, and those that are ahead publish theirs in return.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use cluster::{Bus, Cluster, Missed, Subscriber, Subscription, Topic};
use kernel::AdjustableClock;
use tokio::sync::watch;

/// Where nodes publish how far their clocks are ahead, in microseconds as decimal digits.
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
    moved: watch::Sender<()>,
    /// The bus holds its subscribers.
    bus: Weak<dyn Bus>,
}

impl DevClock {
    /// Shares a clock with the other nodes.
    pub async fn start(clock: Arc<AdjustableClock>, cluster: &Cluster) -> Self {
        tracing::warn!("dev clock enabled: POST /dev/clock/ moves the time of this server");
        let shared = Arc::new(SharedClock {
            clock,
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
        if !self.shared.clock.advance(by, MAX_AHEAD) {
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
    fn publish(&self) {
        if let Some(bus) = self.bus.upgrade() {
            let ahead = self.clock.ahead().as_micros().to_string();
            bus.publish(&Topic::from(TOPIC), Bytes::from(ahead));
        }
    }

    fn received(&self, ahead: Duration) {
        if self.clock.catch_up(ahead) {
            tracing::info!(?ahead, "dev clock moved by another node");
            self.moved.send_replace(());
        } else if ahead < self.clock.ahead() {
            self.publish();
        }
    }
}

impl Subscriber for SharedClock {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if topic.as_str() != TOPIC {
            return;
        }
        let ahead = std::str::from_utf8(payload).map(str::parse);
        match ahead {
            Ok(Ok(ahead)) => self.received(Duration::from_micros(ahead).min(MAX_AHEAD)),
            _ => tracing::error!("dev clock message malformed"),
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
        DevClock::start(Arc::default(), cluster).await
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
        for payload in ["", "-1", "soon", "99999999999999999999999999"] {
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
