//! A running chromedriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

/// Runs the program and kills its process group, which includes its browsers, when stdin closes. So
/// no process outlives the test, however the test ended. It keeps no end of the output, which therefore
/// ends with the program.
const SUPERVISOR_SCRIPT: &str =
    r#"exec 3<&0; "$@" </dev/null & exec >/dev/null; read -r _ <&3; kill -KILL 0"#;

/// A driver picks a free port for IPv4 and ends where the same port is taken for IPv6.
const START_ATTEMPTS: usize = 5;

/// Longer than any test. A driver that hangs would block its test; killing it makes the test fail.
const MAX_LIFETIME: Duration = Duration::from_secs(300);

/// Printed by the driver once it listens.
const READY_MESSAGE: &str = "started successfully on port ";

/// A running chromedriver process.
pub(crate) struct ChromeDriver {
    supervisor: Child,
    stdin: Option<ChildStdin>,
    url: String,
    /// Dropping it ends the watchdog.
    _watchdog: Sender<()>,
}

impl ChromeDriver {
    /// Starts one on a free port.
    pub(crate) fn start(program: &Path) -> Self {
        (0..START_ATTEMPTS)
            .find_map(|_| Self::try_start(program))
            .expect("chromedriver did not start")
    }

    /// Starts one; `None` where it ended before it listened.
    fn try_start(program: &Path) -> Option<Self> {
        let mut supervisor = Command::new("/bin/sh")
            .args(["-c", SUPERVISOR_SCRIPT, "supervisor"])
            .arg(program)
            .arg("--port=0")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdin = supervisor.stdin.take();
        let mut lines = BufReader::new(supervisor.stdout.take().unwrap()).lines();
        let port =
            lines.find_map(|line| Some(line.unwrap().split_once(READY_MESSAGE)?.1.to_owned()));
        // Drains the output; a full pipe would block the driver.
        std::thread::spawn(move || lines.for_each(drop));
        let _watchdog = start_watchdog(supervisor.id());
        let mut driver = Self {
            supervisor,
            stdin,
            url: String::new(),
            _watchdog,
        };
        driver.url = format!("http://127.0.0.1:{}", port?.trim_end_matches('.'));
        Some(driver)
    }

    /// The address it listens on.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Kills the driver and its browsers after the maximum lifetime.
fn start_watchdog(group: u32) -> Sender<()> {
    let (watchdog, dropped) = mpsc::channel();
    std::thread::spawn(move || {
        if dropped.recv_timeout(MAX_LIFETIME) == Err(RecvTimeoutError::Timeout) {
            let group = format!("-{group}");
            let _ = Command::new("kill")
                .args(["-s", "KILL", "--", &group])
                .status();
        }
    });
    watchdog
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.supervisor.wait();
    }
}
