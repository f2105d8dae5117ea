//! What a message may say.

use contract::chat::CONTENT_MAX;
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::Error;

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// The text of a message: composed (NFC), trimmed, 1 to 2000 characters, without control
/// characters other than line feed and tab. It is plain text; nothing in it means anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content(String);

impl Content {
    /// # Errors
    /// Says all that is wrong with it.
    pub(crate) fn parse(raw: &str) -> Result<Self, Vec<Error>> {
        // Composing never makes four times as many characters; this only bounds the work.
        if raw.len() > CONTENT_MAX * 16 {
            return Err(vec![Error::ContentTooLong]);
        }
        let text = NFC.normalize(raw.trim()).replace("\r\n", "\n");
        let wrong = [
            (text.chars().all(is_blank), Error::ContentEmpty),
            (
                text.chars().any(is_forbidden),
                Error::ContentControlCharacter,
            ),
            (
                text.chars().nth(CONTENT_MAX).is_some(),
                Error::ContentTooLong,
            ),
        ];
        let wrong = wrong.into_iter().filter(|(is_so, _)| *is_so);
        let wrong: Vec<Error> = wrong.map(|(_, error)| error).collect();
        if wrong.is_empty() {
            Ok(Self(text))
        } else {
            Err(wrong)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

fn is_forbidden(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// Nothing to be seen: spaces, and characters that only shape their neighbours.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(raw: &str) -> Result<String, Vec<Error>> {
        Content::parse(raw).map(Content::into_string)
    }

    #[test]
    fn text_is_trimmed_composed_and_its_line_ends_made_one() {
        assert_eq!(
            parsed("  hi\tthere\r\nyou  \n"),
            Ok("hi\tthere\nyou".to_owned())
        );
        assert_eq!(parsed("e\u{301}"), Ok("é".to_owned()));
        assert_eq!(parsed("<b>&amp;</b>"), Ok("<b>&amp;</b>".to_owned()));
        assert_eq!(parsed("👩‍👩‍👧"), Ok("👩‍👩‍👧".to_owned()));
    }

    #[test]
    fn what_shows_nothing_is_empty() {
        for raw in ["", "  \n ", "\u{200B}\u{FEFF} ", "\u{3000}"] {
            assert_eq!(parsed(raw), Err(vec![Error::ContentEmpty]), "{raw:?}");
        }
    }

    #[test]
    fn two_thousand_characters_are_the_most_whatever_their_bytes() {
        assert!(parsed(&"😀".repeat(2_000)).is_ok());
        assert!(parsed(&format!("  {}  ", "x".repeat(2_000))).is_ok());
        assert_eq!(parsed(&"x".repeat(2_001)), Err(vec![Error::ContentTooLong]));
        assert_eq!(
            parsed(&"x".repeat(1_000_000)),
            Err(vec![Error::ContentTooLong])
        );
        // Two thousand letters that come with their accents apart.
        assert!(parsed(&"e\u{301}".repeat(2_000)).is_ok());
    }

    #[test]
    fn control_characters_are_refused() {
        for raw in [
            "a\0b",
            "a\u{1b}[31m",
            "a\rb",
            "a\u{7f}b",
            "a\u{85}b",
            "a\u{9b}b",
        ] {
            assert_eq!(
                parsed(raw),
                Err(vec![Error::ContentControlCharacter]),
                "{raw:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_was_taken_once_is_taken_again_as_it_is(raw in "(?s).{0,60}") {
            if let Ok(text) = parsed(&raw) {
                prop_assert!(!text.chars().any(is_forbidden));
                prop_assert_eq!(parsed(&text), Ok(text));
            }
        }
    }
}
