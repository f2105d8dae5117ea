//! Expires invites that were not answered.

use async_trait::async_trait;
use contract::invites::{CancelReason, InviteId, InviteStatus};
use db::Tx;
use jobs::{ClaimedJob, Job, JobClass, JobHandler};
use kernel::AppError;
use serde::{Deserialize, Serialize};

use crate::events;
use crate::parts::lock_players;
use crate::queries;
use crate::{Invites, InvitesParts};

/// Expires an invite.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct ExpireInviteJob {
    pub(crate) id: InviteId,
}

impl Job for ExpireInviteJob {
    const KIND: &'static str = "invites.expire";
    const CLASS: JobClass = JobClass::Timer;
}

/// Handles [`ExpireInviteJob`].
pub(crate) struct ExpireInviteHandler(pub(crate) Invites);

#[async_trait]
impl JobHandler<ExpireInviteJob> for ExpireInviteHandler {
    async fn run(&self, job: ExpireInviteJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let claimed = claimed.clone();
        self.0
            .write(move |tx, parts| {
                expire(tx, parts, job.id)?;
                claimed.complete(tx)
            })
            .await
    }
}

fn expire(tx: &mut Tx<'_>, parts: &InvitesParts, id: InviteId) -> Result<(), AppError> {
    let Some(row) = queries::load(tx.conn, id)? else {
        return Ok(());
    };
    lock_players(tx.conn, vec![row.sender_id, row.receiver_id])?;
    let now = tx.env().now();
    let pending = queries::pending(tx.conn, row.sender_id, row.receiver_id)?;
    let expired = pending.filter(|row| row.id == id && row.status(now) == InviteStatus::Expired);
    let Some(mut row) = expired else {
        return Ok(());
    };
    queries::end(tx.conn, &mut row, InviteStatus::Expired, None, now)?;
    match parts.load_pair(tx.conn, row.sender_id, row.receiver_id)? {
        Some(pair) => events::canceled(tx, &row, &pair, CancelReason::Expired),
        None => events::resolve_notification(tx, &row),
    }
}
