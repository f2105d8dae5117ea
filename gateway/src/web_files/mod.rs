//! The web client, Swagger UI and the API documents.
//!
//! All files of the web client are served below `/web/{release}/`, where they never change; the release is
//! the hash of all of them. Pages, the service worker and a few files that others link to are revalidated.

mod addresses;
mod docs;
mod embedded;
mod folder;
mod releases;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};
use http_kit::{Failure, StaticFiles, fallback};

use self::addresses::{FAVICON, ICON, SERVICE_WORKER, is_unversioned};
use self::folder::WebFolder;
use self::releases::Releases;
use crate::config::ConfigError;
use crate::platform::Platform;

/// The page without a route.
const PAGE: &str = "index.html";

/// The files of a server.
#[derive(Debug)]
pub struct WebFiles {
    files: StaticFiles,
    folder: Option<WebFolder>,
    releases: Releases,
}

impl WebFiles {
    /// The files of this binary, and those of other releases in the object store; the client is served from a
    /// folder if there is one.
    ///
    /// # Errors
    /// The folder does not hold the client.
    pub(crate) fn open(folder: Option<&Path>, platform: &Platform) -> Result<Self, ConfigError> {
        Ok(Self {
            files: collect(),
            folder: folder.map(WebFolder::open).transpose()?,
            releases: Releases::new(Arc::clone(&platform.blobs), platform.env.clone()),
        })
    }

    /// Lets other nodes serve the files of this one, until that is possible.
    pub(crate) async fn share(&self) {
        self.releases.keep_own().await;
    }

    /// Responds to a request without route.
    ///
    /// # Errors
    /// `not_found`, `method_not_allowed`.
    pub(crate) async fn respond(&self, request: &HttpRequest) -> Result<HttpResponse, Failure> {
        if let (Some(folder), &Method::GET) = (&self.folder, request.method())
            && let Some(file) = folder.find(request.path()).await?
        {
            return file.respond(request.headers()).await;
        }
        if request.method() == Method::GET
            && let Some(file) = self.releases.find(request.path()).await
        {
            return file.respond(request.headers()).await;
        }
        fallback::respond(request, &self.files).await
    }
}

/// The files of this binary.
fn collect() -> StaticFiles {
    let mut files = HashMap::new();
    for (path, file) in embedded::files() {
        let address = format!("/web/{}/{path}", embedded::release());
        files.insert(address, file.immutable());
    }
    let unversioned = embedded::files().filter(|(path, _)| is_unversioned(path));
    files.extend(unversioned.map(|(path, file)| (format!("/{path}"), file)));
    if let Some(icon) = embedded::file(ICON) {
        files.insert(FAVICON.to_owned(), icon);
    }
    files.insert(SERVICE_WORKER.to_owned(), embedded::service_worker());
    files.extend(docs::files());
    StaticFiles::new(files, embedded::pages(), embedded::file(PAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collect_finds_all_files_that_have_addresses_of_their_own() {
        let files = collect();
        let fixed = [
            FAVICON,
            "/icon.svg",
            SERVICE_WORKER,
            "/",
            "/chats/ada",
            "/docs/",
        ];
        let page = http_kit::static_files::html::page("", "");
        let (_, style) = page.split_once("stylesheet\" href=\"").unwrap();
        for address in fixed.into_iter().chain(style.split('"').next()) {
            assert!(files.find(address).is_some(), "{address}");
        }
        assert!(files.find("/app.js").is_none());
        assert!(embedded::engine().is_some());
    }
}
