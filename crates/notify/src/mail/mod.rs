//! Mail about what waits too long.
//!
//! A job per person looks when something has waited for a while ([`CollectDigestHandler`]). It claims all that
//! waits, notes a mail and leaves a job for it, in one transaction. That job ([`SendDigestHandler`]) leaves out
//! what was read meanwhile, notes that it tries, sends, and notes what came of it.

mod gathering;
mod sending;

use db::Tx;
use jobs::{Enqueue, Job, JobClass, NewJob};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};

pub(crate) use gathering::CollectDigestHandler;
pub(crate) use sending::SendDigestHandler;

use crate::ports::DeliveryId;

/// Gathers what waits for a person, if mail is due.
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

/// Sends a mail.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct SendDigestJob {
    delivery: DeliveryId,
}

impl Job for SendDigestJob {
    const KIND: &'static str = "notify.send";
    const CLASS: JobClass = JobClass::Mail;
}

/// Looks then whether mail is due to these people, unless it is looked sooner.
pub(crate) fn look_later(
    tx: &mut Tx<'_>,
    users: impl IntoIterator<Item = UserId>,
    at: Timestamp,
) -> Result<(), AppError> {
    let job = |user| Ok(NewJob::new(&CollectDigestJob { user })?.at(at));
    let jobs: Result<Vec<NewJob>, AppError> = users.into_iter().map(job).collect();
    tx.enqueue_all(jobs?)
}
