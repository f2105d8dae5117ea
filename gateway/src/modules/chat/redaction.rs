//! Chat events for users from whom others are hidden by a block.

use std::collections::HashSet;

use contract::streams::StreamName;
use kernel::UserId;
use realtime::{NamedUsers, Redaction, ServerMessage};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, value};

/// Knows the users in chat events.
pub(crate) struct ChatRedaction;

/// The users in a chat event, apart from its author.
#[derive(Default, Deserialize)]
struct EventPeople {
    /// Who wrote the message that the event is about.
    #[serde(default)]
    sender_id: Option<UserId>,
    /// Who wrote the message that is replied to.
    #[serde(default)]
    reply_to_sender_id: Option<UserId>,
    #[serde(default)]
    mentions: Vec<Mention>,
}

#[derive(Deserialize)]
struct Mention {
    id: UserId,
}

impl Redaction for ChatRedaction {
    fn named_users(&self, event: &ServerMessage) -> NamedUsers {
        if !matches!(event.stream(), Some(StreamName::Chat(_))) {
            return NamedUsers::default();
        }
        let people: EventPeople = serde_json::from_str(event.data.get()).unwrap_or_default();
        let mentions = people.mentions.into_iter().map(|mention| mention.id);
        NamedUsers {
            subjects: people.sender_id.into_iter().collect(),
            mentioned: mentions.chain(people.reply_to_sender_id).collect(),
        }
    }

    fn redact(&self, event: &ServerMessage, hidden: &HashSet<UserId>) -> Option<Box<RawValue>> {
        let mut data: Value = serde_json::from_str(event.data.get()).ok()?;
        let fields = data.as_object_mut()?;
        let is_hidden = |id: Option<&Value>| {
            let id = id.and_then(Value::as_str).and_then(|id| id.parse().ok());
            id.is_some_and(|user: UserId| hidden.contains(&user))
        };
        if let Some(Value::Array(mentions)) = fields.get_mut("mentions") {
            mentions.retain(|mention| !is_hidden(mention.get("id")));
        }
        if is_hidden(fields.get("reply_to_sender_id")) {
            fields.remove("reply_to_sender_id");
            fields.insert("reply_to".to_owned(), Value::Null);
        }
        value::to_raw_value(&data).ok()
    }
}

#[cfg(test)]
mod tests {
    use contract::catalogue::EventName;
    use kernel::{Env, Timestamp};
    use realtime::EventPosition;
    use serde_json::json;

    use super::*;

    fn event(stream: &str, data: &Value) -> ServerMessage {
        let at = Timestamp::from_micros(0);
        let message = ServerMessage::ephemeral(EventName::NewMessage, data, at).unwrap();
        message.with_position(EventPosition {
            stream: format!("{stream}:{}", Env::system().id::<kernel::id::UserKind>()),
            seq: 1,
            epoch: 1,
        })
    }

    #[test]
    fn redact_removes_mentions_and_replies_of_hidden_users() {
        let [bea, cid]: [UserId; 2] = std::array::from_fn(|_| Env::system().id());
        let data = json!({
            "content": "hi", "mentions": [{"id": bea}, {"id": cid}],
            "reply_to": "m1", "reply_to_sender_id": bea, "sender_id": cid,
        });
        let event = event("chat", &data);
        let named = ChatRedaction.named_users(&event);
        assert_eq!(named.subjects, [cid]);
        assert_eq!(named.mentioned, [bea, cid, bea]);
        let redacted = ChatRedaction.redact(&event, &HashSet::from([bea])).unwrap();
        let redacted: Value = serde_json::from_str(redacted.get()).unwrap();
        let expected = json!({
            "content": "hi", "mentions": [{"id": cid}], "reply_to": null, "sender_id": cid,
        });
        assert_eq!(redacted, expected);
    }

    #[test]
    fn named_users_reads_chat_events_only() {
        let bea: UserId = Env::system().id();
        let data = json!({"sender_id": bea});
        let of = |stream| ChatRedaction.named_users(&event(stream, &data));
        assert_eq!(of("chat").subjects, [bea]);
        assert_eq!(of("user"), NamedUsers::default());
    }
}
