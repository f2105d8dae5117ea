//! Returns users to the queue whose match did not come about through no fault of theirs.

use db::Tx;
use kernel::{AppError, UserId};

use crate::catalogue::Wants;
use crate::match_store::EndedMatch;
use crate::queries::engagements::{self, EngagementKind, EngagementRow};
use crate::queries::tickets;
use crate::queued_ticket::{JUST_MET, QueuedTicket, TICKET_TTL};
use crate::stored_match::StoredMatch;
use crate::{MatchCancelReason, MatchEnding, MatchMode, Seat};

/// The engagements of those users of a match who return to the queue when it ends. Those who were absent,
/// or left by choice, do not.
pub(super) fn returning(
    tx: &mut Tx<'_>,
    stored: &StoredMatch,
    ended: &EndedMatch,
) -> Result<Vec<EngagementRow>, AppError> {
    if !matches!(stored.mode, MatchMode::Casual | MatchMode::Ranked) {
        return Ok(vec![]);
    }
    let innocent = innocent_users(stored, ended);
    if innocent.is_empty() {
        return Ok(vec![]);
    }
    let mut rows = engagements::of_match(tx.conn, stored.id)?;
    rows.retain(|row| innocent.contains(&row.user_id));
    Ok(rows)
}

/// The users whose fault it was not that the match was not played.
fn innocent_users(stored: &StoredMatch, ended: &EndedMatch) -> Vec<UserId> {
    let MatchEnding::Canceled {
        reason: MatchCancelReason::NoShow | MatchCancelReason::Declined,
        at_fault,
    } = ended.ending
    else {
        return vec![];
    };
    let seats = Seat::BOTH.into_iter().filter(|seat| !seat.of(at_fault));
    seats
        .filter_map(|seat| stored.player(seat).user())
        .collect()
}

/// Gives users their places in the queue back, after their engagements in the match were deleted.
pub(super) fn requeue(
    tx: &mut Tx<'_>,
    stored: &StoredMatch,
    returning: Vec<EngagementRow>,
) -> Result<Vec<QueuedTicket>, AppError> {
    let now = tx.env().now();
    let mut returned = vec![];
    for row in returning {
        let (Some(joined_at), Some(wants)) = (row.queued_at, row.wants) else {
            continue;
        };
        let user = row.user_id;
        let wants: Wants = tickets::from_column(wants);
        let profile = tickets::profile(tx.conn, user, &stored.game, now - JUST_MET)?;
        let ticket = QueuedTicket::new(user, wants, profile, joined_at);
        let expires_at = now + TICKET_TTL;
        tickets::save(tx.conn, &stored.game, &ticket, expires_at, None)?;
        let waits = EngagementRow::new(user, EngagementKind::Queue, None, &stored.game, now);
        engagements::insert(tx.conn, waits)?;
        returned.push(ticket);
    }
    Ok(returned)
}
