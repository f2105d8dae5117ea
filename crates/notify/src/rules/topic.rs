//! What a notification is settled by.

use contract::chat::MessageNotice;
use contract::notify::{Action, NotificationEvent, chat_subject};

/// A subject of everything: who is forgotten hears of nothing any more.
pub const EVERYTHING: &str = "everything";

/// The place that stands for everything about a subject: it was taken back.
pub const WITHDRAWN: i64 = i64::MAX;

/// The subject of something that happened, and its place in it: messages are settled by reading
/// their chat up to them, all else by its key.
#[must_use]
pub fn of(happened: &NotificationEvent) -> (String, i64) {
    let by_key = || (happened.key.clone(), 0);
    if happened.action != Action::NewMessage {
        return by_key();
    }
    let notice: Result<MessageNotice, _> = serde_json::from_value(happened.data.clone());
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

    fn happened(action: Action, data: serde_json::Value) -> NotificationEvent {
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
    fn messages_belong_to_their_chat_and_all_else_to_its_key() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8061";
        let notice = json!({
            "chat_id": id, "message_id": id, "seq": 7, "sender_id": id, "sender": "ada",
            "mention": false,
        });
        let message = happened(Action::NewMessage, notice.clone());
        assert_eq!(of(&message), (format!("chat:{id}"), 7));
        let by_key = ("the key".to_owned(), 0);
        assert_eq!(of(&happened(Action::Group, notice)), by_key);
        assert_eq!(of(&happened(Action::NewMessage, json!({}))), by_key);
    }
}
