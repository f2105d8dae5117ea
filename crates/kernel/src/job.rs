//! Types of background jobs, which the crate `jobs` stores and runs.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A background job. The value holds its arguments, which are stored as JSON: jobs that an older version
/// stored may still be queued.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Identifies the type in the database, such as `notify.broadcast`.
    const KIND: &'static str;
    /// The class, whose jobs share slots.
    const CLASS: JobClass;

    /// At most one job with this key is queued; further ones are dropped.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// The class of a job. Jobs of a class share slots and never wait for those of another class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobClass {
    /// Waits for a mail server, which may be slow or unavailable.
    Mail,
    /// Short and urgent: notifications, expiry.
    Timer,
    /// Long and not urgent: exports, erasure, announcements.
    Heavy,
}
