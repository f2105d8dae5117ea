//! The writing half of a socket: a response body that gives what waits in the queue.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use bytes::Bytes;

use super::queue::Queue;

/// Gives the connection what its client is to be sent.
pub struct Outgoing(Arc<Queue>);

impl Outgoing {
    /// Writes what waits in this queue.
    pub fn new(queue: Arc<Queue>) -> Self {
        Self(queue)
    }
}

impl MessageBody for Outgoing {
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

impl Drop for Outgoing {
    /// The connection has no use for it any more: it is gone, or all is said.
    fn drop(&mut self) {
        self.0.cut();
    }
}
