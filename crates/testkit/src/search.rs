//! Where the programs of servers are installed. The build script uses this file as well.

use std::env;
use std::fs;
use std::path::PathBuf;

/// Folders of distributions that are not in `PATH`.
pub(crate) const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";
/// The programs of PostgreSQL that tests use.
pub(crate) const POSTGRES: &[&str] = &["initdb", "postgres", "psql"];
/// The environment variable that lists the servers that must be installed.
pub(crate) const REQUIRED: &str = "COURTSIDE_TEST_REQUIRE";

/// The folder that contains all these programs.
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

/// Whether a server must be installed.
pub(crate) fn is_required(server: &str) -> bool {
    is_listed(server, &env::var(REQUIRED).unwrap_or_default())
}

fn is_listed(server: &str, list: &str) -> bool {
    list.split(',')
        .any(|name| name.trim().eq_ignore_ascii_case(server))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_listed_ignores_case_and_blanks() {
        assert!(is_listed("PostgreSQL", "redis, postgresql"));
        assert!(!is_listed("Redis", "postgres"));
        assert!(!is_listed("Redis", ""));
    }

    #[test]
    fn folder_with_finds_only_complete_folders() {
        assert!(folder_with(&["sh"]).is_some());
        assert!(folder_with(&["sh", "no-such-program-here"]).is_none());
    }
}
