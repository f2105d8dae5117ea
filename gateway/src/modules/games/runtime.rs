//! What runs matches on this node: tables, the ways to those of other nodes, and the queue.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use async_trait::async_trait;
use cluster::Cluster;
use contract::invites::MatchId;
use games::port::LocalTables;
use games::remote::{RemoteSeats, RemoteStates, RemoteTables, RemoteTablesParts};
use games::tables::{PlayingGuard, TableFollowUp, TableHost, Tables, TablesParts};
use games::{
    GamesParts, MatchNodes, MatchQueue, MatchRouter, QueueService, RouterParts, Seat,
    StoredMatches, start_matchers,
};
use kernel::{AppError, UserId};
use realtime::WakeBatchers;
use social::{PresenceService, SocialService};

use crate::config::ConfigError;
use crate::module::Setup;
use crate::platform::{Platform, connect_cluster};
use crate::services::Services;
use crate::state::AppState;

/// How often matches are looked for that nobody runs.
const ORPHAN_INTERVAL: Duration = Duration::from_secs(1);
/// In how many looks a match must be found, so that usually the node of its players takes it over.
const ORPHAN_LOOKS: u32 = 4;

/// What runs the matches of this node.
pub(super) struct MatchRuntime {
    tables: Arc<Tables>,
    matches: Arc<StoredMatches>,
    queue: Arc<MatchQueue>,
    _seats: Arc<RemoteSeats>,
}

/// Wakes the sockets of this node, and sends the states for those of others.
struct SocketHost {
    states: Arc<RemoteStates>,
    batchers: Arc<WakeBatchers>,
}

impl TableHost for SocketHost {
    fn pass_over(&self) {
        self.batchers.flush();
        self.states.flush();
    }
}

/// What players do besides playing.
struct FollowUp {
    matches: Arc<StoredMatches>,
    presence: Arc<dyn PresenceService>,
}

#[async_trait]
impl TableFollowUp for FollowUp {
    async fn rematch(&self, id: MatchId) -> Result<MatchId, AppError> {
        self.matches.rematch(id).await
    }

    async fn check_chat(&self, id: MatchId, from: Seat, text: String) -> Result<String, AppError> {
        self.matches.check_chat(id, from, text).await
    }

    fn show_playing(&self, user: UserId) -> PlayingGuard {
        Box::new(self.presence.start_match(user))
    }
}

/// Builds what runs matches, on the current runtime.
pub(super) fn provide(
    setup: &Setup<'_>,
    services: &Services,
    parts: &GamesParts,
) -> Result<(), ConfigError> {
    let platform = setup.platform;
    let node = platform.node;
    let nodes = match_nodes(setup)?;
    let queue = Arc::new(MatchQueue::new(parts.clone(), node, &platform.cluster));
    let matches = StoredMatches::new(parts.clone(), node, nodes.clone());
    let matches = Arc::new(matches.with_queue(Arc::clone(&queue)));
    let states = RemoteStates::start(node, Arc::clone(&platform.cluster.bus));
    let host = Arc::new(SocketHost {
        states: Arc::clone(&states),
        batchers: services.get::<WakeBatchers>()?,
    });
    let follow_up = FollowUp {
        matches: Arc::clone(&matches),
        presence: services.get::<dyn SocialService>()?.presence(),
    };
    let table_parts = TablesParts {
        catalog: parts.catalog,
        env: platform.env.clone(),
        store: matches.clone(),
        follow_up: Arc::new(follow_up),
        host: host.clone(),
        tenure: nodes.clone(),
        runtime: tokio::runtime::Handle::current(),
    };
    let tables = Tables::start(table_parts, threads())?;
    let seats = RemoteSeats::start(
        node,
        &platform.cluster.bus,
        tables.clone(),
        states,
        nodes.clone(),
    );
    services.provide(router(
        platform,
        tables.clone(),
        nodes,
        host,
        matches.clone(),
    ));
    services.provide::<dyn QueueService>(queue.clone());
    services.provide(Arc::new(MatchRuntime {
        tables,
        matches,
        queue,
        _seats: seats,
    }));
    Ok(())
}

/// Finds the node that runs a match.
fn router(
    platform: &Platform,
    tables: Arc<dyn LocalTables>,
    nodes: Arc<MatchNodes>,
    host: Arc<SocketHost>,
    views: Arc<StoredMatches>,
) -> Arc<MatchRouter> {
    let remote = RemoteTables::start(RemoteTablesParts {
        node: platform.node,
        bus: Arc::clone(&platform.cluster.bus),
        nodes: nodes.clone(),
        host,
        views: views.clone(),
    });
    MatchRouter::new(RouterParts {
        node: platform.node,
        store: platform.store.clone(),
        tables,
        remote,
        nodes,
        views,
    })
}

/// A quarter of the processors.
fn threads() -> usize {
    available_parallelism()
        .map_or(1, |count| count.get() / 4)
        .max(1)
}

/// Which nodes run matches. Without Redis there are no others.
fn match_nodes(setup: &Setup<'_>) -> Result<Arc<MatchNodes>, ConfigError> {
    let platform = setup.platform;
    if setup.config.redis_url.is_none() {
        return Ok(MatchNodes::alone(platform.node, platform.env.clone()));
    }
    let (config, env) = (setup.config.clone(), platform.env.clone());
    let connect = move || {
        let (config, env) = (config.clone(), env.clone());
        async move {
            let connected: Result<Cluster, ConfigError> = connect_cluster(&config, &env).await;
            connected
                .inspect_err(|error| tracing::error!(%error, "membership of this node not kept"))
                .ok()
        }
    };
    MatchNodes::start(
        platform.node,
        &platform.cluster,
        platform.store.clone(),
        connect,
    )
    .map_err(|error| ConfigError(format!("No thread for matches: {error}.")))
}

/// Starts the matchers of the queue and takes over matches that nobody runs.
pub(super) fn start(state: &AppState) -> Result<(), ConfigError> {
    let runtime = state.services.get::<MatchRuntime>()?;
    start_matchers(&runtime.queue, &state.platform.cluster, state.platform.node);
    tokio::spawn(db::in_background(claim_orphans(runtime)));
    Ok(())
}

/// Takes over matches whose players do not come, so that they end.
async fn claim_orphans(runtime: Arc<MatchRuntime>) {
    let mut looks: HashMap<MatchId, u32> = HashMap::new();
    loop {
        tokio::time::sleep(ORPHAN_INTERVAL).await;
        match runtime.matches.orphans().await {
            Ok(mut orphans) => {
                orphans.retain(|id| !runtime.tables.contains(*id));
                looks.retain(|id, _| orphans.contains(id));
                for id in orphans {
                    let count = looks.entry(id).or_default();
                    *count += 1;
                    if *count >= ORPHAN_LOOKS {
                        claim(&runtime, id).await;
                    }
                }
            }
            Err(error) => tracing::debug!(error = %error.chain(), "orphaned matches not listed"),
        }
    }
}

async fn claim(runtime: &MatchRuntime, id: MatchId) {
    if let Err(error) = runtime.tables.claim(id).await {
        tracing::warn!(match_id = %id, error = %error.chain(), "match not claimed");
    }
}

/// Gives up the queue and all matches of this node, so that others go on with them.
pub(super) async fn stopping(services: &Services) {
    if let Ok(runtime) = services.get::<MatchRuntime>() {
        runtime.queue.stop_matchers().await;
        runtime.tables.release_all().await;
    }
}
