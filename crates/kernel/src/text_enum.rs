//! Enums without fields in text columns.

use std::fmt;

/// Maps an enum without fields to the names in a text column:
/// `kernel::text_enum!(Theme { Light = "light", Dark = "dark" });`
#[macro_export]
macro_rules! text_enum {
    ($rust:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $rust {
            /// The name in the database.
            #[must_use]
            pub const fn as_text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The value with this name in the database.
            ///
            /// # Errors
            /// No value has this name: the row was written by a newer version, or by hand.
            pub fn from_text(text: &str) -> Result<Self, $crate::text_enum::UnknownName> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::text_enum::UnknownName(stringify!($rust))),
                }
            }
        }
    };
}

/// A row holds a name that no value has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownName(pub &'static str);

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row holds an unknown {}", self.0)
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use crate::Role;

    #[test]
    fn from_text_reverses_as_text() {
        for role in [Role::Member, Role::Moderator, Role::Admin] {
            assert_eq!(Role::from_text(role.as_text()), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_text());
        }
        let error = Role::from_text("king").unwrap_err();
        assert_eq!(error.to_string(), "a row holds an unknown Role");
    }
}
