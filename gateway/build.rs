//! Generates the list of the web client's files, which are embedded in the binary.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The engine of Pong for browsers, seen from the web client, and its name there.
const ENGINE: &str = "../../crates/pong-wasm/pong.wasm";
const ENGINE_NAME: &str = "/games/pong/pong.wasm";

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("web");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = vec![];
    collect_files(&root, &mut files)?;
    files.sort();
    let mut list = String::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap_or(file).display();
        let _infallible = writeln!(list, "(\"/{name}\", include_bytes!({file:?})),");
    }
    let engine = root.join(ENGINE).canonicalize()?;
    println!("cargo:rerun-if-changed={}", engine.display());
    let _infallible = writeln!(list, "({ENGINE_NAME:?}, include_bytes!({engine:?})),");
    let code = format!(
        "/// Path and content of each file of the web client.\n\
         static WEB_FILES: &[(&str, &[u8])] = &[\n{list}];\n"
    );
    fs::write(
        Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("web_files.rs"),
        code,
    )
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        println!("cargo:rerun-if-changed={}", path.display());
        if path.is_dir() {
            collect_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
