//! The SQL of the jobs table.

use std::time::Duration;

use db::types::Json;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid, EqAnyPadded, Tx};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};
use kernel::{AppError, Env, Timestamp};

use crate::job::{ClaimedJob, JobId, LeaseId, NewJob};
use crate::schema::jobs;

/// Attempts after which a job is set aside for an operator.
pub const MAX_ATTEMPTS: i32 = 10;
/// Time after which another worker may claim the job; renewed while the job runs.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// The statement that inserts jobs. Most have no key, and are not compared with others then.
pub(crate) fn insertion(env: &Env, jobs: Vec<NewJob>) -> BulkStatement<'static, ()> {
    let now = env.now();
    let ids: Vec<JobId> = jobs.iter().map(|_| env.id()).collect();
    let times = jobs.iter().map(|job| job.run_at.unwrap_or(now)).collect();
    let kinds = jobs.iter().map(|job| job.kind).collect();
    let keys: Vec<Option<String>> = jobs.iter().map(|job| job.unique_key.clone()).collect();
    let on_conflict = match keys.iter().any(Option::is_some) {
        true => " WHERE true ON CONFLICT (unique_key) DO NOTHING",
        false => "",
    };
    let payloads = jobs.into_iter().map(|job| Json(job.payload)).collect();
    BulkStatement::<'_, ()>::new(
        "INSERT INTO jobs (id, kind, unique_key, run_at, payload, attempts) \
         SELECT column1, column2, column3, column4, column5, 0 FROM ",
        on_conflict,
    )
    .column::<DbUuid, _>(ids)
    .column::<Text, _>(kinds)
    .column::<Nullable<Text>, Option<String>>(keys)
    .column::<DbTime, Timestamp>(times)
    .column::<DbJson, Json>(payloads)
}

diesel::define_sql_function! {
    /// Time of the database server. Unlike raw SQL it does not keep the connection from caching the
    /// statement.
    fn clock_timestamp() -> DbTime;
}

/// The clock of leases: that of the database server, so that a node with a wrong clock takes no jobs
/// from others. SQLite has no server and one worker, which knows the jobs that it runs.
fn lease_time(conn: &mut AnyConn, env: &Env) -> Result<Timestamp, AppError> {
    match conn {
        AnyConn::Sqlite(_) => Ok(env.now()),
        AnyConn::Postgres(pg) => Ok(diesel::select(clock_timestamp()).get_result(pg)?),
    }
}

/// The jobs that a worker can claim.
#[derive(Debug, Clone)]
pub(crate) struct JobQuery {
    pub(crate) kinds: Vec<String>,
    pub(crate) running: Vec<JobId>,
    pub(crate) limit: i64,
}

/// Whether [`claim`] may find jobs. It compares leases with the wall clock, [`claim`] with the clock of
/// leases: so it may return true too often, but not false for long.
pub(crate) fn any_due(
    conn: &mut AnyConn,
    kinds: &[String],
    now: Timestamp,
) -> Result<bool, AppError> {
    let free = jobs::lease.is_null().or(jobs::leased_until.lt(Some(now)));
    let due = jobs::table
        .filter(
            jobs::failed_at
                .is_null()
                .and(jobs::run_at.le(now))
                .and(free),
        )
        .filter(jobs::kind.eq_any_padded(kinds));
    Ok(diesel::select(diesel::dsl::exists(due)).get_result(conn)?)
}

pub(crate) fn claim(tx: &mut Tx<'_>, query: &JobQuery) -> Result<Vec<ClaimedJob>, AppError> {
    let env = tx.env();
    let now = lease_time(tx.conn, env)?;
    let due = due_jobs(tx.conn, env.now(), now, query)?;
    let claimed: Vec<ClaimedJob> = due
        .into_iter()
        .map(|(id, kind, Json(payload), attempts)| ClaimedJob {
            id,
            lease: env.id(),
            kind,
            payload,
            attempt: attempts + 1,
        })
        .collect();
    BulkStatement::<'_, ()>::new(
        "UPDATE jobs SET lease = v.column2, leased_until = v.column3, attempts = v.column4 FROM ",
        " WHERE jobs.id = v.column1",
    )
    .column::<DbUuid, JobId>(claimed.iter().map(|job| job.id).collect())
    .column::<DbUuid, LeaseId>(claimed.iter().map(|job| job.lease).collect())
    .column::<DbTime, Timestamp>(vec![now + LEASE; claimed.len()])
    .column::<Integer, i32>(claimed.iter().map(|job| job.attempt).collect())
    .execute(tx.conn)?;
    Ok(claimed)
}

/// Deletes due jobs and returns their payloads. They stay if the transaction is rolled back.
pub(crate) fn take(tx: &mut Tx<'_>, query: &JobQuery) -> Result<Vec<serde_json::Value>, AppError> {
    let now = tx.env().now();
    let due = due_jobs(tx.conn, now, now, query)?;
    let ids: Vec<JobId> = due.iter().map(|(id, ..)| *id).collect();
    if !ids.is_empty() {
        diesel::delete(jobs::table.filter(jobs::id.eq_any_padded(ids))).execute(tx.conn)?;
    }
    Ok(due
        .into_iter()
        .map(|(_, _, Json(payload), _)| payload)
        .collect())
}

type DueRow = (JobId, String, Json, i32);

/// Jobs are due by the wall clock and free by the clock of leases.
fn due_jobs(
    conn: &mut AnyConn,
    wall_clock: Timestamp,
    lease_time: Timestamp,
    query: &JobQuery,
) -> Result<Vec<DueRow>, AppError> {
    let columns = (jobs::id, jobs::kind, jobs::payload, jobs::attempts);
    let free = jobs::lease
        .is_null()
        .or(jobs::leased_until.lt(Some(lease_time)));
    let due = jobs::table
        .filter(
            jobs::failed_at
                .is_null()
                .and(jobs::run_at.le(wall_clock))
                .and(free),
        )
        .filter(jobs::kind.eq_any_padded(&query.kinds))
        .filter(jobs::id.ne_all_padded(&query.running))
        .order(jobs::run_at)
        .limit(query.limit)
        .select(columns);
    Ok(match conn {
        AnyConn::Postgres(pg) => due.for_update().skip_locked().load(pg)?,
        AnyConn::Sqlite(sqlite) => due.load(sqlite)?,
    })
}

/// Renews the lease. Returns false if another worker has claimed the job.
pub(crate) fn renew(tx: &mut Tx<'_>, job: &ClaimedJob) -> Result<bool, AppError> {
    let until = lease_time(tx.conn, tx.env())? + LEASE;
    let claimed = jobs::table
        .find(job.id)
        .filter(jobs::lease.eq(Some(job.lease)));
    Ok(diesel::update(claimed)
        .set(jobs::leased_until.eq(Some(until)))
        .execute(tx.conn)?
        > 0)
}

/// Deletes a completed job. Returns 0 if another worker has claimed it.
pub(crate) fn remove(conn: &mut AnyConn, job: &ClaimedJob) -> Result<usize, AppError> {
    let claimed = jobs::table
        .find(job.id)
        .filter(jobs::lease.eq(Some(job.lease)));
    Ok(diesel::delete(claimed).execute(conn)?)
}

/// Schedules the next attempt of a failed job, or sets it aside after the last one.
pub(crate) fn retry_or_fail(tx: &mut Tx<'_>, job: &ClaimedJob, why: &str) -> Result<(), AppError> {
    let now = tx.env().now();
    let failed_at = (job.attempt >= MAX_ATTEMPTS).then_some(now);
    let claimed = jobs::table
        .find(job.id)
        .filter(jobs::lease.eq(Some(job.lease)));
    if failed_at.is_some() {
        // Otherwise its key would block later jobs for good.
        diesel::update(claimed)
            .set(jobs::unique_key.eq(None::<String>))
            .execute(tx.conn)?;
    }
    diesel::update(claimed)
        .set((
            jobs::lease.eq(None::<LeaseId>),
            jobs::leased_until.eq(None::<Timestamp>),
            jobs::run_at.eq(now + retry_delay(job.attempt)),
            jobs::last_error.eq(Some(why)),
            jobs::failed_at.eq(failed_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Delay before the next attempt: 2 s, doubled each time, at most an hour.
pub(crate) fn retry_delay(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt).unwrap_or(1).clamp(1, 12);
    Duration::from_secs((1_u64 << doublings).min(3_600))
}

/// Number of waiting jobs and of jobs that were set aside.
///
/// # Errors
/// The database is unavailable.
pub fn backlog(conn: &mut AnyConn) -> Result<(i64, i64), AppError> {
    let waiting = jobs::table
        .filter(jobs::failed_at.is_null())
        .count()
        .get_result(conn)?;
    let failed = jobs::table
        .filter(jobs::failed_at.is_not_null())
        .count()
        .get_result(conn)?;
    Ok((waiting, failed))
}

/// Number of jobs that are due, and since when the oldest of them is.
///
/// # Errors
/// The database is unavailable.
pub fn overdue(conn: &mut AnyConn, now: Timestamp) -> Result<(i64, Option<Timestamp>), AppError> {
    let overdue = jobs::table.filter(jobs::failed_at.is_null().and(jobs::run_at.le(now)));
    let columns = (diesel::dsl::count_star(), diesel::dsl::min(jobs::run_at));
    Ok(overdue.select(columns).first(conn)?)
}

/// Number of attempts of each waiting job of a kind.
///
/// # Errors
/// The database is unavailable.
pub fn attempts(conn: &mut AnyConn, kind: &str) -> Result<Vec<i32>, AppError> {
    let waiting = jobs::table.filter(jobs::kind.eq(kind).and(jobs::lease.is_null()));
    Ok(waiting
        .order(jobs::run_at)
        .select(jobs::attempts)
        .load(conn)?)
}
