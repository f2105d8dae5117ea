//! All rate limits, from where they are declared: as a page, and with each operation as `x-rate-limits`.

use std::collections::BTreeMap;
use std::fmt::Write;

use http_kit::rate_limit::{RepeatingRequest, VisibleAction};
use http_kit::route_limits::{self, RouteLimits};
use http_kit::{RateLimitInfo, RateSubject};
use serde_json::{Value, json};

use super::duration::span;
use super::sockets;
use crate::app;
use crate::modules::MODULES;

const START: &str = "\
# Rate limits

Beyond a limit, an operation answers 429 with `too_many_requests`, `Retry-After` and `error.retry_after`,
and a socket action with the same code. Answers of limited operations have the headers
`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. \"60 in 6 s\" means 60 at once, and 60
every 6 seconds in the long run. All nodes count together, and HTTP and sockets share the limit of an
action. `--rate-limits` multiplies the first two tables, `off` lifts them. This page is written by
`courtside openapi`; a test keeps it true.

Limits count by *user* (by address where nobody is signed in), by *address* (the /64 of an IPv6 address)
or by *network* (the /24 of an IPv4 address, the /48 of an IPv6 address).

## Operations

An operation in several lines has several limits.

| limit | requests | by | operations |
|---|---|---|---|
";

const COUNTED: &str = "
## Counted within operations and sockets

| limit | at most | by | what is counted |
|---|---|---|---|
";

const GUARDS: &str = "
## Limits that always hold

These hold whatever `--rate-limits` says.

";

/// Limits that are checked by code and by no extractor, with what is counted.
fn counted() -> Vec<(RateLimitInfo, &'static str)> {
    let shared = [
        (
            RateLimitInfo::of::<RepeatingRequest>(),
            "repeated requests with the same `Idempotency-Key`, which count against no other limit",
        ),
        (
            RateLimitInfo::of::<VisibleAction>(),
            "socket actions that others notice: messages and changes of them, likes, receipts, \
             typing, rooms, presence",
        ),
    ];
    let of_modules = MODULES.iter().flat_map(|module| module.counted_limits());
    shared.into_iter().chain(of_modules).collect()
}

/// The page as the file it is kept in.
///
/// # Errors
/// The limits of the routes cannot be listed.
pub fn page() -> Result<String, String> {
    let mut page = START.to_owned();
    for (info, operations) in by_limit(routes()?) {
        add_row(&mut page, info, &operations.join("<br>"));
    }
    page.push_str(COUNTED);
    for (info, what) in counted() {
        add_row(&mut page, info, what);
    }
    page.push_str("\n## Sockets and frames\n\n");
    add_list(&mut page, &sockets::limits());
    page.push_str(GUARDS);
    let fixed: Vec<String> = MODULES
        .iter()
        .flat_map(|module| module.fixed_limits())
        .collect();
    add_list(&mut page, &fixed);
    Ok(page)
}

fn routes() -> Result<Vec<RouteLimits>, String> {
    route_limits::list(app::register).map_err(|error| error.to_string())
}

/// The limits by their names, each with its operations.
fn by_limit(routes: Vec<RouteLimits>) -> Vec<(RateLimitInfo, Vec<String>)> {
    let mut all: BTreeMap<&str, (RateLimitInfo, Vec<String>)> = BTreeMap::new();
    for RouteLimits {
        method,
        pattern,
        limits,
    } in routes
    {
        for info in limits {
            let (_, operations) = all.entry(info.name).or_insert((info, vec![]));
            operations.push(format!("`{method} {pattern}`"));
        }
    }
    all.into_values().collect()
}

fn add_row(page: &mut String, info: RateLimitInfo, what: &str) {
    let (name, burst, by) = (info.name, info.burst, subject(info.by));
    let per = span(info.per);
    let _infallible = writeln!(page, "| `{name}` | {burst} in {per} | {by} | {what} |");
}

fn add_list(page: &mut String, sentences: &[String]) {
    for sentence in sentences {
        let _infallible = writeln!(page, "- {sentence}");
    }
}

fn subject(by: RateSubject) -> &'static str {
    match by {
        RateSubject::Address => "address",
        RateSubject::Network => "network",
        RateSubject::User => "user",
    }
}

/// Adds their limits to the operations of the document.
pub(super) fn describe(document: &mut Value) -> Result<(), String> {
    for route in routes()? {
        let method = route.method.as_str().to_ascii_lowercase();
        let operation = document
            .get_mut("paths")
            .and_then(|paths| paths.get_mut(&route.pattern)?.get_mut(&method))
            .and_then(Value::as_object_mut);
        let Some(operation) = operation else { continue };
        let limits: Vec<Value> = route.limits.iter().map(described).collect();
        operation.insert("x-rate-limits".to_owned(), limits.into());
    }
    Ok(())
}

fn described(info: &RateLimitInfo) -> Value {
    json!({
        "name": info.name, "requests": info.burst, "seconds": info.per.as_secs(),
        "by": subject(info.by),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_limit_gathers_the_operations_of_a_limit() {
        let info = RateLimitInfo::of::<VisibleAction>();
        let route = |pattern: &str| RouteLimits {
            method: actix_web::http::Method::POST,
            pattern: pattern.to_owned(),
            limits: vec![info],
        };
        let found = by_limit(vec![route("/a/"), route("/b/")]);
        let operations = vec!["`POST /a/`".to_owned(), "`POST /b/`".to_owned()];
        assert_eq!(found, [(info, operations)]);
    }
}
