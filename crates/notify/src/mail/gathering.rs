//! Gathering what waits for somebody into a mail.

use async_trait::async_trait;
use contract::notify::{Action, NotificationId};
use db::Tx;
use jobs::{ClaimedJob, Enqueue, JobHandler};
use kernel::{AppError, UserId};

use super::{CollectDigestJob, SendDigestJob, look_later};
use crate::ports::DeliveryId;
use crate::rules::mailing::{self, Next, Waiting};
use crate::service::lock_one;
use crate::store::notifications::{self, Unmailed};
use crate::store::{deliveries, preferences};
use crate::{Notify, NotifyParts};

/// Looks whether mail is due to a person.
pub(crate) struct CollectDigestHandler(pub(crate) Notify);

#[async_trait]
impl JobHandler<CollectDigestJob> for CollectDigestHandler {
    async fn run(&self, job: CollectDigestJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let user = job.user;
        let is_around = self.0.parts.presence.is_around(user).await?;
        let (notify, claimed) = (self.0.clone(), claimed.clone());
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            // First, so that another look can be asked for: there is one at a time.
            claimed.complete(tx)?;
            gather(tx, &notify, user, is_around)
        };
        self.0.parts.store.write(write).await
    }
}

fn gather(tx: &mut Tx<'_>, notify: &Notify, user: UserId, is_around: bool) -> Result<(), AppError> {
    let after = notify.config.mail_after;
    let wishes = preferences::of_one(tx.conn, user)?;
    let still_wanted =
        |action: Option<Action>| action.is_some_and(|one| wishes.kinds.of(one).email);
    let mut waiting = notifications::unmailed(tx.conn, user)?;
    waiting.retain(|one| still_wanted(one.action));
    let state = Waiting {
        since: waiting.first().map(|one| one.created_at),
        last_mail: deliveries::last(tx.conn, user)?,
        frequency: wishes.digest,
        is_around,
    };
    match mailing::next(&state, after, tx.env().now()) {
        Next::Nothing => Ok(()),
        Next::Later(at) => look_later(tx, [user], at),
        Next::Mail => make(tx, &notify.parts, user, &waiting),
    }
}

/// Makes a mail of all that waits. What comes in these chats after it is told by the next.
fn make(
    tx: &mut Tx<'_>,
    parts: &NotifyParts,
    user: UserId,
    waiting: &[Unmailed],
) -> Result<(), AppError> {
    let (delivery, now): (DeliveryId, _) = (tx.env().id(), tx.env().now());
    let ids: Vec<NotificationId> = waiting.iter().map(|one| one.id).collect();
    deliveries::insert(tx.conn, delivery, user, now)?;
    notifications::claim(tx.conn, &ids, delivery)?;
    parts.call_again(tx, user, waiting.iter().map(|one| &one.subject))?;
    tx.enqueue(SendDigestJob { delivery })
}
