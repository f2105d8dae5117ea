//! The actor of a notification.

use kernel::UserId;
use serde_json::Value;

/// The paths of the actor's id in the data. A friend request has the ids of its sender and receiver,
/// in the same order for both users, and `user` is the other one; so that path comes first.
const ACTOR_PATHS: [&str; 3] = ["/user/id", "/sender/id", "/sender_id"];

/// The user whose action caused a notification with this data, if there is one.
#[must_use]
pub(crate) fn of(data: &Value) -> Option<UserId> {
    let found = ACTOR_PATHS.iter().find_map(|path| data.pointer(path));
    found?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use kernel::Env;
    use serde_json::json;

    use super::*;

    #[test]
    fn of_finds_the_actor_in_each_kind_of_data() {
        let (ada, bob): (UserId, UserId) = (Env::system().id(), Env::system().id());
        let request = json!({"user": {"id": ada}, "sender_id": bob, "receiver_id": ada});
        assert_eq!(of(&request), Some(ada));
        assert_eq!(
            of(&json!({"sender": {"id": ada}, "receiver": {"id": bob}})),
            Some(ada)
        );
        assert_eq!(of(&json!({"sender_id": ada, "sender": "ada"})), Some(ada));
        assert_eq!(of(&json!({"message": "We move."})), None);
        assert_eq!(of(&json!({"user": {"id": "ada"}})), None);
    }
}
