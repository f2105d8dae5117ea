//! A scanner of JavaScript that knows comments, strings, templates and regular expressions, so that what
//! stands in them is not taken for code.

use std::ops::Range;

/// A part of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsToken<'a> {
    /// A name, a keyword or a number.
    Word(&'a str),
    /// The content of a string.
    Text(&'a str),
    /// A template or a regular expression, whose content does not matter.
    Opaque,
    /// Any other character.
    Mark(char),
}

/// Words after which a slash begins a regular expression.
const BEFORE_REGEX: [&str; 8] = [
    "return", "typeof", "case", "of", "in", "await", "yield", "void",
];

/// The parts of a module in their order.
pub(crate) fn tokens(source: &str) -> Vec<JsToken<'_>> {
    scan(source).tokens
}

/// A module without its comments, except licences. Its lines keep their numbers.
pub(crate) fn without_comments(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut position = 0;
    for Range { start, end } in scan(source).comments {
        let comment = source.get(start..end).unwrap_or_default();
        if comment.contains("@license") {
            continue;
        }
        kept.push_str(source.get(position..start).unwrap_or_default());
        kept.truncate(kept.trim_end_matches(' ').len());
        let lines = comment.matches('\n').count();
        kept.push_str(&if lines == 0 {
            " ".to_owned()
        } else {
            "\n".repeat(lines)
        });
        position = end;
    }
    kept + source.get(position..).unwrap_or_default()
}

fn scan(source: &str) -> Scanner<'_> {
    let mut scanner = Scanner {
        source,
        rest: source,
        tokens: vec![],
        comments: vec![],
        braces: vec![],
    };
    while let Some(first) = scanner.rest.chars().next() {
        scanner.step(first);
    }
    scanner
}

struct Scanner<'a> {
    source: &'a str,
    rest: &'a str,
    tokens: Vec<JsToken<'a>>,
    /// Where the comments are.
    comments: Vec<Range<usize>>,
    /// The open braces within each `${` that is open.
    braces: Vec<usize>,
}

impl<'a> Scanner<'a> {
    fn step(&mut self, first: char) {
        if self.rest.starts_with("//") {
            self.comment("\n");
        } else if self.rest.starts_with("/*") {
            self.comment("*/");
        } else {
            match first {
                '\'' | '"' => self.text(first),
                '`' => {
                    self.take(1);
                    self.template();
                }
                '/' if self.regex_may_begin() => self.regex(),
                '}' if self.braces.last() == Some(&0) => {
                    self.braces.pop();
                    self.take(1);
                    self.template();
                }
                _ if is_word(first) => self.word(),
                _ if first.is_whitespace() => self.skip(first),
                _ => self.mark(first),
            }
        }
    }

    /// Removes and returns the first `length` bytes, which must end between characters.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip(&mut self, character: char) {
        self.take(character.len_utf8());
    }

    fn comment(&mut self, end: &str) {
        let start = self.position();
        let length = self.rest.find(end).map(|at| at + end.len());
        self.take(length.unwrap_or(self.rest.len()));
        self.comments.push(start..self.position());
    }

    fn position(&self) -> usize {
        self.source.len() - self.rest.len()
    }

    fn mark(&mut self, character: char) {
        if let Some(open) = self.braces.last_mut() {
            match character {
                '{' => *open += 1,
                '}' => *open -= 1,
                _ => {}
            }
        }
        self.tokens.push(JsToken::Mark(character));
        self.skip(character);
    }

    fn word(&mut self) {
        let length = self.rest.find(|one| !is_word(one));
        let word = self.take(length.unwrap_or(self.rest.len()));
        self.tokens.push(JsToken::Word(word));
    }

    fn text(&mut self, quote: char) {
        self.skip(quote);
        let text = self.take(self.length_until(|one| one == quote || one == '\n'));
        self.skip(quote);
        self.tokens.push(JsToken::Text(text));
    }

    /// The length of what comes before an unescaped character that `ends`.
    fn length_until(&self, mut ends: impl FnMut(char) -> bool) -> usize {
        let mut is_escaped = false;
        let end = self.rest.char_indices().find(|(_, one)| {
            let found = !is_escaped && ends(*one);
            is_escaped = !is_escaped && *one == '\\';
            found
        });
        end.map_or(self.rest.len(), |(at, _)| at)
    }

    /// Skips a template up to its end or to the next `${`, whose content is code.
    fn template(&mut self) {
        loop {
            self.take(self.length_until(|one| one == '`' || one == '$'));
            if self.rest.starts_with("${") {
                self.take(2);
                return self.braces.push(0);
            }
            let is_end = !self.rest.starts_with('$');
            self.take(1);
            if is_end {
                return self.tokens.push(JsToken::Opaque);
            }
        }
    }

    fn regex(&mut self) {
        self.take(1);
        let mut is_class = false;
        self.take(self.length_until(|one| {
            is_class = (is_class || one == '[') && one != ']';
            one == '\n' || (one == '/' && !is_class)
        }));
        self.take(1);
        self.tokens.push(JsToken::Opaque);
    }

    /// Whether a slash cannot be a division, by what precedes it.
    fn regex_may_begin(&self) -> bool {
        match self.tokens.last() {
            None => true,
            Some(JsToken::Mark(mark)) => !matches!(mark, ')' | ']' | '}'),
            Some(JsToken::Word(word)) => BEFORE_REGEX.contains(word),
            Some(JsToken::Text(_) | JsToken::Opaque) => false,
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '#')
}

#[cfg(test)]
mod tests {
    use super::JsToken::{Mark, Opaque, Text, Word};
    use super::*;

    #[test]
    fn tokens_leave_comments_out() {
        let found = tokens("a // import 'b'\n/* 'c' */ 'd'");
        assert_eq!(found, [Word("a"), Text("d")]);
    }

    #[test]
    fn without_comments_keeps_code_lines_and_licences() {
        let source = "/**\n * A\n */\nf('// b', `/* ${/* c */ d} */`, /[/*]/); // e\n  // f\nx/**/y /* @license g */";
        let kept = "\n\n\nf('// b', `/* ${  d} */`, /[/*]/);\n\nx y /* @license g */";
        assert_eq!(without_comments(source), kept);
    }

    #[test]
    fn tokens_end_strings_at_their_own_quote() {
        let found = tokens(r#"'it\'s "' + "\\" 'x"#);
        assert_eq!(
            found,
            [Text(r#"it\'s ""#), Mark('+'), Text(r"\\"), Text("x")]
        );
    }

    #[test]
    fn tokens_read_the_code_within_templates() {
        let found = tokens("`a ${ f({ b: `${c}` }) } 'd' $ ` e");
        let code = [Word("f"), Mark('('), Mark('{'), Word("b"), Mark(':')];
        let end = [Word("c"), Opaque, Mark('}'), Mark(')'), Opaque, Word("e")];
        assert_eq!(found, [&code[..], &end[..]].concat());
    }

    #[test]
    fn tokens_tell_regular_expressions_from_divisions() {
        assert_eq!(
            tokens(r"x.split(/['`/]\/'/u)"),
            [
                Word("x"),
                Mark('.'),
                Word("split"),
                Mark('('),
                Opaque,
                Word("u"),
                Mark(')')
            ]
        );
        assert_eq!(tokens("a / b / 'c'").last(), Some(&Text("c")));
        assert_eq!(tokens("return /'/"), [Word("return"), Opaque]);
    }

    #[test]
    fn tokens_survive_what_does_not_end() {
        for source in [
            "'a", "`a ${", "`a", "/a", "/* a", "}", "`${a}", "a = /[", "é'",
        ] {
            tokens(source);
        }
    }
}
