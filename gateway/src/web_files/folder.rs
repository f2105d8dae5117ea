//! The web client in a folder, read anew for each request, for those who change it.

use std::path::{Path, PathBuf};

use actix_web::web;
use http_kit::StaticFile;
use http_kit::static_files::route_matches;
use kernel::AppError;
use web_bundle::{BundleError, DEVELOPMENT, WebBundle};

use super::addresses::{FAVICON, ICON, SERVICE_WORKER, is_unversioned};
use super::embedded;
use crate::config::ConfigError;

/// A folder with the web client.
#[derive(Debug, Clone)]
pub(super) struct WebFolder(PathBuf);

impl WebFolder {
    /// Opens a folder.
    ///
    /// # Errors
    /// It does not hold the client.
    pub(super) fn open(folder: &Path) -> Result<Self, ConfigError> {
        let folder = Self(folder.to_owned());
        match folder.read() {
            Ok(_bundle) => Ok(folder),
            Err(error) => Err(ConfigError(format!("--web-folder: {error}."))),
        }
    }

    /// The file or page at a path, if it is one of the client's.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub(super) async fn find(&self, path: &str) -> Result<Option<StaticFile>, AppError> {
        let (folder, path) = (self.clone(), path.to_owned());
        web::block(move || folder.find_now(&path)).await?
    }

    fn find_now(&self, path: &str) -> Result<Option<StaticFile>, AppError> {
        let bundle = self.read().map_err(|error| {
            // Who changes the client looks at the log of the server.
            tracing::error!(%error, "web folder not served");
            AppError::internal("the web folder cannot be served").with_source(error)
        })?;
        let versioned = path.strip_prefix("/web/").and_then(|rest| {
            let (release, file) = rest.split_once('/')?;
            (release == DEVELOPMENT).then_some(file)
        });
        let name = match path {
            FAVICON => Some(ICON),
            _ => path.strip_prefix('/').filter(|name| is_unversioned(name)),
        };
        if let Some(name) = versioned.or(name) {
            let content = bundle.files.get(name);
            return Ok(content.map(|content| StaticFile::page(name, content.clone())));
        }
        if path == SERVICE_WORKER {
            return Ok(Some(StaticFile::page(path, bundle.service_worker)));
        }
        let mut pages = bundle.pages.into_iter();
        let page = pages.find(|page| route_matches(&page.route, path));
        Ok(page.map(|page| StaticFile::page(".html", page.html)))
    }

    fn read(&self) -> Result<WebBundle, BundleError> {
        let added: Vec<_> = embedded::engine().into_iter().collect();
        WebBundle::read_in_development(&self.0, &added)
    }
}
