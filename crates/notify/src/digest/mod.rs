//! Email digests.
//!
//! A job per user collects what has been unread for a while ([`CollectDigestHandler`]): it claims the
//! notifications, stores a delivery and enqueues its job, in one transaction. That job
//! ([`SendDigestHandler`]) leaves out what was read meanwhile, stores an attempt, sends, and stores the
//! outcome.

mod collect;
mod send;

use db::Tx;
use jobs::{Enqueue, Job, JobClass, NewJob};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};

pub(crate) use collect::CollectDigestHandler;
pub(crate) use send::SendDigestHandler;

use crate::ports::DeliveryId;

/// Collects the unread notifications of a user into a digest, if one is due.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct CollectDigestJob {
    user: UserId,
}

impl Job for CollectDigestJob {
    const KIND: &'static str = "notify.gather";
    const CLASS: JobClass = JobClass::Timer;

    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}", Self::KIND, self.user))
    }
}

/// Sends a digest.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct SendDigestJob {
    delivery: DeliveryId,
}

impl Job for SendDigestJob {
    const KIND: &'static str = "notify.send";
    const CLASS: JobClass = JobClass::Mail;
}

/// Enqueues the collection for these users at this time, unless one is enqueued already.
pub(crate) fn schedule(
    tx: &mut Tx<'_>,
    users: impl IntoIterator<Item = UserId>,
    at: Timestamp,
) -> Result<(), AppError> {
    let job = |user| Ok(NewJob::new(&CollectDigestJob { user })?.at(at));
    let jobs: Result<Vec<NewJob>, AppError> = users.into_iter().map(job).collect();
    tx.enqueue_all(jobs?)
}
