//! Finds Chromium and chromedriver on this machine.

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The names under which Chromium is installed.
const CHROMIUM_NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The paths of both programs.
pub(crate) struct Programs {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds both programs. If one is missing, prints that once, or panics if they are required.
pub(crate) fn find() -> Option<&'static Programs> {
    static FOUND: OnceLock<Option<Programs>> = OnceLock::new();
    FOUND.get_or_init(locate).as_ref()
}

fn locate() -> Option<Programs> {
    let chromium = CHROMIUM_NAMES.iter().find_map(|name| on_path(name));
    let both = chromium.zip(on_path("chromedriver"));
    let found = both.map(|(chromium, driver)| Programs { chromium, driver });
    if found.is_none() {
        let missing = "Chromium is not on this machine (chromium or chromedriver not found)";
        let required = env::var("COURTSIDE_TEST_REQUIRE").unwrap_or_default();
        assert!(!required.contains("chromium"), "{missing}, but required");
        // Written directly, as the test harness hides the output of passing tests.
        let _ = writeln!(
            std::io::stderr(),
            "browser: {missing}: its tests are skipped"
        );
    }
    found
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}
