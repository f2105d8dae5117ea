//! Background work as rows: claimed with a lease, retried with growing pauses, run once in effect.
//!
//! ```no_run
//! use jobs::{Enqueue, NewJob};
//! use kernel::AppError;
//!
//! # async fn example(store: db::Store) -> Result<(), AppError> {
//! store.write(|tx| tx.enqueue(NewJob::new("greet", &"Ada")?)).await
//! # }
//! ```

mod batches;
mod enqueue;
mod job;
mod queries;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod worker;

pub use batches::BatchHandler;
pub use enqueue::Enqueue;
pub use job::{ClaimedJob, JobId, JobKind, LeaseLost, NewJob};
pub use queries::{MAX_ATTEMPTS, attempts, backlog, overdue};
pub use worker::{JobClass, JobHandler, ReportJobs, Worker};
