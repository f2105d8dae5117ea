//! Addresses of the web client that have no release in them.

/// The address that browsers request on their own, for pages without an icon link.
pub(super) const FAVICON: &str = "/favicon.ico";
/// The file at that address.
pub(super) const ICON: &str = "icon.svg";
/// The address of the service worker, which decides what it may serve.
pub(super) const SERVICE_WORKER: &str = "/service-worker.js";

/// Whether a file is served without a release as well: the icon, and the style sheets, which pages need that the
/// server renders.
pub(super) fn is_unversioned(path: &str) -> bool {
    path == ICON || (path.starts_with("styles/") && path.ends_with(".css"))
}
