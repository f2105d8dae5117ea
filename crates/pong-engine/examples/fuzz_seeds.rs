//! Writes the seeds of the fuzz targets: `cargo run -p pong-engine --example fuzz_seeds`, whenever a
//! format or the physics changes. `tests/fuzz_seeds.rs` compares.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::path::Path;
use std::{fs, io};

#[path = "../tests/support/seeds.rs"]
mod seeds;

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let all = seeds::all();
    for seed in &all {
        let target = folder.join(seed.target);
        fs::create_dir_all(&target)?;
        fs::write(target.join(&seed.name), &seed.bytes)?;
    }
    println!("{} files in {}", all.len(), folder.display());
    Ok(())
}
