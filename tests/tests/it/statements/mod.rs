//! The statements of every operation, counted by the server and compared with `tests/statements.txt`: each
//! route, each socket action, the opening of each socket, each kind of job. More statements than listed
//! are a failure; `just statements` writes the table.

mod accounts;
mod chats;
mod friends;
mod invites;
mod jobs;
mod lists;
mod meter;
mod notifications;
mod security;
mod service;
mod sockets;
mod table;

use std::collections::BTreeSet;

use e2e::{App, TestUser, catalogue};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::domains::DOMAINS;

pub(crate) use meter::Meter;
use meter::operation_of;
use table::{Engine, Table};

/// Counted separately from the operations that cause it.
const BACKGROUND: &str = "presence";

/// A node with this database; `None` if the server is not installed.
fn app(engine: Engine) -> Option<App> {
    let builder = App::with()
        .flag("--rate-limits", "off")
        .flag("--digest-after", "0")
        .flag("--tournament-break", "0");
    match engine {
        Engine::Sqlite => Some(builder.embedded()),
        Engine::Postgres => builder.cluster(1),
    }
}

/// Registers users with these names concurrently.
async fn create_users<const N: usize>(app: &App, names: [&str; N]) -> [TestUser; N] {
    let users = join_all(names.map(|name| app.user(name))).await;
    users.try_into().unwrap_or_else(|_| unreachable!())
}

/// The id in the data of a response.
fn id_in(data: &Value) -> String {
    data["id"].as_str().unwrap().to_owned()
}

async fn id_of(user: &TestUser) -> String {
    id_in(&user.get("/api/v1/users/profile/").await.data())
}

fn messages_of(chat: &str) -> String {
    format!("/api/v1/chats/rooms/{chat}/messages/")
}

/// Sends a message to a chat; returns its id.
async fn write(user: &TestUser, chat: &str, text: &str) -> String {
    let path = messages_of(chat);
    let written = user.post(&path, json!({"content": text})).await;
    id_in(&written.expect(201).data())
}

/// Every operation of both documents.
fn documented() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut all = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item[method].is_object() {
                all.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    for channel in catalogue()["channels"].as_object().unwrap().values() {
        all.insert(format!("connect {}", channel["address"].as_str().unwrap()));
        let messages = channel["messages"].as_object().unwrap().keys();
        let actions = messages.filter_map(|name| name.strip_prefix("client."));
        all.extend(actions.map(|name| format!("action {name}")));
    }
    all
}

#[test]
fn table_lists_every_documented_operation() {
    let table = Table::load();
    let operations = table.labels().map(|label| operation_of(label).to_owned());
    let is_documented = |name: &String| !name.starts_with("job ") && name != "session lookup";
    let written: BTreeSet<String> = operations.filter(is_documented).collect();
    let documented = documented();
    let missing: Vec<_> = documented.difference(&written).collect();
    let unknown: Vec<_> = written.difference(&documented).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "not in the table: {missing:?}; in the table only: {unknown:?}"
    );
}

/// Fails if the server has counted an operation that the table does not list.
async fn check_counted(meter: &Meter<'_>) {
    let (table, scrape) = (Table::load(), meter.scrape().await);
    let known: BTreeSet<&str> = table.labels().map(operation_of).collect();
    let counted = scrape.operations();
    let unknown: Vec<_> = counted
        .filter(|name| !known.contains(name) && *name != BACKGROUND)
        .collect();
    assert!(
        unknown.is_empty(),
        "counted and not in the table: {unknown:?}"
    );
}

/// Runs every operation except jobs.
async fn measure_operations(engine: Engine) {
    let Some(app) = app(engine) else { return };
    let meter = Meter::new(&app);
    Box::pin(service::measure(&meter)).await;
    Box::pin(accounts::measure(&meter)).await;
    Box::pin(security::measure(&meter)).await;
    Box::pin(friends::measure(&meter)).await;
    Box::pin(chats::measure(&meter)).await;
    Box::pin(invites::measure(&meter)).await;
    Box::pin(notifications::measure(&meter)).await;
    Box::pin(sockets::measure(&meter)).await;
    for domain in DOMAINS {
        (domain.measure)(&meter).await;
    }
    let measured = meter.into_measured();
    Table::check(engine, &measured, |label| !label.starts_with("job "));
    check_counted(&Meter::new(&app)).await;
}

mod operations_take_what_the_table_says {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        measure_operations(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        measure_operations(Engine::Postgres).await;
    }
}

/// Runs every kind of job.
async fn measure_jobs(engine: Engine) {
    let Some(app) = app(engine) else { return };
    let meter = Meter::new(&app);
    Box::pin(jobs::measure(&meter)).await;
    let measured = meter.into_measured();
    Table::check(engine, &measured, |label| label.starts_with("job "));
    check_counted(&Meter::new(&app)).await;
}

mod jobs_take_what_the_table_says {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        measure_jobs(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        measure_jobs(Engine::Postgres).await;
    }
}

mod lists_take_as_much_for_many_rows_as_for_one {
    use super::*;

    #[tokio::test]
    async fn sqlite() {
        lists::compare(Engine::Sqlite).await;
    }

    #[tokio::test]
    async fn postgres() {
        lists::compare(Engine::Postgres).await;
    }
}
