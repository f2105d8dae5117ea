//! The page of a route.

use std::fmt::Write;

use crate::graph::{NeededFiles, RouteFiles};

/// Stands in the page where the files are listed that the route needs.
pub(crate) const PRELOAD: &str = "<!-- preload -->";
/// Stands for the release in the page and in the service worker.
pub(crate) const RELEASE: &str = "{release}";

/// The page of a route that needs these files. What everyone needs is a link. What depends on the session,
/// which only the browser knows, is the content of a `meta` element, from which `boot.js` makes links.
pub(crate) fn render(template: &str, release: &str, needs: &RouteFiles) -> String {
    let mut list = links(release, &needs.always);
    let groups = [
        ("signed-in", &needs.signed_in),
        ("signed-out", &needs.signed_out),
    ];
    for (session, files) in groups {
        let content: Vec<&str> = all(files).collect();
        if !content.is_empty() {
            let content = content.join(" ");
            let _infallible = write!(
                list,
                "\n    <meta name=\"preload-{session}\" content=\"{content}\">"
            );
        }
    }
    template
        .replace(PRELOAD, list.trim_start())
        .replace(RELEASE, release)
}

fn links(release: &str, needs: &NeededFiles) -> String {
    let mut list = String::new();
    for path in all(needs) {
        let kind = match path.rsplit('.').next() {
            Some("js") => "rel=\"modulepreload\"",
            Some("css") => "rel=\"preload\" as=\"style\"",
            _ => "rel=\"preload\" as=\"fetch\" crossorigin",
        };
        let _infallible = write!(list, "\n    <link {kind} href=\"/web/{release}/{path}\">");
    }
    list
}

fn all(files: &NeededFiles) -> impl Iterator<Item = &str> {
    let lists = [&files.styles, &files.modules, &files.files];
    lists.into_iter().flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(modules: &[&str], styles: &[&str], files: &[&str]) -> NeededFiles {
        let owned = |list: &[&str]| list.iter().map(|&path| path.to_owned()).collect();
        NeededFiles {
            modules: owned(modules),
            styles: owned(styles),
            files: owned(files),
        }
    }

    #[test]
    fn render_lists_the_files_of_the_route() {
        let needs = RouteFiles {
            always: needed(&["a.js"], &["a.css"], &["a.wasm"]),
            signed_in: needed(&["b.js", "c.js"], &["b.css"], &[]),
            signed_out: NeededFiles::default(),
        };
        let template = "<script src=\"/web/{release}/app.js\">\n    <!-- preload -->\n";
        assert_eq!(
            render(template, "f00", &needs),
            "<script src=\"/web/f00/app.js\">\n    \
             <link rel=\"preload\" as=\"style\" href=\"/web/f00/a.css\">\n    \
             <link rel=\"modulepreload\" href=\"/web/f00/a.js\">\n    \
             <link rel=\"preload\" as=\"fetch\" crossorigin href=\"/web/f00/a.wasm\">\n    \
             <meta name=\"preload-signed-in\" content=\"b.css b.js c.js\">\n"
        );
    }
}
