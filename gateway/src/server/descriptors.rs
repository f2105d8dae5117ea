//! How many files and connections the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Below this a server has room for a few hundred people at the most.
pub const RECOMMENDED: u64 = 4096;
/// The most connections of one address where nothing else is said.
const MAX_PER_ADDRESS: u64 = 4096;

/// Raises the limit to what the system lets this process have, and says what that is.
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

/// How many connections one address may have where nothing else is said: a quarter of all that can
/// be open, so that no single address takes them all.
pub(super) fn connections_per_address() -> usize {
    let share = (limit() / 4).clamp(1, MAX_PER_ADDRESS);
    usize::try_from(share).unwrap_or(usize::MAX)
}
