//! What people do over HTTP counts for their presence, whichever node holds their sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Subscription, Topic};
use http_kit::ports::ActivityListener;
use kernel::{Env, UserId};

/// Where nodes tell each other that somebody did something.
const TOPIC: &str = "activity";
/// The other nodes are told of one person at most once in this time: being away begins much later.
const GRAIN: Duration = Duration::from_secs(30);
/// With more people than this, those are forgotten of whom it is long ago.
const MOST: usize = 50_000;

/// Notes that somebody did something; false if none of their sockets is here.
type Here = Arc<dyn Fn(UserId) -> bool + Send + Sync>;

/// Notes what people do.
pub(super) struct Activity {
    here: Here,
    bus: Arc<dyn Bus>,
    env: Env,
    /// When the other nodes were told of whom.
    told: Mutex<HashMap<UserId, Duration>>,
    _topic: Subscription,
}

impl std::fmt::Debug for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Activity")
    }
}

impl Activity {
    /// Listens from now on to what other nodes tell.
    pub(super) fn start(here: Here, bus: &Arc<dyn Bus>, env: &Env) -> Self {
        bus.attach(Arc::new(ActivitySubscriber(Arc::clone(&here))));
        Self {
            here,
            bus: Arc::clone(bus),
            env: env.clone(),
            told: Mutex::default(),
            _topic: bus.subscribe(&Topic::from(TOPIC)),
        }
    }

    /// Somebody did something. Their sockets may be on another node.
    fn acted(&self, user: UserId) {
        if !(self.here)(user) && self.is_news(user) {
            let who = Bytes::from(user.to_string());
            self.bus.publish(&Topic::from(TOPIC), who);
        }
    }

    fn is_news(&self, user: UserId) -> bool {
        let now = self.env.monotonic();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST {
            told.retain(|_, at| now.saturating_sub(*at) < GRAIN);
        }
        let lately = told
            .get(&user)
            .is_some_and(|at| now.saturating_sub(*at) < GRAIN);
        if !lately {
            told.insert(user, now);
        }
        !lately
    }
}

impl ActivityListener for Activity {
    fn user_acted(&self, user: UserId) {
        self.acted(user);
    }
}

struct ActivitySubscriber(Here);

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

    /// What was missed comes again with the next thing that is done.
    fn resync(&self, _missed: Missed<'_>) {}
}

#[cfg(test)]
mod tests {
    use cluster::Cluster;

    use super::*;

    /// A node that notes whom it heard of; `has` says whether it holds their sockets.
    fn node(bundle: &Cluster, env: &Env, has: bool) -> (Activity, Arc<Mutex<Vec<UserId>>>) {
        let heard = Arc::new(Mutex::new(vec![]));
        let noted = Arc::clone(&heard);
        let here = move |user| {
            noted.lock().unwrap().push(user);
            has
        };
        (Activity::start(Arc::new(here), &bundle.bus, env), heard)
    }

    #[tokio::test]
    async fn acted_notifies_the_node_with_the_sockets_once_per_interval() {
        let env = Env::system();
        let bundle = Cluster::local(&env);
        let (without, _) = node(&bundle, &env, false);
        let (_with, heard) = node(&bundle, &env, true);
        let user = env.id();
        without.acted(user);
        without.acted(user);
        assert_eq!(*heard.lock().unwrap(), [user], "once in a while is enough");
        let other = env.id();
        without.acted(other);
        assert_eq!(*heard.lock().unwrap(), [user, other]);
    }

    #[tokio::test]
    async fn acted_notifies_no_other_node_if_the_sockets_are_local() {
        let env = Env::system();
        let bundle = Cluster::local(&env);
        let (with, _) = node(&bundle, &env, true);
        let (_without, heard) = node(&bundle, &env, false);
        with.acted(env.id());
        assert_eq!(*heard.lock().unwrap(), []);
    }
}
