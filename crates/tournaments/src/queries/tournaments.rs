//! SQL on tournaments.

use contract::invites::MatchId;
use contract::tournaments::{
    TournamentFormat, TournamentId, TournamentStatus, TournamentVisibility,
};
use db::types::Json;
use db::{AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};

use crate::policy::settings::Settings;
use crate::schema::{tournament_slots, tournaments};

/// A tournament as it is stored.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tournaments, treat_none_as_null = true)]
pub(crate) struct TournamentRow {
    pub(crate) id: TournamentId,
    pub(crate) organizer_id: UserId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) game: String,
    pub(crate) options: Json,
    format: String,
    visibility: String,
    status: String,
    pub(crate) capacity: i32,
    settings: Json,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) check_in_at: Option<Timestamp>,
    pub(crate) round: i32,
    pub(crate) round_deadline: Option<Timestamp>,
    pub(crate) paused_at: Option<Timestamp>,
    pub(crate) draw_seed: i64,
    pub(crate) revision: i64,
    pub(crate) entrant_count: i32,
    pub(crate) waiting_count: i32,
    pub(crate) last_number: i32,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) winner: Option<i32>,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

/// What a new tournament is made of.
pub(crate) struct TournamentDraft {
    pub(crate) id: TournamentId,
    pub(crate) organizer: UserId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) game: String,
    pub(crate) options: Json,
    pub(crate) format: TournamentFormat,
    pub(crate) visibility: TournamentVisibility,
    pub(crate) status: TournamentStatus,
    pub(crate) capacity: i32,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) check_in_at: Option<Timestamp>,
    pub(crate) draw_seed: u64,
    pub(crate) created_at: Timestamp,
}

impl TournamentRow {
    pub(crate) fn new(draft: TournamentDraft, settings: &Settings) -> Result<Self, AppError> {
        Ok(Self {
            id: draft.id,
            organizer_id: draft.organizer,
            name: draft.name,
            description: draft.description,
            game: draft.game,
            options: draft.options,
            format: draft.format.as_text().to_owned(),
            visibility: draft.visibility.as_text().to_owned(),
            status: draft.status.as_text().to_owned(),
            capacity: draft.capacity,
            settings: Json(serde_json::to_value(settings)?),
            starts_at: draft.starts_at,
            check_in_at: draft.check_in_at,
            round: 0,
            round_deadline: None,
            paused_at: None,
            draw_seed: draft.draw_seed.cast_signed(),
            revision: 1,
            entrant_count: 0,
            waiting_count: 0,
            last_number: 0,
            due_at: None,
            winner: None,
            created_at: draft.created_at,
            started_at: None,
            ended_at: None,
        })
    }

    pub(crate) fn format(&self) -> Result<TournamentFormat, AppError> {
        Ok(TournamentFormat::from_text(&self.format)?)
    }

    pub(crate) fn status(&self) -> Result<TournamentStatus, AppError> {
        Ok(TournamentStatus::from_text(&self.status)?)
    }

    pub(crate) fn set_status(&mut self, status: TournamentStatus) {
        status.as_text().clone_into(&mut self.status);
    }

    /// What a newer version wrote counts as the most private.
    pub(crate) fn visibility(&self) -> TournamentVisibility {
        TournamentVisibility::from_text(&self.visibility).unwrap_or(TournamentVisibility::Private)
    }

    pub(crate) fn set_visibility(&mut self, visibility: TournamentVisibility) {
        visibility.as_text().clone_into(&mut self.visibility);
    }

    pub(crate) fn settings(&self) -> Result<Settings, AppError> {
        Ok(serde_json::from_value(self.settings.0.clone())?)
    }

    pub(crate) fn set_settings(&mut self, settings: &Settings) -> Result<(), AppError> {
        self.settings = Json(serde_json::to_value(settings)?);
        Ok(())
    }
}

pub(crate) fn insert(conn: &mut AnyConn, row: &TournamentRow) -> QueryResult<()> {
    diesel::insert_into(tournaments::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(())
}

pub(crate) fn load(conn: &mut AnyConn, id: TournamentId) -> QueryResult<Option<TournamentRow>> {
    tournaments::table
        .find(id)
        .select(TournamentRow::as_select())
        .first(conn)
        .optional()
}

/// The tournament of a match.
pub(crate) fn of_match(conn: &mut AnyConn, id: MatchId) -> QueryResult<Option<TournamentId>> {
    tournament_slots::table
        .filter(tournament_slots::match_id.eq(id))
        .select(tournament_slots::tournament_id)
        .first(conn)
        .optional()
}

pub(crate) fn update(conn: &mut AnyConn, row: &TournamentRow) -> QueryResult<()> {
    diesel::update(tournaments::table.find(row.id))
        .set(row.clone())
        .execute(conn)?;
    Ok(())
}

pub(crate) fn delete(conn: &mut AnyConn, id: TournamentId) -> QueryResult<()> {
    diesel::delete(tournaments::table.find(id)).execute(conn)?;
    Ok(())
}

/// The states in which a tournament has not ended.
pub(crate) const OPEN_STATES: [TournamentStatus; 5] = [
    TournamentStatus::Draft,
    TournamentStatus::Registration,
    TournamentStatus::CheckIn,
    TournamentStatus::Running,
    TournamentStatus::Paused,
];

/// The tournaments of an organizer that have not ended.
pub(crate) fn open_of(conn: &mut AnyConn, organizer: UserId) -> QueryResult<Vec<TournamentId>> {
    let open: Vec<&str> = OPEN_STATES.iter().map(|state| state.as_text()).collect();
    tournaments::table
        .filter(tournaments::organizer_id.eq(organizer))
        .filter(tournaments::status.eq_any_padded(open))
        .select(tournaments::id)
        .order(tournaments::id)
        .load(conn)
}

/// Tournaments whose time came before this, though they were not looked after.
pub(crate) fn overdue(conn: &mut AnyConn, before: Timestamp) -> QueryResult<Vec<TournamentId>> {
    tournaments::table
        .filter(tournaments::due_at.lt(before))
        .filter(tournaments::ended_at.is_null())
        .select(tournaments::id)
        .limit(100)
        .load(conn)
}
