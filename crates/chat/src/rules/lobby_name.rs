//! Names of lobbies.

use crate::Error;

/// The maximum length of a lobby name, in characters.
const MAX_LEN: usize = 40;

/// The name of a lobby, in lower case: names are compared without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LobbyName(String);

impl LobbyName {
    pub(crate) fn parse(raw: &str) -> Result<Self, Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let starts_well = raw.starts_with(|c: char| c.is_ascii_alphanumeric());
        if starts_well && raw.len() <= MAX_LEN && raw.chars().all(allowed) {
            Ok(Self(raw.to_ascii_lowercase()))
        } else {
            Err(Error::LobbyNameInvalid)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the world chat, which always exists.
    pub(crate) fn is_world(&self) -> bool {
        self.0 == "world"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_ignores_case_and_refuses_invalid_names() {
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
