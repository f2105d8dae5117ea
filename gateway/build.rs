//! Embeds the web client: writes its files, compressed too, and their list to the folder of build results.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use web_bundle::{WebBundle, compress};

/// The engine of Pong for browsers, and its path in the web client.
const ENGINE: (&str, &str) = ("../crates/pong-wasm/pong.wasm", "games/pong/pong.wasm");
/// Smaller files are sent uncompressed: the headers are larger than what is saved.
const MIN_COMPRESSED_LEN: usize = 256;

type BuildResult<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> BuildResult<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let output = PathBuf::from(env::var("OUT_DIR")?);
    let (client, engine) = (root.join("web"), root.join(ENGINE.0));
    for path in [&client, &engine] {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    let engine = fs::read(engine)?;
    let bundle = WebBundle::read(&client, &[(ENGINE.1, &engine)])?;
    fs::write(output.join("web_files.rs"), code(&bundle, &output)?)?;
    Ok(())
}

/// The list of the files as code.
fn code(bundle: &WebBundle, output: &Path) -> BuildResult<String> {
    let folder = output.join("web");
    fs::create_dir_all(&folder)?;
    let mut writer = FileWriter { folder, count: 0 };
    let (mut files, mut pages) = (String::new(), String::new());
    for (path, content) in &bundle.files {
        writeln!(files, "({path:?}, {}),", writer.add(content)?)?;
    }
    for page in &bundle.pages {
        writeln!(pages, "({:?}, {}),", page.route, writer.add(&page.html)?)?;
    }
    let worker = writer.add(&bundle.service_worker)?;
    Ok(format!(
        "/// The path of the engine.\n\
         const ENGINE_PATH: &str = {:?};\n\
         /// The web client.\n\
         static EMBEDDED: EmbeddedClient = EmbeddedClient {{\n\
         release: {:?},\n\
         files: &[\n{files}],\n\
         pages: &[\n{pages}],\n\
         service_worker: {worker},\n\
         }};\n",
        ENGINE.1, bundle.release
    ))
}

/// Writes contents to files from which they are embedded.
struct FileWriter {
    folder: PathBuf,
    count: usize,
}

impl FileWriter {
    /// Writes a content and its compressed forms. Returns the code that embeds them.
    fn add(&mut self, content: &[u8]) -> BuildResult<String> {
        self.count += 1;
        let (brotli, gzip) = compressed(content)?;
        let mut code = String::from("EmbeddedFile { ");
        for (name, bytes) in [("body", content), ("brotli", &brotli), ("gzip", &gzip)] {
            let path = self.folder.join(format!("{}.{name}", self.count));
            fs::write(&path, bytes)?;
            write!(code, "{name}: include_bytes!({path:?}), ")?;
        }
        code.push('}');
        Ok(code)
    }
}

/// The compressed forms, empty if they are not smaller.
fn compressed(content: &[u8]) -> BuildResult<(Vec<u8>, Vec<u8>)> {
    if content.len() < MIN_COMPRESSED_LEN {
        return Ok((vec![], vec![]));
    }
    let (brotli, gzip) = (compress::brotli(content)?, compress::gzip(content)?);
    if brotli.len().max(gzip.len()) >= content.len() {
        return Ok((vec![], vec![]));
    }
    Ok((brotli, gzip))
}
