//! The events of this crate.

use contract::catalogue::EventName;
use contract::invites::{GameFound, MatchId};
use contract::matches::{MatchEnded, RatingDelta};
use contract::streams::StreamName;
use db::Tx;
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};

use crate::match_store::RatingChange;
use crate::names::{match_origin, match_reason, player_result};
use crate::opening::MatchDraft;
use crate::parts::GamesParts;
use crate::queries::results::SeatResult;
use crate::queued_ticket::QueuedTicket;
use crate::stored_match::{SeatedPlayer, StoredMatch};

/// The rating of a player before and after a match, as it is shown.
pub(crate) const fn rating_delta(change: RatingChange) -> RatingDelta {
    RatingDelta {
        before: change.before,
        after: change.after,
    }
}

/// Emits to each user that their match has ended.
pub(crate) fn match_ended(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    stored: &StoredMatch,
    seats: &[SeatResult; 2],
    changes: [Option<RatingChange>; 2],
    requeued: &[QueuedTicket],
) -> Result<(), AppError> {
    let users: Vec<UserId> = stored.users().collect();
    let summaries = parts.players.summaries(tx.conn, &users)?;
    let mut events = vec![];
    for (seat, change) in seats.iter().zip(changes) {
        let Some(user) = stored.player(seat.seat).user() else {
            continue;
        };
        let opponent = stored.player(seat.seat.other()).user();
        let data = MatchEnded {
            match_id: stored.id,
            game: stored.game.clone(),
            mode: match_origin(stored.mode),
            reason: match_reason(seat.reason)?,
            result: seat.result.map(player_result),
            score: [seat.score, seat.opponent_score],
            opponent: opponent.and_then(|id| summaries.get(&id).cloned()),
            rating: change.map(rating_delta),
            requeued: requeued.iter().any(|ticket| ticket.user == user),
        };
        let name = match seat.result {
            Some(_) => EventName::MatchFinished,
            None => EventName::MatchCanceled,
        };
        events.push((user, NewEvent::new(StreamName::User(user), name, &data)?));
    }
    // Streams are locked in the order of their names.
    events.sort_unstable_by_key(|(user, _)| *user);
    tx.emit_all(events.into_iter().map(|(_, event)| event).collect())
}

/// Emits to two users that they have a match to join.
pub(crate) fn game_found(
    tx: &mut Tx<'_>,
    parts: &GamesParts,
    id: MatchId,
    draft: &MatchDraft<'_>,
) -> Result<(), AppError> {
    let [Some(first), Some(second)] = draft.players.each_ref().map(SeatedPlayer::user) else {
        return Ok(());
    };
    let summaries = parts.players.summaries(tx.conn, &[first, second])?;
    let mut pairs = [(first, second), (second, first)];
    // Streams are locked in the order of their names.
    pairs.sort_unstable();
    let mut events = vec![];
    for (user, opponent) in pairs {
        let Some(opponent) = summaries.get(&opponent).cloned() else {
            continue;
        };
        let data = GameFound {
            match_id: id,
            game: draft.game.to_owned(),
            opponent,
        };
        events.push(NewEvent::new(
            StreamName::User(user),
            EventName::GameFound,
            &data,
        )?);
    }
    tx.emit_all(events)
}
