//! The running server, from accepting connections to the end of the last request.

mod admission;
mod config;
mod connection;
pub mod connection_state;
mod connections;
pub mod descriptors;
mod events;
mod head_size;
mod listener;
mod refusal;
mod stop;

use std::future::ready;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Request};
use actix_server::Server;
use actix_service::{ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::HttpResponse;
use actix_web::dev::AppConfig;
use tokio::net::TcpStream;

use self::config::{DISCONNECT_TIMEOUT, HEAD_TIMEOUT, KEEP_ALIVE};
use self::connection::DeadlineConnection;
use self::connections::Connections;
use self::listener::Listener;
use crate::state::HttpState;

pub use self::config::ServerConfig;
pub use self::events::ServerEvents;
pub use self::listener::bind;

/// Serves requests until the process gets a signal to stop, and then until the last request is finished
/// or the grace time is over.
///
/// # Errors
/// The system provides no threads or signals.
pub async fn run<A>(
    config: &ServerConfig,
    listener: TcpListener,
    state: &HttpState,
    app: impl Fn() -> A + Clone + Send + 'static,
    events: &impl ServerEvents,
) -> io::Result<()>
where
    A: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = HttpResponse,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
{
    let mut signals = stop::Signals::new()?;
    let connections = Arc::new(Connections::new(config, state.env.clone()));
    let accepting = Listener::new(&listener)?;
    let server = start(config, listener, app, &connections)?;
    let handle = server.handle();
    let mut running = actix_web::rt::spawn(server);
    state.lifecycle.serve();
    events.ready();
    let signal = tokio::select! {
        ended = &mut running => return ended.unwrap_or_else(|error| Err(io::Error::other(error))),
        signal = signals.next() => signal,
    };
    let shutdown = stop::Shutdown::begin(config, signal, &state.lifecycle, events);
    tokio::select! {
        () = shutdown.drain(accepting, &connections) => {}
        _again = signals.next() => {}
    }
    handle.stop(false).await;
    shutdown.leave(events).await;
    tracing::info!("server stopped");
    Ok(())
}

fn start<A>(
    config: &ServerConfig,
    listener: TcpListener,
    app: impl Fn() -> A + Clone + Send + 'static,
    connections: &Arc<Connections>,
) -> io::Result<Server>
where
    A: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = HttpResponse,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
{
    let connections = Arc::clone(connections);
    let server = Server::build()
        .workers(config.workers)
        .disable_signals()
        .listen("http", listener, move || {
            let connections = Arc::clone(&connections);
            let app = app().map_err(|error| error.error_response());
            let http = HttpService::build()
                .keep_alive(KEEP_ALIVE)
                .client_request_timeout(HEAD_TIMEOUT)
                .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                .on_connect_ext(|connection: &DeadlineConnection, data| {
                    data.insert(connection.state());
                })
                .h1(map_config(app, |()| AppConfig::default()));
            fn_service(move |stream: TcpStream| ready(admit(&connections, stream))).and_then(http)
        })?;
    Ok(server.run())
}

type Admitted = (DeadlineConnection, Option<SocketAddr>);

fn admit(connections: &Arc<Connections>, stream: TcpStream) -> Result<Admitted, DispatchError> {
    let peer = stream.peer_addr().ok();
    stream.set_nodelay(true).map_err(DispatchError::Io)?;
    let connection = connections.admit(stream, peer.map(|peer| peer.ip()));
    Ok((connection.map_err(DispatchError::Io)?, peer))
}
