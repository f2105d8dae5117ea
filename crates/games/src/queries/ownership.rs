//! SQL on who runs a match. All writes are fenced by the epoch of the match.
//!
//! A transaction that changes a match and its journal changes `matches` first and `match_heads` and `match_chunks`
//! after it: claiming, giving up and ending a match never wait for each other crosswise. One that only saves the
//! journal does not touch `matches`.

use contract::invites::MatchId;
use db::{AnyBackend, AnyConn, BulkStatement, DbUuid, Tx};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{AppError, Timestamp};
use outbox::NodeId;

use crate::MatchCancelReason;
use crate::schema::{match_heads, matches};
use crate::stored_match::MatchStatus;

/// A live match and who runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub(crate) struct LiveMatch {
    /// The match.
    pub(crate) id: MatchId,
    /// The node that runs it.
    pub(crate) owner: Option<NodeId>,
    /// Its epoch.
    pub(crate) epoch: i64,
}

/// All live matches, in the order of their ids.
pub(crate) fn live(conn: &mut AnyConn) -> QueryResult<Vec<LiveMatch>> {
    matches::table
        .filter(matches::status.eq(MatchStatus::Live.as_text()))
        .order(matches::id)
        .select((matches::id, matches::owner, matches::epoch))
        .load(conn)
}

/// Takes a live match over whose epoch was read before. Returns the new epoch, or nothing if the match has
/// ended or another node was faster.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    id: MatchId,
    seen: i64,
    node: NodeId,
) -> Result<Option<i64>, AppError> {
    let epoch = seen.saturating_add(1);
    let unchanged = matches::table
        .find(id)
        .filter(matches::epoch.eq(seen))
        .filter(matches::status.eq(MatchStatus::Live.as_text()));
    let claimed = diesel::update(unchanged)
        .set((matches::owner.eq(Some(node)), matches::epoch.eq(epoch)))
        .execute(tx.conn)?;
    if claimed == 0 {
        return Ok(None);
    }
    // Journal writes of the earlier owner fail from here on.
    diesel::update(match_heads::table.find(id))
        .set(match_heads::epoch.eq(epoch))
        .execute(tx.conn)?;
    Ok(Some(epoch))
}

/// Gives matches of these epochs up, so that any node can take them over at once.
pub(crate) fn release(conn: &mut AnyConn, owned: &[(MatchId, i64)]) -> Result<(), AppError> {
    let (ids, epochs): (Vec<MatchId>, Vec<i64>) = owned.iter().copied().unzip();
    BulkStatement::<()>::new(
        "UPDATE matches SET owner = NULL FROM ",
        " WHERE matches.id = v.column1 AND matches.epoch = v.column2 AND matches.status = 'live'",
    )
    .column::<DbUuid, _>(ids)
    .column::<BigInt, _>(epochs)
    .execute(conn)?;
    Ok(())
}

/// Stores when the first tick was played. Returns the mode of the match, if the epoch is still the current one.
pub(crate) fn start(
    conn: &mut AnyConn,
    id: MatchId,
    epoch: i64,
    at: Timestamp,
) -> QueryResult<Option<String>> {
    let owned = matches::table.find(id).filter(matches::epoch.eq(epoch));
    let started = diesel::update(owned)
        .set(matches::started_at.eq(Some(at)))
        .returning(matches::mode);
    AnyBackend(started).get_result(conn).optional()
}

/// Ends a live match without a result, whoever runs it.
pub(crate) fn cancel(
    conn: &mut AnyConn,
    id: MatchId,
    reason: MatchCancelReason,
    at: Timestamp,
) -> QueryResult<()> {
    let live = matches::table
        .find(id)
        .filter(matches::status.eq(MatchStatus::Live.as_text()));
    diesel::update(live)
        .set((
            matches::status.eq(MatchStatus::Canceled.as_text()),
            matches::epoch.eq(matches::epoch + 1),
            matches::owner.eq(None::<NodeId>),
            matches::reason.eq(Some(reason.as_text())),
            matches::ended_at.eq(Some(at)),
        ))
        .execute(conn)?;
    Ok(())
}
