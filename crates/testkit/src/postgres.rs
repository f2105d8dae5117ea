//! Private PostgreSQL clusters.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::certificates::ServerCertificate;
use crate::supervisor::{Account, ProcessPlan, Supervisor, command, is_root, new_folder};
use crate::{had, ports, programs, search};

/// Settings that tests do not need are off, and everything is kept in the folder.
const SETTINGS: &str = "
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
shared_buffers = 32MB
dynamic_shared_memory_type = mmap
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
";

/// One PostgreSQL server with its data.
#[derive(Debug)]
pub(crate) struct PostgresCluster {
    programs: PathBuf,
    supervisor: Supervisor,
    port: u16,
    databases: AtomicU64,
    /// The certificate authority of a server with TLS.
    ca: Option<PathBuf>,
}

impl PostgresCluster {
    /// The server of this process, started on first use.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<PostgresCluster>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start("off", false)).as_ref()
    }

    fn start(synchronous_commit: &str, has_tls: bool) -> Option<Self> {
        let programs = programs::find("postgres", search::POSTGRES)?;
        Some(had(
            "PostgreSQL",
            ports::serve_on_one(|port| Self::new(&programs, port, synchronous_commit, has_tls)),
        ))
    }

    fn new(
        programs: &Path,
        port: u16,
        synchronous_commit: &str,
        has_tls: bool,
    ) -> io::Result<Self> {
        let account = account()?;
        let folder = new_folder(account)?;
        let supervisor = Supervisor::over(folder.clone(), &plan(programs, &folder, account, port))?;
        let mut settings = format!("{SETTINGS}synchronous_commit = {synchronous_commit}\n");
        let tls = has_tls.then(|| ServerCertificate::create(&folder, account));
        let tls = tls.transpose()?;
        settings.extend(tls.as_ref().map(with_tls));
        initialise(programs, &folder, account, &settings)?;
        supervisor.start()?;
        Ok(Self {
            programs: programs.to_owned(),
            supervisor,
            port,
            databases: AtomicU64::new(0),
            ca: tls.map(|tls| tls.ca),
        })
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The main process.
    pub(crate) fn pid(&self) -> u32 {
        let file = self.supervisor.folder().join("data/postmaster.pid");
        let text = had("the server's pid", fs::read_to_string(file));
        let first = text.lines().next().unwrap_or_default();
        had("a pid", first.parse().map_err(io::Error::other))
    }

    pub(crate) fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        had("a database", self.sql(&format!("CREATE DATABASE {name}")));
        name
    }

    /// Closes its connections and drops it, unless the server is stopped.
    pub(crate) fn drop_database(&self, name: &str) {
        let _ = self.sql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }

    fn sql(&self, statement: &str) -> io::Result<()> {
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-c", statement, &self.url("postgres")])
            .stdin(Stdio::null())
            .output()?;
        succeeded(&output)
    }
}

fn with_tls(tls: &ServerCertificate) -> String {
    let (certificate, key) = (tls.certificate.display(), tls.key.display());
    format!("ssl = on\nssl_cert_file = '{certificate}'\nssl_key_file = '{key}'\n")
}

/// PostgreSQL refuses to run as root: it then runs as `postgres`, an account of its packages.
fn account() -> io::Result<Account> {
    let probe = tempfile::tempdir()?;
    if !is_root(probe.path())? {
        return Ok(None);
    }
    programs::account("postgres", Path::new("/etc/passwd"))
        .map(Some)
        .ok_or_else(|| io::Error::other("run the tests as another user than root"))
}

fn initialise(programs: &Path, folder: &Path, account: Account, settings: &str) -> io::Result<()> {
    let data = folder.join("data");
    let output = command(&programs.join("initdb"), folder, account)
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"])
        .args(["--no-sync", "--no-instructions", "-D"])
        .arg(&data)
        .stdin(Stdio::null())
        .output()?;
    succeeded(&output)?;
    let file = data.join("postgresql.conf");
    let defaults = fs::read_to_string(&file)?;
    fs::write(file, defaults + settings)
}

/// `QUIT` ends it at once and releases the shared memory outside its folder, unlike `KILL`.
fn plan(programs: &Path, folder: &Path, account: Account, port: u16) -> ProcessPlan {
    let command: [OsString; 5] = [
        programs.join("postgres").into(),
        "-D".into(),
        folder.join("data").into(),
        "-p".into(),
        port.to_string().into(),
    ];
    ProcessPlan {
        command: command.into(),
        last_signal: "QUIT",
        ready: "ready to accept connections",
        account,
    }
}

fn succeeded(output: &Output) -> io::Result<()> {
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

/// A PostgreSQL server of a single test, which may stop, kill and freeze it.
#[derive(Debug)]
pub struct PrivatePostgres {
    cluster: PostgresCluster,
}

/// A server with an empty database, if PostgreSQL is installed. Acknowledged writes survive a crash.
#[must_use]
pub fn private_postgres() -> Option<PrivatePostgres> {
    private(false)
}

/// As [`private_postgres`], with TLS connections to `localhost`, too.
#[must_use]
pub fn private_postgres_with_tls() -> Option<PrivatePostgres> {
    private(true)
}

fn private(has_tls: bool) -> Option<PrivatePostgres> {
    let cluster = PostgresCluster::start("on", has_tls)?;
    had("a database", cluster.sql("CREATE DATABASE test"));
    Some(PrivatePostgres { cluster })
}

impl PrivatePostgres {
    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url("test")
    }

    /// The certificate authority of a server with TLS.
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.cluster.ca.as_deref()
    }

    /// Shuts it down and closes its connections.
    pub fn stop(&self) {
        had("a stop", self.cluster.supervisor.signal("INT"));
    }

    /// Starts it again with its data, on the same port.
    pub fn restart(&self) {
        had("a restart", self.cluster.supervisor.start());
    }

    /// Ends it with `kill -QUIT`: no checkpoint, so that the restart must recover.
    pub fn crash(&self) {
        had("a crash", self.cluster.supervisor.signal("QUIT"));
    }

    /// Suspends it with its connections open, like a machine that hangs.
    pub fn freeze(&self) {
        had("a freeze", self.cluster.supervisor.signal("STOP"));
    }

    /// Resumes it.
    pub fn thaw(&self) {
        had("a thaw", self.cluster.supervisor.signal("CONT"));
    }
}
