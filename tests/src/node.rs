//! A running server.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::{courtside, until};

/// Starts the program, prints its process id, and kills it when its own input is closed: a server never
/// outlives its test, however that ends. It does not hold the output of the server open, so that a
/// failed start is noticed, and it ends after the server, when its files are released.
const SUPERVISOR_SCRIPT: &str = r#"exec 3<&0; "$@" </dev/null & echo "pid $!"; exec >/dev/null 2>&1
read -r _ <&3; kill -KILL $!; wait $!"#;

/// How often a server is started whose address is still in use.
const START_ATTEMPTS: u32 = 50;
const START_INTERVAL: Duration = Duration::from_millis(200);

/// A server.
pub struct Node {
    arguments: Vec<String>,
    url: String,
    process: Mutex<NodeProcess>,
    /// Of all its processes.
    log: Arc<Mutex<String>>,
}

/// The process of a server.
struct NodeProcess {
    supervisor: Child,
    supervisor_stdin: Option<ChildStdin>,
    pid: u32,
}

impl Node {
    /// Starts a server with these arguments and waits until it is ready.
    pub fn start(arguments: &[String]) -> Self {
        match Self::try_start(arguments) {
            Ok(node) => node,
            Err(log) => panic!("the server did not start: {log}"),
        }
    }

    /// As [`start`](Self::start), but returns the log of a server that does not start.
    pub fn try_start(arguments: &[String]) -> Result<Self, String> {
        let log = Arc::new(Mutex::new(String::new()));
        let (process, url) = NodeProcess::start(arguments, &log)?;
        Ok(Self {
            arguments: arguments.to_vec(),
            url,
            process: Mutex::new(process),
            log,
        })
    }

    /// Starts it again at the same address, after its process was ended.
    pub async fn restart(&self) {
        until("the process has ended", || async { !self.is_running() }).await;
        let listen = format!("--listen={}", self.url.trim_start_matches("http://"));
        let with_address = |argument: &String| match argument.starts_with("--listen=") {
            true => listen.clone(),
            false => argument.clone(),
        };
        let arguments: Vec<String> = self.arguments.iter().map(with_address).collect();
        let log = Arc::clone(&self.log);
        let started = tokio::task::spawn_blocking(move || start_again(&arguments, &log));
        let process = started.await.unwrap();
        *self.process.lock().unwrap() = process;
    }

    /// Its URL, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.lock().unwrap().pid
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.pid().to_string()])
            .status();
        assert!(sent.unwrap().success(), "no process {}", self.pid());
    }

    /// Whether the process is running.
    pub fn is_running(&self) -> bool {
        std::fs::read_to_string(format!("/proc/{}/stat", self.pid()))
            .is_ok_and(|stat| !stat.contains(") Z "))
    }
}

impl NodeProcess {
    /// Starts a server and waits until it is ready. Returns its URL, too, or its log if it does not start.
    fn start(arguments: &[String], log: &Arc<Mutex<String>>) -> Result<(Self, String), String> {
        let mut supervisor = Command::new("/bin/sh")
            .args(["-c", SUPERVISOR_SCRIPT, "supervisor"])
            .arg(courtside())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let supervisor_stdin = supervisor.stdin.take();
        let mut output = BufReader::new(supervisor.stdout.take().unwrap());
        let errors = collect(
            BufReader::new(supervisor.stderr.take().unwrap()),
            log.clone(),
        );
        let pid = line(&mut output)
            .strip_prefix("pid ")
            .unwrap()
            .parse()
            .unwrap();
        let ready = line(&mut output);
        if !ready.starts_with("Courtside is ready at ") {
            drop(supervisor_stdin);
            supervisor.wait().unwrap();
            errors.join().unwrap();
            return Err(log.lock().unwrap().clone());
        }
        let url = line(&mut output)
            .strip_prefix("  listening on ")
            .unwrap()
            .to_owned();
        collect(output, log.clone());
        let process = Self {
            supervisor,
            supervisor_stdin,
            pid,
        };
        Ok((process, url))
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        if let Some(mut supervisor_stdin) = self.supervisor_stdin.take() {
            // The supervisor may have ended with its server.
            let _ = supervisor_stdin.write_all(b"\n");
        }
        let _ = self.supervisor.wait();
    }
}

/// Starts a server at an address that it had before, which another process may have for a moment.
fn start_again(arguments: &[String], log: &Arc<Mutex<String>>) -> NodeProcess {
    for _ in 1..START_ATTEMPTS {
        if let Ok((process, _)) = NodeProcess::start(arguments, log) {
            return process;
        }
        std::thread::sleep(START_INTERVAL);
    }
    match NodeProcess::start(arguments, log) {
        Ok((process, _)) => process,
        Err(log) => panic!("the server did not start again: {log}"),
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
