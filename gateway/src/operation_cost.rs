//! What operations ask of the database, by operation and never by what callers sent.

use std::cell::RefCell;
use std::collections::HashMap;

use contract::catalogue::SOCKETS;
use db::StatementCounter;
use metrics::Counter;
use telemetry::{DB_OPERATIONS, DB_STATEMENTS, DB_TRANSACTIONS};

/// What one operation has cost.
#[derive(Clone)]
pub struct OperationCost {
    statements: Counter,
    transactions: Counter,
    operations: Counter,
}

impl OperationCost {
    /// The counters of this operation, as in `GET /api/v1/chats/`, `action typing` or `job mail`.
    pub fn of(operation: String) -> Self {
        Self {
            statements: metrics::counter!(DB_STATEMENTS, "operation" => operation.clone()),
            transactions: metrics::counter!(DB_TRANSACTIONS, "operation" => operation.clone()),
            operations: metrics::counter!(DB_OPERATIONS, "operation" => operation),
        }
    }

    /// The operation was run so many times, at this cost in all.
    pub fn add(&self, times: u64, cost: &StatementCounter) {
        self.statements.increment(cost.statements());
        self.transactions.increment(cost.transactions());
        self.operations.increment(times);
    }

    /// Background work has cost so much since the process began.
    pub fn set(&self, cost: &StatementCounter) {
        self.statements.absolute(cost.statements());
        self.transactions.absolute(cost.transactions());
    }
}

thread_local! {
    /// The actions that this thread has counted: looking a counter up costs more than counting.
    static ACTIONS: RefCell<HashMap<String, OperationCost>> = RefCell::default();
}

/// An action of a socket was done, at this cost. Names that are not in the catalogue are not counted:
/// clients choose them.
pub fn count_action(name: &str, cost: &StatementCounter) {
    ACTIONS.with_borrow_mut(|actions| match actions.get(name) {
        Some(known) => known.add(1, cost),
        None if !is_action(name) => {}
        None => {
            let new = OperationCost::of(format!("action {name}"));
            new.add(1, cost);
            actions.insert(name.to_owned(), new);
        }
    });
}

fn is_action(name: &str) -> bool {
    SOCKETS
        .iter()
        .any(|socket| socket.actions().any(|frame| frame.name == name))
}

/// A socket of this path was opened and greeted, at this cost.
pub fn count_connect(path: &str, cost: &StatementCounter) {
    OperationCost::of(format!("connect {path}")).add(1, cost);
}

/// Jobs of a kind were run, at this cost.
pub fn report_jobs(kind: &str, jobs: usize, cost: &StatementCounter) {
    let times = u64::try_from(jobs).unwrap_or(u64::MAX);
    OperationCost::of(format!("job {kind}")).add(times, cost);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_action_ignores_names_that_clients_made_up() {
        let cost = StatementCounter::default();
        count_action("typing", &cost);
        count_action("x1", &cost);
        ACTIONS.with_borrow(|actions| {
            assert!(actions.contains_key("typing") && !actions.contains_key("x1"));
        });
    }
}
