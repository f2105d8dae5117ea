//! Files that are served as they are, and the pages of the web client.

mod file;
pub mod html;

use std::collections::HashMap;

pub use file::StaticFile;

/// Files by path, and pages by the route of the web client.
#[derive(Debug, Default)]
pub struct StaticFiles {
    files: HashMap<String, StaticFile>,
    pages: Vec<(String, StaticFile)>,
    page_not_found: Option<StaticFile>,
}

impl StaticFiles {
    /// These files and pages. The first route that matches counts. `page_not_found` is the page of visits to
    /// other addresses.
    #[must_use]
    pub fn new(
        files: HashMap<String, StaticFile>,
        pages: Vec<(String, StaticFile)>,
        page_not_found: Option<StaticFile>,
    ) -> Self {
        Self {
            files,
            pages,
            page_not_found,
        }
    }

    /// The file or page at a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&StaticFile> {
        let page = || {
            let mut pages = self.pages.iter();
            pages.find(|(route, _)| route_matches(route, path))
        };
        self.files
            .get(path)
            .or_else(|| page().map(|(_, file)| file))
    }

    /// The page of visits to unknown addresses.
    pub(crate) fn page_not_found(&self) -> Option<&StaticFile> {
        self.page_not_found.as_ref()
    }
}

/// Whether a path is of a route such as `/people/:username`. As in the client's router, a slash may
/// follow.
#[must_use]
pub fn route_matches(route: &str, path: &str) -> bool {
    let path = match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter,
        _ => path,
    };
    let (mut wanted, mut found) = (route.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(part), Some(given)) if part == given || part.starts_with(':') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_returns_the_page_for_client_routes_only() {
        let page = || StaticFile::page("index.html", b"<html>");
        let routes = ["/", "/login", "/people/:username", "/account/verify-email"];
        let pages = routes.map(|route| (route.to_owned(), page()));
        let files = StaticFiles::new(HashMap::new(), pages.into(), None);
        for path in [
            "/",
            "/login",
            "/people/ada.l",
            "/account/verify-email",
            "/login/",
        ] {
            assert!(files.find(path).is_some(), "{path}");
        }
        for path in [
            "/nowhere",
            "/loginn",
            "/people",
            "/people/ada/friends",
            "/views/login.js",
            "/api/v1/people",
        ] {
            assert!(files.find(path).is_none(), "{path}");
        }
    }
}
