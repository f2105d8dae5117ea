//! HTTP: one file per part of the API, each handler about ten lines (extract, call, reply), and
//! below them the kit that they are made of and the door that every request passes.

mod accounts;
mod dev_mailbox;
pub mod document;
pub mod front;
pub(crate) mod invitations;
pub mod kit;
mod messages;
mod notifications;
pub mod nowhere;
pub mod pages;
pub(crate) mod people;
mod rooms;
pub mod routes;
mod service;
pub mod site;

use actix_http::Request;
use actix_service::ServiceFactory;
use actix_web::dev::AppConfig;
use actix_web::{App, HttpResponse, web};

use self::front::FrontDoor;
use self::routes::{Fill, Routes};
use crate::wiring::AppState;
use crate::ws::bell::Bell;

pub use self::service::routes as service;

/// All routes. New parts of the API are added here.
pub fn all(routes: &mut Routes<'_>) {
    service(routes);
    dev_mailbox::routes(routes);
    crate::ws::routes(routes);
    routes.scope("/api/v1", |api| {
        people::routes(api);
        messages::routes(api);
        invitations::routes(api);
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
        .app_data(Bell::hang())
        .configure(|config| fill(&mut Routes::new(config, &mut vec![])))
        .default_service(web::to(nowhere::answer));
    FrontDoor::new(
        actix_service::IntoServiceFactory::into_factory(app),
        services,
    )
}
