//! Names of lobbies.

use crate::Error;

/// The most characters of a lobby's name.
const MOST: usize = 40;

/// The name of a lobby: lower case, so that it is found however it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LobbyName(String);

impl LobbyName {
    pub(crate) fn parse(raw: &str) -> Result<Self, Error> {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let begins = raw.starts_with(|c: char| c.is_ascii_alphanumeric());
        if begins && raw.len() <= MOST && raw.chars().all(inner) {
            Ok(Self(raw.to_ascii_lowercase()))
        } else {
            Err(Error::LobbyNameInvalid)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The lobby that is always there.
    pub(crate) fn is_world(&self) -> bool {
        self.0 == "world"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_words_in_any_case() {
        assert_eq!(
            LobbyName::parse("Chess-Club_1").unwrap().as_str(),
            "chess-club_1"
        );
        assert!(LobbyName::parse("WORLD").unwrap().is_world());
        assert!(LobbyName::parse(&"x".repeat(40)).is_ok());
        for raw in ["", "-a", "_a", "a b", "a/b", "ä", "a\0", &"x".repeat(41)] {
            assert_eq!(
                LobbyName::parse(raw),
                Err(Error::LobbyNameInvalid),
                "{raw:?}"
            );
        }
    }
}
