//! The task that receives from the other nodes. Redis is read into an unbounded queue, so this
//! loop only dispatches.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use futures_util::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{Client, Msg, RedisResult};
use tokio::time::{interval, sleep, timeout};

use super::backoff::Backoff;
use super::bus_state::BusState;
use super::envelope::{BusEnvelope, EnvelopeKind};
use super::health::ConnectionRole;
use crate::subscription_table::SubscriptionChanges;
use crate::{Missed, Topic};

/// How many channels one command names.
const CHUNK: usize = 500;

pub(super) struct SubscribeTask {
    pub(super) shared: Arc<BusState>,
    pub(super) client: Client,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum SessionEnd {
    #[error("the connection was closed")]
    Closed,
    #[error("Redis did not answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
    #[error(transparent)]
    Failed(#[from] redis::RedisError),
}

impl SubscribeTask {
    pub(super) async fn run(self) {
        let mut backoff = Backoff::new();
        loop {
            let end = self.session(&mut backoff).await;
            self.shared.subscriptions.disconnected();
            self.shared.health.lost(ConnectionRole::Subscriber, &end);
            self.shared.recheck.notify_one();
            sleep(backoff.next_delay()).await;
        }
    }

    /// Runs one connection until it ends.
    async fn session(&self, backoff: &mut Backoff) -> SessionEnd {
        let connecting = timeout(self.shared.command_timeout, self.client.get_async_pubsub());
        let (sink, stream) = match connecting.await {
            Ok(Ok(connection)) => connection.split(),
            Ok(Err(error)) => return error.into(),
            Err(late) => return late.into(),
        };
        tokio::select! {
            () = self.dispatch(stream) => SessionEnd::Closed,
            Err(end) = self.maintain(sink, backoff) => end,
        }
    }

    async fn dispatch(&self, mut stream: PubSubStream) {
        while let Some(message) = stream.next().await {
            self.shared.dispatch(&message);
        }
    }

    /// Follows the subscription table and pings, until the connection fails.
    async fn maintain(&self, sink: PubSubSink, backoff: &mut Backoff) -> Result<(), SessionEnd> {
        let mut channels = OpenChannels {
            shared: &self.shared,
            sink,
            open: HashSet::new(),
        };
        channels.open_all().await?;
        backoff.reset();
        self.shared.resync(Missed::Anything);
        self.shared.health.gained(ConnectionRole::Subscriber);
        let mut pings = interval(self.shared.ping_interval);
        loop {
            tokio::select! {
                changes = self.shared.subscriptions.take() => channels.change(changes).await?,
                _ = pings.tick() => channels.ping().await?,
            }
        }
    }
}

impl BusState {
    /// Delivers one message, unless this node sent it or no longer subscribes to its topic.
    fn dispatch(&self, message: &Msg) {
        let Some(envelope) = BusEnvelope::decode(message.get_payload_bytes()) else {
            return;
        };
        if envelope.sender == self.node {
            return;
        }
        let channel = message.get_channel_name();
        if let Some(name) = self.topic_name(channel) {
            self.dispatch_topic(name, &envelope);
        } else {
            self.resync(Missed::Anything);
        }
    }

    fn dispatch_topic(&self, name: &str, envelope: &BusEnvelope<'_>) {
        let Some(topic) = self.subscriptions.find(name) else {
            return;
        };
        match envelope.kind {
            EnvelopeKind::Missed => self.resync(Missed::Of(&topic)),
            EnvelopeKind::Message => {
                self.received.fetch_add(1, Ordering::Relaxed);
                let payload = Bytes::copy_from_slice(envelope.payload);
                self.subscribers.deliver(&topic, &payload);
            }
        }
    }
}

/// The channels of one connection.
struct OpenChannels<'a> {
    shared: &'a BusState,
    sink: PubSubSink,
    open: HashSet<Topic>,
}

impl OpenChannels<'_> {
    /// Subscribes a new connection to all wanted channels.
    async fn open_all(&mut self) -> Result<(), SessionEnd> {
        let changes = self.shared.subscriptions.connected();
        let common = self.shared.common_channel();
        timeout(self.shared.command_timeout, self.sink.subscribe(common)).await??;
        self.change(changes).await
    }

    /// Applies the changes that are not open yet.
    async fn change(&mut self, changes: SubscriptionChanges) -> Result<(), SessionEnd> {
        let subscribe: Vec<Topic> = changes
            .subscribe
            .into_iter()
            .filter(|topic| !self.open.contains(topic))
            .collect();
        for chunk in subscribe.chunks(CHUNK) {
            timeout(
                self.shared.command_timeout,
                self.sink.subscribe(self.names(chunk)),
            )
            .await??;
            self.open.extend(chunk.iter().cloned());
        }
        let unsubscribe: Vec<Topic> = changes
            .unsubscribe
            .into_iter()
            .filter(|topic| self.open.remove(topic))
            .collect();
        for chunk in unsubscribe.chunks(CHUNK) {
            timeout(
                self.shared.command_timeout,
                self.sink.unsubscribe(self.names(chunk)),
            )
            .await??;
        }
        self.shared.subscriptions.confirm(changes.version);
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), SessionEnd> {
        let pong: RedisResult<()> = timeout(self.shared.command_timeout, self.sink.ping()).await?;
        Ok(pong?)
    }

    fn names(&self, topics: &[Topic]) -> Vec<String> {
        topics
            .iter()
            .map(|topic| self.shared.channel(topic))
            .collect()
    }
}
