//! The error codes of this crate.

kernel::error_codes! {
    /// Errors of friends, requests and blocks.
    pub enum Error {
        NotYourself = "friends.not_yourself", Forbidden, "You can only act on your own behalf.";
        YouBlocked = "friends.you_blocked_them", Conflict, "You have blocked this user. Unblock them first.";
        AlreadyFriends = "friends.already_friends", Conflict, "You are already friends.";
        RequestsNotAllowed = "friends.requests_not_welcome", Forbidden, "This user does not accept friend requests.";
        DeclinedRecently = "friends.declined_recently", Conflict, "This user has recently declined your request. Try again later.";
        TooManyOpen = "friends.too_many_open_requests", Conflict, "Too many of your friend requests are pending. Cancel some first.";
        ListFull = "friends.list_full", Conflict, "Your friend list is full.";
        TheirListFull = "friends.their_list_full", Conflict, "This user's friend list is full.";
        RequestNotFound = "friends.request_not_found", NotFound, "Friend request not found.";
        NotFriends = "friends.not_friends", NotFound, "You are not friends with this user.";
        NotBlocked = "blocks.not_blocked", NotFound, "You have not blocked this user.";
        BlockListFull = "blocks.list_full", Conflict, "Your block list is full.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn codes_are_unique_and_start_with_friends_or_blocks() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        let ours = |name: &&str| name.starts_with("friends.") || name.starts_with("blocks.");
        assert!(names.iter().all(ours));
    }
}
