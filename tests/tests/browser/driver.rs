//! A running chromedriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

/// Starts the program and ends it when its own input closes, with the browsers it has opened, which
/// are in its process group: so nothing outlives the test, however that ended.
const KEEPER: &str = r#"exec 3<&0; "$@" </dev/null & read -r _ <&3; kill -KILL 0"#;

/// No test takes as long as this. A driver that hangs does not answer, and who waits for it would
/// hang as well; so it is ended, and the test fails where it stood.
const LONGEST: Duration = Duration::from_secs(300);

/// What the driver says once it listens.
const READY: &str = "started successfully on port ";

/// The process that drives browsers.
pub(crate) struct Driver {
    keeper: Child,
    leash: Option<ChildStdin>,
    url: String,
    /// Its end ends the watch.
    _watch: Sender<()>,
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
        let _watch = watch(keeper.id());
        Self {
            keeper,
            leash,
            url,
            _watch,
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Ends a driver that is still there after the longest time, with its browsers.
fn watch(group: u32) -> Sender<()> {
    let (watch, over) = mpsc::channel();
    std::thread::spawn(move || {
        if over.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
            let group = format!("-{group}");
            let _ = Command::new("kill")
                .args(["-s", "KILL", "--", &group])
                .status();
        }
    });
    watch
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.leash = None;
        let _ = self.keeper.wait();
    }
}
