//! The relation between two users.

/// How two different users are related. It says nothing of whether either account still exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// They are friends.
    Friend,
    /// They are neither friends nor blocked.
    Stranger,
    /// One has blocked the other. Neither may learn that the other exists.
    Blocked,
}
