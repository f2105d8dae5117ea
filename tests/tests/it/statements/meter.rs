//! Reads from the server what single operations take of its database.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Sub;

use e2e::{Answer, App, Person, Socket, until};
use reqwest::{Client, Method};
use serde_json::Value;

/// What is taken of the database.
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

/// What an operation has taken since the server started, and how often it was run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub(super) cost: Cost,
    pub(super) runs: u64,
}

/// What one `/metrics` said.
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

    /// All operations that were run.
    pub(super) fn operations(&self) -> impl Iterator<Item = &str> {
        let start = "courtside_db_operations_total{operation=\"";
        let lines = self.0.lines();
        lines.filter_map(move |line| line.strip_prefix(start)?.split('"').next())
    }
}

/// Measures operations one at a time. What it measures has a label: the operation as the server names
/// it, and the case in parentheses where there are several, as in `POST /api/v1/token/ (new device)`.
pub(crate) struct Meter<'a> {
    pub(crate) app: &'a App,
    client: Client,
    measured: RefCell<BTreeMap<String, Cost>>,
}

/// The operation that a label is about.
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

    /// All that was measured, by label.
    pub(super) fn into_measured(self) -> BTreeMap<String, Cost> {
        self.measured.into_inner()
    }

    pub(super) async fn scrape(&self) -> Scrape {
        let request = self.client.get(format!("{}/metrics", self.app.url()));
        Scrape(request.send().await.unwrap().text().await.unwrap())
    }

    /// The totals of an operation once it was run so many times in all.
    pub(super) async fn totals_after(&self, operation: &str, runs: u64) -> Totals {
        until(&format!("{operation} was run {runs} times"), async || {
            self.scrape().await.totals(operation).runs >= runs
        })
        .await;
        let totals = self.scrape().await.totals(operation);
        assert_eq!(totals.runs, runs, "{operation}");
        totals
    }

    /// What was measured of this label.
    pub(super) fn measured(&self, label: &str) -> Cost {
        self.measured.borrow()[label]
    }

    /// Notes what was measured.
    pub(super) fn note(&self, label: &str, cost: Cost) {
        let before = self.measured.borrow_mut().insert(label.to_owned(), cost);
        assert!(before.is_none(), "{label} is measured twice");
    }

    /// Measures work that runs these operations once each.
    pub(super) async fn measure_all<T>(&self, labels: &[&str], work: impl Future<Output = T>) -> T {
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

    /// Measures a scrape: the next one tells of it.
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

    /// Measures a request of this person, which must succeed. The label may have a query after its
    /// route; the values stand for the names in braces.
    pub(crate) async fn call(
        &self,
        person: &Person,
        label: &str,
        values: &[&str],
        body: Value,
    ) -> Answer {
        let (method, address) = operation_of(label).split_once(' ').unwrap();
        let path = filled(address, values);
        let method: Method = method.parse().unwrap();
        let request = person.signed(method, &path);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let measured = without_query(label);
        let answer = self.measure(&measured, person.send(request)).await;
        assert!(
            (200..300).contains(&answer.status),
            "{label}: {} {}",
            answer.status,
            answer.text()
        );
        answer
    }

    /// The same without a body.
    pub(crate) async fn read(&self, person: &Person, label: &str, values: &[&str]) -> Answer {
        self.call(person, label, values, Value::Null).await
    }

    /// Measures an action of a socket, which must be acknowledged.
    pub(super) async fn act(&self, socket: &mut Socket, label: &str, data: Value) -> Value {
        let action = operation_of(label).strip_prefix("action ").unwrap();
        let answer = self.measure(label, socket.ask(action, data)).await;
        assert_eq!(e2e::name(&answer), "ack", "{label}: {answer}");
        answer
    }
}

/// An address with its names in braces replaced.
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
fn a_label_names_its_operation_and_its_address() {
    let label = "GET /chats/{username}/messages/?limit=50 (25 rows)";
    assert_eq!(
        without_query(label),
        "GET /chats/{username}/messages/ (25 rows)"
    );
    assert_eq!(filled("/a/{x}/b/{y}/", &["1", "2"]), "/a/1/b/2/");
    assert_eq!(operation_of("action typing (again)"), "action typing");
}
