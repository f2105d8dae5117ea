//! Ends rounds at their deadlines.

use contract::invites::MatchId;
use kernel::AppError;

use crate::match_ends::{in_order, sides};
use crate::rules::{Changes, OpenMatch, PerSide, SlotStatus};
use crate::running::{RunningTournament, broken_rules};
use crate::slot_names::millis;
use crate::step::TournamentStep;

/// Ends the round if its deadline has come: matches that are played count as they stand.
pub(crate) fn end_round(
    step: &mut TournamentStep<'_, '_>,
    running: &mut RunningTournament,
) -> Result<Changes, AppError> {
    let now = millis(step.now);
    let deadline = running.competition.progress().round_deadline;
    if deadline.is_none_or(|at| at > now) {
        return Ok(Changes::default());
    }
    let live = running
        .competition
        .slots()
        .filter(|slot| slot.status == SlotStatus::Live);
    let ids: Vec<MatchId> = live
        .filter_map(|slot| running.matches.get(&slot.key).copied())
        .collect();
    let scores = step.parts.games.live_scores(step.tx.conn, &ids)?;
    let open: Vec<OpenMatch> = scores
        .into_iter()
        .filter_map(|saved| {
            let slot = running.slot_of(saved.id)?;
            let sides = sides(running, slot, saved.users);
            Some(OpenMatch {
                slot,
                present: PerSide::new(true, true),
                score: in_order(sides, saved.score),
            })
        })
        .collect();
    running
        .competition
        .end_round(&open, now)
        .map_err(broken_rules)
}
