//! Private Redis servers.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::supervisor::{Plan, Supervisor, new_folder};
use crate::{had, ports, programs};

#[derive(Debug)]
struct Server {
    supervisor: Supervisor,
    port: u16,
}

impl Server {
    fn start() -> Option<Self> {
        let program = programs::find("redis", &["redis-server"])?.join("redis-server");
        let serve = |port| Self::new(&program, port);
        Some(had("Redis", ports::serve_on_one(serve)))
    }

    fn new(program: &Path, port: u16) -> io::Result<Self> {
        let folder = new_folder(None)?;
        let supervisor = Supervisor::over(folder.clone(), &plan(program, &folder, port))?;
        supervisor.start()?;
        Ok(Self { supervisor, port })
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}

/// Nothing is written to disk, so a restart forgets everything.
fn plan(program: &Path, folder: &Path, port: u16) -> Plan {
    let port = port.to_string();
    let settings = [
        "--bind",
        "127.0.0.1",
        "--port",
        &port,
        "--save",
        "",
        "--appendonly",
        "no",
    ];
    let mut command: Vec<OsString> = vec![program.into(), "--dir".into(), folder.into()];
    command.extend(settings.map(OsString::from));
    Plan {
        command,
        last_signal: "KILL",
        ready: "Ready to accept connections",
        account: None,
    }
}

/// A place in this process's Redis that belongs to one test.
#[derive(Debug)]
pub struct Redis {
    url: String,
    prefix: String,
}

impl Redis {
    /// Where the server is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the keys and channels of this test must begin with: channels are not divided by
    /// database numbers.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

/// A fresh prefix in this process's Redis, if the machine has Redis.
#[must_use]
pub fn redis() -> Option<Redis> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let server = SHARED.get_or_init(Server::start).as_ref()?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Some(Redis {
        url: server.url(),
        prefix: format!("test{number}:"),
    })
}

/// A Redis server of one test, which may stop, kill and freeze it.
#[derive(Debug)]
pub struct PrivateRedis {
    server: Server,
}

/// A server of its own, if the machine has Redis.
#[must_use]
pub fn private_redis() -> Option<PrivateRedis> {
    Server::start().map(|server| PrivateRedis { server })
}

impl PrivateRedis {
    /// Where it is; the same after a restart.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Ends it as an operator would.
    pub fn stop(&self) {
        had("a stop", self.server.supervisor.signal("TERM"));
    }

    /// Ends it with `kill -9`.
    pub fn kill(&self) {
        had("a kill", self.server.supervisor.signal("KILL"));
    }

    /// Starts it again, empty, on the same port.
    pub fn restart(&self) {
        had("a restart", self.server.supervisor.start());
    }

    /// Halts it with its connections open, like a network that swallows everything.
    pub fn freeze(&self) {
        had("a freeze", self.server.supervisor.signal("STOP"));
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        had("a thaw", self.server.supervisor.signal("CONT"));
    }
}
