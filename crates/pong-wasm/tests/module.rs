//! `pong.wasm` plays the matches of the engine's golden data, under Node.js.
//!
//! Without Node.js the test is skipped with a message on stderr; `COURTSIDE_TEST_REQUIRE=node` turns
//! that into a failure.
#![allow(clippy::unwrap_used, missing_docs, reason = "test code")]

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;

#[test]
fn module_plays_the_golden_matches() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("node")
        .arg(folder.join("tests/golden.mjs"))
        .arg(folder.join("pong.wasm"))
        .arg(folder.join("../pong-engine/tests/data/golden.txt"))
        .output();
    match output {
        Err(error) if error.kind() == ErrorKind::NotFound => report_absence(),
        output => {
            let output = output.unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{errors}");
        }
    }
}

fn report_absence() {
    let required = std::env::var("COURTSIDE_TEST_REQUIRE").unwrap_or_default();
    assert!(
        !required.contains("node"),
        "Node.js is required, but not on this machine"
    );
    // Written directly, as the test harness hides the output of passing tests.
    let _ = writeln!(
        std::io::stderr(),
        "pong-wasm: Node.js is not on this machine: its test is skipped"
    );
}
