//! The web client that is embedded in the binary.

use http_kit::StaticFile;

include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// The client as `build.rs` has read it.
struct EmbeddedClient {
    release: &'static str,
    files: &'static [(&'static str, EmbeddedFile)],
    pages: &'static [(&'static str, EmbeddedFile)],
    service_worker: EmbeddedFile,
}

/// A file with its compressed forms, which are empty if they are not smaller.
struct EmbeddedFile {
    body: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

impl EmbeddedFile {
    fn serve(&self, name: &str) -> StaticFile {
        StaticFile::page(name, self.body).precompressed(self.brotli, self.gzip)
    }
}

/// The hash of all files, which is in their addresses.
pub(super) fn release() -> &'static str {
    EMBEDDED.release
}

/// The files by their path in the client.
pub(super) fn files() -> impl Iterator<Item = (&'static str, StaticFile)> {
    let files = EMBEDDED.files.iter();
    files.map(|(path, file)| (*path, file.serve(path)))
}

/// The contents of the files by their path in the client.
pub(super) fn bodies() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    EMBEDDED.files.iter().map(|(path, file)| (*path, file.body))
}

/// A file by its path in the client.
pub(super) fn file(path: &str) -> Option<StaticFile> {
    let mut files = EMBEDDED.files.iter();
    let (path, file) = files.find(|(known, _)| *known == path)?;
    Some(file.serve(path))
}

/// The pages by their routes.
pub(super) fn pages() -> Vec<(String, StaticFile)> {
    let pages = EMBEDDED.pages.iter();
    let page = |(route, page): &(&str, EmbeddedFile)| ((*route).to_owned(), page.serve(".html"));
    pages.map(page).collect()
}

/// The service worker.
pub(super) fn service_worker() -> StaticFile {
    EMBEDDED.service_worker.serve(".js")
}

/// The engine of Pong and its path, which no folder of the client contains.
pub(super) fn engine() -> Option<(&'static str, &'static [u8])> {
    let mut files = EMBEDDED.files.iter();
    let (path, engine) = files.find(|(path, _)| *path == ENGINE_PATH)?;
    Some((path, engine.body))
}
