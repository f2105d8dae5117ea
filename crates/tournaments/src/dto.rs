//! Tournaments as the API shows them.

use std::collections::{HashMap, HashSet};

use contract::tournaments::{
    BracketEntrant, OwnTournamentEntry, PlayedTournament, SlotHow, SlotState, Tournament,
    TournamentEntrant, TournamentId, TournamentSlot,
};
use contract::users::UserSummary;
use db::AnyConn;
use kernel::{AppError, UserId};

use crate::queries::entrants::{self, EntrantRow};
use crate::queries::involvement;
use crate::queries::slots::SlotRow;
use crate::queries::tournaments::TournamentRow;
use crate::slot_names::{from_row, part_of, slot_name};
use crate::tournaments::TournamentsParts;

/// Tournaments as a user sees them. The number of statements does not grow with their number.
pub(crate) fn tournaments(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    viewer: UserId,
    rows: &[TournamentRow],
) -> Result<Vec<Tournament>, AppError> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<TournamentId> = rows.iter().map(|row| row.id).collect();
    let helpers = involvement::co_organizers(conn, &ids)?;
    let own = entrants::of_user_in(conn, viewer, &ids)?;
    let named = rows.iter().map(|row| row.organizer_id);
    let users: HashSet<UserId> = named.chain(helpers.iter().map(|(_, user)| *user)).collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let summaries = parts.users.summaries(conn, &users)?;
    rows.iter()
        .map(|row| {
            let helpers: Vec<UserId> = helpers
                .iter()
                .filter(|(id, _)| *id == row.id)
                .map(|(_, user)| *user)
                .collect();
            let own = own.iter().filter(|entry| entry.tournament_id == row.id);
            tournament(row, viewer, &helpers, own, &summaries)
        })
        .collect()
}

/// One tournament as a user sees it.
pub(crate) fn one(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    viewer: UserId,
    row: &TournamentRow,
) -> Result<Tournament, AppError> {
    let shown = tournaments(conn, parts, viewer, std::slice::from_ref(row))?.pop();
    shown.ok_or_else(|| AppError::internal("a tournament that is not shown"))
}

fn tournament<'a>(
    row: &TournamentRow,
    viewer: UserId,
    helpers: &[UserId],
    own: impl Iterator<Item = &'a EntrantRow>,
    summaries: &HashMap<UserId, UserSummary>,
) -> Result<Tournament, AppError> {
    let settings = row.settings()?;
    let status = row.status()?;
    let own: Result<Vec<OwnTournamentEntry>, AppError> = own.map(own_entry).collect();
    let has_started = row.started_at.is_some();
    Ok(Tournament {
        id: row.id,
        name: row.name.clone(),
        description: row.description.clone(),
        game: row.game.clone(),
        options: row.options.0.clone(),
        format: row.format()?,
        visibility: row.visibility(),
        status,
        capacity: row.capacity,
        entrants: row.entrant_count,
        waiting: row.waiting_count,
        organizer: summary_of(summaries, row.organizer_id)?,
        co_organizers: helpers
            .iter()
            .filter_map(|user| summaries.get(user).cloned())
            .collect(),
        is_organizer: row.organizer_id == viewer || helpers.contains(&viewer),
        starts_at: row.starts_at,
        check_in_at: row.check_in_at,
        start_when_full: settings.start_when_full,
        seeding: settings.seeding,
        third_place: settings.third_place,
        legs: settings.legs,
        play_off: settings.play_off,
        rounds: settings.rounds,
        round: row.round,
        revision: row.revision,
        draw_seed: has_started.then(|| format!("{:016x}", row.draw_seed.cast_unsigned())),
        winner: row.winner,
        own_entries: own?,
        created_at: row.created_at,
        started_at: row.started_at,
        ended_at: row.ended_at,
    })
}

fn summary_of(
    summaries: &HashMap<UserId, UserSummary>,
    user: UserId,
) -> Result<UserSummary, AppError> {
    let found = summaries.get(&user).cloned();
    found.ok_or_else(|| AppError::internal("a tournament of an unknown user"))
}

fn own_entry(row: &EntrantRow) -> Result<OwnTournamentEntry, AppError> {
    Ok(OwnTournamentEntry {
        number: row.number,
        alias: row.alias.clone(),
        is_local: row.host_id.is_some(),
        status: row.status()?,
        place: row.place,
    })
}

/// Entrants with their users.
pub(crate) fn entrants(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    rows: &[EntrantRow],
) -> Result<Vec<TournamentEntrant>, AppError> {
    let users: HashSet<UserId> = rows.iter().filter_map(EntrantRow::player).collect();
    let users: Vec<UserId> = users.into_iter().collect();
    let summaries = parts.users.summaries(conn, &users)?;
    let of = |user: Option<UserId>| user.and_then(|user| summaries.get(&user).cloned());
    rows.iter()
        .map(|row| {
            Ok(TournamentEntrant {
                number: row.number,
                alias: row.alias.clone(),
                user: of(row.user_id),
                host: of(row.host_id),
                status: row.status()?,
                seed: row.seed,
                rating: row.rating,
                place: row.place,
                registered_at: row.registered_at,
            })
        })
        .collect()
}

/// An entrant in a bracket.
pub(crate) fn bracket_entrant(row: &EntrantRow) -> Result<BracketEntrant, AppError> {
    Ok(BracketEntrant {
        number: row.number,
        alias: row.alias.clone(),
        seed: row.seed,
        status: row.status()?,
        place: row.place,
    })
}

/// A slot.
pub(crate) fn slot(row: &SlotRow) -> Result<TournamentSlot, AppError> {
    let slot = from_row(row)?;
    let status = SlotState::from_text(&row.status)?;
    let due = |wanted: SlotState| row.due_at.filter(|_| status == wanted);
    let winner = match row.winner.as_deref() {
        Some("a") => row.entrant_a,
        Some("b") => row.entrant_b,
        _ => None,
    };
    Ok(TournamentSlot {
        slot: slot_name(slot.key),
        part: part_of(slot.key.bracket),
        round: row.round,
        position: row.position,
        entrants: [row.entrant_a, row.entrant_b],
        winner_to: slot.winner_to.map(|feed| slot_name(feed.slot)),
        loser_to: slot.loser_to.map(|feed| slot_name(feed.slot)),
        status,
        match_id: row.match_id,
        score: row.score_a.zip(row.score_b).map(|(a, b)| [a, b]),
        winner,
        how: row.how.as_deref().map(SlotHow::from_text).transpose()?,
        call_at: due(SlotState::Waiting),
        deadline: due(SlotState::Called),
        disputed: row.disputed_by.is_some(),
    })
}

/// Tournaments in the history of a user.
pub(crate) fn played(
    conn: &mut AnyConn,
    player: UserId,
    rows: Vec<TournamentRow>,
) -> Result<Vec<PlayedTournament>, AppError> {
    let ids: Vec<TournamentId> = rows.iter().map(|row| row.id).collect();
    let own = entrants::of_user_in(conn, player, &ids)?;
    let own_of = |id: TournamentId| {
        own.iter()
            .find(|entry| entry.tournament_id == id && entry.user_id == Some(player))
    };
    rows.into_iter()
        .map(|row| {
            let own = own_of(row.id);
            Ok(PlayedTournament {
                id: row.id,
                format: row.format()?,
                status: row.status()?,
                alias: own.map_or_else(String::new, |own| own.alias.clone()),
                place: own.and_then(|own| own.place),
                name: row.name,
                game: row.game,
                entrants: row.entrant_count,
                started_at: row.started_at,
                ended_at: row.ended_at,
            })
        })
        .collect()
}
