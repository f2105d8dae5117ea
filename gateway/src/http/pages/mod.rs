//! Files that are part of the binary: the web client, Swagger UI and the API's description.

mod docs;
mod file;
pub mod html;

use std::collections::HashMap;

pub use file::File;

include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// How the addresses begin whose views the web client draws by itself, as its `routes.js` has them.
const VIEWS: [&str; 10] = [
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

/// All files, by their address.
#[derive(Debug)]
pub struct Pages(HashMap<String, File>);

impl Pages {
    /// The files of this binary.
    #[must_use]
    pub fn new() -> Self {
        let mut files = HashMap::new();
        for (path, bytes) in WEB_FILES {
            files.insert((*path).to_owned(), File::page(path, bytes));
        }
        // Browsers ask for the second by themselves on pages that name no icon.
        for (address, name) in [("/", "/index.html"), ("/favicon.ico", "/icon.svg")] {
            if let Some((path, bytes)) = WEB_FILES.iter().find(|(path, _)| *path == name) {
                files.insert(address.to_owned(), File::page(path, bytes));
            }
        }
        files.extend(docs::files());
        Self(files)
    }

    /// The file at this address; for a view of the web client, the page that draws it.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&File> {
        let page = if is_view(path) { "/" } else { path };
        self.0.get(page)
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

fn is_view(path: &str) -> bool {
    path.split('/')
        .nth(1)
        .is_some_and(|first| VIEWS.contains(&first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_server_and_the_client_know_the_same_views() {
        let routes = include_str!("../../../web/routes.js");
        let paths = routes.split("path: '/").skip(1);
        let first = paths.filter_map(|rest| rest.split(['/', '\'']).next());
        let known: BTreeSet<&str> = first.filter(|first| !first.is_empty()).collect();
        assert_eq!(known, BTreeSet::from(VIEWS));
    }

    #[test]
    fn a_view_is_answered_with_the_page_and_anything_else_is_not() {
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
