//! The running server: from taking its port to letting go of the last request.

use std::any::Any;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Extensions;
use actix_web::dev::Server;
use actix_web::{HttpServer, web};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::{Config, ConfigError};
use crate::http;
use crate::wiring::Services;
use crate::ws::close::Close;

/// Connections that may wait to be taken: as many as come back at once after a restart.
const BACKLOG: i32 = 4096;
/// How long an idle connection is kept; longer than load balancers keep theirs, so that it is them
/// who hang up and no request crosses a closing connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a caller may take to send the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long requests are still taken after readiness has ended, so that load balancers see it.
const FAREWELL: Duration = Duration::from_secs(1);
/// How much of the grace time is kept for the rest of the process.
const FOR_THE_REST: Duration = Duration::from_millis(500);

/// Takes the port.
///
/// # Errors
/// A sentence for the operator: the port is taken, or not theirs to take.
pub fn bind(address: SocketAddr) -> Result<TcpListener, ConfigError> {
    listen(address).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => "another program listens there".to_owned(),
            io::ErrorKind::PermissionDenied => "ports below 1024 are for root".to_owned(),
            _ => error.to_string(),
        };
        ConfigError(format!("--listen {address} cannot be used: {why}."))
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
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

/// Answers requests until the process is told to stop, and then until the last one is answered or
/// the grace time is over. Says `ready` once requests are welcome.
///
/// # Errors
/// The system gives no threads or signals.
pub async fn run(
    config: &Config,
    listener: TcpListener,
    services: web::Data<Services>,
    ready: impl FnOnce(),
) -> io::Result<()> {
    let mut signals = Signals::new()?;
    let lifecycle = services.lifecycle.clone();
    let farewell = FAREWELL.min(config.shutdown_grace / 4);
    let server = start(
        config,
        listener,
        services.clone(),
        config.shutdown_grace - farewell,
    )?;
    let handle = server.handle();
    let mut running = actix_web::rt::spawn(server);
    lifecycle.serve();
    ready();
    tokio::select! {
        ended = &mut running => return ended.unwrap_or_else(|error| Err(io::Error::other(error))),
        () = signals.stop() => {}
    }
    tracing::info!("stopping: no longer ready, answering what is under way");
    lifecycle.stop();
    services.hub.close_all(&Close::restarting());
    let in_peace = async {
        tokio::time::sleep(farewell).await;
        handle.stop(true).await;
    };
    tokio::select! {
        () = in_peace => {}
        () = signals.stop() => handle.stop(false).await,
        () = tokio::time::sleep(config.shutdown_grace) => handle.stop(false).await,
    }
    services.leave().await;
    tracing::info!("stopped");
    Ok(())
}

fn start(
    config: &Config,
    listener: TcpListener,
    services: web::Data<Services>,
    patience: Duration,
) -> io::Result<Server> {
    let patience = patience.saturating_sub(FOR_THE_REST).as_secs().max(1);
    let server = HttpServer::new(move || http::app(services.clone(), http::all))
        .workers(config.workers)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_PATIENCE)
        .tcp_nodelay(true)
        .on_connect(keep_hold)
        .disable_signals()
        .shutdown_timeout(patience)
        .listen(listener)?;
    Ok(server.run())
}

/// Keeps hold of each connection's socket, for those that have to be hung up on.
fn keep_hold(connection: &dyn Any, extensions: &mut Extensions) {
    let stream = connection.downcast_ref::<TcpStream>();
    if let Some(Ok(socket)) = stream.map(|stream| SockRef::from(stream).try_clone()) {
        extensions.insert(Arc::new(socket));
    }
}

/// The signals by which a process is told to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
