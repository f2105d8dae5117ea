//! The names of streams of durable events.

use std::fmt;
use std::str::FromStr;

use kernel::UserId;

use crate::chat::ChatId;
use crate::tournaments::TournamentId;

/// A stream, named on the wire as in `user:01890a5d-ac96-774b-bcce-b302099a8057`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamName {
    /// The events of a user. Only the user's own sockets subscribe to it.
    User(UserId),
    /// The events of a chat.
    Chat(ChatId),
    /// The events of a tournament.
    Tournament(TournamentId),
}

impl StreamName {
    /// The user of a user stream.
    #[must_use]
    pub const fn owner(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Chat(_) | Self::Tournament(_) => None,
        }
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user:{user}"),
            Self::Chat(chat) => write!(f, "chat:{chat}"),
            Self::Tournament(tournament) => write!(f, "tournament:{tournament}"),
        }
    }
}

/// The text is not the name of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownStream;

impl fmt::Display for UnknownStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown stream")
    }
}

impl std::error::Error for UnknownStream {}

impl FromStr for StreamName {
    type Err = UnknownStream;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').ok_or(UnknownStream)?;
        match kind {
            "user" => id.parse().map(Self::User),
            "chat" => id.parse().map(Self::Chat),
            "tournament" => id.parse().map(Self::Tournament),
            _ => return Err(UnknownStream),
        }
        .map_err(|_| UnknownStream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_inverts_display() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for name in ["user", "chat", "tournament"].map(|kind| format!("{kind}:{id}")) {
            let stream: StreamName = name.parse().unwrap();
            assert_eq!(stream.to_string(), name);
            assert_eq!(stream.owner().is_some(), name.starts_with("user:"));
        }
        for other in [
            "",
            "user",
            "user:1",
            "match:01890a5d-ac96-774b-bcce-b302099a8057",
        ] {
            assert_eq!(other.parse::<StreamName>(), Err(UnknownStream), "{other}");
        }
    }
}
