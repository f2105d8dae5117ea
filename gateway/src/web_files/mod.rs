//! The files embedded in the binary: the web client, Swagger UI and the API documents.

mod docs;

use std::collections::HashMap;

use http_kit::{StaticFile, StaticFiles};

include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// First path segments of the web client's routes, as in its `routes.js`.
const CLIENT_ROUTES: [&str; 13] = [
    "account",
    "chats",
    "friends",
    "invites",
    "leaderboards",
    "login",
    "matches",
    "notifications",
    "people",
    "play",
    "profile",
    "register",
    "security",
];

/// Collects the files of this binary.
#[must_use]
pub fn collect() -> StaticFiles {
    let mut files = HashMap::new();
    for (path, bytes) in WEB_FILES {
        files.insert((*path).to_owned(), StaticFile::page(path, bytes));
    }
    // Browsers request the second one on their own for pages without an icon link.
    for (address, name) in [("/", "/index.html"), ("/favicon.ico", "/icon.svg")] {
        if let Some((path, bytes)) = WEB_FILES.iter().find(|(path, _)| *path == name) {
            files.insert(address.to_owned(), StaticFile::page(path, bytes));
        }
    }
    files.extend(docs::files());
    StaticFiles::new(files, &CLIENT_ROUTES)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn client_routes_match_routes_js() {
        let routes = include_str!("../../web/routes.js");
        let paths = routes.split("path: '/").skip(1);
        let first = paths.filter_map(|rest| rest.split(['/', '\'']).next());
        let known: BTreeSet<&str> = first.filter(|first| !first.is_empty()).collect();
        assert_eq!(known, BTreeSet::from(CLIENT_ROUTES));
    }
}
