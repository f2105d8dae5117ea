//! The size of request heads, measured while they are received.
//!
//! The framework responds with 431 to a head that fills its buffer. It treats a shorter one as malformed
//! if a line is longer than a URI can be, or if there are too many headers.

/// The maximum length of a line, that of a URI.
const MAX_LINE: usize = 65_534;
/// The maximum number of lines: the request line, the headers that the framework accepts, and the empty
/// line.
const MAX_LINES: usize = 1 + 96 + 1;

/// The measurements of a head.
#[derive(Debug, Default, Clone, Copy)]
struct HeadLines {
    lines: usize,
    line: usize,
    longest: usize,
}

impl HeadLines {
    fn is_oversize(&self) -> bool {
        self.longest.max(self.line) > MAX_LINE || self.lines > MAX_LINES
    }
}

/// Measures the bytes of a connection as if all were heads.
#[derive(Debug, Default)]
pub(super) struct HeadSize {
    finished: HeadLines,
    current: HeadLines,
}

impl HeadSize {
    /// Adds received bytes.
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

    /// Whether the current head, or the previous one, which the framework may still be reading, is too
    /// large.
    pub(super) fn is_oversize(&self) -> bool {
        self.current.is_oversize() || self.finished.is_oversize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measures the head in pieces of several sizes, which must not matter.
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
    fn is_oversize_detects_long_lines_and_many_lines() {
        assert!(!is_oversize(""));
        assert!(!is_oversize("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000));
        assert!(is_oversize(&long));
        assert!(is_oversize(long.trim_end()), "the line has not ended");
        assert!(!is_oversize(&with_headers(96)));
        assert!(is_oversize(&with_headers(97)));
    }

    #[test]
    fn is_oversize_measures_each_head_separately() {
        let several = with_headers(60).repeat(3);
        assert!(!is_oversize(&several));
        let before = format!("{}{}", with_headers(97), with_headers(1).repeat(2));
        assert!(!is_oversize(&before), "it was read long ago");
    }
}
