//! Sets whose members expire unless they are put again: the base of presence.

use std::time::Duration;

use async_trait::async_trait;
use kernel::AppError;

/// A member to put into a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetEntry<'a> {
    /// Name of the set, such as `presence:01890a5d-…`.
    pub set: &'a str,
    /// Name of the member, such as the id of a socket or node.
    pub member: &'a str,
    /// Arbitrary data.
    pub value: &'a [u8],
}

/// A stored member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetMember {
    /// Name of the member.
    pub name: String,
    /// Data stored with it.
    pub value: Vec<u8>,
}

/// Sets whose members expire unless put again. Nothing outlives a dead node for longer
/// than its time to live. Every call is one round trip for any number of sets.
#[async_trait]
pub trait ExpiringSets: Send + Sync {
    /// Puts members with this time to live; an existing one gets the new value.
    ///
    /// # Errors
    /// Unavailable, when Redis is unreachable.
    async fn put(&self, entries: &[SetEntry<'_>], ttl: Duration) -> Result<(), AppError>;

    /// Removes members, given as `(set, member)`.
    ///
    /// # Errors
    /// Unavailable, when Redis is unreachable.
    async fn remove(&self, members: &[(&str, &str)]) -> Result<(), AppError>;

    /// Members of each set, in the order of `sets`; members are ordered by name.
    ///
    /// # Errors
    /// Unavailable, when Redis is unreachable.
    async fn list(&self, sets: &[&str]) -> Result<Vec<Vec<SetMember>>, AppError>;

    /// Number of members of each set, in the order of `sets`.
    ///
    /// # Errors
    /// Unavailable, when Redis is unreachable.
    async fn count(&self, sets: &[&str]) -> Result<Vec<usize>, AppError> {
        let listed = self.list(sets).await?;
        Ok(listed.iter().map(Vec::len).collect())
    }
}
