//! One connection: what the framework reads from and writes to, with the deadlines that it lacks.
//!
//! The framework times the first request head and an idle connection. Here are timed: the head of
//! each further request, whatever follows an answered request without being the next one, and a
//! peer that does not read. Bodies are timed where they are read (`http::kit::body`).

use std::future::Future;
use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::task::AtomicWaker;
use kernel::Env;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::connections::Registration;
use super::head_size::HeadSize;
use super::{HEAD_TIMEOUT, KEEP_ALIVE, refusal};
use crate::error::Error;

/// How long nothing may happen on an idle connection. The framework hangs up a little earlier, but
/// not while the start of a request is in its buffer.
const IDLE_TIMEOUT: Duration = KEEP_ALIVE.saturating_add(HEAD_TIMEOUT);
/// How long a peer may read nothing while something is to be sent.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection that has not sent a request yet, and a socket that was told to close, may
/// take while the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// Where a connection is between its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// No request has begun.
    New,
    /// A request was answered, and no further one has begun.
    Idle,
    /// Bytes of a further request have come.
    Head,
    /// A request is being answered.
    Busy,
    /// It has become a WebSocket.
    Upgraded,
}

impl Phase {
    const ALL: [Self; 5] = [
        Self::New,
        Self::Idle,
        Self::Head,
        Self::Busy,
        Self::Upgraded,
    ];
}

/// What others may know of a connection, and ask of it.
#[derive(Debug)]
pub struct ConnectionState {
    phase: AtomicU8,
    hung_up: AtomicBool,
    draining: Arc<AtomicBool>,
    waker: AtomicWaker,
}

impl ConnectionState {
    pub(super) fn new(draining: Arc<AtomicBool>) -> Self {
        Self {
            phase: AtomicU8::new(Phase::New as u8),
            hung_up: AtomicBool::new(false),
            draining,
            waker: AtomicWaker::new(),
        }
    }

    /// Notes that a request is being answered.
    pub fn begin_request(&self) {
        self.enter(Phase::Busy);
    }

    /// Notes that its answer is there; `upgraded` where that makes the connection a WebSocket.
    pub fn end_request(&self, upgraded: bool) {
        self.enter(if upgraded {
            Phase::Upgraded
        } else {
            Phase::Idle
        });
    }

    /// Ends the connection, whatever its peer does.
    pub fn hang_up(&self) {
        self.hung_up.store(true, Ordering::Release);
        self.wake();
    }

    /// Lets the connection look at its state.
    pub(super) fn wake(&self) {
        self.waker.wake();
    }

    fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
    }

    fn phase(&self) -> Phase {
        let phase = usize::from(self.phase.load(Ordering::Acquire));
        Phase::ALL.get(phase).copied().unwrap_or(Phase::New)
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// How long the connection may wait for more bytes.
    fn read_timeout(&self) -> Option<Duration> {
        match (self.phase(), self.is_draining()) {
            (Phase::Idle, true) => Some(Duration::ZERO),
            (Phase::New | Phase::Upgraded, true) => Some(DRAIN_TIMEOUT),
            (Phase::Idle, false) => Some(IDLE_TIMEOUT),
            (Phase::Head, _) => Some(HEAD_TIMEOUT),
            (Phase::New | Phase::Busy | Phase::Upgraded, _) => None,
        }
    }
}

/// A TCP connection with deadlines. Dropping it closes it.
pub struct Connection {
    stream: TcpStream,
    state: Arc<ConnectionState>,
    /// The wait for more bytes, and what it was begun for.
    reading: Option<(Option<Duration>, Pin<Box<Sleep>>)>,
    /// The wait for the peer to read.
    writing: Option<Pin<Box<Sleep>>>,
    /// What is left to send of a refusal that stands for one of the framework.
    refusal: Option<Bytes>,
    /// How large the heads are that come.
    heads: HeadSize,
    env: Env,
    _registration: Registration,
}

impl Connection {
    pub(super) fn new(
        stream: TcpStream,
        state: Arc<ConnectionState>,
        registration: Registration,
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

    /// What others may know of it.
    #[must_use]
    pub fn state(&self) -> Arc<ConnectionState> {
        Arc::clone(&self.state)
    }

    /// Ends it at both ends if somebody asked for that. Dropping alone would leave it in the kernel
    /// for as long as a stalled peer likes.
    fn check_hang_up(&self) -> io::Result<()> {
        if !self.state.hung_up.load(Ordering::Acquire) {
            return Ok(());
        }
        // It fails where the other side has hung up already.
        let _ = SockRef::from(&self.stream).shutdown(Shutdown::Both);
        Err(io::ErrorKind::ConnectionAborted.into())
    }

    /// Notes that bytes came. A head that has begun keeps its deadline, however slowly it comes.
    fn received(&mut self, bytes: &[u8]) {
        match self.state.phase() {
            Phase::Idle => {
                self.state.enter(Phase::Head);
                self.heads = HeadSize::default();
            }
            Phase::Upgraded => return,
            Phase::New | Phase::Head | Phase::Busy => {}
        }
        self.heads.add(bytes);
    }

    /// Waits for more bytes until the deadline, after which there are none.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let timeout = self.state.read_timeout();
        let begun_for = self.reading.as_ref().map(|(begun_for, _)| *begun_for);
        if begun_for != Some(timeout) {
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

    /// The part of what is to be sent that comes before a refusal of the framework, which knows
    /// nothing of envelopes and has the last word on a connection. One of ours takes its place.
    fn before_refusal<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        if self.refusal.is_some() {
            return &[];
        }
        if self.state.phase() == Phase::Upgraded {
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

    /// What the framework means where it calls a head malformed. While a request is being answered
    /// it is the body that is.
    fn precise(&self, error: Error) -> Error {
        let is_head = self.state.phase() != Phase::Busy;
        match error {
            Error::MalformedRequest if is_head && self.heads.is_oversize() => Error::HeadTooLarge,
            error => error,
        }
    }

    /// Says why the connection ends where a further head did not come in time: the framework says it
    /// of the first one only.
    fn poll_refuse_slow_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.state.phase() != Phase::Head {
            return Poll::Ready(Ok(()));
        }
        if self.refusal.is_none() {
            let refusal = refusal::raw(&Error::RequestTimeout.into(), &self.env);
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

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.state.waker.register(context.waker());
        this.check_hang_up()?;
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
        // The framework takes this for the end of what the peer sends: it sends the rest of what it
        // has to say, and closes.
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.check_hang_up()?;
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
