//! Sorts of chats, and what makes each the only one of its sort.

use contract::chat::ChatKind;
use kernel::UserId;

use crate::rules::LobbyName;

/// What sort of chat it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Direct,
    Lobby,
    Room,
}

db::text_enum!(Kind { Direct = "direct", Lobby = "lobby", Room = "room" });

impl Kind {
    /// Lobbies are open to everybody; all else is for its members.
    pub(crate) fn is_open(self) -> bool {
        self == Self::Lobby
    }

    pub(crate) fn on_the_wire(self) -> ChatKind {
        match self {
            Self::Direct => ChatKind::Direct,
            Self::Lobby => ChatKind::Lobby,
            Self::Room => ChatKind::Room,
        }
    }
}

/// The key of the one conversation of two people, whoever opens it.
pub(crate) fn direct_key(one: UserId, other: UserId) -> String {
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
    fn a_pair_has_one_key_from_both_sides() {
        let env = kernel::Env::system();
        let (one, other) = (env.id(), env.id());
        assert_eq!(direct_key(one, other), direct_key(other, one));
        assert_ne!(direct_key(one, other), direct_key(one, one));
    }

    #[test]
    fn kinds_come_back_from_their_names() {
        for kind in [Kind::Direct, Kind::Lobby, Kind::Room] {
            assert_eq!(Kind::from_text(kind.as_text()).unwrap(), kind);
        }
        assert!(Kind::from_text("party").is_err());
    }
}
