//! Someone else's project, made of what the README shows and of nothing else.

#![cfg(all(feature = "batch", feature = "bots"))]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../README.md");

/// The first piece of code in a language.
fn first(language: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_first_program_of_the_readme_is_a_project_that_runs() {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outsider");
    fs::create_dir_all(home.join("src")).unwrap();
    let manifest = first("toml").replace("../pong-engine", env!("CARGO_MANIFEST_DIR"));
    // It lies inside this workspace only because there is room for it.
    fs::write(home.join("Cargo.toml"), manifest + "\n[workspace]\n").unwrap();
    fs::write(home.join("src/main.rs"), first("rust")).unwrap();

    let run = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet"])
        .current_dir(&home)
        .env("CARGO_TARGET_DIR", home.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();

    let said = String::from_utf8(run.stdout).unwrap();
    let complaint = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.success(), "{complaint}");
    assert!(
        said.contains("End\n") && said.contains(" bytes hold "),
        "{said}"
    );
    let points: u32 = said
        .lines()
        .last()
        .unwrap()
        .trim_end_matches(" points")
        .parse()
        .unwrap();
    assert!(points > 10_000, "{points}");
    let lock = fs::read_to_string(home.join("Cargo.lock")).unwrap();
    assert_eq!(
        lock.matches("[[package]]").count(),
        2,
        "it depends on nothing: {lock}"
    );
}
