//! The files embedded in the binary.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use blobs::BlobKey;

use crate::harness::TestApp;

#[actix_web::test]
async fn get_returns_embedded_files() {
    let app = TestApp::new().await;
    let start = app.get("/").await;
    assert_eq!(
        (start.status, start.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let view = app.get("/account/verify-email").await;
    assert_eq!(view.status, 200);
    assert!(view.header("etag").is_some() && view.header("etag") != start.header("etag"));
    let docs = app.get("/docs/").await;
    assert!(String::from_utf8_lossy(&docs.body).contains("swagger-ui-bundle.js"));
    let moved = app.get("/docs").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, Some("/docs/"))
    );
    let bundle = TestRequest::get()
        .uri("/docs/swagger-ui-bundle.js")
        .insert_header(("accept-encoding", "gzip"));
    let bundle = app.send(bundle).await;
    assert_eq!(bundle.header("content-encoding"), Some("gzip"));
    assert!(bundle.body.len() < 600_000);
    let api = app.get("/openapi.json").await;
    assert_eq!(api.json()["openapi"], "3.1.0");
    app.get("/docs/../secret")
        .await
        .assert_error(404, "not_found");
}

#[actix_web::test]
async fn embedded_files_accept_get_only() {
    let app = TestApp::new().await;
    let sent = |method, uri: &str| TestRequest::default().method(method).uri(uri);
    for file in [
        "/",
        "/login",
        "/service-worker.js",
        "/favicon.ico",
        "/docs",
        "/docs/",
        "/docs/ws",
        "/docs/ws/",
        "/docs/swagger-ui.css",
        "/docs/error-codes.md",
        "/docs/rate-limits.md",
        "/openapi.json",
        "/asyncapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let response = app.send(sent(method, file)).await;
            response.assert_error(405, "method_not_allowed");
            let allowed = response.header("allow");
            assert_eq!(allowed, Some("GET, HEAD, OPTIONS"), "{file}");
        }
        let options = app.send(sent(Method::OPTIONS, file)).await;
        let found = (options.status, options.header("allow"));
        assert_eq!(found, (204, Some("GET, HEAD, OPTIONS")), "{file}");
    }
}

/// The path of the entry in the page, such as `/web/0123456789abcdef/app.js`.
async fn entry(app: &TestApp) -> String {
    let page = app.get("/").await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    let (_, rest) = page.split_once("type=\"module\" src=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn encoded(path: &str, accepted: &'static str) -> TestRequest {
    TestRequest::get()
        .uri(path)
        .insert_header(("accept-encoding", accepted))
}

#[actix_web::test]
async fn files_of_the_release_are_immutable_and_compressed() {
    let app = TestApp::new().await;
    let entry = entry(&app).await;
    assert!(
        entry.starts_with("/web/") && entry.ends_with("/app.js"),
        "{entry}"
    );
    let plain = app.get(&entry).await;
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, br;q=0", Some("gzip")),
        ("br;q=0, gzip;q=0, *;q=0", None),
        ("identity", None),
    ] {
        let response = app.send(encoded(&entry, accepted)).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.header("content-encoding"), encoding, "{accepted}");
        assert_eq!(response.header("vary"), Some("accept-encoding"));
        assert_eq!(
            response.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(response.header("etag"), plain.header("etag"));
        assert_eq!(response.body == plain.body, encoding.is_none());
    }
    let tag = plain.header("etag").unwrap().to_owned();
    let known = encoded(&entry, "br").insert_header(("if-none-match", tag));
    let unchanged = app.send(known).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.header("content-encoding"), None);
    let head = app.send(encoded(&entry, "br").method(Method::HEAD)).await;
    assert_eq!(
        (head.status, head.header("content-encoding")),
        (200, Some("br"))
    );
    let from_page = encoded(&entry, "br").insert_header(("origin", "http://localhost:8080"));
    let from_page = app.send(from_page).await;
    assert_eq!(from_page.header("vary"), Some("accept-encoding"));
    assert_eq!(from_page.header("access-control-allow-origin"), None);
    let wasm = entry.replace("app.js", "games/pong/pong.wasm");
    let wasm = app.get(&wasm).await;
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));
}

#[actix_web::test]
async fn pages_are_revalidated_and_preload_their_view() {
    let app = TestApp::new().await;
    let entry = entry(&app).await;
    let folder = entry.trim_end_matches("app.js");
    for (route, view) in [
        ("/", "views/home/welcome.js"),
        ("/login", "views/account/login.js"),
        ("/chats/ada", "views/chat/chat.js"),
        (
            "/chats/room/0193f1a0-0000-7000-8000-000000000000/",
            "views/chat/room.js",
        ),
    ] {
        let page = app.get(route).await;
        assert_eq!(
            (page.status, page.header("cache-control")),
            (200, Some("no-cache"))
        );
        let tag = page.header("etag").unwrap().to_owned();
        let known = TestRequest::get()
            .uri(route)
            .insert_header(("if-none-match", tag));
        assert_eq!(app.send(known).await.status, 304, "{route}");
        let text = String::from_utf8(page.body.to_vec()).unwrap();
        let link = format!("<link rel=\"modulepreload\" href=\"{folder}{view}\">");
        assert!(text.contains(&link), "{route}: {text}");
        assert!(
            !text.contains("{release}") && !text.contains("<script>"),
            "{text}"
        );
        for path in preloaded(&text) {
            let address = if path.starts_with('/') {
                path
            } else {
                format!("{folder}{path}")
            };
            assert_eq!(app.get(&address).await.status, 200, "{address}");
        }
    }
}

/// The files that a page preloads, with those that depend on the session.
fn preloaded(page: &str) -> Vec<String> {
    let links = page.split("preload\"").skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once("href=\"")?;
        rest.split('"').next()
    });
    let groups = page
        .split("<meta name=\"preload-")
        .skip(1)
        .filter_map(|rest| {
            let (_, rest) = rest.split_once("content=\"")?;
            rest.split('"').next()
        });
    let groups = groups.flat_map(|list| list.split(' '));
    links.chain(groups).map(str::to_owned).collect()
}

#[actix_web::test]
async fn unknown_releases_and_addresses_are_not_found() {
    let app = TestApp::new().await;
    let entry = entry(&app).await;
    for path in [
        "/web/0011223344556677/app.js",
        "/web/app.js",
        "/web/",
        "/app.js",
        &entry.replace("app.js", "nothing.js"),
        &entry.replace("app.js", "%2e%2e/app.js"),
    ] {
        let request = TestRequest::get()
            .uri(path)
            .insert_header(("accept", "*/*"));
        let response = app.send(request).await;
        response.assert_error(404, "not_found");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
    }
    let visit = |path: &str| {
        TestRequest::get()
            .uri(path)
            .insert_header(("accept", "text/html"))
    };
    let module = app.send(visit("/web/0011223344556677/app.js")).await;
    module.assert_error(404, "not_found");
    for path in ["/nowhere", "/people/ada/b/c"] {
        let page = app.send(visit(path)).await;
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("etag"), None);
    }
}

#[actix_web::test]
async fn files_of_other_releases_are_served_from_the_object_store() {
    const OTHER: &str = "0011223344556677";
    let app = TestApp::new().await;
    let blobs = &app.state.platform.blobs;
    let archive = r#"{"app.js":"b3RoZXI="}"#;
    let key = BlobKey::web_release(OTHER);
    blobs.put(&key, archive.into()).await.unwrap();
    let path = format!("/web/{OTHER}/app.js");
    let found = app.get(&path).await;
    assert_eq!((found.status, &found.body[..]), (200, &b"other"[..]));
    assert_eq!(
        (found.header("content-type"), found.header("cache-control")),
        (
            Some("text/javascript; charset=utf-8"),
            Some("public, max-age=31536000, immutable")
        )
    );
    app.get(&format!("/web/{OTHER}/nothing.js"))
        .await
        .assert_error(404, "not_found");
}

#[actix_web::test]
async fn web_folder_is_read_for_each_request() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let link = "<script type=\"module\" src=\"/web/{release}/app.js\"></script>";
    write("index.html", &format!("{link}<!-- preload -->"));
    write("service-worker.js", "const RELEASE = '{release}';");
    write("app.js", "[{ path: '/login', view: './login.js' }]");
    write("login.js", "first");
    let app = TestApp::with(&[&format!("--web-folder={}", folder.path().display())]).await;
    let page = app.get("/login").await;
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(
        text.contains("href=\"/web/development/login.js\""),
        "{text}"
    );
    let view = "/web/development/login.js";
    let first = app.get(view).await;
    assert_eq!(
        (first.header("cache-control"), &first.body[..]),
        (Some("no-cache"), &b"first"[..])
    );
    write("login.js", "second");
    let tag = first.header("etag").unwrap().to_owned();
    let known = TestRequest::get()
        .uri(view)
        .insert_header(("if-none-match", tag));
    let second = app.send(known).await;
    assert_eq!((second.status, &second.body[..]), (200, &b"second"[..]));
    let engine = app.get("/web/development/games/pong/pong.wasm").await;
    assert_eq!(engine.header("content-type"), Some("application/wasm"));
    let worker = app.get("/service-worker.js").await;
    assert_eq!(&worker.body[..], b"const RELEASE = 'development';");
    for path in [
        "/web/development/../secret",
        "/web/development/.env",
        "/web/development/x.js",
    ] {
        app.get(path).await.assert_error(404, "not_found");
    }
    // A mistake is the developer's to see, and does not end the server.
    write("login.js", "import './gone.js';");
    app.get("/login").await.assert_error(500, "internal");
    write("login.js", "third");
    assert_eq!(app.get("/login").await.status, 200);
}

#[actix_web::test]
async fn web_folder_must_hold_the_client() {
    let folder = tempfile::tempdir().unwrap();
    let flag = format!("--web-folder={}", folder.path().display());
    let error = TestApp::try_with(&[&flag]).await.err().unwrap();
    assert_eq!(error.0, "--web-folder: index.html is missing.");
}
