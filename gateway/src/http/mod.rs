//! HTTP: one file per part of the API, each handler about ten lines (extract, call, reply), and
//! below them the kit that they are made of and the door that every request passes.

mod accounts;
mod chat;
pub mod config;
mod dev_mailbox;
pub mod fallback;
pub(crate) mod friends;
pub(crate) mod invites;
pub mod kit;
mod lobbies;
pub mod middleware;
mod notifications;
pub mod openapi;
pub mod routes;
mod service;
pub mod static_files;

use actix_http::Request;
use actix_service::ServiceFactory;
use actix_web::dev::AppConfig;
use actix_web::{App, HttpResponse, web};

use self::middleware::AppServiceFactory;
use self::routes::{Fill, Routes};
use crate::wiring::AppState;
use crate::ws::wake_batcher::WakeBatcher;

pub use self::service::routes as service;

/// All routes. New parts of the API are added here.
pub fn all(routes: &mut Routes<'_>) {
    service(routes);
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

/// An app with the routes that `fill` adds, as each worker thread runs it.
pub fn app(
    services: web::Data<AppState>,
    fill: Fill,
) -> impl ServiceFactory<
    Request,
    Config = AppConfig,
    Response = HttpResponse,
    Error = actix_web::Error,
    InitError = (),
> {
    let app = App::new()
        .app_data(services.clone())
        .app_data(WakeBatcher::register())
        .configure(|config| fill(&mut Routes::new(config, &mut vec![])))
        .default_service(web::to(fallback::answer));
    AppServiceFactory::new(
        actix_service::IntoServiceFactory::into_factory(app),
        services,
    )
}
