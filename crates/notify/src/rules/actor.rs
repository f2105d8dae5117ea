//! Whose doing a notification tells of.

use kernel::UserId;
use serde_json::Value;

/// Where the data of each kind has the id of the one who acted. A friend request names its sender
/// and receiver besides, in the same order for both; `user` is the other one.
const PLACES: [&str; 3] = ["/user/id", "/sender/id", "/sender_id"];

/// Who did what a notification with this data tells of.
#[must_use]
pub fn of(data: &Value) -> Option<UserId> {
    let found = PLACES.iter().find_map(|place| data.pointer(place));
    found?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use kernel::Env;
    use serde_json::json;

    use super::*;

    #[test]
    fn of_finds_the_one_who_acted_in_each_kind_of_data() {
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
