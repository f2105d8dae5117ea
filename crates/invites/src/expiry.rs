//! The end of invites that nobody answered.

use ::store::Handler;
use ::store::Tx;
use ::store::jobs::Claimed;
use async_trait::async_trait;
use contract::invites::{CancelReason, InviteId, InviteStatus};
use kernel::{Fault, UserId};
use serde::{Deserialize, Serialize};

use crate::Invites;
use crate::events::{self, Pair};
use crate::service::lock;
use crate::store;

/// The kind of job that ends an invite.
pub(crate) const JOB: &str = "invites.expire";

/// Which invite's time is over.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Due {
    pub(crate) id: InviteId,
}

/// Ends invites whose time is over.
pub(crate) struct Expire(pub(crate) Invites);

#[async_trait]
impl Handler for Expire {
    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let (Due { id }, parts) = (job.arguments()?, &self.0.parts);
        let found = parts.store.read(move |conn| store::load(conn, id)).await?;
        let pair = match &found {
            Some(row) => self.0.known_pair(row.sender_id, row.receiver_id).await?,
            None => None,
        };
        let job = job.clone();
        let write = move |tx: &mut Tx<'_>| {
            expire_in(tx, id, pair.as_ref())?;
            job.complete(tx)
        };
        parts.store.write(write).await
    }
}

impl Invites {
    /// These two, if both are still there.
    async fn known_pair(&self, sender: UserId, receiver: UserId) -> Result<Option<Pair>, Fault> {
        let mut players = self.parts.players.of(&[sender, receiver]).await?;
        let both = (players.remove(&sender), players.remove(&receiver));
        Ok(match both {
            (Some(sender), Some(receiver)) => Some(Pair { sender, receiver }),
            _ => None,
        })
    }
}

fn expire_in(tx: &mut Tx<'_>, id: InviteId, pair: Option<&Pair>) -> Result<(), Fault> {
    let Some(row) = store::load(tx.conn, id)? else {
        return Ok(());
    };
    lock(tx.conn, [row.sender_id, row.receiver_id])?;
    let now = tx.ambient().now();
    let waiting = store::pending(tx.conn, row.sender_id, row.receiver_id)?;
    let over = waiting.filter(|row| row.id == id && row.status(now) == InviteStatus::Expired);
    let Some(mut row) = over else { return Ok(()) };
    store::end(tx.conn, &mut row, InviteStatus::Expired, None, now)?;
    match pair {
        Some(pair) => events::canceled(tx, &row, pair, CancelReason::Expired),
        None => events::over(tx, &row),
    }
}
