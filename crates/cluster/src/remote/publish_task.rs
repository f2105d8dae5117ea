//! The task that sends to the other nodes: one connection, in batches.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Pipeline, RedisError, RedisResult};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::backoff::Backoff;
use super::bus_state::BusState;
use super::envelope::{BusEnvelope, EnvelopeKind};
use super::health::ConnectionRole;
use super::lost_topics::LostTopics;
use super::publish_queue::PublisherCommand;

/// Messages per round trip.
const BATCH: usize = 512;

pub(super) struct PublishTask {
    pub(super) shared: Arc<BusState>,
    pub(super) client: Client,
    pub(super) connecting: AsyncConnectionConfig,
    pub(super) commands: mpsc::Receiver<PublisherCommand>,
}

impl PublishTask {
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let connection = self.connect(&mut backoff).await;
            self.shared.health.gained(ConnectionRole::Publisher);
            let error = self.serve(connection, &mut backoff).await;
            self.shared.health.lost(ConnectionRole::Publisher, &error);
            self.discard_until(sleep(backoff.next_delay())).await;
        }
    }

    /// Retries until connected.
    async fn connect(&mut self, backoff: &mut Backoff) -> MultiplexedConnection {
        loop {
            let (client, connecting) = (self.client.clone(), self.connecting.clone());
            let attempt = client.get_multiplexed_async_connection_with_config(&connecting);
            match self.discard_until(attempt).await {
                Ok(connection) => return connection,
                Err(error) => self.shared.health.lost(ConnectionRole::Publisher, &error),
            }
            self.discard_until(sleep(backoff.next_delay())).await;
        }
    }

    /// Waits and discards what is queued meanwhile, as it would be stale on arrival.
    async fn discard_until<T>(&mut self, event: impl Future<Output = T>) -> T {
        tokio::pin!(event);
        loop {
            tokio::select! {
                biased;
                done = &mut event => return done,
                Some(command) = self.commands.recv() => self.shared.lose(command),
            }
        }
    }

    /// Sends until the connection fails.
    async fn serve(
        &mut self,
        mut connection: MultiplexedConnection,
        backoff: &mut Backoff,
    ) -> RedisError {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            if let Err(error) = self.turn(&mut connection, &mut batch).await {
                batch
                    .drain(..)
                    .for_each(|command| self.shared.lose(command));
                return error;
            }
            backoff.reset();
        }
    }

    /// Sends a batch, or pings after an idle interval.
    async fn turn(
        &mut self,
        connection: &mut MultiplexedConnection,
        batch: &mut Vec<PublisherCommand>,
    ) -> RedisResult<()> {
        self.announce_lost(connection).await?;
        tokio::select! {
            _ = self.commands.recv_many(batch, BATCH) => {}
            () = self.shared.recheck.notified() => return ping(connection).await,
            () = sleep(self.shared.ping_interval) => return ping(connection).await,
        }
        let pipeline = self.shared.encode(batch);
        if !pipeline.is_empty() {
            pipeline.exec_async(connection).await?;
        }
        batch
            .drain(..)
            .for_each(|command| self.shared.publish_queue.complete(command));
        Ok(())
    }

    /// Tells the other nodes which topics lost messages.
    async fn announce_lost(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let Some(lost) = self.shared.publish_queue.missed.take() else {
            return Ok(());
        };
        let told = self.shared.encode_lost(&lost).exec_async(connection).await;
        told.inspect_err(|_| self.shared.publish_queue.missed.put_back(lost))
    }
}

async fn ping(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    redis::cmd("PING").exec_async(connection).await
}

impl BusState {
    /// Encodes a batch as one pipeline.
    fn encode(&self, batch: &[PublisherCommand]) -> Pipeline {
        let mut pipeline = Pipeline::with_capacity(batch.len());
        for command in batch {
            if let PublisherCommand::Publish(topic, payload) = command {
                let channel = self.channel(topic);
                self.add(&mut pipeline, &channel, EnvelopeKind::Message, payload);
            }
        }
        pipeline
    }

    fn encode_lost(&self, lost: &LostTopics) -> Pipeline {
        let mut pipeline = Pipeline::new();
        for topic in &lost.topics {
            self.add(
                &mut pipeline,
                &self.channel(topic),
                EnvelopeKind::Missed,
                &[],
            );
        }
        if lost.everything {
            self.add(
                &mut pipeline,
                &self.common_channel(),
                EnvelopeKind::Missed,
                &[],
            );
        }
        pipeline
    }

    fn add(&self, pipeline: &mut Pipeline, channel: &str, kind: EnvelopeKind, payload: &[u8]) {
        let envelope = BusEnvelope {
            sender: self.node,
            kind,
            payload,
        };
        pipeline.cmd("PUBLISH").arg(channel).arg(envelope).ignore();
    }

    fn lose(&self, command: PublisherCommand) {
        if let PublisherCommand::Publish(topic, _) = &command {
            self.publish_queue.lose(topic);
        }
        self.publish_queue.complete(command);
    }
}
