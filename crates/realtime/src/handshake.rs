//! Opens sockets.
//!
//! A socket is accepted first and then closed with a code, since browsers see the code of a closed
//! socket but not the status of a refused one.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use kernel::{Actor, AppError};
use telemetry::current_request_id;

use crate::body::SocketBody;
use crate::channel::ChannelSpec;
use crate::close::Close;
use crate::connection::Connection;
use crate::decoder::FrameReader;
use crate::error::Error;
use crate::hub::Hub;
use crate::queue::SendQueue;
use crate::session::{self, ChannelHandler, SocketSession};
use crate::transport::{ConnectionEnd, FinishOnDrop, Transport};
use crate::wake_batcher::WakeBatcher;

/// The subprotocol that the server accepts. Browsers name it beside one that carries their token.
const PROTOCOL: &str = "courtside.v1";
/// The most sockets of one user on one node.
pub const MAX_SOCKETS_PER_USER: usize = 32;
/// The most sockets of one node.
const MAX_SOCKETS: usize = 60_000;

/// A socket that a client wants to open.
pub struct Opening {
    /// The hub that the socket is added to.
    pub hub: Arc<Hub>,
    /// The settings of the path.
    pub channel: &'static ChannelSpec,
    /// The user, or why they may not open it.
    pub admitted: Result<Actor, Close>,
    /// Whether the client will send `resume`, for which new messages then wait.
    pub resumes: bool,
    /// The connection below the socket.
    pub transport: Option<Arc<dyn Transport>>,
}

impl Opening {
    /// The user, if there is room for another socket of theirs.
    fn admit(&self) -> Result<Actor, Close> {
        let actor = self.admitted.clone()?;
        if self.hub.socket_count() >= MAX_SOCKETS {
            return Err(Close::overloaded());
        }
        if self.hub.socket_count_of(actor.user) >= MAX_SOCKETS_PER_USER {
            return Err(Close::too_many("too many open sockets"));
        }
        Ok(actor)
    }
}

/// Opens a socket and serves it with this handler.
///
/// # Errors
/// The request is no WebSocket handshake.
pub async fn open(
    request: &HttpRequest,
    payload: web::Payload,
    opening: Opening,
    handler: impl ChannelHandler + 'static,
) -> Result<HttpResponse, AppError> {
    let response = accept(request).await?;
    let reader = FrameReader::new(payload.into_inner());
    let queue = queue_of(request);
    let admitted = opening.admit();
    let Opening {
        hub,
        channel,
        resumes,
        transport,
        ..
    } = opening;
    if let Some(transport) = transport.as_ref().filter(|_| channel.traffic.is_live) {
        transport.limit_buffers();
    }
    let end = ConnectionEnd::new(transport);
    let finish = FinishOnDrop(Arc::clone(&end));
    match admitted {
        Ok(actor) => {
            let redaction = Arc::clone(&hub.ports.redaction);
            let queue = Arc::clone(&queue);
            let connection = Connection::new(hub.next_id(), actor, channel, queue, redaction);
            let greet_by = hub.store.deadline();
            let session = SocketSession::new(Arc::new(connection), hub, resumes);
            let served = session::serve(session, reader, Box::new(handler), greet_by, finish);
            // Its log lines name the request that opened it.
            actix_web::rt::spawn(telemetry::in_request(current_request_id(), served));
        }
        Err(close) => {
            queue.close(&close);
            actix_web::rt::spawn(session::reject(reader, finish));
        }
    }
    Ok(response.map_body(|_, _| BoxBody::new(SocketBody::new(queue, end))))
}

/// Opens a socket at a path that does not exist, and closes it with the code that says so.
///
/// # Errors
/// The request is no WebSocket handshake.
pub async fn open_unknown(
    request: &HttpRequest,
    payload: web::Payload,
    transport: Option<Arc<dyn Transport>>,
) -> Result<HttpResponse, AppError> {
    let response = accept(request).await?;
    let queue = queue_of(request);
    queue.close(&Close::not_found("unknown path"));
    let end = ConnectionEnd::new(transport);
    let (reader, finish) = (
        FrameReader::new(payload.into_inner()),
        FinishOnDrop(Arc::clone(&end)),
    );
    actix_web::rt::spawn(session::reject(reader, finish));
    Ok(response.map_body(|_, _| BoxBody::new(SocketBody::new(queue, end))))
}

fn queue_of(request: &HttpRequest) -> Arc<SendQueue> {
    let batcher = request.app_data::<Arc<WakeBatcher>>().cloned();
    Arc::new(SendQueue::new(batcher))
}

/// Accepts the handshake. The library gets an empty payload: its decoder waits for the whole of a
/// frame however large, so frames are read by a [`FrameReader`] instead.
async fn accept(request: &HttpRequest) -> Result<HttpResponse, AppError> {
    let empty = web::Payload::from_request(request, &mut Payload::None).await;
    let empty = empty.map_err(|_| Error::NotAWebSocket)?;
    let accepted = actix_ws::handle_with_protocols(request, empty, &[PROTOCOL]);
    let (response, _, _) = accepted.map_err(|_| Error::NotAWebSocket)?;
    Ok(response)
}
