//! Types of chats, and the key that identifies a chat of its type.

use contract::chat::ChatKind;
use kernel::UserId;

use crate::rules::LobbyName;

/// The type of a chat as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChatType {
    Direct,
    Lobby,
    Room,
}

kernel::text_enum!(ChatType { Direct = "direct", Lobby = "lobby", Room = "room" });

impl ChatType {
    /// Whether users who are not members can read and write.
    pub(crate) fn is_open(self) -> bool {
        self == Self::Lobby
    }

    /// Whether members see which of their messages the others have read.
    pub(crate) fn has_receipts(self) -> bool {
        self == Self::Direct
    }

    pub(crate) fn to_contract(self) -> ChatKind {
        match self {
            Self::Direct => ChatKind::Direct,
            Self::Lobby => ChatKind::Lobby,
            Self::Room => ChatKind::Room,
        }
    }
}

/// The key of the conversation of two users, the same for both.
pub(crate) fn conversation_key(one: UserId, other: UserId) -> String {
    format!("direct:{}:{}", one.min(other), one.max(other))
}

/// The key of the lobby with this name.
pub(crate) fn lobby_key(name: &LobbyName) -> String {
    format!("lobby:{}", name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversation_key_is_the_same_for_both_users() {
        let env = kernel::Env::system();
        let (one, other) = (env.id(), env.id());
        assert_eq!(conversation_key(one, other), conversation_key(other, one));
        assert_ne!(conversation_key(one, other), conversation_key(one, one));
    }

    #[test]
    fn from_text_reverses_as_text() {
        for kind in [ChatType::Direct, ChatType::Lobby, ChatType::Room] {
            assert_eq!(ChatType::from_text(kind.as_text()).unwrap(), kind);
        }
        assert!(ChatType::from_text("party").is_err());
    }
}
