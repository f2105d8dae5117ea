//! What entrants may be called.

use contract::tournaments::MAX_ALIAS_LEN;
use kernel::AppError;

use super::text::{compose, is_name, length, look_alike_key};
use crate::Error;

/// A valid alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alias {
    pub(crate) text: String,
    /// By which aliases are compared.
    pub(crate) key: String,
}

impl Alias {
    /// Composes and trims an alias.
    pub(crate) fn parse(given: &str) -> Result<Self, AppError> {
        let text = compose(given);
        if !(1..=MAX_ALIAS_LEN).contains(&length(&text)) || !is_name(&text) {
            return Err(Error::AliasInvalid.on_field("alias"));
        }
        let key = look_alike_key(&text);
        Ok(Self { text, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_accepts_visible_texts_of_1_to_24_characters() {
        for good in ["A", " Ada ", &"ä".repeat(24), "Nail #2"] {
            assert!(Alias::parse(good).is_ok(), "{good:?}");
        }
        for bad in ["", "  ", "--", &"a".repeat(25), "a\u{0}b", "a\u{202e}b"] {
            let refused = Alias::parse(bad).unwrap_err();
            assert!(refused.is(Error::AliasInvalid.code()), "{bad:?}");
        }
    }

    #[test]
    fn keys_are_equal_for_aliases_that_look_alike() {
        let key = |alias| Alias::parse(alias).unwrap().key;
        assert_eq!(key("Hammer"), key("HAMMER"));
        assert_eq!(key("Hammer"), key("H\u{430}mmer"), "a Cyrillic letter");
        assert_ne!(key("Hammer"), key("Hammers"));
    }
}
