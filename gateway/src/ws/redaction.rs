//! What of an event of a chat is kept from a reader: whoever is hidden from them is neither heard nor
//! named. Only readers from whom somebody is hidden have their events read.

use std::collections::HashSet;

use kernel::UserId;
use serde_json::{Value, value};

use super::frame::Message;

/// How much of an event a reader is told.
#[derive(Debug)]
pub enum Visibility {
    /// All of it.
    Whole,
    /// This.
    Redacted(Box<Message>),
    /// Nothing.
    Hidden,
}

impl Visibility {
    /// How much of an event somebody is told from whom these people are hidden.
    #[must_use]
    pub fn of(message: &Message, hidden: &HashSet<UserId>) -> Self {
        if hidden.is_empty() {
            return Self::Whole;
        }
        let is_hidden = |user: &UserId| hidden.contains(user);
        let people = message.people();
        if message
            .author
            .iter()
            .chain(&people.sender_id)
            .any(is_hidden)
        {
            return Self::Hidden;
        }
        let mut named = people.mentions.iter().map(|person| &person.id);
        if named.any(is_hidden) || people.reply_to_sender_id.iter().any(is_hidden) {
            // What cannot be redacted is not told.
            return redacted(message, hidden)
                .map_or(Self::Hidden, |left| Self::Redacted(Box::new(left)));
        }
        Self::Whole
    }
}

/// The event without those who are hidden, whom it names or answers.
fn redacted(message: &Message, hidden: &HashSet<UserId>) -> Option<Message> {
    let mut data: Value = serde_json::from_str(message.data.get()).ok()?;
    let fields = data.as_object_mut()?;
    let is_hidden = |id: Option<&Value>| {
        let id = id.and_then(Value::as_str).and_then(|id| id.parse().ok());
        id.is_some_and(|user: UserId| hidden.contains(&user))
    };
    if let Some(Value::Array(mentions)) = fields.get_mut("mentions") {
        mentions.retain(|person| !is_hidden(person.get("id")));
    }
    if is_hidden(fields.get("reply_to_sender_id")) {
        fields.remove("reply_to_sender_id");
        fields.insert("reply_to".to_owned(), Value::Null);
    }
    let data = value::to_raw_value(&data).ok()?;
    let mut redacted = Message::new(message.name.clone(), data, message.at);
    redacted.author = message.author;
    redacted.place.clone_from(&message.place);
    Some(redacted)
}

#[cfg(test)]
mod tests {
    use kernel::{Env, Timestamp};
    use serde_json::json;

    use super::*;
    use crate::ws::event_people::EventPeople;
    use crate::ws::frame::Place;

    fn event(author: UserId, data: &Value) -> Message {
        let mut message = Message::of("new_message", data, Timestamp::from_micros(0)).unwrap();
        message.author = Some(author);
        message.place = Some(Place {
            stream: format!("chat:{author}"),
            seq: 1,
            epoch: 1,
        });
        message
    }

    fn people() -> [UserId; 3] {
        std::array::from_fn(|_| Env::system().id())
    }

    #[test]
    fn hidden_people_are_neither_heard_nor_named_nor_answered() {
        let [ada, bea, cid] = people();
        let data = json!({
            "content": "hi", "mentions": [{"id": bea}, {"id": cid}],
            "reply_to": "m1", "reply_to_sender_id": bea,
        });
        let message = event(ada, &data);
        let seen_without = |hidden: &[UserId]| {
            let hidden = hidden.iter().copied().collect();
            match Visibility::of(&message, &hidden) {
                Visibility::Whole => Some(data.clone()),
                Visibility::Redacted(message) => {
                    Some(serde_json::from_str(message.data.get()).unwrap())
                }
                Visibility::Hidden => None,
            }
        };
        assert_eq!(seen_without(&[]), Some(data.clone()));
        assert_eq!(seen_without(&[people()[0]]), Some(data.clone()));
        assert_eq!(seen_without(&[ada]), None);
        let redacted = json!({"content": "hi", "mentions": [{"id": cid}], "reply_to": null});
        assert_eq!(seen_without(&[bea]), Some(redacted));
    }

    #[test]
    fn events_about_messages_of_hidden_people_are_hidden() {
        let [ada, bea, _] = people();
        let message = event(ada, &json!({"id": "m1", "sender_id": bea}));
        let hidden = HashSet::from([bea]);
        assert!(matches!(
            Visibility::of(&message, &hidden),
            Visibility::Hidden
        ));
        assert!(matches!(
            Visibility::of(&message, &HashSet::new()),
            Visibility::Whole
        ));
    }

    #[test]
    fn events_of_people_are_not_read() {
        let [ada, bea, _] = people();
        let mut message = event(ada, &json!({"sender_id": bea}));
        message.place = None;
        assert_eq!(message.people(), &EventPeople::default());
    }
}
