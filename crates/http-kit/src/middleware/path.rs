//! Canonical paths: `/api/...` and paths without trailing slash are rewritten in place, without a
//! redirect.

use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

const ROOT: &str = "/api";
const CURRENT: &str = "/api/v1";
/// Sockets have one version, which their protocol names.
pub(super) const SOCKETS: &str = "/ws/";

/// Rewrites the path to the one of the route.
pub(super) fn canonicalise(uri: &mut Uri) {
    if let Some(path) = canonical(uri.path()) {
        let query = uri.query().map(|query| format!("?{query}"));
        let whole = path + query.as_deref().unwrap_or_default();
        if let Ok(new) = PathAndQuery::try_from(whole) {
            *uri = Uri::from(new);
        }
    }
}

/// The canonical form of a path; `None` if it is canonical or not part of the API.
fn canonical(path: &str) -> Option<String> {
    if path.starts_with(SOCKETS) && !path.ends_with('/') {
        return Some(format!("{path}/"));
    }
    let below = path
        .strip_prefix(ROOT)
        .filter(|rest| rest.starts_with('/'))?;
    let versioned = below == "/v1" || below.starts_with("/v1/");
    let slashed = below.ends_with('/');
    if versioned && slashed {
        return None;
    }
    let start = if versioned { ROOT } else { CURRENT };
    let end = if slashed { "" } else { "/" };
    Some([start, below, end].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(uri: &str) -> String {
        let mut uri = uri.parse().unwrap();
        canonicalise(&mut uri);
        uri.to_string()
    }

    #[test]
    fn canonicalise_maps_all_four_forms_to_one() {
        for form in [
            "/api/v1/users/profile/",
            "/api/v1/users/profile",
            "/api/users/profile/",
            "/api/users/profile",
        ] {
            assert_eq!(rewritten(form), "/api/v1/users/profile/", "{form}");
        }
    }

    #[test]
    fn canonicalise_keeps_the_query() {
        assert_eq!(rewritten("/api/users?&limit=1"), "/api/v1/users/?&limit=1");
        assert_eq!(rewritten("/api/users/?"), "/api/v1/users/?");
    }

    #[test]
    fn canonicalise_leaves_other_paths() {
        for other in ["/", "/healthz", "/apiary/x", "/docs/", "/api", "/v1/users"] {
            assert_eq!(rewritten(other), other);
        }
        assert_eq!(rewritten("/api/v10/users"), "/api/v1/v10/users/");
    }
}
