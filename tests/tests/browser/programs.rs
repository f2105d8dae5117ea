//! Whether this machine has the browser.

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Chromium goes by several names.
const CHROMIUM: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The browser and its driver.
pub(crate) struct Programs {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Both programs, if this machine has them; says so once when it lacks one, and fails where they
/// were required.
pub(crate) fn find() -> Option<&'static Programs> {
    static FOUND: OnceLock<Option<Programs>> = OnceLock::new();
    FOUND.get_or_init(look).as_ref()
}

fn look() -> Option<Programs> {
    let chromium = CHROMIUM.iter().find_map(|name| on_path(name));
    let both = chromium.zip(on_path("chromedriver"));
    let found = both.map(|(chromium, driver)| Programs { chromium, driver });
    if found.is_none() {
        let missing = "Chromium is not on this machine (chromium or chromedriver not found)";
        let required = env::var("COURTSIDE_TEST_REQUIRE").unwrap_or_default();
        assert!(!required.contains("chromium"), "{missing}, but required");
        // Past the test harness, which swallows what passing tests print.
        let _ = writeln!(
            std::io::stderr(),
            "browser: {missing}: its tests are left out"
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
