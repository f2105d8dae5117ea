//! The transaction that pairs two tickets.

use contract::invites::MatchId;
use db::Tx;
use kernel::{AppError, Relation, UserId};

use super::pool::QueuePair;
use crate::catalogue::{Game, is_ranked};
use crate::opening::{MatchDraft, Seating, open_match};
use crate::parts::GamesParts;
use crate::queries::{engagements, tickets};
use crate::{Error, MatchMode, SeatedPlayer, events};

/// The result of pairing two tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pairing {
    /// They have a match.
    Paired(MatchId),
    /// One has blocked the other. Both stay.
    Blocked,
    /// The account of one was deleted. They wait no more; the other stays.
    Gone,
}

/// Pairs two tickets: deletes them, opens the match and tells both users.
///
/// # Errors
/// One of the two does not wait any more, or waits for something else; nothing has changed.
pub(crate) fn pair(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    game: &'static dyn Game,
    pair: &QueuePair,
) -> Result<Pairing, AppError> {
    let users = pair.tickets.each_ref().map(|ticket| ticket.user);
    let [one, other] = users;
    if end_deleted(tx, parts, &users)? {
        return Ok(Pairing::Gone);
    }
    let relations = parts.relations.relations(tx.conn, &[(one, other)])?;
    if relations.contains(&Relation::Blocked) {
        return Ok(Pairing::Blocked);
    }
    // In the order of users, so that two transactions never wait for each other crosswise.
    let mut ordered = pair.tickets.each_ref();
    ordered.sort_unstable_by_key(|ticket| ticket.user);
    for ticket in ordered {
        if !tickets::delete_as(tx.conn, ticket)? {
            return Err(Error::NotNow.into());
        }
    }
    if engagements::delete_queued(tx.conn, &users)? != users.len() {
        return Err(Error::NotNow.into());
    }
    open(tx, parts, game, pair, users).map(Pairing::Paired)
}

/// Ends the wait of users whose accounts were deleted meanwhile. Returns whether there were any.
fn end_deleted(tx: &mut Tx<'_>, parts: &GamesParts, users: &[UserId]) -> Result<bool, AppError> {
    let known = parts.players.summaries(tx.conn, users)?;
    let is_gone = |user: &&UserId| known.get(user).is_none_or(|known| known.is_deleted);
    let gone: Vec<UserId> = users.iter().filter(is_gone).copied().collect();
    for user in &gone {
        tickets::delete(tx.conn, *user)?;
    }
    if !gone.is_empty() {
        engagements::delete_queued(tx.conn, &gone)?;
    }
    Ok(!gone.is_empty())
}

fn open(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    game: &'static dyn Game,
    pair: &QueuePair,
    users: [UserId; 2],
) -> Result<MatchId, AppError> {
    let options = game.settle(pair.wants);
    let mode = if is_ranked(&options) {
        MatchMode::Ranked
    } else {
        MatchMode::Casual
    };
    let draft = MatchDraft {
        game: game.slug(),
        mode,
        options: &options,
        players: users.map(SeatedPlayer::User),
        seating: Seating::Drawn,
        names: [None, None],
        invite: None,
    };
    let id = open_match(tx, &draft)?;
    engagements::note_tickets(tx.conn, &pair.tickets)?;
    events::game_found(tx, parts, id, &draft)?;
    Ok(id)
}
