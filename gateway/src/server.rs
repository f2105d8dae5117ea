//! The running server: from taking its port to letting go of the last request.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{HttpServer, web};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, ConfigError};
use crate::http;
use crate::wiring::Services;

/// Connections that may wait to be taken: as many as come back at once after a restart.
const BACKLOG: i32 = 4096;
/// How long an idle connection is kept; longer than load balancers keep theirs, so that it is them
/// who hang up and no request crosses a closing connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a caller may take to send the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long requests are still taken after readiness has ended, so that load balancers see it.
const FAREWELL: Duration = Duration::from_secs(1);

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
/// the grace time is over.
///
/// # Errors
/// The system gives no threads or signals.
pub async fn run(
    config: &Config,
    listener: TcpListener,
    services: web::Data<Services>,
) -> io::Result<()> {
    let lifecycle = services.lifecycle.clone();
    let farewell = FAREWELL.min(config.shutdown_grace / 4);
    let last = config.shutdown_grace.saturating_sub(farewell);
    let factory = move || http::app(services.clone(), http::all);
    let server = HttpServer::new(factory)
        .workers(config.workers)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_PATIENCE)
        .tcp_nodelay(true)
        .disable_signals()
        // The last half second is for the rest of the process.
        .shutdown_timeout(
            last.saturating_sub(Duration::from_millis(500))
                .as_secs()
                .max(1),
        )
        .listen(listener)?
        .run();
    let handle = server.handle();
    let mut running = actix_web::rt::spawn(server);
    lifecycle.serve();
    tokio::select! {
        ended = &mut running => return ended.unwrap_or_else(|error| Err(io::Error::other(error))),
        () = told_to_stop()? => {}
    }
    tracing::info!("stopping: no longer ready, answering what is under way");
    lifecycle.stop();
    tokio::select! {
        () = stop(&handle, farewell) => {}
        () = told_to_stop()? => handle.stop(false).await,
        () = tokio::time::sleep(config.shutdown_grace) => handle.stop(false).await,
    }
    tracing::info!("stopped");
    Ok(())
}

async fn stop(handle: &ServerHandle, farewell: Duration) {
    tokio::time::sleep(farewell).await;
    handle.stop(true).await;
}

fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
