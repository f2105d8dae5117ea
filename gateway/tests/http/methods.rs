//! Methods that paths lack.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::test::TestRequest;

use crate::harness::TestApp;

/// A path that matches the pattern.
fn path(pattern: &str) -> String {
    let segments = pattern.split('/');
    let filled = segments.map(|one| if one.starts_with('{') { "x" } else { one });
    filled.collect::<Vec<_>>().join("/")
}

#[actix_web::test]
async fn each_path_refuses_the_methods_that_it_lacks() {
    let app = TestApp::new().await;
    let mut methods: BTreeMap<&str, Vec<&Method>> = BTreeMap::new();
    for route in app.state.http.routes.routes() {
        methods
            .entry(&route.pattern)
            .or_default()
            .extend(&route.methods);
    }
    assert!(methods.len() > 50, "{methods:?}");
    for (pattern, own) in methods {
        let mut allowed: Vec<&str> = own.iter().map(|method| method.as_str()).collect();
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.push("OPTIONS");
        allowed.sort_unstable();
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if own.contains(&&method) {
                continue;
            }
            let request = TestRequest::default()
                .method(method.clone())
                .uri(&path(pattern));
            let refused = app.send(request).await;
            assert_eq!(refused.status, 405, "{method} {pattern}");
            refused.assert_error(405, "method_not_allowed");
            assert_eq!(
                refused.header("allow"),
                Some(&*allowed.join(", ")),
                "{method} {pattern}"
            );
        }
    }
}
