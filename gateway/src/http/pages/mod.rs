//! Files that are part of the binary: the web client, Swagger UI and the API's description.

mod docs;
mod file;
pub mod html;

use std::collections::HashMap;

pub use file::File;

include!(concat!(env!("OUT_DIR"), "/web_files.rs"));

/// All files, by their address.
#[derive(Debug)]
pub struct Pages(HashMap<String, File>);

impl Pages {
    /// The files of this binary.
    #[must_use]
    pub fn new() -> Self {
        let mut files = HashMap::new();
        for (path, bytes) in WEB_FILES {
            files.insert((*path).to_owned(), File::page(path, bytes));
        }
        if let Some(start) = WEB_FILES.iter().find(|(path, _)| *path == "/index.html") {
            files.insert("/".to_owned(), File::page(start.0, start.1));
        }
        files.extend(docs::files());
        Self(files)
    }

    /// The file at this address.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}
