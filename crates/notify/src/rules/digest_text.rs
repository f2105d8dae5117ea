//! The text of digests.

/// The maximum number of lines in a digest.
pub(crate) const MAX_LINES: usize = 20;

/// The lines of a digest, equal lines once with their number, and the number of notifications that
/// are left out.
#[must_use]
pub(crate) fn merge(lines: impl IntoIterator<Item = String>) -> (Vec<String>, usize) {
    let mut counted: Vec<(String, usize)> = vec![];
    for line in lines {
        match counted.iter_mut().find(|(known, _)| *known == line) {
            Some((_, count)) => *count += 1,
            None => counted.push((line, 1)),
        }
    }
    let more = counted.iter().skip(MAX_LINES).map(|(_, count)| count).sum();
    counted.truncate(MAX_LINES);
    let with_count = |(line, count): (String, usize)| match count {
        1 => line,
        more => format!("{line} ({more} times)"),
    };
    (counted.into_iter().map(with_count).collect(), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_counts_equal_lines_and_is_limited() {
        let line = |sender: &str| format!("{sender} sent you a message.");
        let (lines, more) = merge([line("ada"), line("ada")]);
        assert_eq!(
            (lines, more),
            (vec!["ada sent you a message. (2 times)".to_owned()], 0)
        );
        let many = (0..23).chain([22]).map(|n| line(&format!("p{n}")));
        let (lines, more) = merge(many);
        assert_eq!((lines.len(), more), (MAX_LINES, 4));
    }
}
