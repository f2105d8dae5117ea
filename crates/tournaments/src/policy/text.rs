//! Which texts are accepted, and which look the same to people.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, props::GeneralCategoryGroup};

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();

/// The text as it is stored: trimmed, and with its characters composed.
pub(crate) fn compose(text: &str) -> String {
    NFC.normalize(text.trim()).into_owned()
}

/// The length of a text in characters.
pub(crate) fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

/// Texts with the same key look the same to people: their case is folded, and characters that look alike are
/// replaced by one of them.
pub(crate) fn look_alike_key(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let prototype: String = unicode_security::skeleton(&caseless(&words.join(" "))).collect();
    caseless(&prototype)
}

fn caseless(text: &str) -> String {
    NFKC.normalize(&CaseMapper::new().fold_string(&NFKC.normalize(text)))
        .into_owned()
}

/// Whether a text is a name: visible characters, of which one is a letter or a digit, and not mostly marks.
pub(crate) fn is_name(text: &str) -> bool {
    let marks = text.chars().filter(|c| is_mark(*c)).count();
    text.chars().all(is_visible)
        && text.chars().any(char::is_alphanumeric)
        && !text.chars().next().is_some_and(is_mark)
        && marks * 2 <= text.chars().count()
}

/// Whether a text of several lines has visible characters only.
pub(crate) fn is_prose(text: &str) -> bool {
    text.chars()
        .all(|c| c == '\n' || c == '\t' || is_visible(c))
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
