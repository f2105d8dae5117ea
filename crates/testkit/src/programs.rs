//! Which servers this machine has, and what to say when it lacks one.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the distributions keep what they leave out of `PATH`.
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// The folder in which all these programs are.
pub(crate) fn folder_with(programs: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(postgres_folders())
        .find(|folder| programs.iter().all(|name| folder.join(name).is_file()))
}

/// The folders of the installed PostgreSQL versions, newest first.
fn postgres_folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(POSTGRES_VERSIONS).into_iter().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// The folder with these programs; says so when there is none, and fails if it was required.
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
    if is_required(
        what,
        &env::var("COURTSIDE_TEST_REQUIRE").unwrap_or_default(),
    ) {
        panic!("{what} is required, but {} not found", programs.join(", "));
    }
}

fn is_required(what: &str, list: &str) -> bool {
    list.split(',')
        .any(|name| name.trim().eq_ignore_ascii_case(what))
}

/// Writes to stderr past the test harness, which swallows what passing tests print.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "testkit: {line}");
}

/// The numbers of the account that PostgreSQL runs under where the tests run as root, which it
/// refuses to run as.
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
    fn the_list_of_required_servers_ignores_case_and_blanks() {
        assert!(is_required("PostgreSQL", "redis, postgresql"));
        assert!(!is_required("Redis", "postgres"));
        assert!(!is_required("Redis", ""));
    }

    #[test]
    fn a_program_is_found_only_where_all_its_friends_are() {
        assert!(folder_with(&["sh"]).is_some());
        assert!(folder_with(&["sh", "no-such-program-here"]).is_none());
    }

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
