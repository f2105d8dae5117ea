//! What groups may be called.

use contract::groups::{CreateGroup, GroupPrivacy, MAX_GROUP_DESCRIPTION_LEN, MAX_GROUP_NAME_LEN};
use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};
use kernel::AppError;

use crate::Error;

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

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
    /// Composes and trims the texts, and reports all problems at once.
    pub(crate) fn parse(wanted: &CreateGroup) -> Result<Self, AppError> {
        let name = compose(&wanted.name);
        let description = compose(&wanted.description);
        let problems = [
            (!is_name(&name), Error::NameInvalid, "name"),
            (
                !is_description(&description),
                Error::DescriptionInvalid,
                "description",
            ),
        ];
        refuse(problems.into_iter().filter(|(is_problem, ..)| *is_problem))?;
        let is_listed = wanted.privacy != GroupPrivacy::InviteOnly;
        Ok(Self {
            name_key: is_listed.then(|| name_key(&name)),
            name,
            description,
            privacy: wanted.privacy,
        })
    }
}

/// An error with the code of the first problem and the fields of all.
fn refuse(problems: impl Iterator<Item = (bool, Error, &'static str)>) -> Result<(), AppError> {
    let mut refusal: Option<AppError> = None;
    for (_, error, field) in problems {
        let refused = refusal.unwrap_or_else(|| error.into());
        refusal = Some(refused.on_field(field, error.code().meaning));
    }
    refusal.map_or(Ok(()), Err)
}

fn compose(text: &str) -> String {
    NFC.normalize(text.trim()).into_owned()
}

/// Names with the same key look the same to people: their case is folded, and characters that look alike
/// are replaced by one of them.
fn name_key(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let prototype: String = unicode_security::skeleton(&caseless(&words.join(" "))).collect();
    caseless(&prototype)
}

fn caseless(text: &str) -> String {
    NFKC.normalize(&CaseMapper::new().fold_string(&NFKC.normalize(text)))
        .into_owned()
}

fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

fn is_name(name: &str) -> bool {
    let is_long_enough = (MIN_NAME_LEN..=MAX_GROUP_NAME_LEN).contains(&length(name));
    let begins_with_mark = name.chars().next().is_some_and(is_mark);
    let marks = name.chars().filter(|c| is_mark(*c)).count();
    is_long_enough
        && name.chars().all(is_visible)
        && name.chars().any(char::is_alphanumeric)
        && !begins_with_mark
        && marks * 2 <= name.chars().count()
}

fn is_description(text: &str) -> bool {
    let is_allowed = |c: char| c == '\n' || c == '\t' || is_visible(c);
    text.chars().all(is_allowed) && length(text) <= MAX_GROUP_DESCRIPTION_LEN
}

fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// Neither a control character nor one that is invisible, private or not assigned. The joiners that some
/// scripts and emoji need are allowed.
fn is_visible(c: char) -> bool {
    let is_joiner = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
    let is_ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_text = !matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    );
    is_joiner || (is_text && !is_ignorable)
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
        assert_eq!(key("STRASSE n"), key("straße n"));
        assert_eq!(
            key("Chess Club"),
            key("Ch\u{435}ss Club"),
            "a Cyrillic letter"
        );
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

    #[test]
    fn parse_reports_all_problems() {
        let wanted = CreateGroup {
            name: "ab".to_owned(),
            description: "\u{0}".to_owned(),
            privacy: GroupPrivacy::Public,
        };
        let error = NewGroup::parse(&wanted).unwrap_err();
        let fields: Vec<&str> = error
            .fields()
            .iter()
            .map(|field| field.field.as_str())
            .collect();
        assert_eq!(fields, ["name", "description"]);
    }
}
