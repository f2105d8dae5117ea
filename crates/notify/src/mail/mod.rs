//! Mail about what waits too long.
//!
//! A job per person looks when something has waited for a while ([`CollectDigestHandler`]). It claims all that
//! waits, notes a mail and leaves a job for it, in one transaction. That job ([`SendDigestHandler`]) leaves out
//! what was read meanwhile, notes that it tries, sends, and notes what came of it.

mod gathering;
mod sending;

use db::Tx;
use jobs::{Enqueue, NewJob};
use kernel::{AppError, Timestamp, UserId};
use serde::{Deserialize, Serialize};

pub(crate) use gathering::CollectDigestHandler;
pub(crate) use sending::SendDigestHandler;

use crate::ports::DeliveryId;

/// The kind of job that gathers what waits for somebody.
pub(crate) const GATHER: &str = "notify.gather";
/// The kind of job that sends a mail.
pub(crate) const SEND: &str = "notify.send";

/// Whose mail may be due.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct DueDigest {
    user: UserId,
}

/// Which mail is to be sent.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Parcel {
    delivery: DeliveryId,
}

/// Looks then whether mail is due to these people, unless it is looked sooner.
pub(crate) fn look_later(
    tx: &mut Tx<'_>,
    users: impl IntoIterator<Item = UserId>,
    at: Timestamp,
) -> Result<(), AppError> {
    let job = |user| {
        let job = NewJob::new(GATHER, &DueDigest { user })?;
        Ok(job.at(at).once(format!("{GATHER}:{user}")))
    };
    let jobs: Result<Vec<NewJob>, AppError> = users.into_iter().map(job).collect();
    tx.enqueue_all(jobs?)
}
