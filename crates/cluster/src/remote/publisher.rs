//! The task that sends to the other nodes: one connection, in batches.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Pipeline, RedisError, RedisResult};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::backoff::Backoff;
use super::bus::Shared;
use super::envelope::{Envelope, Kind};
use super::health::Half;
use super::missed::Lost;
use super::outbox::Order;

/// How many messages go in one round trip.
const BATCH: usize = 512;

pub(super) struct Publisher {
    pub(super) shared: Arc<Shared>,
    pub(super) client: Client,
    pub(super) connecting: AsyncConnectionConfig,
    pub(super) orders: mpsc::Receiver<Order>,
}

impl Publisher {
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let connection = self.connect(&mut backoff).await;
            self.shared.health.gained(Half::Publisher);
            let error = self.serve(connection, &mut backoff).await;
            self.shared.health.lost(Half::Publisher, &error);
            self.losing_all_until(sleep(backoff.grow())).await;
        }
    }

    /// Tries until there is a connection.
    async fn connect(&mut self, backoff: &mut Backoff) -> MultiplexedConnection {
        loop {
            let (client, connecting) = (self.client.clone(), self.connecting.clone());
            let attempt = client.get_multiplexed_async_connection_with_config(&connecting);
            match self.losing_all_until(attempt).await {
                Ok(connection) => return connection,
                Err(error) => self.shared.health.lost(Half::Publisher, &error),
            }
            self.losing_all_until(sleep(backoff.grow())).await;
        }
    }

    /// Waits; what comes meanwhile is lost, not kept, as it would be old when it arrived.
    async fn losing_all_until<T>(&mut self, event: impl Future<Output = T>) -> T {
        tokio::pin!(event);
        loop {
            tokio::select! {
                biased;
                done = &mut event => return done,
                Some(order) = self.orders.recv() => self.shared.lose(order),
            }
        }
    }

    /// Sends through this connection until it fails.
    async fn serve(
        &mut self,
        mut connection: MultiplexedConnection,
        backoff: &mut Backoff,
    ) -> RedisError {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            if let Err(error) = self.turn(&mut connection, &mut batch).await {
                batch.drain(..).for_each(|order| self.shared.lose(order));
                return error;
            }
            backoff.reset();
        }
    }

    /// Sends what waits, or tests the connection after a while in which nothing came.
    async fn turn(
        &mut self,
        connection: &mut MultiplexedConnection,
        batch: &mut Vec<Order>,
    ) -> RedisResult<()> {
        self.tell_missed(connection).await?;
        tokio::select! {
            _ = self.orders.recv_many(batch, BATCH) => {}
            () = self.shared.suspicion.notified() => return ping(connection).await,
            () = sleep(self.shared.ping_every) => return ping(connection).await,
        }
        let pipeline = self.shared.pack(batch);
        if !pipeline.is_empty() {
            pipeline.exec_async(connection).await?;
        }
        batch
            .drain(..)
            .for_each(|order| self.shared.outbox.settle(order));
        Ok(())
    }

    /// Tells the other nodes what they did not get.
    async fn tell_missed(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let Some(lost) = self.shared.outbox.missed.take() else {
            return Ok(());
        };
        let told = self.shared.pack_missed(&lost).exec_async(connection).await;
        told.inspect_err(|_| self.shared.outbox.missed.put_back(lost))
    }
}

async fn ping(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    redis::cmd("PING").exec_async(connection).await
}

impl Shared {
    /// What is to be sent, as one pipeline.
    fn pack(&self, batch: &[Order]) -> Pipeline {
        let mut pipeline = Pipeline::with_capacity(batch.len());
        for order in batch {
            if let Order::Send(topic, payload) = order {
                let channel = self.channel(topic);
                self.add(&mut pipeline, &channel, Kind::Message, payload);
            }
        }
        pipeline
    }

    fn pack_missed(&self, lost: &Lost) -> Pipeline {
        let mut pipeline = Pipeline::new();
        for topic in &lost.topics {
            self.add(&mut pipeline, &self.channel(topic), Kind::Missed, &[]);
        }
        if lost.everything {
            self.add(&mut pipeline, &self.common_channel(), Kind::Missed, &[]);
        }
        pipeline
    }

    fn add(&self, pipeline: &mut Pipeline, channel: &str, kind: Kind, payload: &[u8]) {
        let envelope = Envelope {
            from: self.node,
            kind,
            payload,
        };
        pipeline.cmd("PUBLISH").arg(channel).arg(envelope).ignore();
    }

    fn lose(&self, order: Order) {
        if let Order::Send(topic, _) = &order {
            self.outbox.lose(topic);
        }
        self.outbox.settle(order);
    }
}
