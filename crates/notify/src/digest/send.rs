//! Sends a digest, at most once.

use async_trait::async_trait;
use contract::notify::Action;
use db::types::Json;
use db::{AnyConn, Tx};
use jobs::{ClaimedJob, JobHandler, MAX_ATTEMPTS};
use kernel::{AppError, UserId};

use super::SendDigestJob;
use crate::Notify;
use crate::kinds::NotificationKinds;
use crate::locks::lock_user;
use crate::ports::{DeliveryId, DigestMail, DigestOutcome};
use crate::queries::deliveries::{self, DeliveryState};
use crate::queries::notifications;
use crate::rules::digest_text;

/// Handles [`SendDigestJob`].
pub(crate) struct SendDigestHandler(pub(crate) Notify);

/// An attempt that has begun.
struct DigestAttempt {
    number: i32,
    digest: DigestMail,
}

#[async_trait]
impl JobHandler<SendDigestJob> for SendDigestHandler {
    async fn run(&self, job: SendDigestJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let (delivery, parts) = (job.delivery, &self.0.parts);
        let read = move |conn: &mut AnyConn| deliveries::owner(conn, delivery);
        let Some(user) = parts.store.read(read).await? else {
            return Ok(());
        };
        let kinds = parts.kinds.clone();
        let begin = move |tx: &mut Tx<'_>| begin_attempt(tx, delivery, user, &kinds);
        let Some(DigestAttempt { number, digest }) = parts.store.write(begin).await? else {
            return Ok(());
        };
        let outcome = parts.mailer.send(digest).await.unwrap_or_else(|error| {
            tracing::warn!(%delivery, error = %error.chain(), "digest sending failed");
            DigestOutcome::Deferred
        });
        let is_last = claimed.attempt >= MAX_ATTEMPTS;
        let end = move |tx: &mut Tx<'_>| end_attempt(tx, (delivery, number), outcome, is_last);
        parts.store.write(end).await?;
        match outcome {
            DigestOutcome::Deferred if !is_last => {
                Err(AppError::unavailable("the digest was deferred"))
            }
            _ => Ok(()),
        }
    }
}

/// Stores a new attempt, if there is something to send. After an attempt with an unknown result, which
/// may have reached the user, there is none.
fn begin_attempt(
    tx: &mut Tx<'_>,
    delivery: DeliveryId,
    user: UserId,
    kinds: &NotificationKinds,
) -> Result<Option<DigestAttempt>, AppError> {
    lock_user(tx.conn, user)?;
    let now = tx.env().now();
    if !deliveries::is_pending(tx.conn, delivery)? {
        return Ok(None);
    }
    let newest = deliveries::newest_attempt(tx.conn, delivery)?;
    if let Some((number, true)) = newest {
        let unknown = DeliveryState::Unknown;
        deliveries::end_attempt(tx.conn, delivery, number, unknown.as_text(), now)?;
        deliveries::end(tx.conn, delivery, unknown, now)?;
        return Ok(None);
    }
    let Some(digest) = compose(tx, delivery, user, kinds)? else {
        deliveries::end(tx.conn, delivery, DeliveryState::ReadMeanwhile, now)?;
        return Ok(None);
    };
    let number = newest.map_or(1, |(number, _)| number + 1);
    deliveries::insert_attempt(tx.conn, delivery, number, now)?;
    Ok(Some(DigestAttempt { number, digest }))
}

/// The digest of the notifications that are still unread, if there are any.
fn compose(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    user: UserId,
    kinds: &NotificationKinds,
) -> Result<Option<DigestMail>, AppError> {
    let rows = notifications::unread_of_delivery(tx.conn, id)?;
    let line = |(name, Json(data)): (String, Json)| {
        let action = Action::from_text(&name).ok()?;
        Some(kinds.digest_line(action, &data))
    };
    let (lines, more) = digest_text::merge(rows.into_iter().filter_map(line));
    Ok((!lines.is_empty()).then_some(DigestMail {
        id,
        user,
        lines,
        more,
    }))
}

fn end_attempt(
    tx: &mut Tx<'_>,
    (delivery, number): (DeliveryId, i32),
    outcome: DigestOutcome,
    is_last: bool,
) -> Result<(), AppError> {
    let now = tx.env().now();
    let (name, end) = match outcome {
        DigestOutcome::Sent => ("sent", Some(DeliveryState::Sent)),
        DigestOutcome::Unreachable => ("unreachable", Some(DeliveryState::Unreachable)),
        DigestOutcome::Rejected => ("refused", Some(DeliveryState::Rejected)),
        DigestOutcome::Deferred => ("later", is_last.then_some(DeliveryState::GivenUp)),
    };
    deliveries::end_attempt(tx.conn, delivery, number, name, now)?;
    end.map_or(Ok(()), |state| {
        deliveries::end(tx.conn, delivery, state, now)
    })
}
