//! Sessions that end on one node must end on all: what is remembered of them is forgotten, and
//! their sockets close.

use std::sync::Arc;

use accounts::Accounts;
use accounts::ports::SessionEvents;
use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Topic};
use kernel::{SessionId, UserId};
use realtime::Hub;
use serde::{Deserialize, Serialize};

/// Where nodes tell each other of sessions that have ended.
const TOPIC: &str = "sessions";

#[derive(Serialize, Deserialize)]
struct Ended {
    user: UserId,
    sessions: Vec<SessionId>,
}

/// Tells all nodes, this one too, that sessions have ended.
pub(super) struct Announcer(pub(super) Arc<dyn Bus>);

impl SessionEvents for Announcer {
    fn ended(&self, user: UserId, sessions: &[SessionId]) {
        let ended = Ended {
            user,
            sessions: sessions.to_vec(),
        };
        match serde_json::to_vec(&ended) {
            Ok(payload) => self.0.publish(&Topic::from(TOPIC), Bytes::from(payload)),
            Err(error) => tracing::error!(%error, "ended sessions cannot be told of"),
        }
    }
}

/// Hears of sessions that have ended.
pub(super) struct Listener {
    accounts: Accounts,
    hub: Arc<Hub>,
}

impl Listener {
    /// Listens from now on; the answer keeps it so.
    pub(super) fn start(
        bus: &Arc<dyn Bus>,
        accounts: Accounts,
        hub: Arc<Hub>,
    ) -> cluster::Subscription {
        bus.attach(Arc::new(Self { accounts, hub }));
        bus.subscribe(&Topic::from(TOPIC))
    }
}

impl Subscriber for Listener {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if topic.as_str() != TOPIC {
            return;
        }
        match serde_json::from_slice::<Ended>(payload) {
            Ok(Ended { user, sessions }) => {
                self.accounts.forget_sessions(&sessions);
                self.hub.end_sessions(user, &sessions);
            }
            Err(error) => tracing::error!(%error, "a message about sessions cannot be read"),
        }
    }

    fn resync(&self, missed: Missed<'_>) {
        if matches!(missed, Missed::Of(topic) if topic.as_str() != TOPIC) {
            return;
        }
        self.hub.check_sessions_soon();
    }
}
