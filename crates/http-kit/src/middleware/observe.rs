//! Access log and metrics of requests, by route and never by the path that was sent.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use db::StatementCounter;
use metrics::{Counter, Gauge, Histogram};
use telemetry::{IN_FLIGHT, OperationCost, REQUEST_SECONDS, REQUESTS};

use crate::request_context::RequestContext;
use crate::route_table::RouteTable;

/// The label of responses without route.
const NO_ROUTE: &str = "other";

/// The metrics of a worker thread. Handles are looked up once per series.
pub(super) struct Observer {
    in_flight: Gauge,
    series: RefCell<HashMap<(Option<usize>, u16), RequestSeries>>,
}

#[derive(Clone)]
struct RequestSeries {
    seconds: Histogram,
    requests: Counter,
    cost: OperationCost,
}

/// A request in flight.
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

    /// Counts a request as in flight until the result is dropped.
    pub(super) fn begin(&self) -> InFlight {
        self.in_flight.increment(1.0);
        InFlight(self.in_flight.clone())
    }

    /// Records a finished request.
    pub(super) fn end(&self, end: &RequestEnd<'_>) {
        let series = self.series(end);
        series.seconds.record(end.elapsed);
        series.requests.increment(1);
        let (statements, transactions) =
            (end.statements.statements(), end.statements.transactions());
        series.cost.add(1, statements, transactions);
        tracing::info!(
            target: "access",
            request_id = end.context.request_id(),
            method = end.method.as_str(),
            route = end.pattern(),
            status = end.status.as_u16(),
            micros = u64::try_from(end.elapsed.as_micros()).unwrap_or(u64::MAX),
            client = end.context.client.ip.map(tracing::field::display),
        );
    }

    fn series(&self, end: &RequestEnd<'_>) -> RequestSeries {
        let key = (end.route, end.status.as_u16());
        let mut known = self.series.borrow_mut();
        let series = known.entry(key).or_insert_with(|| {
            let (route, method) = (end.pattern().to_owned(), end.known_method());
            RequestSeries {
                cost: OperationCost::new(format!("{method} {route}")),
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

/// A finished request.
pub(super) struct RequestEnd<'a> {
    pub(super) context: &'a Rc<RequestContext>,
    pub(super) table: &'a RouteTable,
    pub(super) route: Option<usize>,
    pub(super) method: &'a Method,
    pub(super) status: StatusCode,
    pub(super) elapsed: Duration,
    pub(super) statements: &'a StatementCounter,
}

impl RequestEnd<'_> {
    fn pattern(&self) -> &str {
        self.route
            .and_then(|index| self.table.routes().get(index))
            .map_or(NO_ROUTE, |route| &route.pattern)
    }

    /// The method of the route: clients may send any other.
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
