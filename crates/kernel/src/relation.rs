//! The relation between two users.

/// The relation between two different users. Either account may have been deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// They are friends.
    Friend,
    /// They are neither friends nor blocked.
    Stranger,
    /// One has blocked the other. They must not learn of each other.
    Blocked,
}
