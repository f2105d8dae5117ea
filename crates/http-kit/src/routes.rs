//! Registration of handlers: once for the router, the OpenAPI document and the `Allow` header.

use std::any::type_name;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::{App, web};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{HttpMethod, PathsMap};
use utoipa_actix_web::OpenApiFactory;

use crate::route_table::Route;

/// Registers handlers with the router.
pub struct Routes<'a> {
    config: &'a mut web::ServiceConfig,
    prefix: String,
    listed: &'a mut Vec<Route>,
    document: Option<&'a mut OpenApi>,
}

impl<'a> Routes<'a> {
    /// Routes that are registered with a server.
    pub fn new(config: &'a mut web::ServiceConfig, listed: &'a mut Vec<Route>) -> Self {
        Self {
            config,
            prefix: String::new(),
            listed,
            document: None,
        }
    }

    /// Adds a handler.
    pub fn add<H>(&mut self, handler: H) -> &mut Self
    where
        H: HttpServiceFactory + OpenApiFactory + utoipa::Path + 'static,
    {
        self.listed.push(Route {
            name: type_name::<H>().rsplit("::").next().unwrap_or_default(),
            pattern: format!("{}{}", self.prefix, H::path()),
            methods: H::methods().into_iter().map(|one| method(&one)).collect(),
        });
        if let Some(document) = self.document.as_deref_mut() {
            describe(document, &self.prefix, &handler);
        }
        self.config.service(handler);
        self
    }

    /// Adds handlers below a common path prefix. The router compares the prefix first, so that it
    /// does not try each route.
    pub fn scope(&mut self, prefix: &str, register: impl FnOnce(&mut Routes<'_>)) -> &mut Self {
        let full_prefix = format!("{}{prefix}", self.prefix);
        let listed = &mut *self.listed;
        let document = self.document.as_deref_mut();
        let scope = web::scope(prefix).configure(|config| {
            register(&mut Routes {
                config,
                prefix: full_prefix,
                listed,
                document,
            });
        });
        self.config.service(scope);
        self
    }
}

fn describe(document: &mut OpenApi, prefix: &str, handler: &impl OpenApiFactory) {
    let mut paths = handler.paths();
    let prefixed = std::mem::take(&mut paths.paths)
        .into_iter()
        .map(|(path, item)| (format!("{prefix}{path}"), item));
    paths.paths = prefixed.collect::<PathsMap<_, _>>();
    document.paths.merge(paths);
    let mut schemas = vec![];
    handler.schemas(&mut schemas);
    let components = document.components.get_or_insert_default();
    components.schemas.extend(schemas);
}

fn method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// Registers the routes of an application.
pub type RegisterRoutes<'a> = &'a dyn Fn(&mut Routes<'_>);

/// Lists the routes of an application, and adds their descriptions to `document`.
pub fn list(register: RegisterRoutes<'_>, document: Option<&mut OpenApi>) -> Vec<Route> {
    let mut listed = vec![];
    let _app = App::new().configure(|config| {
        register(&mut Routes {
            config,
            prefix: String::new(),
            listed: &mut listed,
            document,
        });
    });
    listed
}
