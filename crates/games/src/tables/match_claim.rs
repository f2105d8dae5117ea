//! Which claim of a match a table runs under.

use contract::invites::MatchId;

/// A claim of a match by this node. The node may have lost the match since, and claimed it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct MatchClaim {
    pub(super) id: MatchId,
    pub(super) epoch: i64,
}
