//! The listening socket: binding it, and closing it without losing connections.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// Connections that may wait to be accepted, as many as reconnect at once after a restart.
const BACKLOG: i32 = 4096;
/// How long TCP handshakes in progress may take until no more connections are expected.
const HANDSHAKE: Duration = Duration::from_millis(200);
/// How often the queue of the kernel is checked.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Binds the port.
///
/// # Errors
/// The port is in use, or not permitted.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// The listening socket while the server accepts from it.
pub(super) struct Listener(TcpListener);

impl Listener {
    pub(super) fn new(listener: &TcpListener) -> io::Result<Self> {
        listener.try_clone().map(Self)
    }

    /// Refuses new connections, and waits until all pending ones have been accepted.
    pub(super) async fn close_gently(&self) {
        if let Err(error) = refuse_handshakes(&self.0) {
            tracing::debug!(%error, "new connections are accepted until the port is closed");
        }
        tokio::time::sleep(HANDSHAKE).await;
        while self.has_waiting() {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Whether a connection waits to be accepted.
    fn has_waiting(&self) -> bool {
        let mut fds = [PollFd::new(&self.0, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }
}

/// Makes the kernel drop segments that open a connection. The client tries again after a second, and is
/// then refused, or served by the process that has the port by then.
#[cfg(target_os = "linux")]
fn refuse_handshakes(listener: &TcpListener) -> io::Result<()> {
    use socket2::SockFilter;
    /// Loads a byte of the segment; `k` says which.
    const LOAD_BYTE: u16 = 0x30;
    /// Skips the next instruction unless one of the bits of `k` is set.
    const JUMP_IF_SET: u16 = 0x45;
    /// Ends with `k` bytes of the segment kept.
    const RETURN: u16 = 0x06;
    const FLAGS_OFFSET: u32 = 13;
    const SYN: u32 = 0x02;
    SockRef::from(listener).attach_filter(&[
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS_OFFSET),
        SockFilter::new(JUMP_IF_SET, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ])
}

#[cfg(not(target_os = "linux"))]
fn refuse_handshakes(_listener: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[actix_web::test]
    async fn close_gently_keeps_pending_connections_and_refuses_new_ones() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Listener::new(&listener).unwrap();
        let waiting = TcpStream::connect(address).unwrap();
        assert!(shared.has_waiting());
        refuse_handshakes(&listener).unwrap();
        let brief = Duration::from_millis(100);
        assert!(TcpStream::connect_timeout(&address, brief).is_err());
        let (accepted, peer) = listener.accept().unwrap();
        assert_eq!(peer, waiting.local_addr().unwrap());
        shared.close_gently().await;
        assert!(!shared.has_waiting());
        drop(accepted);
    }
}
