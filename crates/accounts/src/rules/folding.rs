//! Text made comparable, whatever its case or way of writing.

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfd();

/// One way of writing for looks that mean the same.
pub(crate) fn normal(text: &str) -> String {
    NFKC.normalize(text).into_owned()
}

/// The compatibility caseless form of Unicode (definition D146): two texts that differ only in
/// case or way of writing have the same. Folding again changes nothing.
pub(crate) fn caseless(text: &str) -> String {
    let fold = |text: &str| CaseMapper::new().fold_string(text).into_owned();
    let once = normal(&fold(&NFD.normalize(text)));
    normal(&fold(&once))
}

/// What a text looks like, whatever its case: two texts with the same skeleton can be mistaken for
/// each other (UTS 39). A capital `I` is taken for an `l`, so `i` and `l` are the same here.
pub(crate) fn skeleton(text: &str) -> String {
    let prototype: String = unicode_security::skeleton(&caseless(text)).collect();
    caseless(&prototype).replace('i', "l")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ignores_case_in_every_script() {
        assert_eq!(caseless("ADA"), caseless("ada"));
        assert_eq!(caseless("Straße"), caseless("STRASSE"));
        assert_eq!(caseless("ΣΊΣΥΦΟΣ"), caseless("σίσυφος"));
        assert_eq!(caseless("Ａｄａ"), caseless("ada"));
        assert_eq!(caseless("e\u{301}"), caseless("É"));
        assert_ne!(caseless("ada"), caseless("adá"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,12}") {
            let once = caseless(&text);
            prop_assert_eq!(caseless(&once), once);
        }

        #[test]
        fn upper_and_lower_case_of_ascii_are_the_same(text in "[a-zA-Z0-9_.-]{0,12}") {
            prop_assert_eq!(caseless(&text.to_uppercase()), caseless(&text.to_lowercase()));
        }
    }
}
