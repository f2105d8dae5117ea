//! Ends a match once.

use db::{Tx, lock_all};
use kernel::AppError;

use super::ratings::{rate_players, stored_changes};
use super::{follow_up, queue_return};
use crate::erasure::delete_figures_of_deleted;
use crate::match_store::{EndedMatch, MatchConclusion, RatingChange};
use crate::parts::GamesParts;
use crate::queries::results::{self, SeatResult};
use crate::queries::{engagements, journal, matches};
use crate::queued_ticket::QueuedTicket;
use crate::rules::{RatedFacts, is_rated};
use crate::stored_match::{MatchStatus, SeatedPlayer, StoredMatch};
use crate::{MatchEnding, Seat, events};

/// What was stored of the end of a match.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredEnd {
    /// What the players are told.
    pub(crate) conclusion: MatchConclusion,
    /// The places of users who have returned to the queue of the game.
    pub(crate) requeued: Vec<QueuedTicket>,
    /// The game.
    pub(crate) game: String,
}

/// Stores how a match ended. Repeating it returns the same conclusion. Nothing if another node has taken
/// the match over, or its player has ended it.
pub(crate) fn end_match(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    ended: &EndedMatch,
) -> Result<Option<StoredEnd>, AppError> {
    let Some(stored) = matches::load(tx.conn, ended.id)? else {
        return Ok(None);
    };
    if stored.status != MatchStatus::Live {
        return repeated(tx, &stored, ended);
    }
    for listener in &parts.listeners {
        listener.lock(tx, &stored)?;
    }
    // The statistics and ratings of a user are changed by one transaction at a time.
    lock_all(tx.conn, stored.users().map(|user| format!("games:{user}")))?;
    let now = tx.env().now();
    if !results::close(tx.conn, ended, now)? {
        return closed_meanwhile(tx, ended);
    }
    let rated = counts_for_ratings(&stored, ended);
    let seats = Seat::BOTH.map(|seat| SeatResult::new(ended, seat, rated, now));
    results::close_seats(tx.conn, ended.id, &seats)?;
    let changes = match ended.ending {
        MatchEnding::Finished(outcome) => {
            follow_up::count(tx, parts.catalog, &stored, ended, &seats)?;
            if rated {
                rate_players(tx, &stored, outcome.winner)?
            } else {
                [None; 2]
            }
        }
        MatchEnding::Canceled { .. } => [None; 2],
    };
    follow_up::note_conduct(tx, &stored, ended)?;
    let returning = queue_return::returning(tx, &stored, ended)?;
    clear(tx, ended)?;
    let requeued = queue_return::requeue(tx, &stored, returning)?;
    for listener in &parts.listeners {
        listener.match_ended(tx, &stored, ended)?;
    }
    events::match_ended(tx, parts, &stored, &seats, changes, &requeued)?;
    delete_figures_of_deleted(tx, parts, &stored)?;
    Ok(Some(StoredEnd {
        conclusion: conclusion(ended, changes),
        requeued,
        game: stored.game,
    }))
}

/// The same result may have been stored while this transaction waited for its locks.
fn closed_meanwhile(tx: &mut Tx<'_>, ended: &EndedMatch) -> Result<Option<StoredEnd>, AppError> {
    match matches::load(tx.conn, ended.id)? {
        Some(stored) if stored.status != MatchStatus::Live => repeated(tx, &stored, ended),
        _ => Ok(None),
    }
}

fn counts_for_ratings(stored: &StoredMatch, ended: &EndedMatch) -> bool {
    let facts = RatedFacts {
        mode: stored.mode,
        is_ranked: stored.rated,
        ending: &ended.ending,
        played: ended.played,
        steered: ended.steered,
        has_two_users: has_two_users(stored),
    };
    is_rated(&facts)
}

/// A session belongs to one user, so nobody sits on both seats of a match of two users.
fn has_two_users(stored: &StoredMatch) -> bool {
    let [first, second] = stored.players.each_ref().map(SeatedPlayer::user);
    first.is_some() && second.is_some() && first != second
}

/// Stores the replay, and deletes what live matches have.
fn clear(tx: &mut Tx<'_>, ended: &EndedMatch) -> Result<(), AppError> {
    if has_replay(ended) {
        results::insert_replay(tx.conn, ended.id, &ended.record)?;
    }
    journal::delete(tx.conn, ended.id)?;
    engagements::delete_of_match(tx.conn, ended.id)?;
    Ok(())
}

fn has_replay(ended: &EndedMatch) -> bool {
    matches!(ended.ending, MatchEnding::Finished(_)) && !ended.record.is_empty()
}

fn conclusion(ended: &EndedMatch, rating_changes: [Option<RatingChange>; 2]) -> MatchConclusion {
    MatchConclusion {
        rating_changes,
        replay: has_replay(ended),
    }
}

/// The conclusion of a match that this owner has ended already.
fn repeated(
    tx: &mut Tx<'_>,
    stored: &StoredMatch,
    ended: &EndedMatch,
) -> Result<Option<StoredEnd>, AppError> {
    if stored.epoch != ended.epoch {
        return Ok(None);
    }
    let changes = stored_changes(tx.conn, stored.id)?;
    Ok(Some(StoredEnd {
        conclusion: conclusion(ended, changes),
        requeued: vec![],
        game: stored.game.clone(),
    }))
}
