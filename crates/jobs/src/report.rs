//! Reports of what jobs cost.

use db::StatementCounter;

/// Called with the number of jobs of a kind that were run and the statements that they took.
pub type ReportJobs = fn(kind: &str, jobs: usize, cost: &StatementCounter);
