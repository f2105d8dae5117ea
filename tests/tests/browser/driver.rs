//! A running chromedriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Starts the program and ends it when its own input closes, with the browsers it has opened, which
/// are in its process group: so nothing outlives the test, however that ended.
const KEEPER: &str = r#"exec 3<&0; "$@" </dev/null & read -r _ <&3; kill -KILL 0"#;

/// What the driver says once it listens.
const READY: &str = "started successfully on port ";

/// The process that drives browsers.
pub(crate) struct Driver {
    keeper: Child,
    leash: Option<ChildStdin>,
    url: String,
}

impl Driver {
    /// Starts one on a free port.
    pub(crate) fn start(program: &Path) -> Self {
        let mut keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(program)
            .arg("--port=0")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let leash = keeper.stdin.take();
        let mut lines = BufReader::new(keeper.stdout.take().unwrap()).lines();
        let port = lines
            .find_map(|line| Some(line.unwrap().split_once(READY)?.1.to_owned()))
            .expect("chromedriver did not start");
        // Somebody has to read what else it says, or it would wait for that one day.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        Self { keeper, leash, url }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.leash = None;
        let _ = self.keeper.wait();
    }
}
