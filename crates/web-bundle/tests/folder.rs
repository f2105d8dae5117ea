//! A client read from a folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;

use tempfile::TempDir;
use web_bundle::{DEVELOPMENT, WebBundle};

fn client() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("views")).unwrap();
    for (path, text) in [
        (
            "index.html",
            "<link href=\"/web/{release}/icon.svg\"><!-- preload -->",
        ),
        ("service-worker.js", "const RELEASE = '{release}';"),
        (
            "app.js",
            "[{ path: '/', view: './views/a.js' }, { path: '/b/:c', view: './views/b.js' }]",
        ),
        ("views/a.js", ""),
        ("views/b.js", "new URL('../c.wasm', import.meta.url)"),
        ("README.md", "For developers."),
        ("types.d.ts", ""),
        (".eslintrc", ""),
    ] {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

const ADDED: [(&str, &[u8]); 1] = [("c.wasm", b"\0asm")];

#[test]
fn read_gives_files_and_a_page_for_each_route() {
    let folder = client();
    let bundle = WebBundle::read(folder.path(), &ADDED).unwrap();
    let paths: Vec<&str> = bundle.files.keys().map(String::as_str).collect();
    let all = [
        "app.js",
        "c.wasm",
        "files.json",
        "index.html",
        "views/a.js",
        "views/b.js",
    ];
    assert_eq!(paths, all);
    assert_eq!(
        bundle.files["files.json"],
        br#"["app.js","c.wasm","index.html","views/a.js","views/b.js"]"#
    );
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (release, routes) = (&bundle.release, bundle.pages.iter());
    assert_eq!(release.len(), 16);
    let found: Vec<&str> = routes.map(|page| page.route.as_str()).collect();
    assert_eq!(found, ["/", "/b/:c"]);
    let page = text(&bundle.pages[1].html);
    for path in ["icon.svg", "views/b.js", "c.wasm"] {
        assert!(
            page.contains(&format!("\"/web/{release}/{path}\"")),
            "{page}"
        );
    }
    assert!(!page.contains("views/a.js") && !text(&bundle.files["index.html"]).contains("views/"));
    let worker = text(&bundle.service_worker);
    assert_eq!(worker, format!("const RELEASE = '{release}';"));
}

#[test]
fn release_changes_with_any_file_and_only_then() {
    let folder = client();
    let release = || WebBundle::read(folder.path(), &ADDED).unwrap().release;
    let first = release();
    assert_eq!(release(), first);
    fs::write(folder.path().join("README.md"), "Changed.").unwrap();
    assert_eq!(release(), first);
    fs::write(folder.path().join("views/a.js"), " ").unwrap();
    let second = release();
    assert_ne!(second, first);
    fs::rename(
        folder.path().join("service-worker.js"),
        folder.path().join("views/w.js"),
    )
    .unwrap();
    let error = WebBundle::read(folder.path(), &ADDED).unwrap_err();
    assert_eq!(error.to_string(), "service-worker.js is missing");
    fs::write(folder.path().join("service-worker.js"), "").unwrap();
    assert_ne!(release(), second);
    let other = WebBundle::read(folder.path(), &[("c.wasm", b"other")]).unwrap();
    assert_ne!(other.release, release());
}

#[test]
fn read_in_development_keeps_the_release() {
    let folder = client();
    let read = || WebBundle::read_in_development(folder.path(), &ADDED).unwrap();
    assert_eq!(read().release, DEVELOPMENT);
    fs::write(folder.path().join("views/a.js"), "import './b.js';").unwrap();
    let page = String::from_utf8(read().pages[0].html.clone()).unwrap();
    assert!(page.contains("/web/development/views/b.js"));
}
