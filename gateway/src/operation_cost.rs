//! What operations ask of the database, by operation and never by what callers sent.

use std::cell::RefCell;
use std::collections::HashMap;

use contract::catalogue::SOCKETS;
use db::StatementCounter;
use telemetry::OperationCost;

/// Adds the cost of several runs of an operation.
fn add(operation: &OperationCost, runs: u64, cost: &StatementCounter) {
    operation.add(runs, cost.statements(), cost.transactions());
}

thread_local! {
    /// The actions that this thread has counted: looking a counter up costs more than counting.
    static ACTIONS: RefCell<HashMap<String, OperationCost>> = RefCell::default();
}

/// An action of a socket was done, at this cost. Names that are not in the catalogue are not counted:
/// clients choose them.
pub fn count_action(name: &str, cost: &StatementCounter) {
    ACTIONS.with_borrow_mut(|actions| match actions.get(name) {
        Some(known) => add(known, 1, cost),
        None if !is_action(name) => {}
        None => {
            let new = OperationCost::new(format!("action {name}"));
            add(&new, 1, cost);
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
    add(&OperationCost::new(format!("connect {path}")), 1, cost);
}

/// Jobs of a kind were run, at this cost.
pub fn report_jobs(kind: &str, jobs: usize, cost: &StatementCounter) {
    let times = u64::try_from(jobs).unwrap_or(u64::MAX);
    add(&OperationCost::new(format!("job {kind}")), times, cost);
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
