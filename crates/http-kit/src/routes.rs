//! Registration of handlers: once for the router, the OpenAPI document and the `Allow` header.

use std::any::type_name;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::web;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{HttpMethod, PathsMap};
use utoipa_actix_web::OpenApiFactory;

use crate::route_table::Route;

/// Registers something with the router.
type RegisterHandlers = Box<dyn FnOnce(&mut web::ServiceConfig)>;

/// Registers handlers with the router.
pub struct Routes<'a> {
    prefix: String,
    listed: &'a mut Vec<Route>,
    document: Option<&'a mut OpenApi>,
    services: RouteServices,
}

/// The handlers below a prefix.
#[derive(Default)]
struct RouteServices {
    handlers: Vec<RegisterHandlers>,
    /// Several modules may add to one scope; the router knows each prefix once.
    scopes: Vec<(String, Self)>,
}

impl RouteServices {
    fn add_scope(&mut self, prefix: String, services: Self) {
        let known = self.scopes.iter_mut().find(|(known, _)| *known == prefix);
        match known {
            Some((_, scope)) => scope.merge(services),
            None => self.scopes.push((prefix, services)),
        }
    }

    fn merge(&mut self, other: Self) {
        self.handlers.extend(other.handlers);
        for (prefix, scope) in other.scopes {
            self.add_scope(prefix, scope);
        }
    }

    fn register(self, config: &mut web::ServiceConfig) {
        for register in self.handlers {
            register(config);
        }
        for (prefix, scope) in self.scopes {
            config.service(web::scope(&prefix).configure(|config| scope.register(config)));
        }
    }
}

impl Routes<'_> {
    /// Registers routes with a server, and lists them.
    pub fn configure(
        config: &mut web::ServiceConfig,
        listed: &mut Vec<Route>,
        register: impl FnOnce(&mut Routes<'_>),
    ) {
        let mut routes = Routes::new(listed, None);
        register(&mut routes);
        routes.services.register(config);
    }

    fn new<'a>(listed: &'a mut Vec<Route>, document: Option<&'a mut OpenApi>) -> Routes<'a> {
        Routes {
            prefix: String::new(),
            listed,
            document,
            services: RouteServices::default(),
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
        let register = move |config: &mut web::ServiceConfig| {
            config.service(handler);
        };
        self.services.handlers.push(Box::new(register));
        self
    }

    /// Adds handlers below a common path prefix. The router compares the prefix first, so that it
    /// does not try each route. Scopes of the same prefix are one.
    pub fn scope(&mut self, prefix: &str, register: impl FnOnce(&mut Routes<'_>)) -> &mut Self {
        let mut scope = Routes {
            prefix: format!("{}{prefix}", self.prefix),
            listed: &mut *self.listed,
            document: self.document.as_deref_mut(),
            services: RouteServices::default(),
        };
        register(&mut scope);
        let services = scope.services;
        self.services.add_scope(prefix.to_owned(), services);
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
    let mut routes = Routes::new(&mut listed, document);
    register(&mut routes);
    drop(routes);
    listed
}
