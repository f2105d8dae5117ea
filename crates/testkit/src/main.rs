//! Private servers for manual tests: `cargo run -p testkit` starts the installed ones, prints their
//! addresses, and removes them on Enter, Ctrl-C or `kill -9`.

use std::io::{Read, Write, stdin, stdout};

fn main() -> std::io::Result<()> {
    let databases = testkit::databases();
    let redis = testkit::redis();
    let mut out = stdout().lock();
    for database in &databases {
        writeln!(out, "{}", database.url())?;
    }
    if let Some(redis) = &redis {
        writeln!(out, "{}", redis.url())?;
    }
    writeln!(out, "Press Enter to end.")?;
    out.flush()?;
    let _ = stdin().read(&mut [0])?;
    Ok(())
}
