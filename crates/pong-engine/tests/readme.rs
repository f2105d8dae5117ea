//! The programs of the README, in a project of their own that has nothing but what the README shows.

#![cfg(all(feature = "batch", feature = "bots"))]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const README: &str = include_str!("../README.md");

/// The blocks of code in a language.
fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    let start = format!("```{language}\n");
    let pieces: Vec<&str> = README.split(&start).skip(1).collect();
    pieces
        .into_iter()
        .map(|rest| rest.split_once("```").unwrap().0)
}

fn create_project() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let programs = home.join("src/bin");
    fs::create_dir_all(&programs).unwrap();
    let manifest = blocks("toml").next().unwrap();
    let manifest = manifest.replace("../pong-engine", env!("CARGO_MANIFEST_DIR"));
    // The folder is inside this workspace.
    fs::write(home.join("Cargo.toml"), manifest + "\n[workspace]\n").unwrap();
    let mains = blocks("rust").filter(|code| code.contains("fn main()"));
    for (number, code) in mains.enumerate() {
        fs::write(programs.join(format!("program{number}.rs")), code).unwrap();
    }
    home
}

fn run(home: &Path, program: &str) -> Output {
    Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet", "--bin", program])
        .current_dir(home)
        .env("CARGO_TARGET_DIR", home.join("target"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap()
}

/// What a program prints.
fn output_of(home: &Path, program: &str) -> String {
    let output = run(home, program);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn programs_of_the_readme_run_in_a_project_without_other_dependencies() {
    let home = create_project();
    let bots = output_of(&home, "program0");
    assert!(
        bots.contains(": End\n") && bots.contains(" wins "),
        "{bots}"
    );
    output_of(&home, "program1");
    let batch = output_of(&home, "program2");
    let points: u32 = batch.split(' ').next().unwrap().parse().unwrap();
    assert!(points > 1_000, "{batch}");
    let record = output_of(&home, "program3");
    assert!(record.trim_end().ends_with(" bytes"), "{record}");
    output_of(&home, "program4");
    assert!(!run(&home, "program5").status.success(), "there are five");
    let lock = fs::read_to_string(home.join("Cargo.lock")).unwrap();
    assert_eq!(lock.matches("[[package]]").count(), 2, "{lock}");
}
