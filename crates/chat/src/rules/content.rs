//! The text of a message.

use contract::chat::CONTENT_MAX;
use icu_normalizer::ComposingNormalizerBorrowed;

use crate::Error;

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// The text of a message: NFC, trimmed, 1 to 2000 characters, without control characters other than
/// line feed and tab. It is plain text without any markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MessageContent(String);

impl MessageContent {
    /// Normalizes and checks a text.
    ///
    /// # Errors
    /// All rules that the text violates.
    pub(crate) fn parse(raw: &str) -> Result<Self, Vec<Error>> {
        // A normalized text is never four times as long; this bounds the work.
        if raw.len() > CONTENT_MAX * 16 {
            return Err(vec![Error::ContentTooLong]);
        }
        let text = NFC.normalize(raw.trim()).replace("\r\n", "\n");
        let rules = [
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
        let violated = rules.into_iter().filter(|(is_violated, _)| *is_violated);
        let errors: Vec<Error> = violated.map(|(_, error)| error).collect();
        if errors.is_empty() {
            Ok(Self(text))
        } else {
            Err(errors)
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

/// Whether a character is invisible: white space, and characters that only affect their neighbors.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(raw: &str) -> Result<String, Vec<Error>> {
        MessageContent::parse(raw).map(MessageContent::into_string)
    }

    #[test]
    fn parse_trims_normalizes_and_unifies_line_ends() {
        assert_eq!(
            parsed("  hi\tthere\r\nyou  \n"),
            Ok("hi\tthere\nyou".to_owned())
        );
        assert_eq!(parsed("e\u{301}"), Ok("é".to_owned()));
        assert_eq!(parsed("<b>&amp;</b>"), Ok("<b>&amp;</b>".to_owned()));
        assert_eq!(parsed("👩‍👩‍👧"), Ok("👩‍👩‍👧".to_owned()));
    }

    #[test]
    fn parse_refuses_invisible_text() {
        for raw in ["", "  \n ", "\u{200B}\u{FEFF} ", "\u{3000}"] {
            assert_eq!(parsed(raw), Err(vec![Error::ContentEmpty]), "{raw:?}");
        }
    }

    #[test]
    fn parse_limits_characters_not_bytes() {
        assert!(parsed(&"😀".repeat(2_000)).is_ok());
        assert!(parsed(&format!("  {}  ", "x".repeat(2_000))).is_ok());
        assert_eq!(parsed(&"x".repeat(2_001)), Err(vec![Error::ContentTooLong]));
        assert_eq!(
            parsed(&"x".repeat(1_000_000)),
            Err(vec![Error::ContentTooLong])
        );
        // Two thousand letters with combining accents.
        assert!(parsed(&"e\u{301}".repeat(2_000)).is_ok());
    }

    #[test]
    fn parse_refuses_control_characters() {
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
        fn parse_is_idempotent(raw in "(?s).{0,60}") {
            if let Ok(text) = parsed(&raw) {
                prop_assert!(!text.chars().any(is_forbidden));
                prop_assert_eq!(parsed(&text), Ok(text));
            }
        }
    }
}
