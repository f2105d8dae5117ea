//! `courtside serve`

use std::net::SocketAddr;

use actix_web::web;
use async_trait::async_trait;
use http_kit::server::{self, ServerEvents, descriptors};
use realtime::Close;
use telemetry::Metrics;

use super::system::bind;
use super::terminal::print;
use crate::config::{Config, ConfigError};
use crate::state::AppState;
use crate::{app, data_folder};

pub(super) fn run(config: &Config) -> Result<(), ConfigError> {
    let _log = telemetry::start_log(&config.log, config.log_format)?;
    data_folder::prepare(&config.data, &config.secret_file)?;
    let _lock = data_folder::lock_database(config)?;
    descriptors::raise_limit();
    let listener = bind(config.listen)?;
    let address = listener
        .local_addr()
        .map_err(|error| ConfigError(format!("The address of the socket is unknown: {error}.")))?;
    let metrics = Metrics::install()?;
    actix_web::rt::System::new().block_on(async {
        let state = app::build(config, address.port(), metrics.clone()).await?;
        let state = web::Data::new(state);
        app::start(&state)?;
        actix_web::rt::spawn(metrics.run_upkeep());
        let app = {
            let state = state.clone();
            move || app::app(state.clone())
        };
        let welcome = welcome(config, address);
        let events = ServeEvents {
            state: state.clone(),
            welcome,
        };
        server::run(&config.server(), listener, &state.http, app, &events)
            .await
            .map_err(|error| ConfigError(format!("The server stopped: {error}.")))
    })
}

struct ServeEvents {
    state: web::Data<AppState>,
    welcome: String,
}

#[async_trait]
impl ServerEvents for ServeEvents {
    fn ready(&self) {
        print(&self.welcome);
    }

    fn stopping(&self) {
        let state = self.state.clone();
        actix_web::rt::spawn(async move {
            app::stopping(&state).await;
            state.hub.close_all(&Close::restarting());
        });
    }

    async fn leave(&self) {
        app::stop(&self.state).await;
    }
}

/// What an operator reads when the server is ready. The public URL comes first: browsers keep sessions
/// by it.
fn welcome(config: &Config, address: SocketAddr) -> String {
    let public = config.public_url_at(address.port());
    let origin = public.origin();
    let mut lines = vec![
        format!("Courtside is ready at {origin}/"),
        format!("  listening on http://{address}"),
        format!("  API documentation: {origin}/docs/"),
    ];
    if config.smtp_url.is_none() && public.host().is_loopback() {
        lines.push(format!("  mailbox for development: {origin}/dev/mailbox/"));
    }
    lines.push(
        "  to become an administrator: register, then run `courtside admin grant USERNAME`"
            .to_owned(),
    );
    lines.join("\n")
}
