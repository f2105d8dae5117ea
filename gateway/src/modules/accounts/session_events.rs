//! Sessions that end on one node end on all: each node drops what it cached of them and closes their
//! sockets.

use std::sync::Arc;

use accounts::AccountsService;
use accounts::ports::SessionEvents;
use bytes::Bytes;
use cluster::{Bus, Missed, Subscriber, Subscription, Topic};
use kernel::{SessionId, UserId};
use realtime::Hub;
use serde::{Deserialize, Serialize};

use crate::services::LateBound;

/// The topic on which nodes announce ended sessions.
const TOPIC: &str = "sessions";

#[derive(Serialize, Deserialize)]
struct EndedSessionsMessage {
    user: UserId,
    sessions: Vec<SessionId>,
}

/// Announces ended sessions to all nodes, this one included.
pub(super) struct SessionEventPublisher(pub(super) Arc<dyn Bus>);

impl SessionEvents for SessionEventPublisher {
    fn ended(&self, user: UserId, sessions: &[SessionId]) {
        let ended = EndedSessionsMessage {
            user,
            sessions: sessions.to_vec(),
        };
        match serde_json::to_vec(&ended) {
            Ok(payload) => self.0.publish(&Topic::from(TOPIC), Bytes::from(payload)),
            Err(error) => tracing::error!(%error, "ended sessions not published"),
        }
    }
}

/// Listens for ended sessions as long as it exists.
pub(super) struct SessionEventListener {
    _subscription: Subscription,
}

impl SessionEventListener {
    pub(super) fn start(
        bus: &Arc<dyn Bus>,
        accounts: Arc<dyn AccountsService>,
        hub: LateBound<Hub>,
    ) -> Self {
        bus.attach(Arc::new(SessionEventSubscriber { accounts, hub }));
        Self {
            _subscription: bus.subscribe(&Topic::from(TOPIC)),
        }
    }
}

struct SessionEventSubscriber {
    accounts: Arc<dyn AccountsService>,
    hub: LateBound<Hub>,
}

impl Subscriber for SessionEventSubscriber {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if topic.as_str() != TOPIC {
            return;
        }
        match serde_json::from_slice::<EndedSessionsMessage>(payload) {
            Ok(EndedSessionsMessage { user, sessions }) => {
                self.accounts.forget_sessions(&sessions);
                // Without a hub there are no sockets yet.
                if let Ok(hub) = self.hub.get() {
                    hub.end_sessions(user, &sessions);
                }
            }
            Err(error) => tracing::error!(%error, "ended sessions not decoded"),
        }
    }

    fn resync(&self, missed: Missed<'_>) {
        if matches!(missed, Missed::Of(topic) if topic.as_str() != TOPIC) {
            return;
        }
        if let Ok(hub) = self.hub.get() {
            hub.check_sessions_soon();
        }
    }
}
