//! Private Redis servers.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::certificates::ServerCertificate;
use crate::supervisor::{ProcessPlan, Supervisor, new_folder};
use crate::{had, ports, programs};

#[derive(Debug)]
struct RedisServer {
    supervisor: Supervisor,
    port: u16,
    /// The certificate authority of a server with TLS.
    ca: Option<PathBuf>,
}

impl RedisServer {
    fn start(has_tls: bool) -> Option<Self> {
        let program = programs::find("redis", &["redis-server"])?.join("redis-server");
        let serve = |port| Self::new(&program, port, has_tls);
        Some(had("Redis", ports::serve_on_one(serve)))
    }

    fn new(program: &Path, port: u16, has_tls: bool) -> io::Result<Self> {
        let folder = new_folder(None)?;
        let mut plan = plan(program, &folder);
        let ca = if has_tls {
            let tls = ServerCertificate::create(&folder, None)?;
            plan.command.extend(with_tls(port, &tls));
            Some(tls.ca)
        } else {
            plan.command
                .extend(["--port".into(), port.to_string().into()]);
            None
        };
        let supervisor = Supervisor::over(folder, &plan)?;
        supervisor.start()?;
        Ok(Self {
            supervisor,
            port,
            ca,
        })
    }

    fn url(&self) -> String {
        match self.ca {
            None => format!("redis://127.0.0.1:{}/", self.port),
            Some(_) => format!("rediss://localhost:{}/", self.port),
        }
    }
}

/// Nothing is written to disk, so a restart removes all data.
fn plan(program: &Path, folder: &Path) -> ProcessPlan {
    let settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    let mut command: Vec<OsString> = vec![program.into(), "--dir".into(), folder.into()];
    command.extend(settings.map(OsString::from));
    ProcessPlan {
        command,
        last_signal: "KILL",
        ready: "Ready to accept connections",
        account: None,
    }
}

fn with_tls(port: u16, tls: &ServerCertificate) -> Vec<OsString> {
    let (port, files) = (port.to_string(), [&tls.ca, &tls.certificate, &tls.key]);
    let [ca, certificate, key] = files.map(|file| file.clone().into_os_string());
    let settings = [
        ("--port", "0".into()),
        ("--tls-port", port.into()),
        ("--tls-auth-clients", "no".into()),
        ("--tls-ca-cert-file", ca),
        ("--tls-cert-file", certificate),
        ("--tls-key-file", key),
    ];
    let pairs = settings.into_iter();
    pairs
        .flat_map(|(name, value)| [name.into(), value])
        .collect()
}

/// The part of this process's Redis that belongs to a test.
#[derive(Debug)]
pub struct Redis {
    url: String,
    prefix: String,
}

impl Redis {
    /// The address of the server.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The prefix of the keys and channels of this test: channels are not separated by database numbers.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

/// A new prefix in this process's Redis, if Redis is installed.
#[must_use]
pub fn redis() -> Option<Redis> {
    static SHARED: OnceLock<Option<RedisServer>> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let server = SHARED.get_or_init(|| RedisServer::start(false)).as_ref()?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Some(Redis {
        url: server.url(),
        prefix: format!("test{number}:"),
    })
}

/// A Redis server of a single test, which may stop, kill and freeze it.
#[derive(Debug)]
pub struct PrivateRedis {
    server: RedisServer,
}

/// A server of a single test, if Redis is installed.
#[must_use]
pub fn private_redis() -> Option<PrivateRedis> {
    RedisServer::start(false).map(|server| PrivateRedis { server })
}

/// A server of a single test that accepts only TLS connections, to `localhost`.
#[must_use]
pub fn private_redis_with_tls() -> Option<PrivateRedis> {
    RedisServer::start(true).map(|server| PrivateRedis { server })
}

impl PrivateRedis {
    /// The address, which stays the same after a restart.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The certificate authority of a server with TLS.
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.server.ca.as_deref()
    }

    /// Shuts it down.
    pub fn stop(&self) {
        had("a stop", self.server.supervisor.signal("TERM"));
    }

    /// Kills it with `kill -9`.
    pub fn kill(&self) {
        had("a kill", self.server.supervisor.signal("KILL"));
    }

    /// Starts it again, empty, on the same port.
    pub fn restart(&self) {
        had("a restart", self.server.supervisor.start());
    }

    /// Suspends it with its connections open, like a network that drops all packets.
    pub fn freeze(&self) {
        had("a freeze", self.server.supervisor.signal("STOP"));
    }

    /// Resumes it.
    pub fn thaw(&self) {
        had("a thaw", self.server.supervisor.signal("CONT"));
    }
}
