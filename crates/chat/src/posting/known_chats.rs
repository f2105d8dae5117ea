//! What a node remembers of the conversations in which it stores messages.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contract::chat::ChatId;
use contract::users::UserSummary;
use kernel::UserId;

/// The maximum number of remembered conversations. Beyond it, all are forgotten.
const MAX_KNOWN: usize = 4_096;

/// The sender of a message in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownSender {
    pub(super) summary: UserSummary,
    pub(super) peer: UserId,
}

/// Messages that were stored in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredInChat {
    pub(super) chat: ChatId,
    /// The newest message before them.
    pub(super) previous: i64,
    /// The newest of them.
    pub(super) newest: i64,
    pub(super) senders: Vec<KnownSender>,
}

/// The conversations, by chat. What is remembered may be out of date: a statement that relies on it
/// checks it.
#[derive(Debug, Default)]
pub(super) struct KnownChats(Mutex<HashMap<ChatId, KnownChat>>);

#[derive(Debug)]
struct KnownChat {
    newest: i64,
    /// Whether nobody else stored messages between the last two batches of this node. While another node
    /// takes turns with this one, it would not know the next number.
    is_ours: bool,
    senders: Vec<KnownSender>,
}

impl KnownChats {
    /// The number of the next message of a conversation, and its sender.
    pub(super) fn next(&self, chat: ChatId, sender: UserId) -> Option<(i64, KnownSender)> {
        let known = self.lock();
        let chat = known.get(&chat).filter(|chat| chat.is_ours)?;
        let mut senders = chat.senders.iter();
        let sender = senders.find(|known| known.summary.id == sender)?;
        Some((chat.newest + 1, sender.clone()))
    }

    /// Remembers what was stored.
    pub(super) fn remember(&self, stored: StoredInChat) {
        let mut known = self.lock();
        if known.len() >= MAX_KNOWN && !known.contains_key(&stored.chat) {
            known.clear();
        }
        let before = known.remove(&stored.chat);
        let is_ours = (before.as_ref()).is_some_and(|chat| chat.newest == stored.previous);
        let is_new = |old: &KnownSender| {
            let mut new = stored.senders.iter();
            new.all(|new| new.summary.id != old.summary.id)
        };
        let others = before.into_iter().flat_map(|chat| chat.senders);
        let mut senders: Vec<_> = others.filter(is_new).collect();
        senders.extend(stored.senders);
        let chat = KnownChat {
            newest: stored.newest,
            is_ours,
            senders,
        };
        known.insert(stored.chat, chat);
    }

    /// Remembers that a message with this number was stored.
    pub(super) fn advance(&self, chat: ChatId, newest: i64) {
        if let Some(chat) = self.lock().get_mut(&chat) {
            chat.newest = newest;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChatId, KnownChat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    fn sender(env: &Env, name: &str) -> KnownSender {
        KnownSender {
            summary: UserSummary {
                id: env.id(),
                username: name.to_owned(),
                display_name: name.to_owned(),
                avatar: String::new(),
                is_deleted: false,
            },
            peer: env.id(),
        }
    }

    #[test]
    fn next_is_known_once_two_batches_followed_each_other() {
        let (env, known) = (Env::system(), KnownChats::default());
        let (chat, ada, bob) = (env.id(), sender(&env, "ada"), sender(&env, "bob"));
        let stored = |previous, newest, sender: &KnownSender| StoredInChat {
            chat,
            previous,
            newest,
            senders: vec![sender.clone()],
        };
        let next = |sender: &KnownSender| known.next(chat, sender.summary.id);
        known.remember(stored(4, 5, &ada));
        assert_eq!(next(&ada), None, "another node may take turns");
        known.remember(stored(5, 7, &bob));
        assert_eq!(next(&ada), Some((8, ada.clone())));
        assert_eq!(next(&bob), Some((8, bob.clone())));
        known.advance(chat, 8);
        assert_eq!(next(&ada), Some((9, ada.clone())));
        known.remember(stored(9, 10, &ada));
        assert_eq!(next(&ada), None, "somebody else stored the ninth");
        let renamed = KnownSender {
            peer: ada.peer,
            ..sender(&env, "countess")
        };
        known.remember(stored(10, 11, &renamed));
        assert_eq!(next(&renamed), Some((12, renamed.clone())));
        assert_eq!(known.next(env.id(), ada.summary.id), None);
    }

    #[test]
    fn remember_replaces_the_summary_of_a_sender() {
        let (env, known) = (Env::system(), KnownChats::default());
        let (chat, ada) = (env.id(), sender(&env, "ada"));
        let mut renamed = ada.clone();
        renamed.summary.display_name = "Countess".to_owned();
        for (number, sender) in [(0, &ada), (1, &renamed)] {
            known.remember(StoredInChat {
                chat,
                previous: number,
                newest: number + 1,
                senders: vec![sender.clone()],
            });
        }
        assert_eq!(known.next(chat, ada.summary.id), Some((3, renamed)));
    }

    #[test]
    fn remember_forgets_all_when_there_are_too_many() {
        let (env, known) = (Env::system(), KnownChats::default());
        for _ in 0..=MAX_KNOWN {
            known.remember(StoredInChat {
                chat: env.id(),
                previous: 0,
                newest: 1,
                senders: vec![],
            });
        }
        assert_eq!(known.lock().len(), 1);
    }
}
