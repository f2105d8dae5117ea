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
                Poll::Ready(sent)
            }
            Poll::Pending => {
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

impl AsyncRead for DeadlineConnection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.state.register(context.waker());
        this.check_aborted()?;
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
