//! What follows from the end of a match besides ratings: statistics, adaptive levels, conduct.

use db::Tx;
use kernel::{AppError, UserId};

use crate::catalogue::Catalog;
use crate::match_store::EndedMatch;
use crate::queries::conduct;
use crate::queries::results::SeatResult;
use crate::queries::statistics::{self, StatisticsChange};
use crate::queries::{levels, totals};
use crate::rules::{Conduct, Strike};
use crate::stored_match::StoredMatch;
use crate::{MatchEnding, MatchMode, Seat};

/// The rows that the totals are spread over.
const TOTAL_SHARDS: u32 = 16;

/// Counts a finished match in the statistics: matches between users for both, matches against the
/// computer for its adaptive level.
pub(super) fn count(
    tx: &mut Tx<'_>,
    catalog: Catalog,
    stored: &StoredMatch,
    ended: &EndedMatch,
    seats: &[SeatResult; 2],
) -> Result<(), AppError> {
    match (
        stored.mode,
        stored.player(Seat::First).user(),
        stored.player(Seat::Second).user(),
    ) {
        (MatchMode::Practice, first, second) => {
            adapt_level(tx, catalog, stored, ended, first.or(second))
        }
        (MatchMode::Local, _, _) => Ok(()),
        // A local player at the keyboard of a user is not that user.
        _ if stored.has_local_player() => Ok(()),
        (_, Some(first), Some(second)) => count_for_users(tx, stored, seats, [first, second]),
        _ => Ok(()),
    }
}

fn count_for_users(
    tx: &mut Tx<'_>,
    stored: &StoredMatch,
    seats: &[SeatResult; 2],
    users: [UserId; 2],
) -> Result<(), AppError> {
    let [first, second] = users;
    let mut changes = [
        StatisticsChange::new(first, second, &stored.game, &seats[0]),
        StatisticsChange::new(second, first, &stored.game, &seats[1]),
    ];
    // Two transactions never wait for each other crosswise.
    changes.sort_unstable_by_key(|change| change.user);
    statistics::add(tx.conn, &changes)?;
    statistics::add_rivals(tx.conn, &changes)?;
    let shard = tx.env().random_below(TOTAL_SHARDS);
    Ok(totals::add(tx.conn, shard, seats)?)
}

fn adapt_level(
    tx: &mut Tx<'_>,
    catalog: Catalog,
    stored: &StoredMatch,
    ended: &EndedMatch,
    user: Option<UserId>,
) -> Result<(), AppError> {
    let (Some(user), Some(game)) = (user, catalog.find(&stored.game)) else {
        return Ok(());
    };
    let (Some(seat), MatchEnding::Finished(outcome)) = (stored.seat_of(user), ended.ending) else {
        return Ok(());
    };
    let before = levels::load(tx.conn, user, &stored.game)?;
    match game.adapt(before, &outcome, seat) {
        Some(after) if Some(after) != before => {
            Ok(levels::save(tx.conn, user, &stored.game, after)?)
        }
        _ => Ok(()),
    }
}

/// Notes how each user behaved. Those who leave too often are kept out of the queue for a while.
pub(super) fn note_conduct(
    tx: &mut Tx<'_>,
    stored: &StoredMatch,
    ended: &EndedMatch,
) -> Result<(), AppError> {
    let mut strikes: Vec<(UserId, Strike)> = Seat::BOTH
        .into_iter()
        .filter_map(|seat| {
            let strike = Strike::of(stored.mode, &ended.ending, seat)?;
            Some((stored.player(seat).user()?, strike))
        })
        .collect();
    strikes.sort_unstable_by_key(|(user, _)| *user);
    let now = tx.env().now();
    for (user, strike) in strikes {
        let mut conduct = match conduct::load(tx.conn, user)? {
            Some(text) => Conduct::from_text(&text),
            None => Conduct::default(),
        };
        let bar = conduct.record(strike, now);
        conduct::save(tx.conn, user, &conduct.to_text(), bar.map(|bar| bar.until))?;
    }
    Ok(())
}
