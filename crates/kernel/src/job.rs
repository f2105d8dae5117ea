//! Background jobs as types; the crate `jobs` stores and runs them.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Work to be done later. The value holds its arguments, which are stored as JSON: jobs of an older
/// version may wait under the same kind.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Identifies the type in the database, as in `notify.broadcast`.
    const KIND: &'static str;
    /// Which jobs it shares slots with.
    const CLASS: JobClass;

    /// At most one job with this key waits at a time; further ones are dropped.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// Which jobs share slots. Those of one class never wait for those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobClass {
    /// Waits for a mail server, which may be slow or away.
    Mail,
    /// Short, and worth little when late: notifications, expiry.
    Timer,
    /// Long, and in no hurry: exports, erasure, announcements.
    Heavy,
}
