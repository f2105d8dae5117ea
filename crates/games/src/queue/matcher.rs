//! Pairs who waits: one node for each game, by lease.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cluster::{Cluster, Lease, Leases, Missed, Subscriber, Subscription, Topic};
use db::Tx;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use kernel::{AppError, Timestamp};
use outbox::NodeId;
use tokio::sync::{mpsc, watch};

use super::pairing::{self, Pairing};
use super::pool::{QueuePair, QueuePool};
use super::service::{MatchQueue, queue_topic};
use crate::catalogue::Game;
use crate::queries::{engagements, tickets};
use crate::queued_ticket::QueueChange;

/// How often everybody is looked at again, and the lease is renewed.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);
/// How long the lease lasts.
const LEASE_TTL: Duration = Duration::from_secs(3);
/// How often the places that sockets hold are prolonged: twice before they would end.
const EXTEND_INTERVAL: Duration = Duration::from_secs(20);
/// How often the tickets are read again, in sweeps.
const RELOAD_SWEEPS: u32 = 5;
/// How many pairs are stored at once.
const PAIRS_AT_ONCE: usize = 32;
/// How much change may wait. With more, the tickets are read again.
const MAX_NEWS: usize = 10_000;

/// What a matcher hears.
#[derive(Debug)]
enum QueueSignal {
    Change(QueueChange),
    /// Something was lost.
    Missed,
}

/// Starts a matcher for each game of this node, and prolongs the places that its sockets hold, on the current
/// runtime.
pub fn start_matchers(queue: &Arc<MatchQueue>, cluster: &Cluster, node: NodeId) {
    for game in queue.parts().catalog.all() {
        let (sender, receiver) = mpsc::channel(MAX_NEWS);
        let topic = queue_topic(game.slug());
        let listener = QueueListener {
            queue: Arc::clone(queue),
            game: game.slug(),
            sender,
            _subscription: cluster.bus.subscribe(&topic),
            topic,
        };
        cluster.bus.attach(Arc::new(listener));
        let matcher = Matcher {
            game: *game,
            queue: Arc::clone(queue),
            leases: Arc::clone(&cluster.leases),
            node,
            signals: receiver,
        };
        queue.matchers().spawn(|stopping| matcher.run(stopping));
    }
    tokio::spawn(db::in_background(extend_kept(Arc::clone(queue))));
}

async fn extend_kept(queue: Arc<MatchQueue>) {
    loop {
        tokio::time::sleep(EXTEND_INTERVAL).await;
        if let Err(error) = queue.extend_kept().await {
            tracing::warn!(error = %error.chain(), "places in the queue not prolonged");
        }
    }
}

/// Waits until the node stops.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // The sender lives as long as the queue of the matcher.
    let _ = stopping.wait_for(|stops| *stops).await;
}

/// Hears what happens in the queue of a game.
struct QueueListener {
    queue: Arc<MatchQueue>,
    game: &'static str,
    topic: Topic,
    sender: mpsc::Sender<QueueSignal>,
    _subscription: Subscription,
}

impl Subscriber for QueueListener {
    fn deliver(&self, topic: &Topic, payload: &Bytes) {
        if *topic != self.topic {
            return;
        }
        match serde_json::from_slice(payload) {
            Ok(QueueChange::Paired { rating, waited }) => {
                self.queue.note_wait(self.game, rating, waited);
            }
            // If there is no room the tickets are read again anyway.
            Ok(change) => drop(self.sender.try_send(QueueSignal::Change(change))),
            Err(error) => tracing::warn!(%error, "change of the queue not decoded"),
        }
    }

    fn resync(&self, _missed: Missed<'_>) {
        drop(self.sender.try_send(QueueSignal::Missed));
    }
}

/// Pairs the tickets of one game while it has the lease.
struct Matcher {
    game: &'static dyn Game,
    queue: Arc<MatchQueue>,
    leases: Arc<dyn Leases>,
    node: NodeId,
    signals: mpsc::Receiver<QueueSignal>,
}

impl Matcher {
    async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        while !*stopping.borrow() {
            match self.acquire().await {
                Some(lease) => db::in_background(self.match_while(lease, &mut stopping)).await,
                None => {
                    // The time is over, or the node stops.
                    let _ = tokio::time::timeout(SWEEP_INTERVAL, stopped(&mut stopping)).await;
                }
            }
        }
    }

    async fn acquire(&self) -> Option<Lease> {
        let name = format!("queue:{}", self.game.slug());
        let holder = self.node.to_string();
        let acquired = self.leases.acquire(&name, &holder, LEASE_TTL).await;
        acquired.ok().flatten()
    }

    /// Pairs until the lease is lost or uncertain, or the node stops.
    async fn match_while(&mut self, mut lease: Lease, stopping: &mut watch::Receiver<bool>) {
        // What was received without the lease is old; the first sweep reads the tickets.
        while self.signals.try_recv().is_ok() {}
        let mut pool = QueuePool::new(self.game, vec![]);
        let mut sweeps = 0;
        let mut tick = tokio::time::interval(SWEEP_INTERVAL);
        loop {
            tokio::select! {
                _ = tick.tick() => {
                    let Some(renewed) = self.renew(&lease).await else {
                        return;
                    };
                    lease = renewed;
                    if sweeps % RELOAD_SWEEPS == 0 {
                        self.reload(&mut pool).await;
                    }
                    sweeps += 1;
                    let pairs = pool.sweep(self.now());
                    self.store(&mut pool, pairs).await;
                }
                signal = self.signals.recv() => match signal {
                    Some(QueueSignal::Change(change)) => self.take(&mut pool, change).await,
                    Some(QueueSignal::Missed) => sweeps = 0,
                    None => return,
                },
                () = stopped(stopping) => return self.give_up(&lease).await,
            }
        }
    }

    async fn give_up(&self, lease: &Lease) {
        if let Err(error) = self.leases.release(lease).await {
            tracing::debug!(error = %error.chain(), "lease of the queue not given back");
        }
    }

    async fn renew(&self, lease: &Lease) -> Option<Lease> {
        let renewed = self
            .leases
            .renew(std::slice::from_ref(lease), LEASE_TTL)
            .await;
        renewed.ok()?.pop().flatten()
    }

    async fn take(&self, pool: &mut QueuePool, change: QueueChange) {
        match change {
            QueueChange::Entered(ticket) => {
                let user = ticket.user;
                pool.add(ticket);
                let pair = pool.pair(user, self.now());
                self.store(pool, pair.into_iter().collect()).await;
            }
            QueueChange::Left(user) => pool.remove(user),
            QueueChange::Paired { .. } => {}
        }
    }

    /// Reads the tickets, without those that have expired.
    async fn reload(&self, pool: &mut QueuePool) {
        let game = self.game.slug();
        let write = move |tx: &mut Tx<'_>| {
            let now = tx.env().now();
            let expired = tickets::expired(tx.conn, game, now)?;
            if !expired.is_empty() {
                let ended = tickets::delete_expired(tx.conn, expired, now)?;
                engagements::delete_queued(tx.conn, &ended)?;
            }
            Ok(tickets::load(tx.conn, game)?)
        };
        match self.queue.parts().store.write(write).await {
            Ok(tickets) => pool.reload(tickets),
            Err(error) => tracing::warn!(game, error = %error.chain(), "tickets not loaded"),
        }
    }

    async fn store(&self, pool: &mut QueuePool, pairs: Vec<QueuePair>) {
        let mut waiting = pairs.into_iter();
        let mut running = FuturesUnordered::new();
        running.extend(
            waiting
                .by_ref()
                .take(PAIRS_AT_ONCE)
                .map(|pair| self.pair(pair)),
        );
        while let Some((pair, paired)) = running.next().await {
            self.settle(pool, &pair, paired);
            running.extend(waiting.next().map(|pair| self.pair(pair)));
        }
    }

    async fn pair(&self, pair: QueuePair) -> (QueuePair, Result<Pairing, AppError>) {
        let (parts, game, stored) = (self.queue.parts().clone(), self.game, pair.clone());
        let write = move |tx: &mut Tx<'_>| pairing::pair(tx, &parts, game, &stored);
        let paired = self.queue.parts().store.write(write).await;
        (pair, paired)
    }

    fn settle(&self, pool: &mut QueuePool, pair: &QueuePair, paired: Result<Pairing, AppError>) {
        match paired {
            Ok(Pairing::Paired(id)) => {
                tracing::debug!(match_id = %id, "tickets paired");
                self.publish_paired(pair);
            }
            Ok(Pairing::Blocked) => pool.block(pair),
            // The tickets that are still there are found when they are read again.
            Ok(Pairing::Gone) => tracing::debug!("ticket of a deleted account"),
            Err(error) => tracing::debug!(error = %error.chain(), "tickets not paired"),
        }
    }

    fn publish_paired(&self, pair: &QueuePair) {
        let now = self.now();
        for ticket in &pair.tickets {
            let waited = now.since(ticket.joined_at()).as_secs();
            let change = QueueChange::Paired {
                rating: ticket.rating,
                waited: u32::try_from(waited).unwrap_or(u32::MAX),
            };
            self.queue.publish(self.game.slug(), &change);
        }
    }

    fn now(&self) -> Timestamp {
        self.queue.parts().store.env().now()
    }
}
