//! TLS to PostgreSQL with rustls, below a libpq without TLS. A connection is made in three steps: TCP
//! and TLS to the server, a Unix socket in a folder that only this user can open, and libpq's
//! connection to that socket. From then on a task copies bytes between the two. The folder exists until
//! libpq has connected or failed to.

use std::fs::{DirBuilder, remove_dir_all};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use kernel::Env;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener, lookup_host};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::tls_startup;

/// The request for TLS that precedes all else.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// The name by which libpq looks for a socket of the default port.
const SOCKET: &str = ".s.PGSQL.5432";
/// Paths of sockets have at most 103 bytes on some systems.
const MAX_PARENT_LEN: usize = 46;
/// The threads that encrypt and copy, for all connections of the process.
const THREADS: usize = 2;
/// As the settings of connections without TLS.
const USER_TIMEOUT: Duration = Duration::from_secs(4);
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(3);
const KEEPALIVE_COUNT: u32 = 3;

/// A server, and how to set up TLS with it.
#[derive(Debug, Clone)]
pub(crate) struct TlsTarget {
    pub(crate) address: String,
    pub(crate) port: u16,
    /// The name that its certificate has to be for.
    pub(crate) name: ServerName<'static>,
    /// Whether a server without TLS is accepted.
    pub(crate) is_optional: bool,
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) timeout: Duration,
}

impl TlsError {
    /// Whether the server has responded.
    pub(crate) fn is_response(&self) -> bool {
        matches!(self, Self::NoTls | Self::Handshake(_))
    }
}

/// Why there is no tunnel.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("the server cannot be reached: {0}")]
    Unreachable(#[source] io::Error),
    #[error("the server does not answer in time")]
    Late,
    #[error("the server does not support TLS, which sslmode demands")]
    NoTls,
    #[error("TLS with the server failed: {0}")]
    Handshake(#[source] io::Error),
    #[error("no local socket for TLS connections: {0}")]
    Local(#[source] io::Error),
}

/// Opens a tunnel, to which libpq connects within the timeout; `None` if the server has no TLS and need
/// not. Blocks the thread.
pub(crate) fn open(target: &TlsTarget) -> Result<Option<SocketFolder>, TlsError> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let target = target.clone();
    runtime().map_err(TlsError::Local)?.spawn(async move {
        // The thread waits for it.
        let _ = sender.send(open_async(target).await);
    });
    receiver.recv().unwrap_or(Err(TlsError::Late))
}

/// Separate from the runtime of the server, whose threads database tasks may not wait for.
fn runtime() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let started = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("postgres-tls")
        .enable_all()
        .build()?;
    // Of two that are started at once, one is dropped, which has no tasks.
    if let Err(unused) = RUNTIME.set(started) {
        unused.shutdown_background();
    }
    RUNTIME.get().ok_or_else(|| io::Error::other("no runtime"))
}

async fn open_async(target: TlsTarget) -> Result<Option<SocketFolder>, TlsError> {
    let Some(stream) = connect(&target).await? else {
        return Ok(None);
    };
    let folder = SocketFolder::create().map_err(TlsError::Local)?;
    let listener = UnixListener::bind(folder.socket()).map_err(TlsError::Local)?;
    tokio::spawn(relay(stream, listener, target.timeout));
    Ok(Some(folder))
}

/// Connects to the first address of the server that responds in time.
async fn connect_tcp(target: &TlsTarget) -> Result<TcpStream, TlsError> {
    let addresses = lookup_host((target.address.as_str(), target.port)).await;
    let mut last = TlsError::Late;
    for address in addresses.map_err(TlsError::Unreachable)? {
        last = match timeout(target.timeout, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => TlsError::Unreachable(error),
            Err(_) => TlsError::Late,
        };
    }
    Err(last)
}

/// Sets up TLS; `None` if the server has none, or it fails and need not succeed.
async fn connect(target: &TlsTarget) -> Result<Option<TlsStream<TcpStream>>, TlsError> {
    let tcp = connect_tcp(target).await?;
    let connected = timeout(target.timeout, start_tls(target, tcp)).await;
    match connected.unwrap_or(Err(TlsError::Late)) {
        Err(TlsError::NoTls | TlsError::Handshake(_)) if target.is_optional => Ok(None),
        connected => connected.map(Some),
    }
}

async fn start_tls(
    target: &TlsTarget,
    mut tcp: TcpStream,
) -> Result<TlsStream<TcpStream>, TlsError> {
    configure(&tcp).map_err(TlsError::Unreachable)?;
    match request_tls(&mut tcp).await.map_err(TlsError::Unreachable)? {
        b'S' => {}
        _ => return Err(TlsError::NoTls),
    }
    let connector = TlsConnector::from(Arc::clone(&target.config));
    let connected = connector.connect(target.name.clone(), tcp).await;
    connected.map_err(TlsError::Handshake)
}

fn configure(tcp: &TcpStream) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    let socket = SockRef::from(tcp);
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_IDLE)
        .with_interval(KEEPALIVE_INTERVAL)
        .with_retries(KEEPALIVE_COUNT);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(USER_TIMEOUT))?;
    Ok(())
}

/// The answer of the server is read alone: what follows it is part of TLS.
async fn request_tls(tcp: &mut TcpStream) -> io::Result<u8> {
    tcp.write_all(&SSL_REQUEST).await?;
    tcp.read_u8().await
}

/// Copies bytes between libpq and the server until both have ended.
async fn relay(mut server: TlsStream<TcpStream>, listener: UnixListener, limit: Duration) {
    let accepted = timeout(limit, listener.accept()).await;
    // Nobody else may connect.
    drop(listener);
    let Ok(Ok((mut libpq, _))) = accepted else {
        return tracing::debug!("TLS connection to PostgreSQL unused");
    };
    let copy = async {
        // libpq gives up as soon.
        timeout(limit, tls_startup::pass_on(&mut libpq, &mut server)).await??;
        copy_bidirectional(&mut libpq, &mut server).await
    };
    if let Err(error) = copy.await {
        // libpq reports the lost connection.
        tracing::debug!(%error, "TLS connection to PostgreSQL ended");
    }
}

/// A folder that only this user can open, removed with this value. libpq connects to the socket in it.
#[derive(Debug)]
pub(crate) struct SocketFolder(PathBuf);

impl SocketFolder {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The path of the socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join(SOCKET)
    }

    fn create() -> io::Result<Self> {
        let name = u128::from_ne_bytes(Env::system().bytes());
        let path = parent().join(format!("courtside-{name:032x}"));
        // It fails if the folder exists.
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

/// The folder for temporary files, if its path leaves room for that of a socket.
fn parent() -> PathBuf {
    let temporary = std::env::temp_dir();
    if temporary.as_os_str().len() <= MAX_PARENT_LEN {
        return temporary;
    }
    PathBuf::from("/tmp")
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        if let Err(error) = remove_dir_all(Path::new(&self.0)) {
            tracing::warn!(%error, path = %self.0.display(), "socket folder not removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::tls_config::{Roots, SslMode, client_config};

    fn target(port: u16) -> TlsTarget {
        TlsTarget {
            address: "127.0.0.1".to_owned(),
            port,
            name: "localhost".try_into().unwrap(),
            is_optional: false,
            config: client_config(SslMode::Require, Roots::Public).unwrap(),
            timeout: Duration::from_secs(1),
        }
    }

    fn until_refused(socket: &Path) {
        for _attempt in 0..1_000 {
            if UnixStream::connect(socket).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{} still takes connections", socket.display());
    }

    fn port(url: &str) -> u16 {
        let after = url.rsplit_once(':').unwrap().1;
        after.split_once('/').unwrap().0.parse().unwrap()
    }

    #[test]
    fn a_tunnel_takes_one_connection_of_this_user() {
        let Some(server) = testkit::private_postgres_with_tls() else {
            return;
        };
        let target = target(port(&server.url()));
        let folder = open(&target).unwrap().unwrap();
        let path = folder.path().to_owned();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let _first = UnixStream::connect(folder.socket()).unwrap();
        until_refused(&folder.socket());
        drop(folder);
        assert!(!path.exists());
        let unused = open(&target).unwrap().unwrap();
        until_refused(&unused.socket());
    }

    #[test]
    fn open_refuses_servers_that_are_absent_or_silent() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let late = open(&target(port)).unwrap_err();
        assert!(matches!(late, TlsError::Late), "{late}");
        drop(free);
        let absent = open(&target(port)).unwrap_err();
        assert!(matches!(absent, TlsError::Unreachable(_)), "{absent}");
    }

    #[test]
    fn open_works_within_a_runtime() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let refused = runtime.block_on(async { open(&target(1)) });
        assert!(refused.is_err());
    }
}
