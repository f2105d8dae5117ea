//! The catalogue of refusals of this crate.

kernel::error_codes! {
    /// Why friends, blocks and presence say no.
    pub enum Error {
        NotYourself = "friends.not_yourself", Forbidden, "You can only speak for yourself.";
        YouBlocked = "friends.you_blocked_them", Conflict, "You have blocked this person; unblock them first.";
        AlreadyFriends = "friends.already_friends", Conflict, "You are friends already.";
        NotWelcome = "friends.requests_not_welcome", Forbidden, "This person takes no friend requests.";
        DeclinedRecently = "friends.declined_recently", Conflict, "This person has declined not long ago; wait before you ask again.";
        TooManyOpen = "friends.too_many_open_requests", Conflict, "Too many of your requests wait for an answer; cancel some first.";
        ListFull = "friends.list_full", Conflict, "Your list of friends is full.";
        TheirListFull = "friends.their_list_full", Conflict, "Their list of friends is full.";
        RequestNotFound = "friends.request_not_found", NotFound, "There is no such request to or from you.";
        NotFriends = "friends.not_friends", NotFound, "You are not friends.";
        NotBlocked = "blocks.not_blocked", NotFound, "You have not blocked this person.";
        BlockListFull = "blocks.list_full", Conflict, "You have blocked as many people as can be.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Error;

    #[test]
    fn each_code_is_its_own_and_belongs_here() {
        let names: HashSet<_> = Error::CODES.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), Error::CODES.len());
        let ours = |name: &&str| name.starts_with("friends.") || name.starts_with("blocks.");
        assert!(names.iter().all(ours));
    }
}
