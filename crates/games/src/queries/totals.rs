//! SQL on all-time totals, which are spread over several rows, so that results rarely wait for each
//! other.

use db::{AnyBackend, AnyConn};
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::results::SeatResult;
use crate::schema::site_totals;

/// Adds a finished match to a shard.
pub(crate) fn add(conn: &mut AnyConn, shard: u32, seats: &[SeatResult; 2]) -> QueryResult<()> {
    let points: i64 = seats.iter().map(|seat| i64::from(seat.score)).sum();
    let [first, _] = seats;
    let insert = diesel::insert_into(site_totals::table)
        .values((
            site_totals::shard.eq(i32::try_from(shard).unwrap_or_default()),
            site_totals::matches.eq(1_i64),
            site_totals::points.eq(points),
            site_totals::duration_ms.eq(first.duration_ms),
        ))
        .on_conflict(site_totals::shard)
        .do_update()
        .set((
            site_totals::matches.eq(site_totals::matches + excluded(site_totals::matches)),
            site_totals::points.eq(site_totals::points + excluded(site_totals::points)),
            site_totals::duration_ms
                .eq(site_totals::duration_ms + excluded(site_totals::duration_ms)),
        ));
    AnyBackend(insert).execute(conn)?;
    Ok(())
}

/// Matches, points and milliseconds of all shards.
pub(crate) fn sum(conn: &mut AnyConn) -> QueryResult<(i64, i64, i64)> {
    let shards: Vec<(i64, i64, i64)> = site_totals::table
        .select((
            site_totals::matches,
            site_totals::points,
            site_totals::duration_ms,
        ))
        .load(conn)?;
    let add = |sum: (i64, i64, i64), shard: (i64, i64, i64)| {
        (sum.0 + shard.0, sum.1 + shard.1, sum.2 + shard.2)
    };
    Ok(shards.into_iter().fold((0, 0, 0), add))
}
