//! The plan of the house, held against the workspace: who may know whom, which licences and
//! doubles the dependency tree may have, and that each refusal is raised somewhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each crate and those of our own that it may know.
const PLAN: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("pong-engine", &[]),
    ("argon2-avx2", &[]),
    // Opens stores for tests; nothing ships with it.
    ("testkit", &["db", "kernel"]),
    ("contract", &["kernel"]),
    ("json-reader", &["kernel"]),
    ("telemetry", &["kernel"]),
    ("blobs", &["contract", "kernel"]),
    ("db", &["contract", "kernel"]),
    ("outbox", &["contract", "db", "kernel"]),
    ("jobs", &["contract", "db", "kernel"]),
    ("cluster", &["contract", "kernel"]),
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
    ("mail", &["contract", "db", "jobs", "kernel"]),
    (
        "accounts",
        &[
            "argon2-avx2",
            "blobs",
            "cluster",
            "contract",
            "db",
            "jobs",
            "kernel",
            "mail",
            "outbox",
        ],
    ),
    ("social", DOMAIN),
    ("chat", DOMAIN),
    ("notify", DOMAIN),
    ("invites", DOMAIN),
];
const DOMAIN: &[&str] = &["cluster", "contract", "db", "jobs", "kernel", "outbox"];

/// Who alone may know a library.
const KNOWN_ONLY_TO: &[(&str, &[&str])] = &[
    // The kernel knows Diesel behind a feature that `db` switches on: the impls that
    // carry its types in and out of columns must stand beside the types.
    (
        "diesel",
        &[
            "kernel", "db", "outbox", "jobs", "accounts", "social", "chat", "notify", "invites",
        ],
    ),
    ("redis", &["cluster"]),
    ("deadpool-redis", &["cluster"]),
    ("lettre", &["mail"]),
    ("object_store", &["blobs"]),
    ("tracing-subscriber", &["telemetry"]),
    ("actix-web", &["gateway", "http-kit", "realtime"]),
    ("actix-http", &["gateway", "http-kit"]),
    ("actix-ws", &["realtime"]),
    ("utoipa-actix-web", &["gateway", "http-kit"]),
    ("clap", &["gateway"]),
];

/// Licences that we may ship.
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
    // The WebDriver types of the browser tests; never in the binary.
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

fn ours(metadata: &Value) -> Vec<&Value> {
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| package["source"].is_null())
        .collect()
}

/// What a package depends on at run time.
fn knows(package: &Value) -> BTreeSet<&str> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|one| one["kind"].is_null())
        .map(|one| text(one, "name"))
        .collect()
}

#[test]
fn each_crate_knows_only_whom_the_plan_lets_it_know() {
    let metadata = metadata();
    let ours = ours(&metadata);
    let names: BTreeSet<&str> = ours.iter().map(|package| text(package, "name")).collect();
    for package in &ours {
        let name = text(package, "name");
        if name == "gateway" || name == "e2e" {
            continue;
        }
        let allowed = PLAN.iter().find(|(room, _)| *room == name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{name} is not in the plan"));
        for known in knows(package).intersection(&names) {
            assert!(allowed.contains(known), "{name} must not know {known}");
        }
    }
}

#[test]
fn libraries_stay_in_their_rooms() {
    let metadata = metadata();
    for package in ours(&metadata) {
        for (library, rooms) in KNOWN_ONLY_TO {
            let known = knows(package).contains(library);
            assert!(
                !known || rooms.contains(&text(package, "name")),
                "{} must not know {library}",
                text(package, "name")
            );
        }
    }
}

#[test]
fn the_engine_depends_on_nothing_at_run_time() {
    let metadata = metadata();
    let engine = ours(&metadata)
        .into_iter()
        .find(|package| text(package, "name") == "pong-engine")
        .unwrap();
    let all = engine["dependencies"].as_array().unwrap().iter();
    let firm = all.filter(|one| one["kind"].is_null() && one["optional"] == false);
    assert_eq!(firm.count(), 0);
}

#[test]
fn every_licence_in_the_tree_is_one_we_may_ship() {
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

/// Crates of which the tree holds several versions because those who use them have not met yet.
/// A new one is looked at before it is let in; one that has gone is taken off.
#[test]
fn doubles_in_the_tree_are_known() {
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
        "tests/doubles.txt lists the crates that come in several versions"
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

fn all_sources() -> Vec<PathBuf> {
    let mut all = vec![];
    for room in std::fs::read_dir(root().join("crates")).unwrap() {
        let src = room.unwrap().path().join("src");
        if src.is_dir() {
            sources(&src, &mut all);
        }
    }
    sources(&root().join("gateway/src"), &mut all);
    all
}

#[test]
fn nothing_is_left_for_later_and_no_room_is_a_heap() {
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
        assert!(
            lines <= 500,
            "{} has {lines} lines: is it still one room?",
            path.display()
        );
    }
}

#[test]
fn our_own_pages_are_there() {
    for page in [
        "README.md",
        "CHANGELOG.md",
        "crates/ARCHITECTURE.md",
        "justfile",
        "deny.toml",
        ".ci/run",
    ] {
        assert!(root().join(page).is_file(), "{page} is missing");
    }
}
