//! Two people part: what either was told of the other goes.

use std::collections::BTreeSet;

use ::store::jobs::Claimed;
use ::store::{Handler, Tx};
use async_trait::async_trait;
use contract::notify::Parted;
use kernel::{Fault, UserId};

use crate::Notify;
use crate::service::lock;
use crate::settling::tell_removed;
use crate::store::notifications;

/// Removes notifications of people who have parted. What is still on its way between them is held
/// against their block when it arrives.
pub(crate) struct Part(pub(crate) Notify);

#[async_trait]
impl Handler for Part {
    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let (Parted { one, other }, job): (Parted, _) = (job.arguments()?, job.clone());
        let write = move |tx: &mut Tx<'_>| {
            part(tx, one, other)?;
            job.complete(tx)
        };
        self.0.parts.store.write(write).await
    }
}

fn part(tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), Fault> {
    let both = BTreeSet::from([one, other]);
    lock(tx.conn, &both)?;
    for user in both {
        let actor = if user == one { other } else { one };
        let lines = notifications::by(tx.conn, user, actor)?;
        notifications::remove_lines(tx.conn, &lines)?;
        tell_removed(tx, user, lines)?;
    }
    Ok(())
}
