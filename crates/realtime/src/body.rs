//! The writing half of a socket: a response body that streams what waits in the queue.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;

use crate::queue::SendQueue;
use crate::transport::ConnectionEnd;

/// The response body of a socket.
pub(crate) struct SocketBody {
    queue: Arc<SendQueue>,
    end: Arc<ConnectionEnd>,
}

impl SocketBody {
    /// A body that streams this queue.
    pub(crate) fn new(queue: Arc<SendQueue>, end: Arc<ConnectionEnd>) -> Self {
        Self { queue, end }
    }
}

impl MessageBody for SocketBody {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    /// While the peer reads too slowly nothing is taken from the queue, where old states are overwritten
    /// and what is too much is dropped.
    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.end.is_blocked() {
            return Poll::Pending;
        }
        if let Some(bytes) = ready!(self.queue.poll_next(context)) {
            return Poll::Ready(Some(Ok(bytes)));
        }
        if self.end.poll_over(context) {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }
}

impl Drop for SocketBody {
    /// The connection is lost, or everything is written.
    fn drop(&mut self) {
        self.queue.cut();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Waker;

    use super::*;
    use crate::close::Close;
    use crate::message::Priority;
    use crate::transport::{FinishOnDrop, Transport};

    #[derive(Default)]
    struct FakeTransport {
        is_blocked: AtomicBool,
        has_ended: AtomicBool,
    }

    impl Transport for FakeTransport {
        fn hang_up(&self) {}

        fn end_input(&self) {
            self.has_ended.store(true, Ordering::Relaxed);
        }

        fn is_blocked(&self) -> bool {
            self.is_blocked.load(Ordering::Relaxed)
        }

        fn limit_buffers(&self) {}
    }

    fn body() -> (SocketBody, Arc<SendQueue>, Arc<FakeTransport>) {
        let (queue, transport) = (Arc::<SendQueue>::default(), Arc::<FakeTransport>::default());
        let end = ConnectionEnd::new(Some(transport.clone()));
        (SocketBody::new(queue.clone(), end), queue, transport)
    }

    fn next(body: &mut SocketBody) -> Poll<Option<Bytes>> {
        let mut context = Context::from_waker(Waker::noop());
        let next = Pin::new(body).poll_next(&mut context);
        next.map(|bytes| bytes.map(|Ok(bytes)| bytes))
    }

    #[test]
    fn poll_next_ends_when_the_close_frames_are_exchanged() {
        let (mut body, queue, transport) = body();
        queue.close(&Close::done());
        assert!(matches!(next(&mut body), Poll::Ready(Some(_))));
        assert!(next(&mut body).is_pending(), "the client has not answered");
        drop(FinishOnDrop(Arc::clone(&body.end)));
        assert!(transport.has_ended.load(Ordering::Relaxed));
        assert_eq!(next(&mut body), Poll::Ready(None));
    }

    #[test]
    fn poll_next_takes_nothing_while_the_peer_does_not_read() {
        let (mut body, queue, transport) = body();
        transport.is_blocked.store(true, Ordering::Relaxed);
        queue.push(Bytes::from_static(b"x"), Priority::Required);
        assert!(next(&mut body).is_pending());
        transport.is_blocked.store(false, Ordering::Relaxed);
        assert_eq!(next(&mut body), Poll::Ready(Some(Bytes::from_static(b"x"))));
    }
}
