//! The application: builds the platform and the modules, and registers their routes.

use std::sync::Arc;

use actix_http::Request;
use actix_service::ServiceFactory;
use actix_web::dev::AppConfig;
use actix_web::{App, HttpResponse, web};
use http_kit::middleware::AppServiceFactory;
use http_kit::ports::{ActivityListener, Authenticator, RequestHasher};
use http_kit::{HttpConfig, HttpState, Lifecycle, RouteTable, Routes};
use realtime::{
    GreetingPort, Hub, HubConfig, Ports, PresencePort, Redaction, SessionPort, SubscriptionPort,
    WakeBatchers,
};
use telemetry::Metrics;

use crate::background::{self, RESUME_WINDOW};
use crate::config::{Config, ConfigError};
use crate::fallback;
use crate::module::{ActionTable, Setup};
use crate::modules::MODULES;
use crate::platform::Platform;
use crate::services::Services;
use crate::state::AppState;
use crate::web_files::WebFiles;

/// Builds everything for a server that listens on `port`. Must be called within the runtime that will
/// run the background work.
///
/// # Errors
/// A sentence for the operator about what is missing.
pub async fn build(config: &Config, port: u16, metrics: Metrics) -> Result<AppState, ConfigError> {
    let platform = Platform::open(config, port).await?;
    let services = Services::default();
    services.provide(Arc::new(metrics));
    services.provide(Arc::new(ActionTable::new(MODULES)));
    services.provide(Arc::<WakeBatchers>::default());
    provide_services(config, port, &platform, &services)?;
    let hub_config = HubConfig {
        rate_factor: config.rate_limits.factor(),
        resume_window: RESUME_WINDOW,
    };
    let hub = Hub::start(
        &platform.cluster.bus,
        &platform.store,
        socket_ports(&services)?,
        hub_config,
    );
    services.provide(Arc::clone(&hub));
    Ok(AppState {
        http: web::Data::new(http_state(config, port, &platform, &services)?),
        web_files: Arc::new(WebFiles::open(config.web_folder.as_deref(), &platform)?),
        platform,
        batchers: services.get::<WakeBatchers>()?,
        services,
        hub,
    })
}

fn provide_services(
    config: &Config,
    port: u16,
    platform: &Platform,
    services: &Services,
) -> Result<(), ConfigError> {
    let modules = MODULES.iter();
    let setup = Setup {
        config,
        port,
        platform,
        personal_data: modules
            .clone()
            .filter_map(|module| module.personal_data(services))
            .collect(),
        notification_kinds: modules
            .clone()
            .flat_map(|module| module.notification_kinds())
            .copied()
            .collect(),
        block_listeners: modules
            .clone()
            .filter_map(|module| module.block_listener(services))
            .collect(),
        match_listeners: modules
            .clone()
            .filter_map(|module| module.match_listener(services))
            .collect(),
    };
    for module in modules {
        module.provide(&setup, services)?;
    }
    Ok(())
}

fn socket_ports(services: &Services) -> Result<Ports, ConfigError> {
    Ok(Ports {
        sessions: services.get::<dyn SessionPort>()?,
        greeting: services.get::<dyn GreetingPort>()?,
        subscriptions: services.get::<dyn SubscriptionPort>()?,
        redaction: services.get::<dyn Redaction>()?,
        presence: services.get::<dyn PresencePort>()?,
    })
}

fn http_state(
    config: &Config,
    port: u16,
    platform: &Platform,
    services: &Services,
) -> Result<HttpState, ConfigError> {
    Ok(HttpState {
        config: HttpConfig::new(config.public_url_at(port), port, config.http_access()),
        env: platform.env.clone(),
        lifecycle: Lifecycle::default(),
        store: platform.store.clone(),
        rate_limiter: Arc::clone(&platform.cluster.rate_limiter),
        rate_limit_factor: config.rate_limits,
        routes: RouteTable::new(http_kit::routes::list(
            &|routes| register_all(routes, platform.dev_clock.is_some()),
            None,
        )),
        authenticator: services.get::<dyn Authenticator>()?,
        request_hasher: services.get::<dyn RequestHasher>()?,
        activity: services.get::<dyn ActivityListener>()?,
    })
}

/// Starts what runs beside the requests, on the current runtime.
///
/// # Errors
/// A module is not built.
pub fn start(state: &AppState) -> Result<(), ConfigError> {
    let mut jobs = vec![];
    for module in MODULES {
        jobs.extend(module.jobs(&state.services)?);
        module.start(state)?;
    }
    background::start(state, jobs);
    Ok(())
}

/// Hands over what other nodes can go on with, when the shutdown begins.
pub async fn stopping(state: &AppState) {
    for module in MODULES {
        module.stopping(&state.services).await;
    }
}

/// Stops the modules and deregisters this node, at a clean end.
pub async fn stop(state: &AppState) {
    for module in MODULES {
        module.stop(&state.services).await;
    }
    background::stop(&state.platform).await;
}

/// Registers the routes of all modules. A scope takes all paths below its prefix, and other modules have
/// routes below `/users`: the modules are registered from the last one to accounts, the first one.
pub fn register(routes: &mut Routes<'_>) {
    for module in MODULES {
        module.root_routes(routes);
    }
    routes.scope("/api/v1", |api| {
        for module in MODULES.iter().rev() {
            module.routes(api);
        }
    });
}

/// Registers the routes of all modules, with those of the dev clock if it is enabled: these are in no
/// document.
fn register_all(routes: &mut Routes<'_>, has_dev_clock: bool) {
    register(routes);
    if has_dev_clock {
        for module in MODULES {
            module.dev_clock_routes(routes);
        }
    }
}

/// The application of a worker thread.
pub fn app(
    state: web::Data<AppState>,
) -> impl ServiceFactory<
    Request,
    Config = AppConfig,
    Response = HttpResponse,
    Error = actix_web::Error,
    InitError = (),
> {
    let http = state.http.clone();
    let services = state.services.clone();
    let has_dev_clock = state.platform.dev_clock.is_some();
    let batchers = Arc::clone(&state.batchers);
    let app = App::new()
        .app_data(state)
        .app_data(http.clone())
        .app_data(batchers.register())
        .configure(|config| services.configure(config))
        .configure(|config| {
            Routes::configure(config, &mut vec![], |routes| {
                register_all(routes, has_dev_clock);
            });
        })
        .default_service(web::to(fallback::respond));
    AppServiceFactory::new(actix_service::IntoServiceFactory::into_factory(app), http)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use contract::catalogue::{EventAudience, EventName, Frame, SOCKETS};
    use contract::notify::Action;

    use super::*;

    fn audience_of(event: &Frame) -> EventAudience {
        EventName::find(event.name).unwrap().audience()
    }

    #[test]
    fn channels_are_sent_the_events_in_the_catalogue() {
        let channels = || MODULES.iter().flat_map(|module| module.channels());
        assert_eq!(channels().count(), SOCKETS.len());
        for channel in channels() {
            let socket = SOCKETS.iter().find(|socket| socket.path == channel.path);
            let events = || socket.unwrap().events();
            for event in events() {
                let audience = audience_of(event);
                assert!(
                    channel.audiences.contains(&audience),
                    "{} of {}",
                    event.name,
                    channel.path
                );
            }
            for audience in channel.audiences {
                let mut all = events();
                assert!(
                    all.any(|event| audience_of(event) == *audience),
                    "{audience:?} of {}",
                    channel.path
                );
            }
        }
    }

    #[test]
    fn notification_kinds_are_registered_once() {
        let kinds = MODULES
            .iter()
            .flat_map(|module| module.notification_kinds());
        let actions: Vec<Action> = kinds.map(|kind| kind.action).collect();
        let unique: HashSet<Action> = actions.iter().copied().collect();
        assert_eq!(unique.len(), actions.len(), "{actions:?}");
    }

    #[test]
    fn operations_have_unique_names_and_canonical_paths() {
        let routes = http_kit::routes::list(&register, None);
        let names: HashSet<&str> = routes.iter().map(|route| route.name).collect();
        assert_eq!(names.len(), routes.len());
        let api = |route: &&http_kit::Route| route.pattern.starts_with("/api");
        for route in routes.iter().filter(api) {
            assert!(route.pattern.starts_with("/api/v1/"), "{route:?}");
            assert!(route.pattern.ends_with('/'), "{route:?}");
        }
    }
}
