//! Reads the statements of single operations from the metrics of the server.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Sub;

use e2e::{App, Response, Socket, TestUser, until};
use reqwest::{Client, Method};
use serde_json::Value;

/// The database cost of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cost {
    pub(super) statements: u64,
    pub(super) transactions: u64,
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            statements: self.statements - before.statements,
            transactions: self.transactions - before.transactions,
        }
    }
}

/// The cost and the number of runs of an operation since the server started.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) cost: Cost,
    pub(super) runs: u64,
}

/// The content of `/metrics`.
pub(super) struct Scrape(String);

impl Scrape {
    fn value(&self, metric: &str, operation: &str) -> u64 {
        let start = format!("{metric}{{operation=\"{operation}\"}} ");
        let mut lines = self.0.lines();
        let value = lines.find_map(|line| line.strip_prefix(start.as_str()));
        value.map_or(0, |value| value.parse().unwrap())
    }

    pub(super) fn totals(&self, operation: &str) -> Totals {
        Totals {
            cost: Cost {
                statements: self.value("courtside_db_statements_total", operation),
                transactions: self.value("courtside_db_transactions_total", operation),
            },
            runs: self.value("courtside_db_operations_total", operation),
        }
    }

    /// All operations that have run.
    pub(super) fn operations(&self) -> impl Iterator<Item = &str> {
        let start = "courtside_db_operations_total{operation=\"";
        let lines = self.0.lines();
        lines.filter_map(move |line| line.strip_prefix(start)?.split('"').next())
    }
}

/// Measures operations one at a time. A measurement has a label: the name of the operation in the metrics,
/// and a case in parentheses if there are several, such as `POST /api/v1/token/ (new device)`.
pub(crate) struct Meter<'a> {
    pub(crate) app: &'a App,
    client: Client,
    measured: RefCell<BTreeMap<String, Cost>>,
}

/// The operation of a label.
pub(super) fn operation_of(label: &str) -> &str {
    label.split(" (").next().unwrap()
}

impl<'a> Meter<'a> {
    pub(super) fn new(app: &'a App) -> Self {
        assert_eq!(app.nodes.len(), 1, "each node counts what it does itself");
        Self {
            app,
            client: e2e::client(),
            measured: RefCell::default(),
        }
    }

    /// All measurements by label.
    pub(super) fn into_measured(self) -> BTreeMap<String, Cost> {
        self.measured.into_inner()
    }

    pub(super) async fn scrape(&self) -> Scrape {
        let request = self.client.get(format!("{}/metrics", self.app.url()));
        Scrape(request.send().await.unwrap().text().await.unwrap())
    }

    /// The totals of an operation after this number of runs.
    pub(super) async fn totals_after(&self, operation: &str, runs: u64) -> Totals {
        until(&format!("{operation} was run {runs} times"), async || {
            self.scrape().await.totals(operation).runs >= runs
        })
        .await;
        let totals = self.scrape().await.totals(operation);
        assert_eq!(totals.runs, runs, "{operation}");
        totals
    }

    /// The measurement of this label.
    pub(super) fn measured(&self, label: &str) -> Cost {
        self.measured.borrow()[label]
    }

    /// Records a measurement.
    pub(super) fn note(&self, label: &str, cost: Cost) {
        let before = self.measured.borrow_mut().insert(label.to_owned(), cost);
        assert!(before.is_none(), "{label} is measured twice");
    }

    /// Measures work that runs these operations once each.
    pub(crate) async fn measure_all<T>(&self, labels: &[&str], work: impl Future<Output = T>) -> T {
        let before = self.scrape().await;
        let output = work.await;
        for label in labels {
            let operation = operation_of(label);
            let before = before.totals(operation);
            let after = self.totals_after(operation, before.runs + 1).await;
            self.note(label, after.cost - before.cost);
        }
        output
    }

    /// Measures a scrape, which the next one reports.
    pub(super) async fn measure_scrape(&self) {
        let label = "GET /metrics";
        let [before, after] =
            [self.scrape().await, self.scrape().await].map(|scrape| scrape.totals(label));
        assert_eq!(after.runs, before.runs + 1);
        self.note(label, after.cost - before.cost);
    }

    /// Measures work that runs this operation once.
    pub(super) async fn measure<T>(&self, label: &str, work: impl Future<Output = T>) -> T {
        self.measure_all(&[label], work).await
    }

    /// Measures a request of a user, which must succeed. The label may have a query after its route; the
    /// values replace the names in braces.
    pub(crate) async fn call(
        &self,
        user: &TestUser,
        label: &str,
        values: &[&str],
        body: Value,
    ) -> Response {
        let (method, address) = operation_of(label).split_once(' ').unwrap();
        let path = filled(address, values);
        let method: Method = method.parse().unwrap();
        let request = user.authenticated_request(method, &path);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let measured = without_query(label);
        let response = self.measure(&measured, user.send(request)).await;
        assert!(
            (200..300).contains(&response.status),
            "{label}: {} {}",
            response.status,
            response.text()
        );
        response
    }

    /// As [`call`](Self::call), without a body.
    pub(crate) async fn read(&self, user: &TestUser, label: &str, values: &[&str]) -> Response {
        self.call(user, label, values, Value::Null).await
    }

    /// Measures an action of a socket, which must be acknowledged.
    pub(crate) async fn act(&self, socket: &mut Socket, label: &str, data: Value) -> Value {
        let action = operation_of(label).strip_prefix("action ").unwrap();
        let response = self.measure(label, socket.act(action, data)).await;
        assert_eq!(e2e::name(&response), "ack", "{label}: {response}");
        response
    }
}

/// The path with values for the names in braces.
fn filled(address: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let mut path = String::new();
    let mut rest = address;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push_str(values.next().unwrap());
        rest = after.split_once('}').unwrap().1;
    }
    assert_eq!(values.next(), None, "{address}");
    path + rest
}

fn without_query(label: &str) -> String {
    match label.split_once('?') {
        Some((address, rest)) => {
            let case = rest.split_once(" (").map(|(_, case)| format!(" ({case}"));
            address.to_owned() + &case.unwrap_or_default()
        }
        None => label.to_owned(),
    }
}

#[test]
fn operation_of_reads_the_label() {
    let label = "GET /chats/{username}/messages/?limit=50 (25 rows)";
    assert_eq!(
        without_query(label),
        "GET /chats/{username}/messages/ (25 rows)"
    );
    assert_eq!(filled("/a/{x}/b/{y}/", &["1", "2"]), "/a/1/b/2/");
    assert_eq!(operation_of("action typing (again)"), "action typing");
}
