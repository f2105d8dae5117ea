//! Collects unread notifications into a digest.

use async_trait::async_trait;
use contract::notify::{Action, NotificationId};
use db::Tx;
use jobs::{ClaimedJob, Enqueue, JobHandler};
use kernel::{AppError, UserId};

use super::{CollectDigestJob, SendDigestJob, schedule};
use crate::locks::lock_user;
use crate::ports::DeliveryId;
use crate::queries::notifications::{self, UnmailedNotification};
use crate::queries::{deliveries, preferences};
use crate::rules::digest_schedule::{self, DigestDecision, DigestState};
use crate::{Notify, NotifyParts};

/// Handles [`CollectDigestJob`].
pub(crate) struct CollectDigestHandler(pub(crate) Notify);

#[async_trait]
impl JobHandler<CollectDigestJob> for CollectDigestHandler {
    async fn run(&self, job: CollectDigestJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let user = job.user;
        let is_active = self.0.parts.activity.is_active(user).await?;
        let (notify, claimed) = (self.0.clone(), claimed.clone());
        let write = move |tx: &mut Tx<'_>| {
            lock_user(tx.conn, user)?;
            // Before the next collection is enqueued, since a user has one at a time.
            claimed.complete(tx)?;
            collect(tx, &notify, user, is_active)
        };
        self.0.parts.store.write(write).await
    }
}

fn collect(
    tx: &mut Tx<'_>,
    notify: &Notify,
    user: UserId,
    is_active: bool,
) -> Result<(), AppError> {
    let preferences = preferences::load(tx.conn, user)?;
    let is_wanted =
        |action: Option<Action>| action.is_some_and(|action| preferences.kinds.of(action).email);
    let mut unmailed = notifications::unmailed(tx.conn, user)?;
    unmailed.retain(|one| is_wanted(one.action));
    let state = DigestState {
        oldest: unmailed.first().map(|one| one.created_at),
        last_digest: deliveries::last_created_at(tx.conn, user)?,
        frequency: preferences.digest,
        is_active,
    };
    match digest_schedule::decide(&state, notify.config.digest_after, tx.env().now()) {
        DigestDecision::Nothing => Ok(()),
        DigestDecision::Later(at) => schedule(tx, [user], at),
        DigestDecision::Send => create(tx, &notify.parts, user, &unmailed),
    }
}

/// Creates a digest of these notifications. Later messages in the same chats notify again.
fn create(
    tx: &mut Tx<'_>,
    parts: &NotifyParts,
    user: UserId,
    unmailed: &[UnmailedNotification],
) -> Result<(), AppError> {
    let (delivery, now): (DeliveryId, _) = (tx.env().id(), tx.env().now());
    let ids: Vec<NotificationId> = unmailed.iter().map(|one| one.id).collect();
    deliveries::insert(tx.conn, delivery, user, now)?;
    notifications::set_delivery(tx.conn, &ids, delivery)?;
    parts.rearm_chats(tx, user, unmailed.iter().map(|one| &one.subject))?;
    tx.enqueue(SendDigestJob { delivery })
}
