//! Opens matches: in the transaction that accepts an invite, pairs two tickets of the queue, or begins a
//! match alone.

use contract::invites::{InviteId, MatchId};
use db::{Tx, map_unique_violation};
use kernel::{AppError, Env, UserId};
use serde_json::Value;

use crate::error::Error;
use crate::queries::engagements::{self, EngagementKind, EngagementRow};
use crate::queries::{journal, matches, ownership, tickets};
use crate::stored_match::{MatchStatus, SeatedPlayer, StoredMatch};
use crate::{MatchCancelReason, MatchMode};

/// Who sits where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seating {
    /// Chance decides.
    Drawn,
    /// In the given order.
    InOrder,
}

/// A match to be opened.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchDraft<'a> {
    /// The game.
    pub game: &'a str,
    /// Where it comes from.
    pub mode: MatchMode,
    /// All options of the game, checked.
    pub options: &'a Value,
    /// Who plays.
    pub players: [SeatedPlayer; 2],
    /// Who sits where.
    pub seating: Seating,
    /// The names of players at one keyboard.
    pub names: [Option<String>; 2],
    /// The invite. It has one match at most.
    pub invite: Option<InviteId>,
}

/// Opens a match and engages its users. Their queue tickets and matches alone end.
///
/// # Errors
/// `games.engaged` with the field `match_id` if the first user is in a match already, and
/// `games.opponent_engaged` if the second one is.
pub fn open_match(tx: &mut Tx<'_>, draft: &MatchDraft<'_>) -> Result<MatchId, AppError> {
    if let Some(invite) = draft.invite
        && let Some(id) = matches::of_invite(tx.conn, invite)?
    {
        return Ok(id);
    }
    let id: MatchId = tx.env().id();
    engage(tx, draft, id)?;
    let new = into_match(tx, draft, id);
    matches::insert(tx.conn, &new, draft.invite)?;
    Ok(id)
}

fn into_match(tx: &Tx<'_>, draft: &MatchDraft<'_>, id: MatchId) -> StoredMatch {
    let env = tx.env();
    StoredMatch {
        id,
        game: draft.game.to_owned(),
        mode: draft.mode,
        options: draft.options.clone(),
        seed: u64::from_ne_bytes(env.bytes()),
        rated: is_rated(draft),
        status: MatchStatus::Live,
        owner: None,
        epoch: 0,
        created_at: env.now(),
        started_at: None,
        players: seated(draft, env),
        names: draft.names.clone(),
    }
}

/// Whether the players asked for a match that counts for ratings.
fn is_rated(draft: &MatchDraft<'_>) -> bool {
    match draft.mode {
        MatchMode::Practice | MatchMode::Local => false,
        MatchMode::Ranked => true,
        MatchMode::Invite | MatchMode::Casual | MatchMode::Tournament => {
            let is_local = draft.names.iter().any(Option::is_some);
            !is_local && draft.options.get("ranked") == Some(&Value::Bool(true))
        }
    }
}

fn seated(draft: &MatchDraft<'_>, env: &Env) -> [SeatedPlayer; 2] {
    let [first, second] = draft.players.clone();
    match draft.seating {
        Seating::Drawn if env.random_below(2) == 1 => [second, first],
        Seating::Drawn | Seating::InOrder => [first, second],
    }
}

/// Engages the users of a match: the primary key lets each be engaged once.
fn engage(tx: &mut Tx<'_>, draft: &MatchDraft<'_>, id: MatchId) -> Result<(), AppError> {
    let mut users: Vec<UserId> = draft
        .players
        .iter()
        .filter_map(SeatedPlayer::user)
        .collect();
    let first = users.first().copied();
    // Two transactions never wait for each other crosswise.
    users.sort_unstable();
    if let Some(busy) = end_interruptible(tx, &users)?.first() {
        let refusal = refusal(first == Some(busy.user_id));
        return Err(AppError::from(refusal).with("match_id", serde_json::to_value(busy.match_id)?));
    }
    for user in users {
        let kind = engagement_kind(draft.mode);
        let row = EngagementRow::new(user, kind, Some(id), draft.game, tx.env().now());
        let refusal = || refusal(first == Some(user));
        map_unique_violation(engagements::insert(tx.conn, row), refusal)?;
    }
    Ok(())
}

const fn refusal(is_first: bool) -> Error {
    if is_first {
        Error::Engaged
    } else {
        Error::OpponentEngaged
    }
}

const fn engagement_kind(mode: MatchMode) -> EngagementKind {
    match mode {
        MatchMode::Practice | MatchMode::Local => EngagementKind::Solo,
        MatchMode::Invite | MatchMode::Casual | MatchMode::Ranked | MatchMode::Tournament => {
            EngagementKind::Match
        }
    }
}

/// Ends what users leave for a match: their place in the queue, and matches alone. Returns what remains:
/// matches against other users.
pub(crate) fn end_interruptible(
    tx: &mut Tx<'_>,
    users: &[UserId],
) -> Result<Vec<EngagementRow>, AppError> {
    let mut remaining = vec![];
    for row in engagements::of_users(tx.conn, users)? {
        match EngagementKind::from_text(&row.kind)? {
            EngagementKind::Queue => {
                tickets::delete(tx.conn, row.user_id)?;
                engagements::delete_as(tx.conn, &row)?;
            }
            EngagementKind::Solo => end_solo(tx, &row)?,
            EngagementKind::Match => remaining.push(row),
        }
    }
    Ok(remaining)
}

/// Ends a live match without a result, whoever runs it, and frees its users. The node that runs it learns of it at
/// its next save.
///
/// # Errors
/// Only if the database fails.
pub fn cancel_match(tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError> {
    let now = tx.env().now();
    ownership::cancel(tx.conn, id, MatchCancelReason::Declined, now)?;
    journal::delete(tx.conn, id)?;
    engagements::delete_of_match(tx.conn, id)?;
    Ok(())
}

/// Ends a match alone that its player has left. The node that runs it learns of it at its next save.
pub(crate) fn end_solo(tx: &mut Tx<'_>, row: &EngagementRow) -> Result<(), AppError> {
    if let Some(id) = row.match_id {
        let now = tx.env().now();
        ownership::cancel(tx.conn, id, MatchCancelReason::Declined, now)?;
        journal::delete(tx.conn, id)?;
    }
    Ok(engagements::delete_as(tx.conn, row)?)
}
