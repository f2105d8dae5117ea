//! Things that are there for as long as somebody keeps saying so: the base of presence.

use std::time::Duration;

use async_trait::async_trait;
use kernel::Fault;

/// A member of a set, with what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The set, as in `presence:01890a5d-…`.
    pub set: &'a str,
    /// Who is in it, as in a socket's or a node's id.
    pub member: &'a str,
    /// Anything about it.
    pub value: &'a [u8],
}

/// A member that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub name: String,
    /// What was put with it.
    pub value: Vec<u8>,
}

/// Sets whose members expire unless put again. There is no counter in it that could stick: what a
/// dead node had put is gone after its time. Every call is one round trip, however many sets it
/// names.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Puts these members in, for this long from now; one that is there gets the new value.
    ///
    /// # Errors
    /// Unavailable, when Redis is away.
    async fn put(&self, entries: &[Entry<'_>], ttl: Duration) -> Result<(), Fault>;

    /// Takes these members (`(set, member)`) out.
    ///
    /// # Errors
    /// Unavailable, when Redis is away.
    async fn remove(&self, members: &[(&str, &str)]) -> Result<(), Fault>;

    /// The members of each of these sets, in the order asked for; members in order of their names.
    ///
    /// # Errors
    /// Unavailable, when Redis is away.
    async fn list(&self, sets: &[&str]) -> Result<Vec<Vec<Member>>, Fault>;

    /// How many members each of these sets has, in the order asked for.
    ///
    /// # Errors
    /// Unavailable, when Redis is away.
    async fn count(&self, sets: &[&str]) -> Result<Vec<usize>, Fault> {
        let listed = self.list(sets).await?;
        Ok(listed.iter().map(Vec::len).collect())
    }
}
