//! Background jobs as rows: claimed with a lease, retried with growing delays, with one effect each.
//!
//! A job is a type that implements [`Job`]; a module that enqueues it and the one that handles it
//! share nothing else.
//!
//! ```no_run
//! use jobs::{ClaimedJob, Enqueue, Job, JobClass, JobHandler, Registration, Worker};
//! use kernel::AppError;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Greet {
//!     name: String,
//! }
//!
//! impl Job for Greet {
//!     const KIND: &'static str = "example.greet";
//!     const CLASS: JobClass = JobClass::Timer;
//! }
//!
//! struct GreetHandler;
//!
//! #[async_trait::async_trait]
//! impl JobHandler<Greet> for GreetHandler {
//!     async fn run(&self, job: Greet, _claimed: &ClaimedJob) -> Result<(), AppError> {
//!         println!("Hello, {}!", job.name);
//!         Ok(())
//!     }
//! }
//!
//! # async fn example(store: db::Store) -> Result<(), AppError> {
//! let worker = Worker::new(store.clone()).register([Registration::new(GreetHandler)]);
//! tokio::spawn(worker.run());
//! let job = Greet { name: "Ada".to_owned() };
//! store.write(|tx| tx.enqueue(job)).await
//! # }
//! ```

mod batches;
mod completion;
mod enqueue;
mod job;
mod queries;
mod registration;
mod report;
#[allow(missing_docs, unreachable_pub)]
mod schema;
mod worker;

pub use completion::LeaseLost;
pub use enqueue::{Enqueue, wake_worker};
pub use job::{ClaimedJob, JobId, JobKind, NewJob};
pub use kernel::{Job, JobClass};
pub use queries::{MAX_ATTEMPTS, attempts, backlog, overdue};
pub use registration::{BatchHandler, JobHandler, Registration};
pub use report::ReportJobs;
pub use worker::Worker;
