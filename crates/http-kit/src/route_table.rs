//! The list of routes, for metrics, refused methods and the `Allow` header.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::Split;

use actix_web::http::Method;

use crate::request_target::decode;

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
    by_path: PathTree,
}

impl RouteTable {
    /// The table of these routes.
    #[must_use]
    pub fn new(routes: Vec<Route>) -> Self {
        let names = routes.iter().map(|route| route.name);
        let by_name = names.enumerate().map(|(index, name)| (name, index));
        let mut by_path = PathTree::default();
        for route in &routes {
            by_path.insert(route.pattern.split('/'), &route.methods);
        }
        Self {
            by_name: by_name.collect(),
            by_path,
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

    /// The methods of a path; `None` if no route has this path. A path that a route names is no
    /// parameter of another one, whatever the method: `/users/register/` is never a user's.
    #[must_use]
    pub fn methods(&self, path: &str) -> Option<&[Method]> {
        self.by_path.find(path.split('/'))
    }

    /// The `Allow` header of a path; `None` if no route has this path.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<String> {
        let mut methods: Vec<&str> = self.methods(path)?.iter().map(Method::as_str).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        Some(methods.join(", "))
    }
}

/// Routes by the segments of their paths.
#[derive(Debug, Default)]
struct PathTree {
    methods: Vec<Method>,
    fixed: HashMap<String, PathTree>,
    parameter: Option<Box<PathTree>>,
}

impl PathTree {
    fn insert(&mut self, mut pattern: Split<'_, char>, methods: &[Method]) {
        let below = match pattern.next() {
            None => return self.methods.extend_from_slice(methods),
            Some(segment) if segment.starts_with('{') => {
                self.parameter.get_or_insert_default().as_mut()
            }
            Some(segment) => self.fixed.entry(segment.to_owned()).or_default(),
        };
        below.insert(pattern, methods);
    }

    /// The methods of a path. Segment by segment, a fixed one goes before a parameter.
    fn find(&self, mut path: Split<'_, char>) -> Option<&[Method]> {
        let Some(segment) = path.next() else {
            return Some(self.methods.as_slice()).filter(|methods| !methods.is_empty());
        };
        let fixed = self.fixed.get(&*decoded(segment));
        fixed
            .and_then(|below| below.find(path.clone()))
            .or_else(|| {
                let parameter = self.parameter.as_ref().filter(|_| !segment.is_empty());
                parameter?.find(path)
            })
    }
}

/// A segment as the router compares it.
fn decoded(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    let text = decode(segment.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok());
    text.map_or(Cow::Borrowed(segment), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(routes: &[(&'static str, &str, Method)]) -> RouteTable {
        let route = |(name, pattern, method): &(&'static str, &str, Method)| Route {
            name,
            pattern: (*pattern).to_owned(),
            methods: vec![method.clone()],
        };
        RouteTable::new(routes.iter().map(route).collect())
    }

    #[test]
    fn methods_are_those_of_the_whole_path() {
        let table = table(&[
            ("list", "/users/", Method::GET),
            ("show", "/users/{name}/", Method::GET),
        ]);
        let known = |path| table.methods(path).is_some();
        assert!(known("/users/") && known("/users/ada/"));
        assert!(!known("/users//") && !known("/users") && !known("/users/ada/matches/"));
    }

    #[test]
    fn methods_of_a_fixed_segment_go_before_those_of_a_parameter() {
        let table = table(&[
            ("show", "/users/{name}/", Method::GET),
            ("matches", "/users/{name}/matches/", Method::PUT),
            ("register", "/users/register/", Method::POST),
        ]);
        let methods = |path| table.methods(path).unwrap();
        assert_eq!(methods("/users/register/"), [Method::POST]);
        assert_eq!(methods("/users/regi%73ter/"), [Method::POST]);
        assert_eq!(methods("/users/regi%2Fster/"), [Method::GET]);
        assert_eq!(methods("/users/register/matches/"), [Method::PUT]);
    }

    #[test]
    fn allowed_lists_the_methods_of_a_path() {
        let table = table(&[
            ("show", "/things/{id}/", Method::GET),
            ("remove", "/things/{id}/", Method::DELETE),
        ]);
        let allowed = table.allowed("/things/7/");
        assert_eq!(allowed.as_deref(), Some("DELETE, GET, HEAD, OPTIONS"));
        assert_eq!(table.allowed("/nowhere"), None);
        assert_eq!(table.index("remove"), Some(1));
    }
}
