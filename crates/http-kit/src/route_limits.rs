//! The rate limits of an application's routes, as the extractors of their handlers declare them.
//!
//! The extractors of a handler are constructed together before any of them is awaited. So a request
//! to each route, in an application without state, reaches all [`Limit`](crate::Limit)s, which note
//! themselves, and no handler: the extractor of the state refuses the request.

use std::io;
use std::rc::Rc;

use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, web};

use crate::rate_limit::{LimitProbe, RateLimitInfo};
use crate::routes::Routes;

/// An operation and its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteLimits {
    /// The method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub pattern: String,
    /// The limits, in the order in which they are checked.
    pub limits: Vec<RateLimitInfo>,
}

/// Lists the operations of an application that have limits, in the order of their registration.
///
/// # Errors
/// The system gives no thread or runtime.
pub fn list(register: fn(&mut Routes<'_>)) -> io::Result<Vec<RouteLimits>> {
    // A runtime of its own, as the caller may be within one.
    let probe = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(runtime.block_on(probe_all(register)))
    };
    let thread = std::thread::Builder::new().spawn(probe)?;
    thread
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("a route panicked")))
}

async fn probe_all(register: fn(&mut Routes<'_>)) -> Vec<RouteLimits> {
    let probe = Rc::new(LimitProbe::default());
    let mut listed = vec![];
    let app =
        App::new()
            .app_data(Rc::clone(&probe))
            .configure(|config: &mut web::ServiceConfig| {
                Routes::configure(config, &mut listed, register);
            });
    let app = init_service(app).await;
    let mut found = vec![];
    for route in &listed {
        for method in &route.methods {
            let request = TestRequest::with_uri(&address(&route.pattern)).method(method.clone());
            // Refused, as there is no state.
            let _refusal = try_call_service(&app, request.to_request()).await;
            let limits = probe.0.take();
            if !limits.is_empty() {
                let (method, pattern) = (method.clone(), route.pattern.clone());
                found.push(RouteLimits {
                    method,
                    pattern,
                    limits,
                });
            }
        }
    }
    found
}

/// An address that matches the pattern.
fn address(pattern: &str) -> String {
    let (mut address, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once('{') {
        address.push_str(before);
        address.push('x');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    address + rest
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "limits are public")]
mod tests {
    use std::time::Duration;

    use actix_web::{HttpResponse, get, post, web};

    use super::*;
    use crate::{Limit, PathParam, RateSubject, rate_limit};

    rate_limit!(First, "first", 2 in 60, User);
    rate_limit!(Second, "second", 9 in 10, Address);

    #[allow(dead_code, reason = "the state of no application")]
    struct State;

    #[utoipa::path(responses((status = 200)))]
    #[post("/both/{id}/part/{part}/")]
    async fn both(
        _state: web::Data<State>,
        _path: PathParam<(u32, u32)>,
        _first: Limit<First>,
        _second: Limit<Second>,
    ) -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[utoipa::path(responses((status = 200)))]
    #[get("/none/")]
    async fn none(_state: web::Data<State>) -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    fn register(routes: &mut Routes<'_>) {
        routes.scope("/api", |api| {
            api.add(none).add(both);
        });
    }

    #[test]
    fn list_finds_all_limits_of_a_route() {
        let found = list(register).unwrap();
        let info = |name, burst, seconds, by| RateLimitInfo {
            name,
            burst,
            per: Duration::from_secs(seconds),
            by,
        };
        let expected = RouteLimits {
            method: Method::POST,
            pattern: "/api/both/{id}/part/{part}/".to_owned(),
            limits: vec![
                info("first", 2, 60, RateSubject::User),
                info("second", 9, 10, RateSubject::Address),
            ],
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn address_fills_in_parameters() {
        assert_eq!(address("/a/{b}/c/{d}/"), "/a/x/c/x/");
        assert_eq!(address("/a/"), "/a/");
    }
}
