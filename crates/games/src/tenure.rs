//! Which nodes are alive, as far as matches are concerned.
//!
//! Each node is a member of a set in Redis that expires after a moment and is put again more often. A
//! node whose membership may have expired plays nothing, sends nothing and writes nothing; others take its
//! matches over once it is gone from the set. What decides is the epoch in the row of a match: a wrong
//! verdict costs a countdown, never a result.
//!
//! While Redis is away, the heartbeats in the database tell which nodes are alive, more slowly: that of a dead
//! node is removed after ten seconds.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cluster::{Cluster, ExpiringSets, SetEntry};
use db::{AnyConn, Store};
use kernel::{AppError, Env};
use outbox::NodeId;

use crate::ports::LiveNodes;
use crate::tables::{NodeTenure, TenureState};

/// The set of the nodes that run matches.
const SET: &str = "match_nodes";
/// How long a node counts as alive after the last sign of life.
const TTL: Duration = Duration::from_millis(1_500);
/// How often it gives one.
const INTERVAL: Duration = Duration::from_millis(400);
/// How long it waits for one to arrive, so that it knows before the last one ends whether it can give any.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// How long nodes have to become members again after Redis was away, before they are taken for dead.
const RETURN_TIME: Duration = Duration::from_secs(2);

/// The membership of this node, and that of others.
pub struct MatchNodes {
    node: NodeId,
    env: Env,
    /// Lists the others; `None` if there are none.
    sets: Option<Arc<dyn ExpiringSets>>,
    /// Has the heartbeats of the others; `None` if there are none.
    store: Option<Store>,
    tenure: Tenure,
}

/// How long others take this node for alive.
#[derive(Default)]
struct Tenure {
    /// The monotonic time, in microseconds.
    until: AtomicU64,
    /// Whether the last attempt to prolong it has succeeded.
    is_known: AtomicBool,
    /// When it was prolonged after it had ended, in microseconds; 0 if it never had.
    regained_at: AtomicU64,
}

impl MatchNodes {
    /// The only node.
    #[must_use]
    pub fn alone(node: NodeId, env: Env) -> Arc<Self> {
        Arc::new(Self {
            node,
            env,
            sets: None,
            store: None,
            tenure: Tenure::default(),
        })
    }

    /// One of several nodes. Its membership is prolonged by a thread with a connection of its own, which
    /// `connect` opens, so that a busy node does not seem dead.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn start<F>(
        node: NodeId,
        cluster: &Cluster,
        store: Store,
        connect: impl Fn() -> F + Send + 'static,
    ) -> io::Result<Arc<Self>>
    where
        F: Future<Output = Option<Cluster>>,
    {
        let nodes = Arc::new(Self {
            node,
            env: store.env().clone(),
            sets: Some(Arc::clone(&cluster.expiring_sets)),
            store: Some(store),
            tenure: Tenure::default(),
        });
        let member = Arc::clone(&nodes);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name("match-nodes".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    loop {
                        if let Some(own) = connect().await {
                            member.stay(&own).await;
                        }
                        tokio::time::sleep(INTERVAL).await;
                    }
                });
            })?;
        Ok(nodes)
    }

    /// Prolongs the membership until the process ends.
    async fn stay(&self, own: &Cluster) {
        let member = self.node.to_string();
        let entry = SetEntry {
            set: SET,
            member: &member,
            value: b"",
        };
        loop {
            // Counted from before it was asked for, so it ends here no later than for the others.
            let asked_at = self.env.monotonic();
            let entries = [entry];
            let put = own.expiring_sets.put(&entries, TTL);
            let is_put = matches!(tokio::time::timeout(ANSWER_TIMEOUT, put).await, Ok(Ok(())));
            if is_put {
                self.tenure.prolong(asked_at, asked_at + TTL);
            }
            self.tenure.is_known.store(is_put, Ordering::Release);
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

impl MatchNodes {
    /// Whether the heartbeat of a node is in the database. It is not known while that of this node is not.
    async fn has_heartbeat(&self, node: NodeId) -> Option<bool> {
        let (store, own) = (self.store.as_ref()?, self.node);
        let read = move |conn: &mut AnyConn| outbox::with_heartbeat(conn, &[own, node]);
        let alive = store.read(read).await.ok()?;
        alive.contains(&own).then(|| alive.contains(&node))
    }
}

impl Tenure {
    fn prolong(&self, now: Duration, until: Duration) {
        let before = self.until.swap(micros(until), Ordering::AcqRel);
        if before != 0 && before < micros(now) {
            self.regained_at.store(micros(now), Ordering::Release);
        }
    }

    /// Whether others may not have returned yet, as this node has not long ago.
    fn is_fresh(&self, now: Duration) -> bool {
        let regained_at = Duration::from_micros(self.regained_at.load(Ordering::Acquire));
        !regained_at.is_zero() && now < regained_at + RETURN_TIME
    }

    fn state(&self) -> TenureState {
        let until = Duration::from_micros(self.until.load(Ordering::Acquire));
        if self.is_known.load(Ordering::Acquire) {
            TenureState::Until(until)
        } else {
            TenureState::Unknown(until)
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl NodeTenure for MatchNodes {
    fn state(&self) -> TenureState {
        if self.sets.is_some() {
            self.tenure.state()
        } else {
            TenureState::Unlimited
        }
    }
}

#[async_trait]
impl LiveNodes for MatchNodes {
    async fn is_alive(&self, node: NodeId) -> Result<bool, AppError> {
        if node == self.node {
            return Ok(true);
        }
        let Some(sets) = &self.sets else {
            return Ok(false);
        };
        let members = match sets.list(&[SET]).await {
            Ok(members) => members,
            Err(error) => return self.has_heartbeat(node).await.ok_or(error),
        };
        let is_member = |node: NodeId| {
            let name = node.to_string();
            members.iter().flatten().any(|member| member.name == name)
        };
        if !is_member(self.node) && !is_member(node) {
            // Redis has just come back without the set, or this node is the one that is cut off.
            return Err(AppError::unavailable("this node is not a member itself"));
        }
        if !is_member(node) && self.tenure.is_fresh(self.env.monotonic()) {
            return Err(AppError::unavailable("the members have just returned"));
        }
        Ok(is_member(node))
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Env, SystemRng};

    use super::*;

    fn nodes(env: &Env, cluster: &Cluster) -> Arc<MatchNodes> {
        Arc::new(MatchNodes {
            node: env.id(),
            env: env.clone(),
            sets: Some(Arc::clone(&cluster.expiring_sets)),
            store: None,
            tenure: Tenure::default(),
        })
    }

    #[tokio::test]
    async fn a_node_is_alive_until_its_membership_ends() {
        let clock = Arc::new(kernel::ManualClock::at(kernel::Timestamp::from_micros(0)));
        let env = Env::new(clock.clone(), Arc::new(SystemRng));
        let cluster = Cluster::local(&env);
        let (one, other) = (nodes(&env, &cluster), nodes(&env, &cluster));
        assert!(one.is_alive(one.node).await.unwrap());
        assert!(one.is_alive(other.node).await.is_err(), "no member itself");
        let stay = |member: &Arc<MatchNodes>| {
            let (member, own) = (Arc::clone(member), cluster.clone());
            tokio::spawn(async move { member.stay(&own).await })
        };
        let _staying = stay(&one);
        while one.is_alive(other.node).await.is_err() {
            tokio::task::yield_now().await;
        }
        assert!(!one.is_alive(other.node).await.unwrap());
        let leaving = stay(&other);
        while !one.is_alive(other.node).await.unwrap() {
            tokio::task::yield_now().await;
        }
        assert_eq!(other.state(), TenureState::Until(env.monotonic() + TTL));
        leaving.abort();
        clock.advance(TTL);
        while one.is_alive(other.node).await.is_err() {
            tokio::task::yield_now().await;
        }
        assert!(!one.is_alive(other.node).await.unwrap());
    }

    #[test]
    fn returned_member_takes_nobody_for_dead_at_once() {
        let tenure = Tenure::default();
        let at = Duration::from_secs;
        tenure.prolong(at(1), at(2));
        assert!(!tenure.is_fresh(at(1)), "the first time is no return");
        tenure.prolong(at(2), at(3));
        assert!(!tenure.is_fresh(at(2)));
        tenure.prolong(at(10), at(11));
        assert!(tenure.is_fresh(at(11)));
        assert!(!tenure.is_fresh(at(12)));
    }

    #[tokio::test]
    async fn the_only_node_has_no_end_and_no_others() {
        let env = Env::system();
        let alone = MatchNodes::alone(env.id(), env.clone());
        assert_eq!(alone.state(), TenureState::Unlimited);
        assert!(!alone.is_alive(env.id()).await.unwrap());
    }

    #[test]
    fn state_is_unknown_before_the_first_sign_of_life() {
        let env = Env::system();
        let state = nodes(&env, &Cluster::local(&env)).state();
        assert_eq!(state, TenureState::Unknown(Duration::ZERO));
    }
}
