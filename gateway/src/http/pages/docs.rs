//! Swagger UI. Its files are part of the binary; nothing is downloaded when building or running.

use std::sync::Arc;

use utoipa_swagger_ui::Config;

use super::File;

/// The parts of Swagger UI that the page loads.
const PARTS: [&str; 4] = [
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "favicon-32x32.png",
    "favicon-16x16.png",
];

/// The description of the API, written by `courtside openapi`; a test keeps it true.
const DOCUMENT: &[u8] = include_bytes!("../../../../openapi/openapi.json");
/// The same of the sockets, for programs and for people.
const SOCKETS: &[u8] = include_bytes!("../../../../openapi/asyncapi.json");
const SOCKETS_PAGE: &[u8] = include_bytes!("../../../../openapi/websockets.html");
const ERROR_CODES: &[u8] = include_bytes!("../../../../openapi/error-codes.md");
const PAGE: &[u8] = include_bytes!("docs/index.html");
const SCRIPT: &[u8] = include_bytes!("docs/start.js");
const STYLE: &[u8] = include_bytes!("docs/page.css");

pub(super) fn files() -> Vec<(String, File)> {
    let own = [
        ("index.html", PAGE),
        ("start.js", SCRIPT),
        ("page.css", STYLE),
    ];
    let mut files: Vec<(String, File)> = own
        .into_iter()
        .map(|(name, bytes)| (format!("/docs/{name}"), File::docs(name, bytes.into())))
        .collect();
    let config = Arc::new(Config::default());
    for name in PARTS {
        if let Ok(Some(part)) = utoipa_swagger_ui::serve(name, Arc::clone(&config)) {
            files.push((format!("/docs/{name}"), File::docs(name, part.bytes)));
        }
    }
    files.push(("/docs/".to_owned(), File::docs("index.html", PAGE.into())));
    files.push(("/docs".to_owned(), File::moved("/docs/")));
    files.extend(described());
    files
}

/// What is written by `courtside openapi`.
fn described() -> [(String, File); 5] {
    [
        ("/openapi.json", File::data("openapi.json", DOCUMENT)),
        ("/asyncapi.json", File::data("asyncapi.json", SOCKETS)),
        ("/docs/ws/", File::page("websockets.html", SOCKETS_PAGE)),
        ("/docs/ws", File::moved("/docs/ws/")),
        (
            "/docs/error-codes.md",
            File::data("error-codes.md", ERROR_CODES),
        ),
    ]
    .map(|(address, file)| (address.to_owned(), file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_the_page_names_is_there() {
        let names: Vec<String> = files().into_iter().map(|(name, _)| name).collect();
        let page = String::from_utf8_lossy(PAGE);
        let wanted = page
            .split("=\"./")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        for file in wanted {
            assert!(names.contains(&format!("/docs/{file}")), "{file}");
        }
        assert!(names.len() >= own_and_parts());
    }

    fn own_and_parts() -> usize {
        PARTS.len() + 6
    }
}
