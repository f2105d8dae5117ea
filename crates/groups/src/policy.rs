//! What groups may be called.

use contract::groups::{CreateGroup, GroupPrivacy, MAX_GROUP_DESCRIPTION_LEN, MAX_GROUP_NAME_LEN};
use icu_normalizer::ComposingNormalizerBorrowed;
use kernel::AppError;

use crate::Error;

/// The minimum length of a name, in characters.
const MIN_NAME_LEN: u64 = 3;

/// A new group whose texts are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewGroup {
    pub(crate) name: String,
    /// By which names of listed groups are compared; none of groups that are not listed.
    pub(crate) name_key: Option<String>,
    pub(crate) description: String,
    pub(crate) privacy: GroupPrivacy,
}

impl NewGroup {
    /// Composes and trims the texts, and checks them all.
    pub(crate) fn parse(wanted: &CreateGroup) -> Result<Self, AppError> {
        let name = compose(&wanted.name);
        let description = compose(&wanted.description);
        if !is_name(&name) {
            let error = AppError::from(Error::NameInvalid);
            return Err(error.on_field("name", Error::NameInvalid.code().meaning));
        }
        if !is_text(&description) || length(&description) > MAX_GROUP_DESCRIPTION_LEN {
            let error = AppError::from(Error::DescriptionInvalid);
            return Err(error.on_field("description", Error::DescriptionInvalid.code().meaning));
        }
        let is_listed = wanted.privacy != GroupPrivacy::InviteOnly;
        Ok(Self {
            name_key: is_listed.then(|| name_key(&name)),
            name,
            description,
            privacy: wanted.privacy,
        })
    }
}

fn compose(text: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text.trim());
    composed.into_owned()
}

/// Names with the same key look the same to people.
fn name_key(name: &str) -> String {
    let compatible = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    let words: Vec<&str> = compatible.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

fn is_name(name: &str) -> bool {
    let is_long_enough = (MIN_NAME_LEN..=MAX_GROUP_NAME_LEN).contains(&length(name));
    is_long_enough && !name.chars().any(char::is_control) && name.chars().any(char::is_alphanumeric)
}

fn is_text(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && c != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, privacy: GroupPrivacy) -> Result<NewGroup, &'static str> {
        let wanted = CreateGroup {
            name: name.to_owned(),
            description: String::new(),
            privacy,
        };
        NewGroup::parse(&wanted).map_err(|error| error.code().name)
    }

    #[test]
    fn parse_checks_the_length_of_names() {
        for bad in [
            "",
            "ab",
            "  ab  ",
            &"a".repeat(51),
            "---",
            "a\nbc",
            "a\u{7}bc",
        ] {
            assert_eq!(
                parse(bad, GroupPrivacy::Public),
                Err("groups.name_invalid"),
                "{bad:?}"
            );
        }
        for good in ["abc", " abc ", &"ä".repeat(50), "a1!"] {
            assert!(parse(good, GroupPrivacy::Public).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn parse_compares_names_as_people_read_them() {
        let key = |name| parse(name, GroupPrivacy::Private).unwrap().name_key;
        assert_eq!(key("Sunday League"), key("sunday  LEAGUE"));
        assert_eq!(key("Cafe\u{301}"), key("CAFÉ"));
        assert_ne!(key("Sunday League"), key("Sundays League"));
        assert_eq!(
            parse("Sunday League", GroupPrivacy::InviteOnly)
                .unwrap()
                .name_key,
            None
        );
    }

    #[test]
    fn parse_checks_descriptions() {
        let with = |description: String| {
            let wanted = CreateGroup {
                name: "Sunday league".to_owned(),
                description,
                privacy: GroupPrivacy::Public,
            };
            NewGroup::parse(&wanted).map_err(|error| error.code().name)
        };
        assert!(with("Two\nlines".to_owned()).is_ok());
        assert!(with("ä".repeat(2_000)).is_ok());
        for bad in ["ä".repeat(2_001), "\u{0}".to_owned()] {
            assert_eq!(with(bad), Err("groups.description_invalid"));
        }
    }
}
