//! The subjects of notifications, by which they are resolved.

use contract::chat::MessageNotice;
use contract::notify::{Action, NotificationEvent, chat_subject};

/// The subject that stands for all others: a user who has resolved it gets no notifications any more.
pub(crate) const EVERYTHING: &str = "everything";

/// The sequence number up to which a withdrawn subject is resolved.
pub(crate) const WITHDRAWN: i64 = i64::MAX;

/// The subject of an event and its sequence number in it: the chat of a message, otherwise the key of
/// the notification and 0.
#[must_use]
pub(crate) fn of(event: &NotificationEvent) -> (String, i64) {
    let by_key = || (event.key.clone(), 0);
    if event.action != Action::NewMessage {
        return by_key();
    }
    let notice: Result<MessageNotice, _> = serde_json::from_value(event.data.clone());
    notice.map_or_else(
        |_| by_key(),
        |notice| (chat_subject(notice.chat_id), notice.seq),
    )
}

#[cfg(test)]
mod tests {
    use kernel::{Env, UserId};
    use serde_json::json;

    use super::*;

    fn event(action: Action, data: serde_json::Value) -> NotificationEvent {
        let user_id: UserId = Env::system().id();
        let key = "the key".to_owned();
        NotificationEvent {
            user_id,
            action,
            data,
            key,
        }
    }

    #[test]
    fn of_is_the_chat_of_a_message_and_the_key_of_anything_else() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8061";
        let notice = json!({
            "chat_id": id, "message_id": id, "seq": 7, "sender_id": id, "sender": "ada",
            "mention": false,
        });
        let message = event(Action::NewMessage, notice.clone());
        assert_eq!(of(&message), (format!("chat:{id}"), 7));
        let by_key = ("the key".to_owned(), 0);
        assert_eq!(of(&event(Action::Group, notice)), by_key);
        assert_eq!(of(&event(Action::NewMessage, json!({}))), by_key);
    }
}
