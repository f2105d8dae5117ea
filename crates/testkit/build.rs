//! Finds out whether PostgreSQL is installed, so that tests that need it are reported as ignored
//! where it is missing (`src/database_tests.rs`).

#[path = "src/search.rs"]
mod search;

fn main() {
    println!("cargo:rustc-check-cfg=cfg(has_postgres)");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/search.rs");
    println!("cargo:rerun-if-changed={}", search::POSTGRES_VERSIONS);
    println!("cargo:rerun-if-env-changed={}", search::REQUIRED);
    let is_installed = search::folder_with(search::POSTGRES).is_some();
    if is_installed || search::is_required("postgres") {
        println!("cargo:rustc-cfg=has_postgres");
    }
}
