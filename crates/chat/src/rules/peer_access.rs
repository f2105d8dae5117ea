//! What a user may do in a chat with another user.

use kernel::Relation;

use crate::Error;

/// The access that two users have to what they write to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeerAccess {
    /// They are friends.
    Write,
    /// They are not friends: their conversation can be read, but not continued.
    ReadOnly,
    /// As `ReadOnly`, because the account of the other user is deleted.
    Deleted,
    /// One has blocked the other: for each, the other does not exist.
    Hidden,
}

impl PeerAccess {
    pub(crate) fn new(relation: Relation, is_deleted: bool) -> Self {
        match (relation, is_deleted) {
            (Relation::Blocked, _) => Self::Hidden,
            (Relation::Friend, _) => Self::Write,
            (Relation::Stranger, true) => Self::Deleted,
            (Relation::Stranger, false) => Self::ReadOnly,
        }
    }

    /// Refuses what the other user would notice.
    ///
    /// # Errors
    /// `chat.not_friends` or `chat.account_deleted`.
    pub(crate) fn ensure_write(self) -> Result<(), Error> {
        match self {
            Self::Write => Ok(()),
            Self::Deleted => Err(Error::AccountDeleted),
            Self::ReadOnly | Self::Hidden => Err(Error::NotFriends),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_friends_can_write() {
        let access = |relation, is_deleted| PeerAccess::new(relation, is_deleted);
        assert_eq!(access(Relation::Friend, false).ensure_write(), Ok(()));
        let refused = [
            (Relation::Stranger, false, Error::NotFriends),
            (Relation::Stranger, true, Error::AccountDeleted),
            (Relation::Blocked, false, Error::NotFriends),
            (Relation::Blocked, true, Error::NotFriends),
        ];
        for (relation, is_deleted, error) in refused {
            let result = access(relation, is_deleted).ensure_write();
            assert_eq!(result, Err(error), "{relation:?} {is_deleted}");
        }
    }

    #[test]
    fn deletion_does_not_reveal_blocked_user() {
        assert_eq!(PeerAccess::new(Relation::Blocked, true), PeerAccess::Hidden);
    }
}
