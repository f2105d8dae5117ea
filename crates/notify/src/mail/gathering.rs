//! Gathering what waits for somebody into a mail.

use std::time::Duration;

use ::store::jobs::Claimed;
use ::store::{Handler, NewJob, Tx};
use async_trait::async_trait;
use contract::notify::{Action, NotificationId};
use kernel::{Fault, Timestamp, UserId};

use super::{Due, Parcel, SEND, look_later};
use crate::Notify;
use crate::ports::DeliveryId;
use crate::rules::mailing::{self, Next, Waiting};
use crate::service::lock_one;
use crate::store::{deliveries, notifications, preferences};

/// Looks whether mail is due to a person.
pub(crate) struct Gather(pub(crate) Notify);

#[async_trait]
impl Handler for Gather {
    async fn run(&self, job: &Claimed) -> Result<(), Fault> {
        let Due { user } = job.arguments()?;
        let is_around = self.0.parts.presence.is_around(user).await?;
        let (after, job) = (self.0.config.mail_after, job.clone());
        let write = move |tx: &mut Tx<'_>| {
            lock_one(tx.conn, user)?;
            // First, so that another look can be asked for: there is one at a time.
            job.complete(tx)?;
            gather(tx, user, is_around, after)
        };
        self.0.parts.store.write(write).await
    }
}

fn gather(tx: &mut Tx<'_>, user: UserId, is_around: bool, after: Duration) -> Result<(), Fault> {
    let wishes = preferences::of_one(tx.conn, user)?;
    let still_wanted =
        |action: Option<Action>| action.is_some_and(|one| wishes.kinds.of(one).email);
    let mut waiting = notifications::unmailed(tx.conn, user)?;
    waiting.retain(|(_, action, _)| still_wanted(*action));
    let state = Waiting {
        since: waiting.first().map(|(_, _, at)| *at),
        last_mail: deliveries::last(tx.conn, user)?,
        frequency: wishes.digest,
        is_around,
    };
    match mailing::next(&state, after, tx.ambient().now()) {
        Next::Nothing => Ok(()),
        Next::Later(at) => look_later(tx, user, at),
        Next::Mail => make(tx, user, &waiting),
    }
}

fn make(
    tx: &mut Tx<'_>,
    user: UserId,
    waiting: &[(NotificationId, Option<Action>, Timestamp)],
) -> Result<(), Fault> {
    let (delivery, now): (DeliveryId, _) = (tx.ambient().id(), tx.ambient().now());
    let ids: Vec<NotificationId> = waiting.iter().map(|(id, _, _)| *id).collect();
    deliveries::insert(tx.conn, delivery, user, now)?;
    notifications::claim(tx.conn, &ids, delivery)?;
    tx.enqueue(NewJob::new(SEND, &Parcel { delivery })?)
}
