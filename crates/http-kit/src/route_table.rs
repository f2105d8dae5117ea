//! The list of routes, for metrics and the `Allow` header.

use std::collections::HashMap;

use actix_web::http::Method;

/// A route of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The name of the handler, which is the operation id too.
    pub name: &'static str,
    /// The path with its parameters in braces.
    pub pattern: String,
    /// The methods that it accepts.
    pub methods: Vec<Method>,
}

/// All routes of an application.
#[derive(Debug, Default)]
pub struct RouteTable {
    routes: Vec<Route>,
    by_name: HashMap<&'static str, usize>,
}

impl RouteTable {
    /// The table of these routes.
    #[must_use]
    pub fn new(routes: Vec<Route>) -> Self {
        let names = routes.iter().map(|route| route.name);
        let by_name = names.enumerate().map(|(index, name)| (name, index));
        Self {
            by_name: by_name.collect(),
            routes,
        }
    }

    /// All routes.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The index of the route with this handler.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The `Allow` header of a path; `None` if no route has this path.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<String> {
        let matching = self
            .routes
            .iter()
            .filter(|route| matches(&route.pattern, path));
        let mut methods: Vec<&str> = matching
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

fn matches(pattern: &str, path: &str) -> bool {
    let (mut expected, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(segment), Some(text)) if segment.starts_with('{') && !text.is_empty() => {}
            (Some(segment), Some(text)) if segment == text => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_compares_segment_by_segment() {
        assert!(matches("/api/v1/users/{name}/", "/api/v1/users/ada/"));
        assert!(!matches("/api/v1/users/{name}/", "/api/v1/users//"));
        assert!(!matches(
            "/api/v1/users/{name}/",
            "/api/v1/users/ada/matches/"
        ));
        assert!(!matches("/api/v1/users/", "/api/v1/users"));
    }

    #[test]
    fn allowed_lists_the_methods_of_a_path() {
        let route = |name, method| Route {
            name,
            pattern: "/things/{id}/".to_owned(),
            methods: vec![method],
        };
        let table = RouteTable::new(vec![
            route("show", Method::GET),
            route("remove", Method::DELETE),
        ]);
        let allowed = table.allowed("/things/7/");
        assert_eq!(allowed.as_deref(), Some("DELETE, GET, HEAD, OPTIONS"));
        assert_eq!(table.allowed("/nowhere"), None);
        assert_eq!(table.index("remove"), Some(1));
    }
}
