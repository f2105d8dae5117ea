//! The table of routes: where each handler is registered, once, for the server, for the OpenAPI
//! document and for telling a wrong method from a wrong address.

use std::any::type_name;
use std::collections::HashMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::{App, web};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{HttpMethod, PathsMap};
use utoipa_actix_web::OpenApiFactory;

/// What routes are added to.
pub struct Routes<'a> {
    config: &'a mut web::ServiceConfig,
    prefix: String,
    listed: &'a mut Vec<Route>,
    document: Option<&'a mut OpenApi>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The handler's name, which is also the operation's id.
    pub name: &'static str,
    /// The address with its variable parts in braces.
    pub pattern: String,
    /// What it takes.
    pub methods: Vec<Method>,
}

impl<'a> Routes<'a> {
    /// Routes for a server.
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

    /// Adds handlers below a common start of their addresses. The router looks at the start first,
    /// so that it does not try every route there is.
    pub fn scope(&mut self, start: &str, fill: impl FnOnce(&mut Routes<'_>)) -> &mut Self {
        let prefix = format!("{}{start}", self.prefix);
        let listed = &mut *self.listed;
        let document = self.document.as_deref_mut();
        let scope = web::scope(start).configure(|config| {
            fill(&mut Routes {
                config,
                prefix,
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

/// Adds routes, as [`all`](super::all) adds all there are.
pub type Fill = fn(&mut Routes<'_>);

/// The routes that `fill` adds, and their description if `document` is there to take it.
pub fn list(fill: Fill, document: Option<&mut OpenApi>) -> Vec<Route> {
    let mut listed = vec![];
    let _app = App::new().configure(|config| {
        fill(&mut Routes {
            config,
            prefix: String::new(),
            listed: &mut listed,
            document,
        });
    });
    listed
}

/// The routes as the front door asks for them.
#[derive(Debug)]
pub struct Table {
    routes: Vec<Route>,
    by_name: HashMap<&'static str, usize>,
}

impl Table {
    /// The table of the routes that `fill` adds.
    #[must_use]
    pub fn new(fill: Fill) -> Self {
        let routes = list(fill, None);
        let names = routes.iter().map(|route| route.name);
        let by_name = names
            .enumerate()
            .map(|(index, name)| (name, index))
            .collect();
        Self { routes, by_name }
    }

    /// All routes.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Which route the handler of that name serves.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// What an address takes, as an `Allow` header says it; nothing where there is no such address.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<String> {
        let fitting = self
            .routes
            .iter()
            .filter(|route| fits(&route.pattern, path));
        let mut methods: Vec<&str> = fitting
            .flat_map(|route| route.methods.iter().map(Method::as_str))
            .collect();
        if methods.is_empty() {
            return None;
        }
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        methods.dedup();
        Some(methods.join(", "))
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(part), Some(text)) if part.starts_with('{') && !text.is_empty() => {}
            (Some(part), Some(text)) if part == text => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_an_address_with_a_slash_at_its_end() {
        let table = Table::new(crate::http::all);
        assert_eq!(table.by_name.len(), table.routes.len());
        for route in table
            .routes
            .iter()
            .filter(|route| route.pattern.starts_with("/api"))
        {
            assert!(route.pattern.starts_with("/api/v1/"), "{route:?}");
            assert!(route.pattern.ends_with('/'), "{route:?}");
        }
    }

    #[test]
    fn an_address_fits_its_pattern_part_by_part() {
        assert!(fits("/api/v1/users/{name}/", "/api/v1/users/ada/"));
        assert!(!fits("/api/v1/users/{name}/", "/api/v1/users//"));
        assert!(!fits("/api/v1/users/{name}/", "/api/v1/users/ada/matches/"));
        assert!(!fits("/api/v1/users/", "/api/v1/users"));
    }

    #[test]
    fn an_address_tells_what_it_takes() {
        let table = Table::new(crate::http::all);
        assert_eq!(
            table.allowed("/healthz").as_deref(),
            Some("GET, HEAD, OPTIONS")
        );
        assert_eq!(table.allowed("/nowhere"), None);
    }
}
