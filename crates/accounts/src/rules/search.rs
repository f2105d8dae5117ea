//! Names and searches as words: whoever types a name without its accents, or with other signs
//! between its words, finds it.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use unicode_segmentation::UnicodeSegmentation;

use super::folding::{caseless, unaccented};
use crate::error::Error;

/// Changes with the words that names are indexed by: all names are indexed again then. The partial
/// index `users_names_not_indexed` holds it too.
pub(crate) const VERSION: &str = "2";
/// The most characters of a search that count.
const MAX_QUERY: usize = 60;
/// Ends each word, so that what is typed behind one is not taken for a part of it.
const END: char = ' ';

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchQuery {
    /// As it was typed, but for case.
    pub(crate) literal: String,
    /// The words: the beginning of one of those that a name is indexed by. Empty where nothing
    /// but signs was typed.
    pub(crate) words: String,
}

/// In which of somebody's names a search is found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MatchRank {
    Username,
    DisplayName,
    LaterWord,
}

impl SearchQuery {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Refuses nothing at all.
    pub(crate) fn parse(typed: &str) -> Result<Self, Error> {
        let bounded: String = typed.trim().chars().take(MAX_QUERY).collect();
        // PostgreSQL takes no NUL, not even to look for it.
        let literal = caseless(&bounded).replace('\0', "\u{FFFD}");
        if literal.is_empty() {
            return Err(Error::SearchTooShort);
        }
        let folded = unaccented(&bounded);
        let mut words = segmented(&folded);
        if !folded.ends_with(is_separator) {
            words.pop();
        }
        Ok(Self { literal, words })
    }

    /// How well a search that found somebody fits their names.
    pub(crate) fn rank(&self, username: &str, display_name: &str) -> MatchRank {
        if self.begins(username) {
            MatchRank::Username
        } else if self.begins(display_name) {
            MatchRank::DisplayName
        } else {
            MatchRank::LaterWord
        }
    }

    fn begins(&self, name: &str) -> bool {
        let by_words = || forms(name).iter().any(|form| form.starts_with(&self.words));
        caseless(name).starts_with(&self.literal) || (!self.words.is_empty() && by_words())
    }
}

/// The words of a name as a search finds them, each with all that follows it: `jean luc `, `luc `
/// of `Jean-Luc`.
pub(crate) fn indexed_words(name: &str) -> Vec<String> {
    let forms = forms(name);
    let with_rests = |form: &String| {
        let starts = form.match_indices(END).map(|(end, _)| end + END.len_utf8());
        let rests = [0]
            .into_iter()
            .chain(starts)
            .filter_map(|start| form.get(start..));
        let rests = rests.filter(|rest| !rest.is_empty()).map(str::to_owned);
        rests.collect::<Vec<String>>()
    };
    forms.iter().flat_map(with_rests).collect()
}

/// A name as words; `O’Brien` is `o brien ` and `obrien `.
fn forms(name: &str) -> Vec<String> {
    let folded = unaccented(name);
    let mut forms = vec![segmented(&folded)];
    if folded.contains(is_apostrophe) {
        forms.push(segmented(&folded.replace(is_apostrophe, "")));
    }
    forms
}

/// The words of a folded text, each with its end.
fn segmented(folded: &str) -> String {
    let chunks = folded.split(is_separator);
    let words = chunks.flat_map(|chunk| chunk.split_word_bounds());
    words.flat_map(|word| word.chars().chain([END])).collect()
}

/// Whether a character stands between words. Emoji and the like are words themselves.
fn is_separator(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let in_words = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Mark)
        .union(GeneralCategoryGroup::Number)
        .union(GeneralCategoryGroup::OtherSymbol);
    is_apostrophe(c) || !in_words.contains(category)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '‘' | '’' | 'ʼ' | 'ʻ')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn indexed_words_begin_at_unicode_word_boundaries() {
        for (name, expected) in [
            ("ada", &["ada "][..]),
            ("ada_lovelace", &["ada lovelace ", "lovelace "]),
            (
                "Jean-Luc  Picard",
                &["jean luc picard ", "luc picard ", "picard "],
            ),
            ("a.b_c", &["a b c ", "b c ", "c "]),
            ("(Bob)", &["bob "]),
            ("O’Brien", &["o brien ", "brien ", "obrien "]),
            ("Ana/Bea", &["ana bea ", "bea "]),
            ("李,王", &["李 王 ", "王 "]),
            ("李明", &["李 明 ", "明 "]),
            ("#1 Ann", &["1 ann ", "ann "]),
            ("★ Ann 🎾", &["★ ann 🎾 ", "ann 🎾 ", "🎾 "]),
            ("カタカナ", &["カタカナ "]),
            ("_-. ", &[]),
            ("", &[]),
        ] {
            assert_eq!(indexed_words(name), expected, "{name}");
        }
    }

    #[test]
    fn queries_do_not_depend_on_spacing_accents_and_signs() {
        for (typed, words) in [
            (" ADA ", "ada"),
            ("ada  l", "ada l"),
            ("(bob", "bob"),
            ("bob)", "bob "),
            ("  #Élo", "elo"),
            ("o'b", "o b"),
            ("李明", "李 明"),
            ("%", ""),
        ] {
            assert_eq!(SearchQuery::parse(typed).unwrap().words, words, "{typed}");
        }
        assert_eq!(SearchQuery::parse("\0").unwrap().literal, "\u{FFFD}");
        assert_eq!(
            SearchQuery::parse(&"X".repeat(500)).unwrap().words.len(),
            60
        );
        assert_eq!(SearchQuery::parse("  "), Err(Error::SearchTooShort));
    }

    #[test]
    fn rank_prefers_usernames_whatever_their_accents() {
        let query = SearchQuery::parse("elo").unwrap();
        assert_eq!(query.rank("Élodie", ""), MatchRank::Username);
        assert_eq!(query.rank("ann", "\"Elo\""), MatchRank::DisplayName);
        assert_eq!(query.rank("ann", "Ann Elo"), MatchRank::LaterWord);
    }

    proptest! {
        #[test]
        fn names_are_found_by_each_of_their_beginnings(
            name in "[a-zA-ZÀ-ž0-9 _.'’,()李明カナ★%-]{1,12}", end in 1_usize..12
        ) {
            let typed: String = name.chars().take(end).collect();
            let query = SearchQuery::parse(&typed);
            prop_assume!(query.as_ref().is_ok_and(|query| !query.words.is_empty()));
            let words = query.unwrap().words;
            let found = indexed_words(&name).iter().any(|form| form.starts_with(&words));
            prop_assert!(found, "{typed:?} ({words:?}) in {:?}", indexed_words(&name));
        }
    }
}
