//! Static files embedded in the binary: the web client, Swagger UI and the API documents.

mod docs;
mod file;
pub mod html;

use std::collections::HashMap;

pub use file::File;

include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// First path segments of the web client's routes, as in its `routes.js`.
const CLIENT_ROUTES: [&str; 10] = [
    "account",
    "chats",
    "friends",
    "invites",
    "login",
    "notifications",
    "people",
    "profile",
    "register",
    "security",
];

/// All files by path.
#[derive(Debug)]
pub struct Pages(HashMap<String, File>);

impl Pages {
    /// Collects the files of this binary.
    #[must_use]
    pub fn new() -> Self {
        let mut files = HashMap::new();
        for (path, bytes) in WEB_FILES {
            files.insert((*path).to_owned(), File::page(path, bytes));
        }
        // Browsers request the second one on their own for pages without an icon link.
        for (address, name) in [("/", "/index.html"), ("/favicon.ico", "/icon.svg")] {
            if let Some((path, bytes)) = WEB_FILES.iter().find(|(path, _)| *path == name) {
                files.insert(address.to_owned(), File::page(path, bytes));
            }
        }
        files.extend(docs::files());
        Self(files)
    }

    /// The file at this path; for a route of the web client, its page.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&File> {
        let page = if is_client_route(path) { "/" } else { path };
        self.0.get(page)
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

fn is_client_route(path: &str) -> bool {
    path.split('/')
        .nth(1)
        .is_some_and(|first| CLIENT_ROUTES.contains(&first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn client_routes_match_routes_js() {
        let routes = include_str!("../../../web/routes.js");
        let paths = routes.split("path: '/").skip(1);
        let first = paths.filter_map(|rest| rest.split(['/', '\'']).next());
        let known: BTreeSet<&str> = first.filter(|first| !first.is_empty()).collect();
        assert_eq!(known, BTreeSet::from(CLIENT_ROUTES));
    }

    #[test]
    fn find_returns_the_page_for_client_routes_only() {
        let pages = Pages::new();
        let is_page = |path| {
            let (found, page) = (pages.find(path), pages.find("/"));
            found.zip(page).is_some_and(|(a, b)| std::ptr::eq(a, b))
        };
        for path in [
            "/login",
            "/people/ada.l",
            "/account/verify-email",
            "/login/",
        ] {
            assert!(is_page(path), "{path}");
        }
        for path in ["/nowhere", "/loginn", "/views/login.js", "/api/v1/people"] {
            assert!(!is_page(path), "{path}");
        }
    }
}
