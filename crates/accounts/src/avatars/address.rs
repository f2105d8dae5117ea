//! Addresses of avatars.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters beside letters and digits that need no escaping in a path.
const UNESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The address of a user's avatar, which changes with its version.
pub(crate) fn url(username: &str, version: Option<&str>) -> String {
    let name = utf8_percent_encode(username, UNESCAPED);
    match version {
        Some(version) => format!("/api/v1/users/{name}/avatar/?v={version}"),
        None => format!("/api/v1/users/{name}/avatar/"),
    }
}

/// The version in the URL of an avatar.
pub(crate) fn version(url: &str) -> Option<&str> {
    url.split_once("?v=").map(|(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_escapes_names_and_contains_the_version() {
        assert_eq!(url("ada_l.9", None), "/api/v1/users/ada_l.9/avatar/");
        assert_eq!(url("ada", Some("1f")), "/api/v1/users/ada/avatar/?v=1f");
        assert_eq!(version(&url("ada", Some("1f"))), Some("1f"));
        assert_eq!(version(&url("ada", None)), None);
        assert_eq!(url("Дан", None), "/api/v1/users/%D0%94%D0%B0%D0%BD/avatar/");
    }
}
