//! Who is named in a text.

/// How many people one message can call.
const MOST: usize = 10;
/// The most characters of a name worth looking up.
const LONGEST: usize = 30;

/// The names after `@` in a text, each once whatever its case, ten at the most. A name stands
/// after a space, a bracket or the like, so that addresses name nobody.
pub(crate) fn named_in(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        if c == '@' && !before.is_some_and(is_part) && names.len() < MOST {
            let rest = text.get(at + 1..).unwrap_or_default();
            names.extend(name_at_start(rest).filter(|name| !names.contains(name)));
        }
        before = Some(c);
    }
    names
}

fn name_at_start(rest: &str) -> Option<String> {
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    // A name ends with a letter or digit; what follows it belongs to the sentence.
    let name = rest.get(..end)?.trim_end_matches(['.', '-', '_']);
    let fits = !name.is_empty() && !name.contains('@') && name.chars().count() <= LONGEST;
    fits.then(|| name.to_lowercase())
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_wherever_a_word_can_begin() {
        assert_eq!(
            named_in("@ada, (@Grace.H) and @linus-t."),
            ["ada", "grace.h", "linus-t"]
        );
        assert_eq!(named_in("@ada @ADA @Ada"), ["ada"]);
        assert_eq!(named_in("hallo @jürgen!"), ["jürgen"]);
    }

    #[test]
    fn addresses_and_lone_signs_name_nobody() {
        for text in ["ada@example.org", "@", "@ ada", "@@ada", "a@", "@...", ""] {
            assert!(named_in(text).is_empty(), "{text:?}");
        }
        assert!(named_in(&format!("@{}", "x".repeat(31))).is_empty());
    }

    #[test]
    fn ten_are_the_most() {
        let many: String = (0..50).map(|n| format!("@user{n} ")).collect();
        assert_eq!(named_in(&many).len(), 10);
    }
}
