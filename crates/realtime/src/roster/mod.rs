//! Who is present on a stream, on all nodes: the roster of a lobby, for example.
//!
//! Each node puts its own users into expiring sets, where they expire unless they are put again, and
//! tells the other nodes to refresh. A refresh compares the sets with what the node's sockets were
//! sent last, and sends them the difference. So nobody stays in a roster because a node died, there is
//! no counter that could be wrong, and however many users come at once, a node refreshes a few times
//! a second.

mod changes;
mod local_roster;
mod rosters;

pub use self::rosters::{RosterDirectory, RosterEntry, Rosters};
#[cfg(test)]
pub(crate) use self::{
    changes::{MAX_LISTED, Names, Present, RosterChange},
    local_roster::LocalRoster,
};
