//! The SQL of the jobs table.

use std::time::Duration;

use db::types::Json;
use db::{AnyConn, BulkStatement, DbJson, DbTime, DbUuid, EqAnyPadded, Tx};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use kernel::{AppError, Env, Timestamp};

use crate::job::{ClaimedJob, JobId, LeaseId, NewJob};
use crate::schema::jobs;

/// After so many tries a job is set aside for a person to look at.
pub const MAX_ATTEMPTS: i32 = 10;
/// How long a worker holds a job before another may take it; renewed while it runs.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// Adds jobs in one statement.
pub(crate) fn insertion(env: &Env, jobs: Vec<NewJob>) -> BulkStatement<'static, ()> {
    let now = env.now();
    let ids: Vec<JobId> = jobs.iter().map(|_| env.id()).collect();
    let times = jobs.iter().map(|job| job.run_at.unwrap_or(now)).collect();
    let kinds = jobs.iter().map(|job| job.kind).collect();
    let keys = jobs.iter().map(|job| job.unique_key.clone()).collect();
    let payloads = jobs.into_iter().map(|job| Json(job.payload)).collect();
    BulkStatement::<'_, ()>::new(
        "INSERT INTO jobs (id, kind, unique_key, run_at, payload, attempts) \
         SELECT column1, column2, column3, column4, column5, 0 FROM ",
        " WHERE true ON CONFLICT (unique_key) DO NOTHING",
    )
    .column::<DbUuid, _>(ids)
    .column::<Text, _>(kinds)
    .column::<Nullable<Text>, Option<String>>(keys)
    .column::<DbTime, Timestamp>(times)
    .column::<DbJson, Json>(payloads)
}

diesel::define_sql_function! {
    /// The time of the database server. Unlike a piece of raw SQL it leaves the statement as one that
    /// the connection keeps.
    fn clock_timestamp() -> DbTime;
}

/// The time by which leases are held: the database server's, so that a node whose clock is wrong
/// takes nothing away from others. SQLite has no server, and one worker, which knows what it runs.
fn lease_time(conn: &mut AnyConn, env: &Env) -> Result<Timestamp, AppError> {
    match conn {
        AnyConn::Sqlite(_) => Ok(env.now()),
        AnyConn::Postgres(pg) => Ok(diesel::select(clock_timestamp()).get_result(pg)?),
    }
}

/// Which jobs a worker can take.
#[derive(Debug, Clone)]
pub(crate) struct JobQuery {
    pub(crate) kinds: Vec<String>,
    pub(crate) running: Vec<JobId>,
    pub(crate) most: i64,
}

/// Whether a look with [`claim`] may pay. It may say yes too often, never too seldom for long:
/// an expired lease counts from the wall clock here, and from the lease's own clock there.
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

pub(crate) fn claim(tx: &mut Tx<'_>, wanted: &JobQuery) -> Result<Vec<ClaimedJob>, AppError> {
    let env = tx.env();
    let now = lease_time(tx.conn, env)?;
    let due = due_jobs(tx.conn, env.now(), now, wanted)?;
    let mut claimed = Vec::with_capacity(due.len());
    for (id, kind, Json(payload), attempts) in due {
        let (lease, attempt): (LeaseId, _) = (env.id(), attempts + 1);
        diesel::update(jobs::table.find(id))
            .set((
                jobs::lease.eq(Some(lease)),
                jobs::leased_until.eq(Some(now + LEASE)),
                jobs::attempts.eq(attempt),
            ))
            .execute(tx.conn)?;
        claimed.push(ClaimedJob {
            id,
            lease,
            kind,
            payload,
            attempt,
        });
    }
    Ok(claimed)
}

/// Takes jobs out and gives their payloads. They are there again if the transaction fails.
pub(crate) fn take(tx: &mut Tx<'_>, wanted: &JobQuery) -> Result<Vec<serde_json::Value>, AppError> {
    let now = tx.env().now();
    let due = due_jobs(tx.conn, now, now, wanted)?;
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

/// Jobs are due by the time of day, as whoever asked for them meant it, and free by the leases'
/// own clock.
fn due_jobs(
    conn: &mut AnyConn,
    time_of_day: Timestamp,
    lease_time: Timestamp,
    wanted: &JobQuery,
) -> Result<Vec<DueRow>, AppError> {
    let columns = (jobs::id, jobs::kind, jobs::payload, jobs::attempts);
    let free = jobs::lease
        .is_null()
        .or(jobs::leased_until.lt(Some(lease_time)));
    let due = jobs::table
        .filter(
            jobs::failed_at
                .is_null()
                .and(jobs::run_at.le(time_of_day))
                .and(free),
        )
        .filter(jobs::kind.eq_any_padded(&wanted.kinds))
        .filter(jobs::id.ne_all_padded(&wanted.running))
        .order(jobs::run_at)
        .limit(wanted.most)
        .select(columns);
    Ok(match conn {
        AnyConn::Postgres(pg) => due.for_update().skip_locked().load(pg)?,
        AnyConn::Sqlite(sqlite) => due.load(sqlite)?,
    })
}

/// Holds the job for another while. False if it is no longer ours.
pub(crate) fn renew(tx: &mut Tx<'_>, job: &ClaimedJob) -> Result<bool, AppError> {
    let until = lease_time(tx.conn, tx.env())? + LEASE;
    let mine = jobs::table
        .find(job.id)
        .filter(jobs::lease.eq(Some(job.lease)));
    Ok(diesel::update(mine)
        .set(jobs::leased_until.eq(Some(until)))
        .execute(tx.conn)?
        > 0)
}

/// Removes a finished job, if it is still ours.
pub(crate) fn remove(conn: &mut AnyConn, job: &ClaimedJob) -> Result<usize, AppError> {
    let mine = jobs::table
        .find(job.id)
        .filter(jobs::lease.eq(Some(job.lease)));
    Ok(diesel::delete(mine).execute(conn)?)
}

/// Puts a job that failed back for later, or aside for good.
pub(crate) fn retry_or_fail(tx: &mut Tx<'_>, job: &ClaimedJob, why: &str) -> Result<(), AppError> {
    let now = tx.env().now();
    let given_up = (job.attempt >= MAX_ATTEMPTS).then_some(now);
    let mine = jobs::table
        .find(job.id)
        .filter(jobs::lease.eq(Some(job.lease)));
    if given_up.is_some() {
        // A job that is set aside gives its key free, or it would keep out the next for good.
        diesel::update(mine)
            .set(jobs::unique_key.eq(None::<String>))
            .execute(tx.conn)?;
    }
    diesel::update(mine)
        .set((
            jobs::lease.eq(None::<LeaseId>),
            jobs::leased_until.eq(None::<Timestamp>),
            jobs::run_at.eq(now + pause_after(job.attempt)),
            jobs::last_error.eq(Some(why)),
            jobs::failed_at.eq(given_up),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The pause before the next try: 2 s, doubled each time, an hour at most.
pub(crate) fn pause_after(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt).unwrap_or(1).clamp(1, 12);
    Duration::from_secs((1_u64 << doublings).min(3_600))
}

/// Jobs that wait and jobs that were given up, for health pages.
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

/// Jobs whose time has come and that are not done, and since when the oldest of them waits.
pub fn overdue(conn: &mut AnyConn, now: Timestamp) -> Result<(i64, Option<Timestamp>), AppError> {
    let overdue = jobs::table.filter(jobs::failed_at.is_null().and(jobs::run_at.le(now)));
    let columns = (diesel::dsl::count_star(), diesel::dsl::min(jobs::run_at));
    Ok(overdue.select(columns).first(conn)?)
}

/// How often each waiting job of a kind was tried, for health pages.
pub fn attempts(conn: &mut AnyConn, kind: &str) -> Result<Vec<i32>, AppError> {
    let waiting = jobs::table.filter(jobs::kind.eq(kind).and(jobs::lease.is_null()));
    Ok(waiting
        .order(jobs::run_at)
        .select(jobs::attempts)
        .load(conn)?)
}
