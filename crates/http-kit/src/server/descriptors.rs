//! The limit of open files, and so of connections.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// A server with a lower limit serves a few hundred users at most.
pub const RECOMMENDED: u64 = 4096;
/// The maximum default number of connections per address.
const MAX_PER_ADDRESS: u64 = 4096;

/// Raises the limit to the maximum of the process, and returns it.
pub fn raise_limit() -> u64 {
    let limits = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limits.maximum,
        maximum: limits.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "limit of open files not raised");
    }
    limit()
}

fn limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// The default number of connections per address: a quarter of all, so that no address takes them all.
pub(super) fn connections_per_address() -> usize {
    let share = (limit() / 4).clamp(1, MAX_PER_ADDRESS);
    usize::try_from(share).unwrap_or(usize::MAX)
}
