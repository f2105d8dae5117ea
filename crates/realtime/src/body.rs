//! The writing half of a socket: a response body that streams what waits in the queue.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;

use crate::queue::SendQueue;

/// The response body of a socket.
pub(crate) struct SocketBody(Arc<SendQueue>);

impl SocketBody {
    /// A body that streams this queue.
    pub(crate) fn new(queue: Arc<SendQueue>) -> Self {
        Self(queue)
    }
}

impl MessageBody for SocketBody {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.0.poll_next(context).map(|bytes| bytes.map(Ok))
    }
}

impl Drop for SocketBody {
    /// The connection is lost, or everything is written.
    fn drop(&mut self) {
        self.0.cut();
    }
}
