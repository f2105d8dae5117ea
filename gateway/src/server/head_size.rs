//! How large the heads of requests are, as their bytes come.
//!
//! The framework answers 431 to a head that fills its buffer. A shorter one is malformed to it where
//! a line is longer than an address can be, or where there are too many headers.

/// The longest line: no address has more bytes.
const MAX_LINE: usize = 65_534;
/// The most lines: the request line, the headers that the framework takes, and the empty line.
const MAX_LINES: usize = 1 + 96 + 1;

/// What was seen of one head.
#[derive(Debug, Default, Clone, Copy)]
struct Head {
    lines: usize,
    line: usize,
    longest: usize,
}

impl Head {
    fn is_oversize(&self) -> bool {
        self.longest.max(self.line) > MAX_LINE || self.lines > MAX_LINES
    }
}

/// Measures what a connection receives as if all of it were heads.
#[derive(Debug, Default)]
pub(super) struct HeadSize {
    finished: Head,
    current: Head,
}

impl HeadSize {
    /// Adds bytes that came.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        self.current.line += lines.next().map_or(0, <[u8]>::len);
        for next in lines {
            self.end_line();
            self.current.line = next.len();
        }
    }

    /// An empty line ends a head; the carriage return before the line feed counts as a byte.
    fn end_line(&mut self) {
        let head = &mut self.current;
        let is_empty = head.line <= 1;
        (head.lines, head.longest) = (head.lines + 1, head.longest.max(head.line));
        if is_empty {
            self.finished = std::mem::take(head);
        }
    }

    /// Whether the newest head, or the one before that the framework may be reading still, is too
    /// large.
    pub(super) fn is_oversize(&self) -> bool {
        self.current.is_oversize() || self.finished.is_oversize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head in pieces of each of some sizes, which must not matter.
    fn is_oversize(head: &str) -> bool {
        let measured = [7, 1_000, usize::MAX].map(|size| {
            let mut measured = HeadSize::default();
            let pieces = head.as_bytes().chunks(size.min(head.len().max(1)));
            pieces.for_each(|piece| measured.add(piece));
            measured.is_oversize()
        });
        assert!(measured.iter().all(|one| *one == measured[0]));
        measured[0]
    }

    fn with_headers(count: usize) -> String {
        let headers = "a: b\r\n".repeat(count);
        format!("GET / HTTP/1.1\r\n{headers}\r\n")
    }

    #[test]
    fn a_long_line_and_many_lines_are_oversize() {
        assert!(!is_oversize(""));
        assert!(!is_oversize("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000));
        assert!(is_oversize(&long));
        assert!(is_oversize(long.trim_end()), "the line has not ended");
        assert!(!is_oversize(&with_headers(96)));
        assert!(is_oversize(&with_headers(97)));
    }

    #[test]
    fn each_head_is_measured_for_itself() {
        let several = with_headers(60).repeat(3);
        assert!(!is_oversize(&several));
        let before = format!("{}{}", with_headers(97), with_headers(1).repeat(2));
        assert!(!is_oversize(&before), "it was read long ago");
    }
}
