//! Finds the programs of servers, and reports missing ones.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::search::{folder_with, is_required};

/// The folder with these programs. If there is none, prints a message, or fails if they are required.
pub(crate) fn find(what: &str, programs: &[&str]) -> Option<PathBuf> {
    let found = folder_with(programs);
    if found.is_none() {
        refuse_absence_if_required(what, programs);
        say(&format!(
            "{what} is not on this machine ({} not found): its variants of the tests are left out",
            programs.join(", ")
        ));
    }
    found
}

#[allow(clippy::panic, reason = "the run asked for a failure")]
fn refuse_absence_if_required(what: &str, programs: &[&str]) {
    if is_required(what) {
        panic!("{what} is required, but {} not found", programs.join(", "));
    }
}

/// Writes to stderr directly, as the test harness captures the output of passing tests.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "testkit: {line}");
}

/// The user and group id of the account of PostgreSQL, which refuses to run as root.
pub(crate) fn account(name: &str, accounts: &Path) -> Option<(u32, u32)> {
    let text = fs::read_to_string(accounts).ok()?;
    let line = text
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passwd");
        fs::write(
            &file,
            "root:x:0:0::/root:/bin/sh\npostgres:x:101:104::/:/bin/sh\n",
        )
        .unwrap();
        assert_eq!(account("postgres", &file), Some((101, 104)));
        assert_eq!(account("postgre", &file), None);
    }
}
