//! Sending a mail that was made, once.

use async_trait::async_trait;
use contract::notify::Action;
use db::{AnyConn, Tx};
use jobs::{ClaimedJob, JobHandler, MAX_ATTEMPTS};
use kernel::{AppError, UserId};
use serde_json::Value;

use super::SendDigestJob;
use crate::Notify;
use crate::ports::{DeliveryId, Digest, Outcome};
use crate::rules::{kinds, words};
use crate::service::lock_one;
use crate::store::deliveries::{self, State};
use crate::store::notifications;

/// Sends a mail.
pub(crate) struct SendDigestHandler(pub(crate) Notify);

/// A try that has begun.
struct Attempt {
    number: i32,
    digest: Digest,
}

#[async_trait]
impl JobHandler<SendDigestJob> for SendDigestHandler {
    async fn run(&self, job: SendDigestJob, claimed: &ClaimedJob) -> Result<(), AppError> {
        let (delivery, parts) = (job.delivery, &self.0.parts);
        let read = move |conn: &mut AnyConn| deliveries::owner(conn, delivery);
        let Some(user) = parts.store.read(read).await? else {
            return Ok(());
        };
        let begin = move |tx: &mut Tx<'_>| begin(tx, delivery, user);
        let Some(Attempt { number, digest }) = parts.store.write(begin).await? else {
            return Ok(());
        };
        let outcome = parts.post.send(digest).await.unwrap_or_else(|error| {
            tracing::warn!(%delivery, error = %error.chain(), "a mail did not leave");
            Outcome::Later
        });
        let is_last = claimed.attempt >= MAX_ATTEMPTS;
        let note = move |tx: &mut Tx<'_>| note(tx, (delivery, number), outcome, is_last);
        parts.store.write(note).await?;
        match outcome {
            Outcome::Later if !is_last => Err(AppError::unavailable("the mail may leave later")),
            _ => Ok(()),
        }
    }
}

/// Begins a try; nothing where there is nothing to send any more. A try whose end nobody saw may
/// have reached its person: it is not repeated.
fn begin(tx: &mut Tx<'_>, delivery: DeliveryId, user: UserId) -> Result<Option<Attempt>, AppError> {
    lock_one(tx.conn, user)?;
    let now = tx.env().now();
    if !deliveries::is_waiting(tx.conn, delivery)? {
        return Ok(None);
    }
    let newest = deliveries::newest_attempt(tx.conn, delivery)?;
    if let Some((number, true)) = newest {
        deliveries::end_attempt(tx.conn, delivery, number, State::Unknown.as_text(), now)?;
        deliveries::end(tx.conn, delivery, State::Unknown, now)?;
        return Ok(None);
    }
    let Some(digest) = write(tx, delivery, user)? else {
        deliveries::end(tx.conn, delivery, State::ReadMeanwhile, now)?;
        return Ok(None);
    };
    let number = newest.map_or(1, |(number, _)| number + 1);
    deliveries::begin_attempt(tx.conn, delivery, number, now)?;
    Ok(Some(Attempt { number, digest }))
}

/// The mail about what still waits; none where nothing does.
fn write(tx: &mut Tx<'_>, id: DeliveryId, user: UserId) -> Result<Option<Digest>, AppError> {
    let rows = notifications::still_waiting(tx.conn, id)?;
    let thing = |(action, data): &(String, _)| -> Option<(Action, Value)> {
        let db::types::Json(data) = data;
        Some((kinds::action(action)?, data.clone()))
    };
    let things: Vec<(Action, Value)> = rows.iter().filter_map(thing).collect();
    let (lines, more) = words::lines(things.iter().map(|(action, data)| (*action, data)));
    Ok((!lines.is_empty()).then_some(Digest {
        id,
        user,
        lines,
        more,
    }))
}

fn note(
    tx: &mut Tx<'_>,
    (delivery, number): (DeliveryId, i32),
    outcome: Outcome,
    is_last: bool,
) -> Result<(), AppError> {
    let now = tx.env().now();
    let (word, end) = match outcome {
        Outcome::Sent => ("sent", Some(State::Sent)),
        Outcome::Unreachable => ("unreachable", Some(State::Unreachable)),
        Outcome::Refused => ("refused", Some(State::Refused)),
        Outcome::Later => ("later", is_last.then_some(State::GivenUp)),
    };
    deliveries::end_attempt(tx.conn, delivery, number, word, now)?;
    end.map_or(Ok(()), |state| {
        deliveries::end(tx.conn, delivery, state, now)
    })
}
