//! Parsing of display names, bios and languages.

use super::folding::{caseless, normalize};
use crate::error::Error;

/// The maximum number of characters of a display name.
pub const MAX_DISPLAY_NAME_LEN: usize = 50;
/// The maximum number of characters of a bio.
pub const MAX_BIO_LEN: usize = 500;

/// Parses a display name: one trimmed line, empty to show the username.
///
/// # Errors
/// `users.display_name_invalid` if it is too long or contains invisible characters.
pub fn display_name(input: &str) -> Result<String, Error> {
    let name = bounded(input, MAX_DISPLAY_NAME_LEN).ok_or(Error::DisplayNameInvalid)?;
    let name = normalize(name.trim());
    let fits = name.chars().count() <= MAX_DISPLAY_NAME_LEN && !name.chars().any(is_invisible);
    fits.then_some(name).ok_or(Error::DisplayNameInvalid)
}

/// Parses a bio and trims it.
///
/// # Errors
/// `users.bio_invalid` if it is too long or contains control characters other than newlines.
pub fn bio(input: &str) -> Result<String, Error> {
    let text = bounded(input, MAX_BIO_LEN).ok_or(Error::BioInvalid)?;
    let text = text.replace("\r\n", "\n");
    let has_invisible = text.chars().any(|c| c != '\n' && is_invisible(c));
    (!has_invisible)
        .then(|| text.trim().to_owned())
        .ok_or(Error::BioInvalid)
}

/// Parses a language tag into its usual case, such as `en`, `pt-BR` or `zh-Hant-TW`.
///
/// # Errors
/// `users.language_invalid`.
pub fn language(input: &str) -> Result<String, Error> {
    let tag: Option<Vec<String>> = bounded(input, 35)
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

fn bounded(text: &str, max: usize) -> Option<&str> {
    text.chars().nth(max).is_none().then_some(text)
}

/// Control characters, and marks that change the direction of the surrounding text.
fn is_invisible(c: char) -> bool {
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
        (_, 4) if letters => Some(capitalized(part)),
        (_, 1..=8) if plain => Some(part.to_ascii_lowercase()),
        _ => None,
    }
}

fn capitalized(part: &str) -> String {
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
    fn display_name_is_one_visible_line() {
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
    fn bio_keeps_newlines_and_refuses_control_characters() {
        assert_eq!(bio("one\r\ntwo \n").as_deref(), Ok("one\ntwo"));
        assert!(bio(&"é".repeat(500)).is_ok());
        assert_eq!(bio(&"é".repeat(501)), Err(Error::BioInvalid));
        assert_eq!(bio("a\u{7}b"), Err(Error::BioInvalid));
    }

    #[test]
    fn language_normalizes_tags() {
        for (input, tag) in [
            ("EN", "en"),
            ("pt-br", "pt-BR"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
        ] {
            assert_eq!(language(input).as_deref(), Ok(tag));
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
