//! The connection below a socket, and its end.
//!
//! A WebSocket ends with a close frame of each side, whereupon the server closes the connection. The
//! HTTP library knows nothing of close frames: at the end of a response to a request whose body has not
//! ended it goes on reading for seconds. So the response ends, and with it the request, only when the
//! client's close frame was read or did not come in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use futures_util::task::AtomicWaker;

/// The connection below a socket.
pub trait Transport: Send + Sync {
    /// Ends the connection, whatever its peer does.
    fn hang_up(&self);

    /// Ends the connection once all is sent: nothing more is read.
    fn end_input(&self);

    /// Whether the peer reads too slowly for what was sent already.
    fn is_blocked(&self) -> bool;

    /// Lets the system hold little of what is not sent yet, so that frames are not old when they are
    /// sent.
    fn limit_buffers(&self);
}

/// The end of a connection, shared by the halves of a socket that read and write.
pub(crate) struct ConnectionEnd {
    is_over: AtomicBool,
    body: AtomicWaker,
    transport: Option<Arc<dyn Transport>>,
}

impl ConnectionEnd {
    pub(crate) fn new(transport: Option<Arc<dyn Transport>>) -> Arc<Self> {
        Arc::new(Self {
            is_over: AtomicBool::new(false),
            body: AtomicWaker::new(),
            transport,
        })
    }

    /// Whether no more should be written for now. The connection is polled when that changes.
    pub(crate) fn is_blocked(&self) -> bool {
        let transport = self.transport.as_ref();
        transport.is_some_and(|transport| transport.is_blocked())
    }

    /// Whether the close frames are exchanged. Otherwise the task is woken when they are.
    pub(crate) fn poll_over(&self, context: &Context<'_>) -> bool {
        self.body.register(context.waker());
        self.is_over.load(Ordering::Acquire)
    }

    /// The close frames are exchanged: the connection ends once all is sent.
    fn finish(&self) {
        self.is_over.store(true, Ordering::Release);
        self.body.wake();
        if let Some(transport) = &self.transport {
            transport.end_input();
        }
    }

    /// The client does not answer.
    pub(crate) fn hang_up(&self) {
        if let Some(transport) = &self.transport {
            transport.hang_up();
        }
    }
}

/// Finishes a connection when it is dropped, also if the task of the socket panics.
pub(crate) struct FinishOnDrop(pub(crate) Arc<ConnectionEnd>);

impl Drop for FinishOnDrop {
    fn drop(&mut self) {
        self.0.finish();
    }
}
