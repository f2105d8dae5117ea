//! Enums of the contract in text columns, by the same names as on the wire.

use kernel::AppError;
use serde::Serialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;

/// The name of a variant.
pub(crate) fn word(choice: impl Serialize) -> Result<String, AppError> {
    match serde_json::to_value(choice)? {
        Value::String(word) => Ok(word),
        _ => Err(AppError::internal("only plain choices have a word")),
    }
}

/// The variant with this name. An unknown one is an internal error: a newer version has written the
/// row.
pub(crate) fn choice<T: DeserializeOwned>(word: &str) -> Result<T, AppError> {
    let word: StrDeserializer<'_, Error> = word.into_deserializer();
    Ok(T::deserialize(word)?)
}

#[cfg(test)]
mod tests {
    use contract::accounts::{ExportState, Theme};
    use kernel::Role;

    use super::*;

    #[test]
    fn words_are_those_of_the_wire_and_come_back() {
        assert_eq!(word(Theme::Dark).unwrap(), "dark");
        assert_eq!(word(ExportState::Preparing).unwrap(), "preparing");
        for role in [Role::Member, Role::Moderator, Role::Admin] {
            assert_eq!(choice::<Role>(&word(role).unwrap()).unwrap(), role);
        }
    }

    #[test]
    fn an_unknown_word_is_a_fault_of_ours() {
        assert_eq!(choice::<Role>("king").unwrap_err().code().name, "internal");
        assert!(word(7).is_err());
    }
}
