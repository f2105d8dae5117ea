//! The running server: from taking its port to letting go of the last request.

pub mod connection;
mod connections;
pub mod descriptors;
mod head_size;
mod listener;
mod refusal;
mod stop;

use std::future::ready;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_server::Server;
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::AppConfig;
use actix_web::web;
use tokio::net::TcpStream;

use self::connection::Connection;
use self::connections::Connections;
use self::listener::Listener;
use crate::config::Config;
use crate::http;
use crate::wiring::AppState;

pub use self::listener::bind;

/// How long an idle connection is kept; longer than load balancers keep theirs, so that it is them
/// who hang up and no request crosses a closing connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client that was refused early may go on sending until it has read the answer.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Answers requests until the process is told to stop, and then until the last one is answered or
/// the grace time is over. Says `ready` once requests are welcome.
///
/// # Errors
/// The system gives no threads or signals.
pub async fn run(
    config: &Config,
    listener: TcpListener,
    services: web::Data<AppState>,
    ready: impl FnOnce(),
) -> io::Result<()> {
    let mut signals = stop::Signals::new()?;
    let connections = Arc::new(Connections::new(config, services.env.clone()));
    let accepting = Listener::new(&listener)?;
    let server = start(config, listener, &services, &connections)?;
    let handle = server.handle();
    let mut running = actix_web::rt::spawn(server);
    services.lifecycle.serve();
    ready();
    let signal = tokio::select! {
        ended = &mut running => return ended.unwrap_or_else(|error| Err(io::Error::other(error))),
        signal = signals.next() => signal,
    };
    let stopping = stop::Stopping::begin(config, signal, &services);
    tokio::select! {
        () = stopping.drain(accepting, &connections) => {}
        _again = signals.next() => {}
    }
    handle.stop(false).await;
    stopping.leave(&services).await;
    tracing::info!("stopped");
    Ok(())
}

fn start(
    config: &Config,
    listener: TcpListener,
    services: &web::Data<AppState>,
    connections: &Arc<Connections>,
) -> io::Result<Server> {
    let (services, connections) = (services.clone(), Arc::clone(connections));
    let server = Server::build()
        .workers(config.workers)
        .disable_signals()
        .listen("http", listener, move || {
            let connections = Arc::clone(&connections);
            let app =
                http::app(services.clone(), http::all).map_err(|error| error.error_response());
            let http = HttpService::build()
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(HEAD_TIMEOUT)
                .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                .on_connect_ext(|connection: &Connection, data| {
                    data.insert(connection.state());
                })
                .h1(map_config(app, |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| ready(admit(&connections, stream))).and_then(http)
        })?;
    Ok(server.run())
}

type Admitted = (Connection, Option<SocketAddr>);

fn admit(connections: &Arc<Connections>, stream: TcpStream) -> Result<Admitted, DispatchError> {
    let peer = stream.peer_addr().ok();
    stream.set_nodelay(true).map_err(DispatchError::Io)?;
    let connection = connections.admit(stream, peer.map(|peer| peer.ip()));
    Ok((connection.map_err(DispatchError::Io)?, peer))
}
