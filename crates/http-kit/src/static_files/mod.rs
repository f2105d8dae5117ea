//! Static files embedded in the binary.

mod file;
pub mod html;

use std::collections::HashMap;

pub use file::StaticFile;

/// Embedded files by path.
#[derive(Debug, Default)]
pub struct StaticFiles {
    files: HashMap<String, StaticFile>,
    client_routes: &'static [&'static str],
}

impl StaticFiles {
    /// These files. Paths whose first segment is in `client_routes` are routes of the web client, which
    /// get the page at `/`.
    #[must_use]
    pub fn new(files: HashMap<String, StaticFile>, client_routes: &'static [&'static str]) -> Self {
        Self {
            files,
            client_routes,
        }
    }

    /// The file at a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&StaticFile> {
        let path = if self.is_client_route(path) {
            "/"
        } else {
            path
        };
        self.files.get(path)
    }

    fn is_client_route(&self, path: &str) -> bool {
        path.split('/')
            .nth(1)
            .is_some_and(|first| self.client_routes.contains(&first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_returns_the_page_for_client_routes_only() {
        let page = ("/".to_owned(), StaticFile::page("index.html", b"<html>"));
        let files = StaticFiles::new(HashMap::from([page]), &["login", "people", "account"]);
        for path in [
            "/",
            "/login",
            "/people/ada.l",
            "/account/verify-email",
            "/login/",
        ] {
            assert!(files.find(path).is_some(), "{path}");
        }
        for path in ["/nowhere", "/loginn", "/views/login.js", "/api/v1/people"] {
            assert!(files.find(path).is_none(), "{path}");
        }
    }
}
