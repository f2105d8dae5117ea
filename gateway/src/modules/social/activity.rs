//! Requests over HTTP count as activity for presence, whichever node has the sockets of the user.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Subscription, Topic};
use http_kit::ports::ActivityListener;
use kernel::{Env, UserId};

/// The topic on which nodes announce activity.
const TOPIC: &str = "activity";
/// A user is announced at most once in this time, which is much shorter than the time until they count as
/// away.
const ANNOUNCE_INTERVAL: Duration = Duration::from_secs(30);
/// With more announced users than this, expired ones are removed.
const MAX_ANNOUNCED: usize = 50_000;

/// Records activity; false if this node has no sockets of the user.
type RecordActivity = Arc<dyn Fn(UserId) -> bool + Send + Sync>;

/// Records the activity of users over HTTP.
pub(super) struct Activity {
    here: RecordActivity,
    bus: Arc<dyn Bus>,
    env: Env,
    /// When users were announced to the other nodes.
    announced: Mutex<HashMap<UserId, Duration>>,
    _topic: Subscription,
}

impl std::fmt::Debug for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Activity")
    }
}

impl Activity {
    /// Listens to the other nodes from now on.
    pub(super) fn start(here: RecordActivity, bus: &Arc<dyn Bus>, env: &Env) -> Self {
        bus.attach(Arc::new(ActivitySubscriber(Arc::clone(&here))));
        Self {
            here,
            bus: Arc::clone(bus),
            env: env.clone(),
            announced: Mutex::default(),
            _topic: bus.subscribe(&Topic::from(TOPIC)),
        }
    }

    /// Records activity of a user, whose sockets may be on another node.
    fn acted(&self, user: UserId) {
        if !(self.here)(user) && self.is_due(user) {
            let who = Bytes::from(user.to_string());
            self.bus.publish(&Topic::from(TOPIC), who);
        }
    }

    fn is_due(&self, user: UserId) -> bool {
        let now = self.env.monotonic();
        let mut announced = self
            .announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if announced.len() >= MAX_ANNOUNCED {
            announced.retain(|_, at| now.saturating_sub(*at) < ANNOUNCE_INTERVAL);
        }
        let recently = announced
            .get(&user)
            .is_some_and(|at| now.saturating_sub(*at) < ANNOUNCE_INTERVAL);
        if !recently {
            announced.insert(user, now);
        }
        !recently
    }
}

impl ActivityListener for Activity {
    fn user_acted(&self, user: UserId) {
        self.acted(user);
    }
}

struct ActivitySubscriber(RecordActivity);

impl Subscriber for ActivitySubscriber {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if topic.as_str() != TOPIC {
            return;
        }
        let who = std::str::from_utf8(payload).ok();
        if let Some(user) = who.and_then(|text| text.parse().ok()) {
            (self.0)(user);
        }
    }

    /// Missed announcements are replaced by the next activity.
    fn resync(&self, _missed: Missed<'_>) {}
}

#[cfg(test)]
mod tests {
    use cluster::Cluster;

    use super::*;

    /// A node that records users; `has_sockets` is whether it has their sockets.
    fn node(
        cluster: &Cluster,
        env: &Env,
        has_sockets: bool,
    ) -> (Activity, Arc<Mutex<Vec<UserId>>>) {
        let recorded = Arc::new(Mutex::new(vec![]));
        let recording = Arc::clone(&recorded);
        let here = move |user| {
            recording.lock().unwrap().push(user);
            has_sockets
        };
        (Activity::start(Arc::new(here), &cluster.bus, env), recorded)
    }

    #[tokio::test]
    async fn acted_notifies_the_node_with_the_sockets_once_per_interval() {
        let env = Env::system();
        let cluster = Cluster::local(&env);
        let (without, _) = node(&cluster, &env, false);
        let (_with, recorded) = node(&cluster, &env, true);
        let user = env.id();
        without.acted(user);
        without.acted(user);
        assert_eq!(*recorded.lock().unwrap(), [user], "once per interval");
        let other = env.id();
        without.acted(other);
        assert_eq!(*recorded.lock().unwrap(), [user, other]);
    }

    #[tokio::test]
    async fn acted_notifies_no_other_node_if_the_sockets_are_local() {
        let env = Env::system();
        let cluster = Cluster::local(&env);
        let (with, _) = node(&cluster, &env, true);
        let (_without, recorded) = node(&cluster, &env, false);
        with.acted(env.id());
        assert_eq!(*recorded.lock().unwrap(), []);
    }
}
