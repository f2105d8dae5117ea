//! Counts what operations cost the database, by operation and never by what clients sent.

use metrics::{Counter, counter};

use crate::metrics::{DB_OPERATIONS, DB_STATEMENTS, DB_TRANSACTIONS};

/// The counters of one operation.
#[derive(Clone)]
pub struct OperationCost {
    statements: Counter,
    transactions: Counter,
    operations: Counter,
}

impl std::fmt::Debug for OperationCost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OperationCost")
    }
}

impl OperationCost {
    /// The counters of this operation, named as in `GET /api/v1/chats/`, `action typing` or `job mail`.
    #[must_use]
    pub fn new(operation: String) -> Self {
        Self {
            statements: counter!(DB_STATEMENTS, "operation" => operation.clone()),
            transactions: counter!(DB_TRANSACTIONS, "operation" => operation.clone()),
            operations: counter!(DB_OPERATIONS, "operation" => operation),
        }
    }

    /// Adds runs of the operation and what they cost together.
    pub fn add(&self, times: u64, statements: u64, transactions: u64) {
        self.statements.increment(statements);
        self.transactions.increment(transactions);
        self.operations.increment(times);
    }

    /// Sets what a task without separate runs has cost since the process began.
    pub fn set(&self, statements: u64, transactions: u64) {
        self.statements.absolute(statements);
        self.transactions.absolute(transactions);
    }
}
