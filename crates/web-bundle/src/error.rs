//! What is wrong with a folder.

use std::fmt;
use std::path::Path;

/// Why a folder cannot be served, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleError(pub(crate) String);

impl BundleError {
    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("{} cannot be read: {error}", path.display()))
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BundleError {}
