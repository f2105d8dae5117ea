//! Counts what socket operations cost the database.

use std::cell::RefCell;
use std::collections::HashMap;

use contract::catalogue::SOCKETS;
use db::StatementCounter;
use telemetry::OperationCost;

thread_local! {
    /// The actions that this thread has counted: looking a counter up costs more than counting.
    static ACTIONS: RefCell<HashMap<String, OperationCost>> = RefCell::default();
}

/// Counts an action. Names that are not in the catalogue are ignored: clients choose them.
pub(crate) fn count_action(name: &str, cost: &StatementCounter) {
    ACTIONS.with_borrow_mut(|actions| match actions.get(name) {
        Some(known) => add(known, cost),
        None if !is_action(name) => {}
        None => {
            let new = OperationCost::new(format!("action {name}"));
            add(&new, cost);
            actions.insert(name.to_owned(), new);
        }
    });
}

/// Counts the opening and greeting of a socket of this path.
pub(crate) fn count_connect(path: &str, cost: &StatementCounter) {
    add(&OperationCost::new(format!("connect {path}")), cost);
}

fn add(operation: &OperationCost, cost: &StatementCounter) {
    operation.add(1, cost.statements(), cost.transactions());
}

fn is_action(name: &str) -> bool {
    SOCKETS
        .iter()
        .any(|socket| socket.actions().any(|frame| frame.name == name))
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
