//! Words of names and queries: a name is found without its accents, and with other separators
//! between its words.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use unicode_segmentation::UnicodeSegmentation;

use super::folding::{caseless, unaccented};
use crate::error::Error;

/// The version of the word rules. Changing it has all names indexed again; the partial index
/// `users_names_not_indexed` contains it too.
pub(crate) const VERSION: &str = "2";
/// The maximum number of characters of a query that are used.
const MAX_QUERY_LEN: usize = 60;
/// Terminates each word, so that input after a space does not continue it.
const WORD_END: char = ' ';

/// A search query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchQuery {
    /// The input without case.
    pub(crate) literal: String,
    /// The words of the input: a prefix of the indexed words. Empty if there are only separators.
    pub(crate) words: String,
}

/// Which name of a user a query matches, the best match first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MatchRank {
    Username,
    DisplayName,
    LaterWord,
}

impl SearchQuery {
    /// Parses a query.
    ///
    /// # Errors
    /// `users.search_too_short` if it is empty.
    pub(crate) fn parse(input: &str) -> Result<Self, Error> {
        let bounded: String = input.trim().chars().take(MAX_QUERY_LEN).collect();
        // PostgreSQL accepts no NUL in a parameter.
        let literal = caseless(&bounded).replace('\0', "\u{FFFD}");
        if literal.is_empty() {
            return Err(Error::SearchTooShort);
        }
        let folded = unaccented(&bounded);
        let mut words = words_of(&folded);
        if !folded.ends_with(is_separator) {
            words.pop();
        }
        Ok(Self { literal, words })
    }

    /// The rank of a user who was found by this query.
    pub(crate) fn rank(&self, username: &str, display_name: &str) -> MatchRank {
        if self.matches_prefix(username) {
            MatchRank::Username
        } else if self.matches_prefix(display_name) {
            MatchRank::DisplayName
        } else {
            MatchRank::LaterWord
        }
    }

    fn matches_prefix(&self, name: &str) -> bool {
        let by_words = || {
            spellings(name)
                .iter()
                .any(|spelling| spelling.starts_with(&self.words))
        };
        caseless(name).starts_with(&self.literal) || (!self.words.is_empty() && by_words())
    }
}

/// The indexed words of a name, each with everything that follows it: `jean luc `, `luc ` for
/// `Jean-Luc`.
pub(crate) fn indexed_words(name: &str) -> Vec<String> {
    let spellings = spellings(name);
    let with_rests = |spelling: &String| {
        let starts = spelling
            .match_indices(WORD_END)
            .map(|(end, _)| end + WORD_END.len_utf8());
        let rests = [0]
            .into_iter()
            .chain(starts)
            .filter_map(|start| spelling.get(start..));
        let rests = rests.filter(|rest| !rest.is_empty()).map(str::to_owned);
        rests.collect::<Vec<String>>()
    };
    spellings.iter().flat_map(with_rests).collect()
}

/// The spellings of a name as words: `o brien ` and `obrien ` for `O’Brien`.
fn spellings(name: &str) -> Vec<String> {
    let folded = unaccented(name);
    let mut spellings = vec![words_of(&folded)];
    if folded.contains(is_apostrophe) {
        spellings.push(words_of(&folded.replace(is_apostrophe, "")));
    }
    spellings
}

/// The words of a folded text, each with its terminator.
fn words_of(folded: &str) -> String {
    let chunks = folded.split(is_separator);
    let words = chunks.flat_map(|chunk| chunk.split_word_bounds());
    words
        .flat_map(|word| word.chars().chain([WORD_END]))
        .collect()
}

/// Whether a character separates words. Emoji and other symbols are words.
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
    fn parse_ignores_spacing_accents_and_separators() {
        for (input, words) in [
            (" ADA ", "ada"),
            ("ada  l", "ada l"),
            ("(bob", "bob"),
            ("bob)", "bob "),
            ("  #Élo", "elo"),
            ("o'b", "o b"),
            ("李明", "李 明"),
            ("%", ""),
        ] {
            assert_eq!(SearchQuery::parse(input).unwrap().words, words, "{input}");
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
        fn query_finds_names_by_each_prefix(
            name in "[a-zA-ZÀ-ž0-9 _.'’,()李明カナ★%-]{1,12}", end in 1_usize..12
        ) {
            let input: String = name.chars().take(end).collect();
            let query = SearchQuery::parse(&input);
            prop_assume!(query.as_ref().is_ok_and(|query| !query.words.is_empty()));
            let words = query.unwrap().words;
            let found = indexed_words(&name).iter().any(|spelling| spelling.starts_with(&words));
            prop_assert!(found, "{input:?} ({words:?}) in {:?}", indexed_words(&name));
        }
    }
}
