//! One running server.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::courtside;

/// Starts the program, tells its process id, and ends it when its own input closes: so a server
/// never outlives its test, however that ended. It keeps no end of the server's output open, so that
/// a server that does not start is noticed, and ends only after the server, whose files are free then.
const KEEPER: &str = r#"exec 3<&0; "$@" </dev/null & echo "pid $!"; exec >/dev/null 2>&1
read -r _ <&3; kill -KILL $!; wait $!"#;

/// A server process.
pub struct Node {
    keeper: Child,
    leash: Option<ChildStdin>,
    pid: u32,
    url: String,
    log: Arc<Mutex<String>>,
}

impl Node {
    /// Starts a server with these arguments and waits until it says that it is ready.
    pub fn start(arguments: &[String]) -> Self {
        match Self::try_start(arguments) {
            Ok(node) => node,
            Err(log) => panic!("the server did not start: {log}"),
        }
    }

    /// As [`start`](Self::start), or what the server said when it refused.
    pub fn try_start(arguments: &[String]) -> Result<Self, String> {
        let mut keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(courtside())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let leash = keeper.stdin.take();
        let mut output = BufReader::new(keeper.stdout.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let errors = collect(BufReader::new(keeper.stderr.take().unwrap()), log.clone());
        let pid = line(&mut output)
            .strip_prefix("pid ")
            .unwrap()
            .parse()
            .unwrap();
        let ready = line(&mut output);
        if !ready.starts_with("Courtside is ready at ") {
            drop(leash);
            keeper.wait().unwrap();
            errors.join().unwrap();
            return Err(log.lock().unwrap().clone());
        }
        let url = line(&mut output)
            .strip_prefix("  listening on ")
            .unwrap()
            .to_owned();
        collect(output, log.clone());
        Ok(Self {
            keeper,
            leash,
            pid,
            url,
            log,
        })
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends it a signal, as in `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.pid.to_string()])
            .status();
        assert!(sent.unwrap().success(), "no process {}", self.pid);
    }

    /// Whether the process is there.
    pub fn is_running(&self) -> bool {
        std::fs::read_to_string(format!("/proc/{}/stat", self.pid))
            .is_ok_and(|stat| !stat.contains(") Z "))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut leash) = self.leash.take() {
            // The keeper may already be gone with its server.
            let _ = leash.write_all(b"\n");
        }
        let _ = self.keeper.wait();
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

fn collect(
    mut from: impl BufRead + Send + 'static,
    log: Arc<Mutex<String>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut line = String::new();
        while from.read_line(&mut line).is_ok_and(|count| count > 0) {
            log.lock().unwrap().push_str(&line);
            line.clear();
        }
    })
}
