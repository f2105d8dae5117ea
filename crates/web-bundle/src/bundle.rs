//! The files of a client, their release and the pages of its routes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::error::BundleError;
use crate::graph::ModuleGraph;
use crate::page::{self, RELEASE};
use crate::paths::is_safe;
use crate::tokens::without_comments;

/// The release of a client that is being changed, whose files must not be kept.
pub const DEVELOPMENT: &str = "development";

const PAGE: &str = "index.html";
const SERVICE_WORKER: &str = "service-worker.js";
/// The list of all files, for the service worker.
const FILE_LIST: &str = "files.json";
/// Bytes of the hash in a release: more than enough to tell releases apart.
const RELEASE_BYTES: usize = 8;

/// A client as it is served.
#[derive(Debug, Clone)]
pub struct WebBundle {
    /// The hash of all files, or [`DEVELOPMENT`].
    pub release: String,
    /// What is served below `/web/{release}/`: all files, the page without a route, and the list of files.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The pages of the routes, in their order.
    pub pages: Vec<WebPage>,
    /// The service worker, which is served outside of the release.
    pub service_worker: Vec<u8>,
}

/// The page of a route.
#[derive(Debug, Clone)]
pub struct WebPage {
    /// The route, such as `/chats/:username`.
    pub route: String,
    /// The page.
    pub html: Vec<u8>,
}

impl WebBundle {
    /// Reads the client in a folder, its modules without comments. `added` are further files and their paths.
    ///
    /// # Errors
    /// A file cannot be read, is missing, or refers to one that is missing.
    pub fn read(folder: &Path, added: &[(&str, &[u8])]) -> Result<Self, BundleError> {
        let mut files = collect(folder, added)?;
        remove_comments(&mut files);
        let release = hash(&files);
        Self::new(release, files)
    }

    /// Reads a client that is being changed: its release stays the same.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn read_in_development(
        folder: &Path,
        added: &[(&str, &[u8])],
    ) -> Result<Self, BundleError> {
        Self::new(DEVELOPMENT.to_owned(), collect(folder, added)?)
    }

    fn new(release: String, mut files: BTreeMap<String, Vec<u8>>) -> Result<Self, BundleError> {
        let template = take(&mut files, PAGE)?;
        let service_worker = take(&mut files, SERVICE_WORKER)?.replace(RELEASE, &release);
        let graph = ModuleGraph::new(&files)?;
        let render = |route| page::render(&template, &release, &graph.needs(route)).into_bytes();
        let pages = graph.routes().map(|route| WebPage {
            route: route.path.clone(),
            html: render(Some(route)),
        });
        let pages = pages.collect();
        files.insert(PAGE.to_owned(), render(None));
        files.insert(FILE_LIST.to_owned(), list(&files));
        Ok(Self {
            release,
            files,
            pages,
            service_worker: service_worker.into_bytes(),
        })
    }
}

fn take(files: &mut BTreeMap<String, Vec<u8>>, name: &str) -> Result<String, BundleError> {
    let content = files.remove(name);
    let content = content.ok_or_else(|| BundleError(format!("{name} is missing")))?;
    String::from_utf8(content).map_err(|_| BundleError(format!("{name} is not UTF-8")))
}

fn collect(
    folder: &Path,
    added: &[(&str, &[u8])],
) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let mut files = BTreeMap::new();
    collect_into(folder, "", &mut files)?;
    for (path, content) in added {
        files.insert((*path).to_owned(), content.to_vec());
    }
    Ok(files)
}

fn collect_into(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), BundleError> {
    let unreadable = |error| BundleError::unreadable(folder, &error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect_into(&entry.path(), &format!("{path}/"), files)?;
        } else if is_served(&path) {
            let content = fs::read(entry.path());
            let content =
                content.map_err(|error| BundleError::unreadable(&entry.path(), &error))?;
            files.insert(path, content);
        }
    }
    Ok(())
}

/// Comments would be a third of what browsers load.
fn remove_comments(files: &mut BTreeMap<String, Vec<u8>>) {
    for (path, content) in files {
        if path.ends_with(".js")
            && let Ok(source) = std::str::from_utf8(content)
        {
            *content = without_comments(source).into_bytes();
        }
    }
}

/// Whether a file is for browsers; notes and types are for developers.
fn is_served(path: &str) -> bool {
    let is_note = [".md", ".d.ts", ".sha256"]
        .iter()
        .any(|end| path.ends_with(end));
    is_safe(path) && !is_note
}

fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (path, content) in files {
        for part in [path.as_bytes(), content] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let digest = hash.finalize();
    let digest: &[u8] = digest.as_ref();
    HEXLOWER.encode(digest.get(..RELEASE_BYTES).unwrap_or(digest))
}

/// The paths as JSON. They need no escapes (`is_safe`).
fn list(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let paths: Vec<String> = files.keys().map(|path| format!("\"{path}\"")).collect();
    format!("[{}]", paths.join(",")).into_bytes()
}
