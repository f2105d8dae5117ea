//! Parsing of usernames.

use std::collections::HashSet;
use std::sync::LazyLock;

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

use super::folding::{caseless, normalize, skeleton};
use crate::error::Error;

/// The minimum number of characters.
pub const MIN_LEN: usize = 3;
/// The maximum number of characters.
pub const MAX_LEN: usize = 30;
/// Separators, which are allowed beside letters and digits.
const SEPARATORS: [char; 3] = ['_', '.', '-'];
/// No living script needs more marks on one letter; more make a name unreadable.
const MAX_CONSECUTIVE_MARKS: usize = 3;
/// The prefix of the names of deleted accounts, which nobody can choose.
pub const DELETED_PREFIX: &str = "deleted-";

/// Reserved names of routes, roles and the service, in their folded form.
const RESERVED: [&str; 52] = [
    "about",
    "account",
    "admin",
    "administrator",
    "all",
    "anonymous",
    "api",
    "auth",
    "avatar",
    "bot",
    "channel",
    "computer",
    "courtside",
    "deleted",
    "docs",
    "everyone",
    "friends",
    "guest",
    "help",
    "here",
    "lobbies",
    "lobby",
    "login",
    "logout",
    "me",
    "mod",
    "moderator",
    "nobody",
    "none",
    "null",
    "official",
    "owner",
    "postmaster",
    "profile",
    "register",
    "requests",
    "rooms",
    "root",
    "search",
    "security",
    "self",
    "settings",
    "staff",
    "status",
    "suggestions",
    "support",
    "system",
    "undefined",
    "unread",
    "user",
    "users",
    "world",
];

/// The skeletons of the reserved names, which look the same.
static RESERVED_SKELETONS: LazyLock<HashSet<String>> =
    LazyLock::new(|| RESERVED.into_iter().map(skeleton).collect());

/// A valid username.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username {
    display: String,
    key: String,
}

impl Username {
    /// Parses a username.
    ///
    /// # Errors
    /// `auth.username_invalid`, `auth.username_mixed_scripts`, `auth.username_reserved`.
    pub fn parse(input: &str) -> Result<Self, Error> {
        let display = bounded(input)?;
        check_characters(&display)?;
        check_scripts(&display)?;
        let key = caseless(&display);
        check_reserved(&key)?;
        Ok(Self { display, key })
    }

    /// The name as it is displayed.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The unique key, which is the same for all cases and encodings.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// The key by which a name is looked up, whether or not it is valid.
#[must_use]
pub fn lookup_key(input: &str) -> String {
    let bounded: String = input.chars().take(MAX_LEN * 2).collect();
    // No username contains NUL, which PostgreSQL does not accept as a parameter.
    caseless(&bounded).replace('\0', "\u{FFFD}")
}

fn bounded(input: &str) -> Result<String, Error> {
    // One character can decompose into many, so the input is bounded first.
    if input.chars().nth(MAX_LEN * 2).is_some() {
        return Err(Error::UsernameInvalid);
    }
    let display = normalize(input);
    let fits = (MIN_LEN..=MAX_LEN).contains(&display.chars().count());
    fits.then_some(display).ok_or(Error::UsernameInvalid)
}

/// The role of a character in a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CharacterRole {
    Letter,
    Mark,
    Separator,
}

fn check_characters(name: &str) -> Result<(), Error> {
    let parts = name
        .chars()
        .map(part)
        .collect::<Option<Vec<_>>>()
        .ok_or(Error::UsernameInvalid)?;
    let edges = parts.first() == Some(&CharacterRole::Letter)
        && parts.last() != Some(&CharacterRole::Separator);
    let well_separated = parts.windows(2).all(|pair| match pair {
        [CharacterRole::Separator, next] => *next == CharacterRole::Letter,
        _ => true,
    });
    let readable = parts
        .split(|part| *part != CharacterRole::Mark)
        .all(|marks| marks.len() <= MAX_CONSECUTIVE_MARKS);
    (edges && well_separated && readable)
        .then_some(())
        .ok_or(Error::UsernameInvalid)
}

fn part(c: char) -> Option<CharacterRole> {
    use GeneralCategory as G;
    if SEPARATORS.contains(&c) {
        return Some(CharacterRole::Separator);
    }
    if CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) {
        return None;
    }
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        G::UppercaseLetter
        | G::LowercaseLetter
        | G::TitlecaseLetter
        | G::OtherLetter
        | G::ModifierLetter
        | G::DecimalNumber => Some(CharacterRole::Letter),
        // A mark of its own script belongs to its spelling; marks of all scripts are decoration.
        G::NonspacingMark | G::SpacingMark if script(c) != Script::Inherited => {
            Some(CharacterRole::Mark)
        }
        _ => None,
    }
}

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

/// Refuses names that mix scripts: letters of different scripts look alike (`а` and `a`).
fn check_scripts(name: &str) -> Result<(), Error> {
    let mut seen: Vec<Script> = name
        .chars()
        .map(script)
        .filter(|script| ![Script::Common, Script::Inherited].contains(script))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let together = |family: &[Script]| seen.iter().all(|script| family.contains(script));
    let written_together = [
        &[Script::Han, Script::Hiragana, Script::Katakana][..],
        &[Script::Han, Script::Hangul],
        &[Script::Han, Script::Bopomofo],
    ];
    (seen.len() <= 1 || written_together.into_iter().any(together))
        .then_some(())
        .ok_or(Error::UsernameMixedScripts)
}

fn check_reserved(key: &str) -> Result<(), Error> {
    let plain: String = key.chars().filter(|c| !SEPARATORS.contains(c)).collect();
    let taken = RESERVED_SKELETONS.contains(&skeleton(&plain)) || key.starts_with(DELETED_PREFIX);
    (!taken).then_some(()).ok_or(Error::UsernameReserved)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parse_accepts_names_of_many_scripts() {
        for name in [
            "ada",
            "Ada_L.99",
            "a-b-c",
            "Straße",
            "Дмитрий",
            "さくら花",
            "김철수",
            "李小龙",
            "हिन्दी",
            "محمد",
            "007",
            "ελένη",
            "x".repeat(30).as_str(),
        ] {
            assert_eq!(
                Username::parse(name).map(|n| n.display().to_owned()),
                Ok(name.to_owned())
            );
        }
    }

    #[test]
    fn parse_refuses_invalid_names() {
        for name in [
            "",
            "ab",
            &"x".repeat(31),
            "a b",
            "ada@home",
            ".ada",
            "ada.",
            "-ada",
            "ada-",
            "_ada",
            "a..b",
            "a.-b",
            "ada\u{200b}",
            "ada\u{0}",
            "ad\n",
            "a/b",
            "<ada>",
            "a\u{338}da",
            "ㅤㅤㅤ",
            "\u{301}da",
            "ada\u{202e}",
            "😀😀😀",
            &"ﷺ".repeat(20),
            &"a".repeat(100_000),
        ] {
            assert_eq!(
                Username::parse(name),
                Err(Error::UsernameInvalid),
                "{name:?}"
            );
        }
    }

    #[test]
    fn parse_refuses_mixed_scripts() {
        for name in ["аdmin1", "pаypal", "Αda"] {
            assert_eq!(
                Username::parse(name),
                Err(Error::UsernameMixedScripts),
                "{name}"
            );
        }
    }

    #[test]
    fn parse_refuses_reserved_names() {
        assert!(RESERVED.is_sorted());
        for name in [
            "admin",
            "Admin",
            "AD.MIN",
            "root",
            "ｒｏｏｔ",
            "profile",
            "Rooms",
            "un-read",
            "deleted-42",
            "Deleted-x",
        ] {
            assert_eq!(
                Username::parse(name),
                Err(Error::UsernameReserved),
                "{name}"
            );
        }
        assert!(Username::parse("administrata").is_ok());
    }

    #[test]
    fn parse_refuses_lookalikes_of_reserved_names() {
        for name in ["admın", "ADMlN", "heIp", "r00t", "supp0rt", "ad.mın", "арі"] {
            assert_eq!(
                Username::parse(name),
                Err(Error::UsernameReserved),
                "{name}"
            );
        }
        for name in ["adam", "helena", "Дмитрий", "ısmail", "r2d2"] {
            assert!(Username::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn key_is_the_same_for_all_spellings() {
        let key = |name| Username::parse(name).unwrap().key().to_owned();
        assert_eq!(key("Ada"), key("aDA"));
        assert_eq!(key("Straße"), key("STRASSE"));
        assert_eq!(key("Jose\u{301}"), key("JOSÉ"));
        assert_eq!(key("Ada"), lookup_key("ＡＤＡ"));
    }

    proptest! {
        #[test]
        fn parse_is_idempotent(input in "\\PC{1,32}") {
            if let Ok(name) = Username::parse(&input) {
                let again = Username::parse(name.display()).unwrap();
                prop_assert_eq!(&again, &name);
                prop_assert_eq!(lookup_key(&input), name.key());
                prop_assert!(!name.display().contains('@'));
            }
        }
    }
}
