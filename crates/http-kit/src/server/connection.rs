//! A TCP connection with the deadlines that the framework lacks.
//!
//! The framework has deadlines for the first request head and for idle connections. This module adds
//! those for the heads of further requests, for bytes after a response that are not a request, and for
//! a peer that does not read. Bodies have their deadline in [`body`](crate::body).

use std::future::Future;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use kernel::Env;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::connection_state::{ConnectionPhase, ConnectionState};
use super::connections::ConnectionRegistration;
use super::head_size::HeadSize;
use super::refusal;
use crate::error::HttpError;

/// How long a peer may not read while data waits to be sent.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// The bytes that the system holds for a peer who wants no old ones (`SO_SNDBUF`); it doubles them.
const SEND_BUFFER: usize = 8 * 1024;
/// The bytes among them that are not sent yet (`TCP_NOTSENT_LOWAT`).
#[cfg(target_os = "linux")]
const MAX_UNSENT: u32 = 2 * 1024;

/// A TCP connection with deadlines. Dropping it closes it.
pub(super) struct DeadlineConnection {
    stream: TcpStream,
    state: Arc<ConnectionState>,
    /// The deadline for more bytes, and the timeout that it was started with.
    reading: Option<(Option<Duration>, Pin<Box<Sleep>>)>,
    /// The deadline for the peer to read.
    writing: Option<Pin<Box<Sleep>>>,
    /// The rest of an error response that replaces one of the framework.
    refusal: Option<Bytes>,
    /// The size of the received heads.
    heads: HeadSize,
    env: Env,
    _registration: ConnectionRegistration,
}

impl DeadlineConnection {
    pub(super) fn new(
        stream: TcpStream,
        state: Arc<ConnectionState>,
        registration: ConnectionRegistration,
        env: Env,
    ) -> Self {
        Self {
            stream,
            state,
            reading: None,
            writing: None,
            refusal: None,
            heads: HeadSize::default(),
            env,
            _registration: registration,
        }
    }

    /// The shared handle to its state.
    #[must_use]
    pub(super) fn state(&self) -> Arc<ConnectionState> {
        Arc::clone(&self.state)
    }

    /// Shuts the connection down if it was aborted. Dropping alone would leave it in the kernel until a
    /// stalled peer reads.
    fn check_aborted(&self) -> io::Result<()> {
        if !self.state.is_aborted() {
            return Ok(());
        }
        // It fails if the peer has closed the connection already.
        let _ = SockRef::from(&self.stream).shutdown(Shutdown::Both);
        Err(io::ErrorKind::ConnectionAborted.into())
    }

    /// Records received bytes. The deadline of a head does not move while it is received.
    fn received(&mut self, bytes: &[u8]) {
        match self.state.phase() {
            ConnectionPhase::Idle => {
                self.state.enter(ConnectionPhase::Head);
                self.heads = HeadSize::default();
            }
            ConnectionPhase::Upgraded => return,
            ConnectionPhase::New | ConnectionPhase::Head | ConnectionPhase::Busy => {}
        }
        self.heads.add(bytes);
    }

    /// Completes at the deadline for more bytes.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let timeout = self.state.read_timeout();
        let current = self.reading.as_ref().map(|(timeout, _)| *timeout);
        if current != Some(timeout) {
            self.reading = timeout.map(|wait| (timeout, Box::pin(sleep(wait))));
        }
        match &mut self.reading {
            Some((_, wait)) => wait.as_mut().poll(context),
            None => Poll::Pending,
        }
    }

    fn poll_send(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(sent) => {
                self.writing = None;
                self.reading = None;
                self.state.set_blocked(false);
                Poll::Ready(sent)
            }
            Poll::Pending => {
                self.state.register(context.waker());
                self.state.set_blocked(true);
                let writing = &mut self.writing;
                let wait = writing.get_or_insert_with(|| Box::pin(sleep(WRITE_TIMEOUT)));
                ready!(wait.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    /// The bytes before an error response of the framework, which has no envelope and is the last on its
    /// connection. It is replaced by one with envelope.
    fn before_refusal<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        if self.refusal.is_some() {
            return &[];
        }
        if self.state.phase() == ConnectionPhase::Upgraded {
            return bytes;
        }
        let Some((ours, error)) = refusal::split(bytes) else {
            return bytes;
        };
        if ours.is_empty() {
            let error = self.precise(error);
            self.refusal = Some(refusal::raw(&error.into(), &self.env));
        }
        ours
    }

    /// The cause of a malformed request. While a request is processed, its body is malformed.
    fn precise(&self, error: HttpError) -> HttpError {
        let is_head = self.state.phase() != ConnectionPhase::Busy;
        match error {
            HttpError::MalformedRequest if is_head && self.heads.is_oversize() => {
                HttpError::HeadTooLarge
            }
            error => error,
        }
    }

    /// Responds to a further head that did not arrive in time; the framework does so for the first one
    /// only.
    fn poll_refuse_slow_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.state.phase() != ConnectionPhase::Head {
            return Poll::Ready(Ok(()));
        }
        if self.refusal.is_none() {
            let refusal = refusal::raw(&HttpError::RequestTimeout.into(), &self.env);
            self.refusal = Some(refusal);
        }
        self.poll_send_refusal(context)
    }

    fn poll_send_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(mut rest) = self.refusal.take_if(|rest| rest.has_remaining()) {
            let sent = self.poll_send(context, &rest);
            if let Poll::Ready(Ok(sent)) = &sent {
                rest.advance(*sent);
            }
            self.refusal = Some(rest);
            ready!(sent)?;
        }
        Poll::Ready(Ok(()))
    }
}

/// Limits what the system holds of what is not sent yet.
fn limit_buffers(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    #[cfg(target_os = "linux")]
    socket.set_tcp_notsent_lowat(MAX_UNSENT)?;
    socket.set_send_buffer_size(SEND_BUFFER)
}

impl AsyncRead for DeadlineConnection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.state.register(context.waker());
        this.check_aborted()?;
        if this.state.has_input_ended() {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.stream).poll_read(context, buffer) {
            if let Some(bytes) = buffer
                .filled()
                .get(before..)
                .filter(|bytes| !bytes.is_empty())
            {
                this.received(bytes);
            }
            return Poll::Ready(read);
        }
        ready!(this.poll_deadline(context));
        ready!(this.poll_refuse_slow_head(context))?;
        // The framework takes this for the end of input: it sends its remaining output and closes.
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for DeadlineConnection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check_aborted()?;
        if this.state.take_buffers_limited() {
            limit_buffers(&this.stream)?;
        }
        let ours = this.before_refusal(bytes);
        if !ours.is_empty() || bytes.is_empty() {
            return this.poll_send(context, ours);
        }
        ready!(this.poll_send_refusal(context))?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use socket2::{Domain, Socket, Type};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::super::config::ServerConfig;
    use super::super::connections::Connections;
    use super::*;

    /// A connection, and its peer, which has little room for what it does not read.
    async fn connected() -> (DeadlineConnection, TcpStream) {
        let config = ServerConfig {
            workers: 1,
            shutdown_grace: Duration::ZERO,
            shutdown_delay: Duration::ZERO,
            connections_per_address: None,
            trusted_proxies: vec![],
        };
        let connections = Arc::new(Connections::new(&config, Env::system()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let peer = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        peer.set_recv_buffer_size(4 * 1024).unwrap();
        peer.connect(&address.into()).unwrap();
        peer.set_nonblocking(true).unwrap();
        let peer = TcpStream::from_std(peer.into()).unwrap();
        let (stream, from) = listener.accept().await.unwrap();
        let connection = connections.admit(stream, Some(from.ip())).unwrap();
        connection.state.enter(ConnectionPhase::Upgraded);
        (connection, peer)
    }

    /// Writes until the peer has to read.
    async fn fill(connection: &mut DeadlineConnection) -> usize {
        let bytes = [0; 1_024];
        poll_fn(|context| {
            let mut total = 0;
            while let Poll::Ready(sent) = Pin::new(&mut *connection).poll_write(context, &bytes) {
                total += sent.unwrap();
            }
            Poll::Ready(total)
        })
        .await
    }

    #[tokio::test]
    async fn end_input_ends_reading_though_the_peer_is_silent() {
        let (mut connection, _peer) = connected().await;
        let state = connection.state();
        let read = tokio::spawn(async move { connection.read(&mut [0; 8]).await.unwrap() });
        tokio::task::yield_now().await;
        state.end_input();
        assert_eq!(read.await.unwrap(), 0);
    }

    #[tokio::test]
    async fn is_blocked_until_the_peer_reads() {
        let (mut connection, mut peer) = connected().await;
        let state = connection.state();
        assert!(!state.is_blocked());
        fill(&mut connection).await;
        assert!(state.is_blocked());
        let mut buffer = vec![0; 64 * 1024];
        let written = poll_fn(|context| Pin::new(&mut connection).poll_write(context, b"x"));
        let read = async {
            loop {
                assert!(peer.read(&mut buffer).await.unwrap() > 0);
            }
        };
        tokio::select! {
            sent = written => assert_eq!(sent.unwrap(), 1),
            () = read => {}
        }
        assert!(!state.is_blocked());
    }

    #[tokio::test]
    async fn limit_buffers_lets_the_system_hold_little() {
        let (mut plain, _peer) = connected().await;
        let (mut limited, _other) = connected().await;
        limited.state.limit_buffers();
        let (much, little) = (fill(&mut plain).await, fill(&mut limited).await);
        assert!(little <= 48 * 1024, "{little} bytes");
        assert!(little * 4 < much, "{little} bytes, otherwise {much}");
    }
}
