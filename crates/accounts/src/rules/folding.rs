//! Unicode normalization and folding.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};

const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();

/// Normalizes to NFKC.
pub(crate) fn normalize(text: &str) -> String {
    NFKC.normalize(text).into_owned()
}

/// Folds to the compatibility caseless form of Unicode (definition D146). Idempotent.
pub(crate) fn caseless(text: &str) -> String {
    let fold = |text: &str| CaseMapper::new().fold_string(text).into_owned();
    let once = normalize(&fold(&NFD.normalize(text)));
    normalize(&fold(&once))
}

/// The caseless skeleton of a text: texts with the same skeleton can be confused (UTS 39). A
/// capital `I` looks like an `l`, so `i` and `l` are equal here.
pub(crate) fn skeleton(text: &str) -> String {
    let prototype: String = unicode_security::skeleton(&caseless(text)).collect();
    caseless(&prototype).replace('i', "l")
}

/// Folds case and removes accents. Marks are removed if they are accents or vowel points, on Latin,
/// Greek, Cyrillic, Armenian, Hebrew and Arabic letters; elsewhere they form other letters, as in
/// Japanese and the scripts of India. Invisible characters are removed too.
pub(crate) fn unaccented(text: &str) -> String {
    let (categories, mut base_is_folded) = (CodePointMapData::<GeneralCategory>::new(), true);
    let mut plain = String::new();
    for c in NFD.normalize(&caseless(text)).chars() {
        let category = categories.get(c);
        if GeneralCategoryGroup::Mark.contains(category) {
            if !base_is_folded {
                plain.push(c);
            }
        } else if category != GeneralCategory::Format {
            base_is_folded = !GeneralCategoryGroup::Letter.contains(category) || has_accents(c);
            push_letter(&mut plain, c);
        }
    }
    normalize(&plain)
}

/// Whether marks on this letter are accents.
fn has_accents(c: char) -> bool {
    matches!(
        CodePointMapData::<Script>::new().get(c),
        Script::Latin
            | Script::Greek
            | Script::Cyrillic
            | Script::Armenian
            | Script::Hebrew
            | Script::Arabic
    )
}

/// Letters with strokes and ligatures have no decomposition in Unicode.
fn push_letter(plain: &mut String, c: char) {
    match c {
        'æ' => plain.push_str("ae"),
        'œ' => plain.push_str("oe"),
        'þ' => plain.push_str("th"),
        'ø' => plain.push('o'),
        'ł' => plain.push('l'),
        'đ' | 'ð' => plain.push('d'),
        'ħ' => plain.push('h'),
        'ŧ' => plain.push('t'),
        'ı' => plain.push('i'),
        other => plain.push(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn caseless_ignores_case_in_every_script() {
        assert_eq!(caseless("ADA"), caseless("ada"));
        assert_eq!(caseless("Straße"), caseless("STRASSE"));
        assert_eq!(caseless("ΣΊΣΥΦΟΣ"), caseless("σίσυφος"));
        assert_eq!(caseless("Ａｄａ"), caseless("ada"));
        assert_eq!(caseless("e\u{301}"), caseless("É"));
        assert_ne!(caseless("ada"), caseless("adá"));
    }

    #[test]
    fn unaccented_drops_accents_and_keeps_marks_that_make_letters() {
        for (text, plain) in [
            ("Élodie", "elodie"),
            ("SØREN Łukasz", "soren lukasz"),
            ("Nguyễn Đức", "nguyen duc"),
            ("Straße", "strasse"),
            ("Ёлка", "елка"),
            ("Ἀθηνᾶ", "αθηνα"),
            ("שָׁלוֹם", "שלום"),
            ("أحمد", "احمد"),
            ("がぎぐ", "がぎぐ"),
            ("हिन्दी", "हिन्दी"),
            ("สมชาย ดี", "สมชาย ดี"),
            ("한국", "한국"),
            ("a\u{ad}b", "ab"),
        ] {
            assert_eq!(unaccented(text), plain, "{text}");
        }
    }

    proptest! {
        #[test]
        fn caseless_is_idempotent(text in "\\PC{0,12}") {
            let once = caseless(&text);
            prop_assert_eq!(caseless(&once), once);
        }

        #[test]
        fn caseless_ignores_the_case_of_ascii(text in "[a-zA-Z0-9_.-]{0,12}") {
            prop_assert_eq!(caseless(&text.to_uppercase()), caseless(&text.to_lowercase()));
        }
    }
}
