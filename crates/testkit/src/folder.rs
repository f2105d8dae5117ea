//! Temporary folders.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::had;
use crate::supervisor::{ProcessPlan, Supervisor, new_folder};

/// A folder of one test, removed with this value or with the process.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// A new empty folder.
#[must_use]
pub fn folder() -> Folder {
    had("a temporary folder", create())
}

fn create() -> io::Result<Folder> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
    let path = root().folder().join(name);
    std::fs::create_dir(&path)?;
    Ok(Folder { path })
}

/// The folder of this process, which contains all others.
fn root() -> &'static Supervisor {
    static ROOT: OnceLock<Supervisor> = OnceLock::new();
    ROOT.get_or_init(|| had("a temporary folder", supervise()))
}

fn supervise() -> io::Result<Supervisor> {
    let plan = ProcessPlan {
        command: vec![],
        last_signal: "KILL",
        ready: "",
        account: None,
    };
    Supervisor::over(new_folder(None)?, &plan)
}
