//! Enums of the contract in text columns, by the same names as on the wire.

use kernel::AppError;
use serde::Serialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;

/// The name of a variant.
pub(crate) fn to_text(variant: impl Serialize) -> Result<String, AppError> {
    match serde_json::to_value(variant)? {
        Value::String(text) => Ok(text),
        _ => Err(AppError::internal("not a unit variant")),
    }
}

/// The variant with this name. An unknown one is an internal error: a newer version has written the
/// row.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, AppError> {
    let text: StrDeserializer<'_, Error> = text.into_deserializer();
    Ok(T::deserialize(text)?)
}

#[cfg(test)]
mod tests {
    use contract::accounts::{ExportState, Theme};
    use kernel::Role;

    use super::*;

    #[test]
    fn to_text_is_the_wire_name_and_reversible() {
        assert_eq!(to_text(Theme::Dark).unwrap(), "dark");
        assert_eq!(to_text(ExportState::Preparing).unwrap(), "preparing");
        for role in [Role::Member, Role::Moderator, Role::Admin] {
            assert_eq!(from_text::<Role>(&to_text(role).unwrap()).unwrap(), role);
        }
    }

    #[test]
    fn from_text_refuses_unknown_variants() {
        assert_eq!(
            from_text::<Role>("king").unwrap_err().code().name,
            "internal"
        );
        assert!(to_text(7).is_err());
    }
}
