//! The architecture as `crates/ARCHITECTURE.md` describes it: who may depend on whom, which licences and
//! duplicates the dependency tree may have, how files import each other, and which words and names are
//! used.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod imports;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The crates that are not domains, and the crates of the workspace that each may depend on. Every other
/// crate is a domain.
const INFRASTRUCTURE: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("pong-engine", &[]),
    ("argon2-avx2", &[]),
    ("web-bundle", &[]),
    // Fixtures of tests only.
    ("testkit", &["contract", "db", "kernel", "outbox"]),
    ("contract", &["kernel"]),
    ("json-reader", &["kernel"]),
    ("telemetry", &["kernel"]),
    ("blobs", &["contract", "kernel"]),
    ("db", &["contract", "kernel"]),
    ("outbox", &["contract", "db", "kernel"]),
    ("jobs", &["contract", "db", "kernel"]),
    ("cluster", &["contract", "kernel"]),
    ("mail", &["contract", "db", "jobs", "kernel"]),
    (
        "http-kit",
        &[
            "cluster",
            "contract",
            "db",
            "json-reader",
            "kernel",
            "telemetry",
        ],
    ),
    (
        "realtime",
        &[
            "cluster",
            "contract",
            "db",
            "json-reader",
            "kernel",
            "outbox",
            "telemetry",
        ],
    ),
];

/// The crates that domains may depend on: never on one another.
const DOMAINS: &[&str] = &[
    "argon2-avx2",
    "blobs",
    "cluster",
    "contract",
    "db",
    "jobs",
    "kernel",
    "mail",
    "outbox",
    "pong-engine",
];

/// Libraries, and the crates of the workspace that may depend on them.
const RESTRICTED: &[(&str, &[&str])] = &[
    ("redis", &["cluster"]),
    ("deadpool-redis", &["cluster"]),
    ("lettre", &["mail"]),
    ("object_store", &["blobs"]),
    ("tracing-subscriber", &["telemetry"]),
    ("actix-web", &["gateway", "http-kit", "realtime", "testkit"]),
    ("actix-http", &["gateway", "http-kit", "testkit"]),
    ("actix-ws", &["realtime"]),
    ("utoipa-actix-web", &["gateway", "http-kit"]),
    ("clap", &["gateway"]),
];

/// The crates besides domains that may depend on Diesel. The kernel does behind a feature that `db`
/// enables: the impls that read and write its types as columns must stand beside the types.
const DIESEL: &[&str] = &["kernel", "db", "outbox", "jobs", "testkit"];

/// The licences that dependencies may have.
const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "0BSD",
    "Unicode-3.0",
    "Zlib",
    "BSL-1.0",
    "CC0-1.0",
    "Unlicense",
    "CDLA-Permissive-2.0",
    "MIT-0",
    "bzip2-1.0.6",
    "PostgreSQL",
    // The WebDriver types of the browser tests; not in the binary.
    "MPL-2.0",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(root());
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn own_packages(metadata: &Value) -> Vec<&Value> {
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| package["source"].is_null())
        .collect()
}

/// The dependencies of a package at run time.
fn dependencies(package: &Value) -> BTreeSet<&str> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|one| one["kind"].is_null())
        .map(|one| text(one, "name"))
        .collect()
}

/// The crates that a crate may depend on; `None` for the gateway and the tests, which may depend on all.
fn allowed_dependencies(name: &str) -> Option<&'static [&'static str]> {
    let listed = INFRASTRUCTURE.iter().find(|(listed, _)| *listed == name);
    match name {
        "gateway" | "e2e" => None,
        _ => Some(listed.map_or(DOMAINS, |(_, allowed)| allowed)),
    }
}

fn is_domain(name: &str) -> bool {
    allowed_dependencies(name) == Some(DOMAINS)
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let metadata = metadata();
    let packages = own_packages(&metadata);
    let names: BTreeSet<&str> = packages
        .iter()
        .map(|package| text(package, "name"))
        .collect();
    for package in &packages {
        let name = text(package, "name");
        let Some(allowed) = allowed_dependencies(name) else {
            continue;
        };
        for dependency in dependencies(package).intersection(&names) {
            assert!(
                allowed.contains(dependency),
                "{name} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn libraries_are_used_by_their_crates_only() {
    let metadata = metadata();
    for package in own_packages(&metadata) {
        let (name, used) = (text(package, "name"), dependencies(package));
        for (library, allowed) in RESTRICTED {
            assert!(
                !used.contains(library) || allowed.contains(&name),
                "{name} must not depend on {library}"
            );
        }
        assert!(
            !used.contains("diesel") || DIESEL.contains(&name) || is_domain(name),
            "{name} must not depend on diesel"
        );
    }
}

#[test]
fn pong_engine_depends_on_nothing() {
    let metadata = metadata();
    let engine = own_packages(&metadata)
        .into_iter()
        .find(|package| text(package, "name") == "pong-engine")
        .unwrap();
    let all = engine["dependencies"].as_array().unwrap().iter();
    let firm = all.filter(|one| one["kind"].is_null() && one["optional"] == false);
    assert_eq!(firm.count(), 0);
}

#[test]
fn licences_of_dependencies_are_allowed() {
    let metadata = metadata();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = text(package, "license").replace('/', " OR ");
        let fits = licence.split(" OR ").any(|choice| {
            choice
                .split(" AND ")
                .all(|part| LICENCES.contains(&part.trim_matches(['(', ')', ' '])))
        });
        assert!(fits, "{} is under {licence:?}", text(package, "name"));
    }
}

/// The crates of which the tree has several versions. A new one is checked before it is listed; one that
/// is gone is removed from the list.
#[test]
fn duplicate_dependencies_are_listed() {
    let listed = std::fs::read_to_string(root().join("tests/doubles.txt")).unwrap();
    let known: BTreeSet<&str> = listed
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        versions
            .entry(text(package, "name"))
            .or_default()
            .insert(text(package, "version"));
    }
    let doubles: BTreeSet<&str> = versions
        .iter()
        .filter(|(_, all)| all.len() > 1)
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(
        doubles, known,
        "tests/doubles.txt lists the crates with several versions"
    );
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

/// The folders of all crates.
fn crates() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("crates")).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    let crates = folders.filter(|folder| folder.join("src").is_dir());
    crates.chain([root().join("gateway")]).collect()
}

fn all_sources() -> Vec<PathBuf> {
    let mut all = vec![];
    for folder in crates() {
        sources(&folder.join("src"), &mut all);
    }
    all
}

#[test]
fn files_are_short_and_have_no_todo() {
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in [
            concat!("TO", "DO"),
            concat!("FIX", "ME"),
            concat!("HA", "CK:"),
        ] {
            assert!(!text.contains(word), "{} says {word}", path.display());
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            !["utils", "util", "helpers", "misc", "common"].contains(&name.as_str()),
            "{}",
            path.display()
        );
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

#[test]
fn project_pages_exist() {
    for page in [
        "README.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "crates/ARCHITECTURE.md",
        "justfile",
        "deny.toml",
        ".ci/run",
    ] {
        assert!(root().join(page).is_file(), "{page} is missing");
    }
}
