//! The rows of failed attempts. A row without a place counts for all places.

use data_encoding::HEXLOWER;
use db::{AnyBackend, AnyConn, EqAnyPadded, Tx, delete_batch};
use diesel::prelude::*;
use kernel::{AppError, Timestamp};

use super::attempt::{AttemptOrigin, CredentialAttempt};
use super::failure_count::FailureCount;
use crate::rules::backoff::{Failures, PLACE};
use crate::schema::{sessions, sign_in_failures as failures};

/// The place of the row that counts for all places.
const ALL_PLACES: &str = "";

fn places(attempt: &CredentialAttempt) -> Vec<&str> {
    std::iter::once(ALL_PLACES)
        .chain(attempt.origin.place())
        .collect()
}

/// Serializes attempts at the same account until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, attempt: &CredentialAttempt) -> Result<(), AppError> {
    let name = format!("attempts:{}", HEXLOWER.encode(&attempt.subject.0));
    db::lock(tx.conn, &name)
}

pub(super) fn load_failures(
    conn: &mut AnyConn,
    attempt: &CredentialAttempt,
) -> Result<FailureCount, AppError> {
    let rows: Vec<(String, i32, Timestamp)> = failures::table
        .filter(failures::subject.eq(attempt.subject.0.to_vec()))
        .filter(failures::place.eq_any_padded(places(attempt)))
        .select((failures::place, failures::failures, failures::last_at))
        .load(conn)?;
    let of = |place: &str| {
        let row = rows.iter().find(|(at, ..)| at == place);
        row.map_or_else(Failures::default, |(_, count, last)| Failures {
            count: count.unsigned_abs(),
            last: Some(*last),
        })
    };
    Ok(FailureCount {
        policy: attempt.policy,
        account: of(ALL_PLACES),
        place: attempt.origin.place().map_or_else(Failures::default, of),
        is_owner_place: !rows.is_empty() && is_owner_place(conn, attempt)?,
    })
}

/// Whether the attempt comes from the owner's device, or from a place where the account has a
/// session.
fn is_owner_place(conn: &mut AnyConn, attempt: &CredentialAttempt) -> Result<bool, AppError> {
    let (user, place) = match &attempt.origin {
        AttemptOrigin::Own(_) => return Ok(true),
        AttemptOrigin::Place {
            place,
            owner: Some(user),
        } => (*user, place),
        AttemptOrigin::Place { owner: None, .. } | AttemptOrigin::Anywhere => return Ok(false),
    };
    let there = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::place.eq(place))
        .filter(sessions::ended_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(conn)?)
}

/// Records a failure; returns the number of failures in a row from all places.
pub(super) fn record_failure(
    tx: &mut Tx<'_>,
    attempt: &CredentialAttempt,
    failure_count: FailureCount,
) -> Result<u32, AppError> {
    let now = tx.env().now();
    let account = attempt.policy.fail(failure_count.account, now);
    set(tx.conn, attempt, ALL_PLACES, account)?;
    if let Some(place) = attempt.origin.place() {
        set(
            tx.conn,
            attempt,
            place,
            PLACE.fail(failure_count.place, now),
        )?;
    }
    Ok(account.count)
}

fn set(
    conn: &mut AnyConn,
    attempt: &CredentialAttempt,
    place: &str,
    counted: Failures,
) -> Result<(), AppError> {
    let Some(last) = counted.last else {
        return Ok(());
    };
    let count = i32::try_from(counted.count).unwrap_or(i32::MAX);
    let upsert = diesel::insert_into(failures::table)
        .values((
            failures::subject.eq(attempt.subject.0.to_vec()),
            failures::place.eq(place),
            failures::failures.eq(count),
            failures::last_at.eq(last),
        ))
        .on_conflict((failures::subject, failures::place))
        .do_update()
        .set((failures::failures.eq(count), failures::last_at.eq(last)));
    AnyBackend(upsert).execute(conn)?;
    Ok(())
}

pub(super) fn delete_failures(
    tx: &mut Tx<'_>,
    attempt: &CredentialAttempt,
) -> Result<(), AppError> {
    lock(tx, attempt)?;
    let rows = failures::table
        .filter(failures::subject.eq(attempt.subject.0.to_vec()))
        .filter(failures::place.eq_any_padded(places(attempt)));
    diesel::delete(rows).execute(tx.conn)?;
    Ok(())
}

/// Deletes a batch of the counts that no longer cause a delay.
pub(crate) fn prune(conn: &mut AnyConn, now: Timestamp) -> QueryResult<usize> {
    let limit = now - PLACE.reset_after();
    let (table, key) = ("sign_in_failures", "subject, place");
    delete_batch(conn, table, key, "last_at < $1", limit)
}
