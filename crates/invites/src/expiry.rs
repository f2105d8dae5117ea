//! The end of invites that nobody answered.

use async_trait::async_trait;
use contract::invites::{CancelReason, InviteId, InviteStatus};
use db::Tx;
use jobs::{ClaimedJob, Job, JobClass, JobHandler};
use kernel::AppError;
use serde::{Deserialize, Serialize};

use crate::events;
use crate::parts::lock;
use crate::store;
use crate::{Invites, InvitesParts};

/// Ends an invite when its time is over.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ExpireInviteJob {
    pub(crate) id: InviteId,
}

impl Job for ExpireInviteJob {
    const KIND: &'static str = "invites.expire";
    const CLASS: JobClass = JobClass::Timer;
}

pub(crate) struct ExpireInviteHandler(pub(crate) Invites);

#[async_trait]
impl JobHandler<ExpireInviteJob> for ExpireInviteHandler {
    async fn run(&self, job: ExpireInviteJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let claimed = claimed.clone();
        self.0
            .write(move |tx, parts| {
                expire_in(tx, parts, job.id)?;
                claimed.complete(tx)
            })
            .await
    }
}

fn expire_in(tx: &mut Tx<'_>, parts: &InvitesParts, id: InviteId) -> Result<(), AppError> {
    let Some(row) = store::load(tx.conn, id)? else {
        return Ok(());
    };
    lock(tx.conn, vec![row.sender_id, row.receiver_id])?;
    let now = tx.env().now();
    let waiting = store::pending(tx.conn, row.sender_id, row.receiver_id)?;
    let over = waiting.filter(|row| row.id == id && row.status(now) == InviteStatus::Expired);
    let Some(mut row) = over else { return Ok(()) };
    store::end(tx.conn, &mut row, InviteStatus::Expired, None, now)?;
    match parts.pair(tx.conn, row.sender_id, row.receiver_id)? {
        Some(pair) => events::canceled(tx, &row, &pair, CancelReason::Expired),
        None => events::over(tx, &row),
    }
}
