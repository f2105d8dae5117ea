//! What follows from a step of a tournament that is played: matches are called and canceled, rounds are paired, and
//! the tournament ends.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::catalogue::EventName;
use contract::tournaments::TournamentStatus;
use kernel::{AppError, Timestamp, UserId};

use crate::notifications::CalledEntrants;
use crate::pairing::pair_due;
use crate::ports::{CalledMatch, CalledPlayer};
use crate::queries::entrants::EntrantRow;
use crate::queries::slots::{self, SlotRow};
use crate::queries::tournaments::TournamentRow;
use crate::rules::{Changes, EntrantNumber, SlotKey};
use crate::running::{RunningTournament, broken_rules, merge};
use crate::slot_names::{millis, part_of, stored_number, timestamp};
use crate::step::TournamentStep;

/// How many matches are opened in one transaction.
const MAX_CALLS: usize = 8;
/// When a slot is looked at again whose entrants are in other matches.
const RETRY_BUSY: Duration = Duration::from_secs(5);

/// The event that a step is published as.
pub(crate) struct StepEvent {
    pub(crate) name: EventName,
    /// The slot that it is about, which stands first.
    pub(crate) slot: Option<SlotKey>,
}

/// Stores a step with what follows from it.
pub(crate) fn proceed(
    mut step: TournamentStep<'_, '_>,
    mut running: RunningTournament,
    mut changes: Changes,
    event: Option<StepEvent>,
) -> Result<TournamentRow, AppError> {
    cancel_matches(&mut step, &mut running, &changes)?;
    if let Some(event) = event {
        publish_changes(&mut step, &running, &changes, &event)?;
    }
    pair_due(&mut step, &mut running, &mut changes)?;
    publish_round(&mut step, &running, &changes)?;
    let retry = call_due(&mut step, &mut running, &mut changes)?;
    let due = next_due(&step, &running, retry);
    let is_over = changes.finished;
    if is_over {
        finish(&mut step, &mut running, &mut changes)?;
    }
    delete_removed(&mut step, &changes)?;
    let statements = running.statements(&mut step.row, &changes);
    step.add_statements(statements);
    step.store(due.filter(|_| !is_over))
}

/// Ends matches that do not count any more.
fn cancel_matches(
    step: &mut TournamentStep<'_, '_>,
    running: &mut RunningTournament,
    changes: &Changes,
) -> Result<(), AppError> {
    for key in &changes.matches_to_cancel {
        let Some(id) = running.matches.get(key).copied() else {
            continue;
        };
        step.parts.games.cancel(step.tx, id)?;
        let players: Vec<UserId> = players_of(running, *key);
        step.resolve_called(id, players)?;
        let is_over = |key| {
            running
                .competition
                .slot(key)
                .is_some_and(|slot| slot.status.is_over())
        };
        if !is_over(*key) {
            running.matches.remove(key);
        }
    }
    Ok(())
}

/// The users in a slot.
pub(crate) fn players_of(running: &RunningTournament, key: SlotKey) -> Vec<UserId> {
    let entrants = running.entrants_of(key).into_iter().flatten();
    let players: BTreeSet<UserId> = entrants.filter_map(EntrantRow::player).collect();
    players.into_iter().collect()
}

fn publish_changes(
    step: &mut TournamentStep<'_, '_>,
    running: &RunningTournament,
    changes: &Changes,
    event: &StepEvent,
) -> Result<(), AppError> {
    let changed = changes.created.union(&changes.updated).copied();
    let others = changed.filter(|key| Some(*key) != event.slot);
    let rows: Vec<SlotRow> = event
        .slot
        .into_iter()
        .chain(others)
        .filter_map(|key| running.slot_row(step.row.id, key))
        .collect();
    step.publish_slots(event.name, &rows)
}

/// Publishes a round that began in this step.
fn publish_round(
    step: &mut TournamentStep<'_, '_>,
    running: &RunningTournament,
    changes: &Changes,
) -> Result<(), AppError> {
    let Some(round) = changes.round_started else {
        return Ok(());
    };
    let changed = changes.created.union(&changes.updated);
    let rows: Vec<SlotRow> = changed
        .filter(|key| key.round == round)
        .filter_map(|key| running.slot_row(step.row.id, *key))
        .collect();
    step.row.round = i32::from(round);
    step.publish_slots(EventName::RoundStarted, &rows)
}

/// Opens the matches that are due. Returns when to try again those that could not be opened.
fn call_due(
    step: &mut TournamentStep<'_, '_>,
    running: &mut RunningTournament,
    changes: &mut Changes,
) -> Result<Option<Timestamp>, AppError> {
    let now = millis(step.now);
    let wanted = running.competition.callable(now, &BTreeSet::new());
    if wanted.is_empty() {
        return Ok(None);
    }
    let busy = busy_entrants(step, running, &wanted)?;
    let callable = running.competition.callable(now, &busy);
    let mut called = vec![];
    for key in callable.iter().take(MAX_CALLS) {
        called.extend(call(step, running, changes, *key)?);
    }
    let rows: Vec<SlotRow> = callable
        .iter()
        .take(MAX_CALLS)
        .filter_map(|key| running.slot_row(step.row.id, *key))
        .collect();
    step.publish_slots(EventName::MatchCalled, &rows)?;
    step.notify_called(&called)?;
    Ok(match (callable.len() > MAX_CALLS, busy.is_empty()) {
        (true, _) => Some(step.now),
        (false, false) => Some(step.now + RETRY_BUSY),
        (false, true) => None,
    })
}

/// The entrants in these slots whose players are in other matches.
fn busy_entrants(
    step: &mut TournamentStep<'_, '_>,
    running: &RunningTournament,
    wanted: &[SlotKey],
) -> Result<BTreeSet<EntrantNumber>, AppError> {
    let users: BTreeSet<UserId> = wanted
        .iter()
        .flat_map(|key| players_of(running, *key))
        .collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let engaged = step.parts.games.engaged(step.tx.conn, &users)?;
    let is_engaged = |row: &EntrantRow| row.player().is_some_and(|user| engaged.contains(&user));
    let busy = running.entrants.iter().filter(|(_, row)| is_engaged(row));
    Ok(busy.map(|(number, _)| *number).collect())
}

/// Opens the match of a slot.
fn call(
    step: &mut TournamentStep<'_, '_>,
    running: &mut RunningTournament,
    changes: &mut Changes,
    key: SlotKey,
) -> Result<Option<CalledEntrants>, AppError> {
    let [Some(first), Some(second)] = running.entrants_of(key) else {
        return Ok(None);
    };
    let entrants = [first.clone(), second.clone()];
    let Some(players) = called_players(&entrants) else {
        return Ok(None);
    };
    let match_id = step.parts.games.open(
        step.tx,
        &CalledMatch {
            game: &step.row.game,
            options: &step.row.options.0,
            players,
        },
    )?;
    let called = running.competition.call(key, millis(step.now));
    merge(changes, called.map_err(broken_rules)?);
    running.matches.insert(key, match_id);
    Ok(Some(CalledEntrants { match_id, entrants }))
}

fn called_players(entrants: &[EntrantRow; 2]) -> Option<[CalledPlayer; 2]> {
    let [first, second] = entrants.each_ref().map(|row| {
        Some(CalledPlayer {
            user: row.player()?,
            local_name: row.host_id.map(|_| row.alias.clone()),
        })
    });
    Some([first?, second?])
}

/// When the tournament is looked after next.
fn next_due(
    step: &TournamentStep<'_, '_>,
    running: &RunningTournament,
    retry: Option<Timestamp>,
) -> Option<Timestamp> {
    let due = running
        .competition
        .next_due(millis(step.now))
        .map(timestamp);
    let is_paused = running.competition.progress().paused_at.is_some();
    let deadline = running.competition.progress().round_deadline.map(timestamp);
    let deadline = deadline.filter(|at| !is_paused && *at > step.now);
    due.into_iter().chain(retry).chain(deadline).min()
}

/// Ends the tournament with its places.
fn finish(
    step: &mut TournamentStep<'_, '_>,
    running: &mut RunningTournament,
    changes: &mut Changes,
) -> Result<(), AppError> {
    let placings = running.competition.placings();
    for placing in &placings {
        changes.entrants.insert(placing.entrant);
        if let Some(row) = running.entrants.get_mut(&placing.entrant) {
            row.place = Some(i32::from(placing.from));
        }
    }
    let winner = placings
        .first()
        .filter(|first| first.from == 1 && first.to == 1)
        .map(|first| first.entrant);
    step.row.winner = winner.map(stored_number);
    step.row.set_status(TournamentStatus::Finished);
    step.row.ended_at = Some(step.now);
    let mut users: Vec<UserId> = running
        .entrants
        .values()
        .filter_map(|row| row.user_id)
        .collect();
    users.sort_unstable();
    let winner = winner.and_then(|number| running.entrants.get(&number)?.user_id);
    let game = step.row.game.clone();
    step.parts
        .games
        .count_tournament(step.tx, &game, &users, winner)?;
    step.publish(EventName::Finished)?;
    step.notify_ended(running.entrants.values())
}

fn delete_removed(step: &mut TournamentStep<'_, '_>, changes: &Changes) -> Result<(), AppError> {
    for key in &changes.removed {
        let bracket = part_of(key.bracket).as_text();
        let (round, position) = (i32::from(key.round), i32::from(key.position));
        slots::delete(step.tx.conn, step.row.id, bracket, round, position)?;
    }
    Ok(())
}
