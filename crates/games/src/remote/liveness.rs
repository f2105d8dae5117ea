//! How nodes notice that another one is not heard any more. Time is counted in checks, so that a node that
//! stood still itself takes nobody for silent.

use std::time::Duration;

use outbox::NodeId;

use crate::ports::LiveNodes;

/// The time between two checks.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_millis(100);
/// The checks between two heartbeats.
pub(super) const HEARTBEAT_CHECKS: u32 = 2;
/// After so many checks a silent node may be dead.
pub(super) const SILENT_CHECKS: u32 = 5;
/// After so many checks the players of a silent node are out of reach: before they seem silent themselves.
pub(super) const LOST_CHECKS: u32 = 12;
/// For so many checks the players of a dead node may come back before they count as absent: 5 s.
pub(super) const DEAD_CHECKS: u32 = 50;

/// Whether a node is known to be dead.
pub(super) async fn is_dead(nodes: &dyn LiveNodes, node: NodeId) -> bool {
    let answer = tokio::time::timeout(CHECK_INTERVAL, nodes.is_alive(node)).await;
    matches!(answer, Ok(Ok(false)))
}
