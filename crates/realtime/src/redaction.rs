//! Which events a user sees from whom other users are hidden.

use std::collections::HashSet;

use kernel::UserId;
use serde_json::value::RawValue;

use crate::message::{NamedUsers, ServerMessage};

/// Knows the users in events. Asked only for readers from whom somebody is hidden.
pub trait Redaction: Send + Sync {
    /// The users that an event names. Asked once for each event.
    fn named_users(&self, event: &ServerMessage) -> NamedUsers;

    /// The data of an event without the mentions of hidden users; `None` if that is impossible.
    fn redact(&self, event: &ServerMessage, hidden: &HashSet<UserId>) -> Option<Box<RawValue>>;
}

/// How much of an event a reader is sent.
#[derive(Debug)]
pub(crate) enum Visibility {
    /// All of it.
    Whole,
    /// A version without hidden users.
    Redacted(Box<ServerMessage>),
    /// Nothing.
    Hidden,
}

impl Visibility {
    /// How much of an event a reader is sent from whom these users are hidden.
    pub(crate) fn of(
        event: &ServerMessage,
        hidden: &HashSet<UserId>,
        redaction: &dyn Redaction,
    ) -> Self {
        if hidden.is_empty() {
            return Self::Whole;
        }
        let is_hidden = |user: &UserId| hidden.contains(user);
        let named = event.named_users(|event| redaction.named_users(event));
        if event.author.iter().chain(&named.subjects).any(is_hidden) {
            return Self::Hidden;
        }
        if !named.mentioned.iter().any(is_hidden) {
            return Self::Whole;
        }
        match redaction.redact(event, hidden) {
            Some(data) => Self::Redacted(Box::new(event.with_data(data))),
            None => Self::Hidden,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use contract::catalogue::EventName;
    use kernel::{Env, Timestamp};
    use serde_json::value::to_raw_value;

    use super::*;

    /// Reads events whose data is a list of users: the subject, then those mentioned.
    #[derive(Default)]
    struct ListedUsers {
        reads: AtomicUsize,
        is_unable: bool,
    }

    impl Redaction for ListedUsers {
        fn named_users(&self, event: &ServerMessage) -> NamedUsers {
            self.reads.fetch_add(1, Ordering::Relaxed);
            let users: Vec<UserId> = serde_json::from_str(event.data.get()).unwrap();
            NamedUsers {
                subjects: users[..1].to_vec(),
                mentioned: users[1..].to_vec(),
            }
        }

        fn redact(&self, event: &ServerMessage, hidden: &HashSet<UserId>) -> Option<Box<RawValue>> {
            let mut users: Vec<UserId> = serde_json::from_str(event.data.get()).unwrap();
            users.retain(|user| !hidden.contains(user));
            (!self.is_unable).then(|| to_raw_value(&users).unwrap())
        }
    }

    fn event(author: UserId, users: &[UserId]) -> ServerMessage {
        let message =
            ServerMessage::ephemeral(EventName::Typing, &users, Timestamp::from_micros(0));
        message.unwrap().with_author(Some(author))
    }

    #[test]
    fn hidden_users_are_neither_heard_nor_mentioned() {
        let [ada, bea, cid, dan]: [UserId; 4] = std::array::from_fn(|_| Env::system().id());
        let (event, redaction) = (event(ada, &[bea, cid, dan]), ListedUsers::default());
        let seen_without = |hidden: &[UserId]| {
            let hidden = hidden.iter().copied().collect();
            match Visibility::of(&event, &hidden, &redaction) {
                Visibility::Whole => Some(vec![bea, cid, dan]),
                Visibility::Redacted(event) => serde_json::from_str(event.data.get()).unwrap(),
                Visibility::Hidden => None,
            }
        };
        assert_eq!(seen_without(&[]), Some(vec![bea, cid, dan]));
        assert_eq!(
            redaction.reads.load(Ordering::Relaxed),
            0,
            "nobody is hidden"
        );
        assert_eq!(
            seen_without(&[Env::system().id()]),
            Some(vec![bea, cid, dan])
        );
        assert_eq!(seen_without(&[ada]), None);
        assert_eq!(seen_without(&[bea]), None);
        assert_eq!(seen_without(&[cid]), Some(vec![bea, dan]));
        assert_eq!(redaction.reads.load(Ordering::Relaxed), 1, "read once");
    }

    #[test]
    fn event_that_cannot_be_redacted_is_hidden() {
        let [ada, bea]: [UserId; 2] = std::array::from_fn(|_| Env::system().id());
        let redaction = ListedUsers {
            is_unable: true,
            ..ListedUsers::default()
        };
        let visibility =
            Visibility::of(&event(ada, &[ada, bea]), &HashSet::from([bea]), &redaction);
        assert!(matches!(visibility, Visibility::Hidden));
    }
}
