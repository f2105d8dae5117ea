//! The task that receives from the other nodes. Redis is read into an unbounded queue, so this
//! loop does nothing but hand on.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use futures_util::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};
use redis::{Client, Msg, RedisResult};
use tokio::time::{interval, sleep, timeout};

use super::backoff::Backoff;
use super::bus::Shared;
use super::envelope::{Envelope, Kind};
use super::health::Half;
use crate::interests::Changes;
use crate::{Missed, Topic};

/// How many channels one command names.
const CHUNK: usize = 500;

pub(super) struct Subscriber {
    pub(super) shared: Arc<Shared>,
    pub(super) client: Client,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the connection was closed")]
    Closed,
    #[error("Redis did not answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
    #[error(transparent)]
    Failed(#[from] redis::RedisError),
}

impl Subscriber {
    pub(super) async fn run(self) {
        let mut backoff = Backoff::new();
        loop {
            let end = self.session(&mut backoff).await;
            self.shared.interests.disconnected();
            self.shared.health.lost(Half::Subscriber, &end);
            self.shared.suspicion.notify_one();
            sleep(backoff.grow()).await;
        }
    }

    /// One connection from its beginning to its end.
    async fn session(&self, backoff: &mut Backoff) -> End {
        let connecting = timeout(self.shared.time_limit, self.client.get_async_pubsub());
        let (sink, stream) = match connecting.await {
            Ok(Ok(connection)) => connection.split(),
            Ok(Err(error)) => return error.into(),
            Err(late) => return late.into(),
        };
        tokio::select! {
            () = self.hand_on(stream) => End::Closed,
            Err(end) = self.tend(sink, backoff) => end,
        }
    }

    async fn hand_on(&self, mut stream: PubSubStream) {
        while let Some(message) = stream.next().await {
            self.shared.hand_on(&message);
        }
    }

    /// Keeps the channels as wanted and tests the connection, until it fails.
    async fn tend(&self, sink: PubSubSink, backoff: &mut Backoff) -> Result<(), End> {
        let mut channels = Channels {
            shared: &self.shared,
            sink,
            open: HashSet::new(),
        };
        channels.open_all().await?;
        backoff.reset();
        self.shared.resync(Missed::Anything);
        self.shared.health.gained(Half::Subscriber);
        let mut tests = interval(self.shared.ping_every);
        loop {
            tokio::select! {
                changes = self.shared.interests.take() => channels.change(changes).await?,
                _ = tests.tick() => channels.test().await?,
            }
        }
    }
}

impl Shared {
    /// Hands one message to the sinks, unless it is an echo or nobody wants it any more.
    fn hand_on(&self, message: &Msg) {
        let Some(envelope) = Envelope::open(message.get_payload_bytes()) else {
            return;
        };
        if envelope.from == self.node {
            return;
        }
        let channel = message.get_channel_name();
        if let Some(name) = self.topic_name(channel) {
            self.hand_on_topic(name, &envelope);
        } else {
            self.resync(Missed::Anything);
        }
    }

    fn hand_on_topic(&self, name: &str, envelope: &Envelope<'_>) {
        let Some(topic) = self.interests.find(name) else {
            return;
        };
        match envelope.kind {
            Kind::Missed => self.resync(Missed::Of(&topic)),
            Kind::Message => {
                self.received.fetch_add(1, Ordering::Relaxed);
                let payload = Bytes::copy_from_slice(envelope.payload);
                self.sinks.deliver(&topic, &payload);
            }
        }
    }
}

/// The channels of one connection.
struct Channels<'a> {
    shared: &'a Shared,
    sink: PubSubSink,
    open: HashSet<Topic>,
}

impl Channels<'_> {
    /// Everything wanted, on a new connection.
    async fn open_all(&mut self) -> Result<(), End> {
        let changes = self.shared.interests.connected();
        let common = self.shared.common_channel();
        timeout(self.shared.time_limit, self.sink.subscribe(common)).await??;
        self.change(changes).await
    }

    /// Does what differs from what is open already.
    async fn change(&mut self, changes: Changes) -> Result<(), End> {
        let begin: Vec<Topic> = changes
            .begin
            .into_iter()
            .filter(|topic| !self.open.contains(topic))
            .collect();
        for chunk in begin.chunks(CHUNK) {
            timeout(
                self.shared.time_limit,
                self.sink.subscribe(self.names(chunk)),
            )
            .await??;
            self.open.extend(chunk.iter().cloned());
        }
        let end: Vec<Topic> = changes
            .end
            .into_iter()
            .filter(|topic| self.open.remove(topic))
            .collect();
        for chunk in end.chunks(CHUNK) {
            timeout(
                self.shared.time_limit,
                self.sink.unsubscribe(self.names(chunk)),
            )
            .await??;
        }
        self.shared.interests.confirm(changes.version);
        Ok(())
    }

    async fn test(&mut self) -> Result<(), End> {
        let pong: RedisResult<()> = timeout(self.shared.time_limit, self.sink.ping()).await?;
        Ok(pong?)
    }

    fn names(&self, topics: &[Topic]) -> Vec<String> {
        topics
            .iter()
            .map(|topic| self.shared.channel(topic))
            .collect()
    }
}
