//! The writing half of a socket: a response body that gives what waits in the queue.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;

use super::client::Client;

/// Gives the connection what its client is to be sent.
pub struct Outgoing {
    client: Arc<Client>,
    /// The body that the handshake made. It is never read; dropping it would tell the reading half
    /// that the connection is gone.
    _handshake: BoxBody,
}

impl Outgoing {
    /// Takes the place of the body that the handshake made.
    pub fn new(client: Arc<Client>, handshake: BoxBody) -> Self {
        Self {
            client,
            _handshake: handshake,
        }
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
        Pin::new(&self.client.queue)
            .poll_next(context)
            .map(|bytes| bytes.map(Ok))
    }
}
