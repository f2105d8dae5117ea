//! Parsing of display names, bios and languages.

use super::folding::{caseless, normal};
use crate::error::Error;

/// The maximum number of characters of a display name.
pub const DISPLAY_NAME_MAX: usize = 50;
/// The maximum number of characters of a bio.
pub const BIO_MAX: usize = 500;

/// Parses a display name: one trimmed line, empty to show the username.
///
/// # Errors
/// `users.display_name_invalid` if it is too long or contains invisible characters.
pub fn display_name(typed: &str) -> Result<String, Error> {
    let name = within(typed, DISPLAY_NAME_MAX).ok_or(Error::DisplayNameInvalid)?;
    let name = normal(name.trim());
    let fits = name.chars().count() <= DISPLAY_NAME_MAX && !name.chars().any(is_unseen);
    fits.then_some(name).ok_or(Error::DisplayNameInvalid)
}

/// Parses a bio and trims it.
///
/// # Errors
/// `users.bio_invalid` if it is too long or contains control characters other than newlines.
pub fn bio(typed: &str) -> Result<String, Error> {
    let text = within(typed, BIO_MAX).ok_or(Error::BioInvalid)?;
    let text = text.replace("\r\n", "\n");
    let odd = text.chars().any(|c| c != '\n' && is_unseen(c));
    (!odd)
        .then(|| text.trim().to_owned())
        .ok_or(Error::BioInvalid)
}

/// Parses a language tag into its usual case, such as `en`, `pt-BR` or `zh-Hant-TW`.
///
/// # Errors
/// `users.language_invalid`.
pub fn language(typed: &str) -> Result<String, Error> {
    let tag: Option<Vec<String>> = within(typed, 35)
        .ok_or(Error::LanguageInvalid)?
        .split('-')
        .enumerate()
        .map(|(at, part)| subtag(at, part))
        .collect();
    tag.map(|parts| parts.join("-"))
        .ok_or(Error::LanguageInvalid)
}

/// The key by which a display name is found.
#[must_use]
pub fn search_key(name: &str) -> String {
    caseless(name)
}

fn within(text: &str, most: usize) -> Option<&str> {
    text.chars().nth(most).is_none().then_some(text)
}

/// Control characters, and marks that change the direction of the surrounding text.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
                     | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

fn subtag(at: usize, part: &str) -> Option<String> {
    let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
    let plain = part.bytes().all(|b| b.is_ascii_alphanumeric());
    match (at, part.len()) {
        (0, 2..=3) if letters => Some(part.to_ascii_lowercase()),
        (0, _) => None,
        (_, 2) if letters => Some(part.to_ascii_uppercase()),
        (_, 4) if letters => Some(capitalised(part)),
        (_, 1..=8) if plain => Some(part.to_ascii_lowercase()),
        _ => None,
    }
}

fn capitalised(part: &str) -> String {
    let mut chars = part.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first
        .into_iter()
        .chain(chars.map(|c| c.to_ascii_lowercase()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_are_one_visible_line() {
        assert_eq!(
            display_name("  Ada Lovelace 🎾 ").as_deref(),
            Ok("Ada Lovelace 🎾")
        );
        assert_eq!(display_name("   ").as_deref(), Ok(""));
        assert!(display_name(&"x".repeat(50)).is_ok());
        for wrong in [
            &"x".repeat(51),
            "a\nb",
            "a\u{202e}b",
            "a\u{0}b",
            &"ﷺ".repeat(50),
            "a\u{200b}b",
        ] {
            assert_eq!(
                display_name(wrong),
                Err(Error::DisplayNameInvalid),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn bios_may_have_lines() {
        assert_eq!(bio("one\r\ntwo \n").as_deref(), Ok("one\ntwo"));
        assert!(bio(&"é".repeat(500)).is_ok());
        assert_eq!(bio(&"é".repeat(501)), Err(Error::BioInvalid));
        assert_eq!(bio("a\u{7}b"), Err(Error::BioInvalid));
    }

    #[test]
    fn languages_are_tags() {
        for (typed, tag) in [
            ("EN", "en"),
            ("pt-br", "pt-BR"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
        ] {
            assert_eq!(language(typed).as_deref(), Ok(tag));
        }
        for wrong in [
            "",
            "e",
            "english",
            "en_US",
            "en-",
            "-en",
            "e1",
            "en-<b>",
            "en-aaaaaaaaa",
            &"en-".repeat(20),
        ] {
            assert_eq!(language(wrong), Err(Error::LanguageInvalid), "{wrong:?}");
        }
    }
}
