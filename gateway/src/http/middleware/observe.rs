//! One log line and a few numbers for every request, by route and never by the path that was sent.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use db::StatementCounter;
use metrics::{Counter, Gauge, Histogram};
use telemetry::{IN_FLIGHT, REQUEST_SECONDS, REQUESTS};

use crate::http::kit::request_context::RequestContext;
use crate::http::routes::Table;
use crate::operation_cost::OperationCost;

/// What answers that belong to no route are counted as.
const NO_ROUTE: &str = "other";

/// The numbers of one worker thread. Handles are looked up once and then counted with alone.
pub(super) struct Observer {
    in_flight: Gauge,
    series: RefCell<HashMap<(Option<usize>, u16), Series>>,
}

#[derive(Clone)]
struct Series {
    seconds: Histogram,
    requests: Counter,
    cost: OperationCost,
}

/// A request being answered.
pub(super) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

impl Observer {
    pub(super) fn new() -> Self {
        Self {
            in_flight: metrics::gauge!(IN_FLIGHT),
            series: RefCell::default(),
        }
    }

    /// Counts a request until the result is dropped.
    pub(super) fn begin(&self) -> InFlight {
        self.in_flight.increment(1.0);
        InFlight(self.in_flight.clone())
    }

    /// Tells how a request went.
    pub(super) fn end(&self, end: &End<'_>) {
        let series = self.series(end);
        series.seconds.record(end.took);
        series.requests.increment(1);
        series.cost.add(1, end.statements);
        tracing::info!(
            target: "access",
            request_id = end.facts.request_id(),
            method = end.method.as_str(),
            route = end.pattern(),
            status = end.status.as_u16(),
            micros = u64::try_from(end.took.as_micros()).unwrap_or(u64::MAX),
            client = end.facts.visitor.address.map(tracing::field::display),
        );
    }

    fn series(&self, end: &End<'_>) -> Series {
        let key = (end.route, end.status.as_u16());
        let mut known = self.series.borrow_mut();
        let series = known.entry(key).or_insert_with(|| {
            let (route, method) = (end.pattern().to_owned(), end.known_method());
            Series {
                cost: OperationCost::of(format!("{method} {route}")),
                seconds: metrics::histogram!(
                    REQUEST_SECONDS, "route" => route.clone(), "method" => method
                ),
                requests: metrics::counter!(
                    REQUESTS, "route" => route, "method" => method,
                    "status" => end.status.as_u16().to_string()
                ),
            }
        });
        series.clone()
    }
}

/// How a request went.
pub(super) struct End<'a> {
    pub(super) facts: &'a Rc<RequestContext>,
    pub(super) table: &'a Table,
    pub(super) route: Option<usize>,
    pub(super) method: &'a Method,
    pub(super) status: StatusCode,
    pub(super) took: Duration,
    pub(super) statements: &'a StatementCounter,
}

impl End<'_> {
    fn pattern(&self) -> &str {
        self.route
            .and_then(|index| self.table.routes().get(index))
            .map_or(NO_ROUTE, |route| &route.pattern)
    }

    /// The method of the route, as a caller may invent methods without end.
    fn known_method(&self) -> &'static str {
        let route = self.route.and_then(|index| self.table.routes().get(index));
        let methods = route
            .map(|route| route.methods.as_slice())
            .unwrap_or_default();
        match methods.first() {
            Some(&Method::GET) => "GET",
            Some(&Method::POST) => "POST",
            Some(&Method::PUT) => "PUT",
            Some(&Method::PATCH) => "PATCH",
            Some(&Method::DELETE) => "DELETE",
            _ => NO_ROUTE,
        }
    }
}
