//! Mentions in the text of a message.

/// The maximum number of users that one message can mention.
const MAX_MENTIONS: usize = 10;
/// The maximum length of a username, in characters.
const MAX_NAME_LEN: usize = 30;

/// The names after `@` in a text in lower case, each once, at most ten. A mention begins the text or
/// follows a character that cannot be part of a name, so that an email address mentions nobody.
pub(crate) fn mentioned_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut previous = None;
    for (at, c) in text.char_indices() {
        if c == '@' && !previous.is_some_and(is_name_char) && names.len() < MAX_MENTIONS {
            let rest = text.get(at + 1..).unwrap_or_default();
            names.extend(leading_name(rest).filter(|name| !names.contains(name)));
        }
        previous = Some(c);
    }
    names
}

fn leading_name(rest: &str) -> Option<String> {
    let end = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
    // A name ends with a letter or digit; trailing punctuation belongs to the sentence.
    let name = rest.get(..end)?.trim_end_matches(['.', '-', '_']);
    let fits = !name.is_empty() && !name.contains('@') && name.chars().count() <= MAX_NAME_LEN;
    fits.then(|| name.to_lowercase())
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentioned_names_are_found_after_punctuation_and_listed_once() {
        assert_eq!(
            mentioned_names("@ada, (@Grace.H) and @linus-t."),
            ["ada", "grace.h", "linus-t"]
        );
        assert_eq!(mentioned_names("@ada @ADA @Ada"), ["ada"]);
        assert_eq!(mentioned_names("hallo @jürgen!"), ["jürgen"]);
    }

    #[test]
    fn mentioned_names_ignore_email_addresses_and_bare_at_signs() {
        for text in ["ada@example.org", "@", "@ ada", "@@ada", "a@", "@...", ""] {
            assert!(mentioned_names(text).is_empty(), "{text:?}");
        }
        assert!(mentioned_names(&format!("@{}", "x".repeat(31))).is_empty());
    }

    #[test]
    fn mentioned_names_are_at_most_ten() {
        let many: String = (0..50).map(|n| format!("@user{n} ")).collect();
        assert_eq!(mentioned_names(&many).len(), 10);
    }
}
