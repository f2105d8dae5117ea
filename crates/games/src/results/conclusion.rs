//! Ends a match once.

use db::{Tx, lock_all};
use kernel::AppError;

use super::follow_up;
use super::ratings::{rate_players, stored_changes};
use crate::match_store::{EndedMatch, MatchConclusion, RatingChange};
use crate::parts::GamesParts;
use crate::queries::results::{self, SeatResult};
use crate::queries::{engagements, journal, matches};
use crate::rules::{RatedFacts, is_rated};
use crate::stored_match::{MatchStatus, StoredMatch};
use crate::{MatchEnding, Seat, events};

/// Stores how a match ended. Repeating it returns the same conclusion. Nothing if another node has taken
/// the match over, or its player has ended it.
pub(crate) fn end_match(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    ended: &EndedMatch,
) -> Result<Option<MatchConclusion>, AppError> {
    let Some(stored) = matches::load(tx.conn, ended.id)? else {
        return Ok(None);
    };
    if stored.status != MatchStatus::Live {
        return repeated(tx, &stored, ended);
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
    clear(tx, ended)?;
    for listener in &parts.listeners {
        listener.match_ended(tx, &stored, ended)?;
    }
    events::match_ended(tx, parts, &stored, &seats, changes)?;
    Ok(Some(conclusion(ended, changes)))
}

/// The same result may have been stored while this transaction waited for its locks.
fn closed_meanwhile(
    tx: &mut Tx<'_>,
    ended: &EndedMatch,
) -> Result<Option<MatchConclusion>, AppError> {
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
        is_same_session: false,
    };
    stored.users().count() == 2 && is_rated(&facts)
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
) -> Result<Option<MatchConclusion>, AppError> {
    if stored.epoch != ended.epoch {
        return Ok(None);
    }
    let changes = stored_changes(tx.conn, stored.id)?;
    Ok(Some(conclusion(ended, changes)))
}
