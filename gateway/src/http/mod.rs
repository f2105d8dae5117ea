//! HTTP handlers, one file per part of the API. A handler extracts, calls one service and responds, in
//! about ten lines.

mod accounts;
mod chat;
mod dev_mailbox;
mod fallback;
pub(crate) mod friends;
pub(crate) mod invites;
mod lobbies;
mod notifications;
pub mod openapi;
mod service;
pub mod web_files;

use actix_http::Request;
use actix_service::ServiceFactory;
use actix_web::dev::AppConfig;
use actix_web::{App, HttpResponse, web};
use http_kit::Routes;
use http_kit::middleware::AppServiceFactory;
use realtime::WakeBatcher;

use crate::wiring::AppState;

/// Registers all routes.
pub fn register(routes: &mut Routes<'_>) {
    service::routes(routes);
    dev_mailbox::routes(routes);
    crate::ws::routes(routes);
    routes.scope("/api/v1", |api| {
        friends::routes(api);
        chat::routes(api);
        invites::routes(api);
        notifications::routes(api);
        accounts::routes(api);
    });
}

/// The application of a worker thread.
pub fn app(
    services: web::Data<AppState>,
) -> impl ServiceFactory<
    Request,
    Config = AppConfig,
    Response = HttpResponse,
    Error = actix_web::Error,
    InitError = (),
> {
    let http = services.http.clone();
    let app = App::new()
        .app_data(services)
        .app_data(http.clone())
        .app_data(WakeBatcher::register())
        .configure(|config| register(&mut Routes::new(config, &mut vec![])))
        .default_service(web::to(fallback::respond));
    AppServiceFactory::new(actix_service::IntoServiceFactory::into_factory(app), http)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

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
