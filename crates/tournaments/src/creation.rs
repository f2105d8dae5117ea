//! Creates and changes tournaments.

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::tournaments::{
    ChangeTournament, CreateTournament, Tournament, TournamentId, TournamentStatus,
};
use db::types::Json;
use db::{Tx, lock};
use kernel::{Actor, AppError, UserId};
use serde_json::json;

use crate::Error;
use crate::dto;
use crate::jobs::TournamentTimer;
use crate::leaving::move_up;
use crate::policy::new_tournament::{
    NewTournament, check_capacity, check_in_at, check_settings, check_start, parse_description,
    parse_name, together,
};
use crate::queries::entrants;
use crate::queries::tournaments::{self, TournamentDraft, TournamentRow};
use crate::starting::{start_now, store_before_start};
use crate::step::{Act, TournamentStep};
use crate::tournaments::Tournaments;

/// The maximum number of tournaments that a user organizes and that have not ended.
pub const MAX_OPEN_TOURNAMENTS: usize = 20;

/// Creates and changes tournaments.
#[async_trait]
pub trait TournamentCreationService: Send + Sync {
    /// Checks a new tournament, without the database.
    ///
    /// # Errors
    /// `tournaments.name_invalid`, `tournaments.description_invalid`, `tournaments.settings_invalid` with each
    /// setting that is not possible, `tournaments.unknown_game`, `tournaments.options_invalid`.
    fn check(&self, wanted: &CreateTournament) -> Result<(), AppError>;

    /// Creates a tournament that the actor organizes.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `tournaments.too_many_tournaments`.
    async fn create(&self, actor: &Actor, wanted: CreateTournament)
    -> Result<Tournament, AppError>;

    /// Changes a tournament. Once it has started, only its name and description.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `tournaments.not_found`, `tournaments.not_organizer`,
    /// `tournaments.wrong_state`.
    async fn change(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: ChangeTournament,
    ) -> Result<Tournament, AppError>;

    /// Opens a draft for registration.
    ///
    /// # Errors
    /// `tournaments.not_found`, `tournaments.not_organizer`, `tournaments.wrong_state`.
    async fn open(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError>;

    /// Starts a tournament before its time.
    ///
    /// # Errors
    /// Those of [`open`](Self::open); `tournaments.too_few_entrants`.
    async fn start(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError>;
}

#[async_trait]
impl TournamentCreationService for Tournaments {
    fn check(&self, wanted: &CreateTournament) -> Result<(), AppError> {
        let settings = NewTournament::parse(wanted, self.now()).map(drop);
        let options = self.parts.games.check(&wanted.game, &wanted.options);
        together([settings, options.map(drop)])
    }

    async fn create(
        &self,
        actor: &Actor,
        wanted: CreateTournament,
    ) -> Result<Tournament, AppError> {
        self.check(&wanted)?;
        let options = self.parts.games.check(&wanted.game, &wanted.options)?;
        let user = actor.user;
        self.write_once(move |tx, parts| {
            let row = create(tx, user, wanted, options)?;
            dto::one(tx.conn, parts, user, &row)
        })
        .await
    }

    async fn change(
        &self,
        actor: &Actor,
        id: TournamentId,
        wanted: ChangeTournament,
    ) -> Result<Tournament, AppError> {
        check_texts(&wanted)?;
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            let row = change(step, user, wanted)?;
            dto::one(tx.conn, parts, user, &row)
        })
        .await
    }

    async fn open(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            let row = open(step, user)?;
            dto::one(tx.conn, parts, user, &row)
        })
        .await
    }

    async fn start(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let mut step = TournamentStep::begin_as_organizer(tx, parts, user, id)?;
            let row = match step.row.status()? {
                // Starting is done once.
                TournamentStatus::Running => step.unchanged(),
                _ => {
                    step.require(&[TournamentStatus::Registration, TournamentStatus::CheckIn])?;
                    step.record(Act::by(user, "start"))?;
                    start_now(step)?
                }
            };
            dto::one(tx.conn, parts, user, &row)
        })
        .await
    }
}

fn create(
    tx: &mut Tx<'_>,
    user: UserId,
    wanted: CreateTournament,
    options: serde_json::Value,
) -> Result<TournamentRow, AppError> {
    ensure_room(tx, user)?;
    let row = new_row(tx, user, wanted, options)?;
    tournaments::insert(tx.conn, &row)?;
    schedule_first(tx, row)
}

/// Checks that a user may organize one more tournament. Two requests are counted one after the other.
pub(crate) fn ensure_room(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    lock(tx.conn, &format!("tournaments-of:{user}"))?;
    if tournaments::open_of(tx.conn, user)?.len() >= MAX_OPEN_TOURNAMENTS {
        return Err(Error::TooManyTournaments.into());
    }
    Ok(())
}

/// The row of a new tournament.
pub(crate) fn new_row(
    tx: &Tx<'_>,
    user: UserId,
    wanted: CreateTournament,
    options: serde_json::Value,
) -> Result<TournamentRow, AppError> {
    let env = tx.env();
    let now = env.now();
    let new = NewTournament::parse(&wanted, now)?;
    let status = if wanted.draft {
        TournamentStatus::Draft
    } else {
        TournamentStatus::Registration
    };
    let draft = TournamentDraft {
        id: env.id(),
        organizer: user,
        name: new.name,
        description: new.description,
        game: wanted.game,
        options: Json(options),
        format: wanted.format,
        visibility: wanted.visibility,
        status,
        capacity: wanted.capacity,
        starts_at: wanted.starts_at,
        check_in_at: check_in_at(&new.settings, wanted.starts_at),
        draw_seed: u64::from_ne_bytes(env.bytes()),
        created_at: now,
    };
    TournamentRow::new(draft, &new.settings)
}

/// Enqueues the first timer of a new tournament.
fn schedule_first(tx: &mut Tx<'_>, mut row: TournamentRow) -> Result<TournamentRow, AppError> {
    use jobs::Enqueue;

    let Some(due) = crate::starting::due_before_start(&row)? else {
        return Ok(row);
    };
    row.due_at = Some(due);
    tournaments::update(tx.conn, &row)?;
    tx.enqueue_at(TournamentTimer { id: row.id }, due)?;
    Ok(row)
}

const BEFORE_START: [TournamentStatus; 3] = [
    TournamentStatus::Draft,
    TournamentStatus::Registration,
    TournamentStatus::CheckIn,
];

fn change(
    mut step: TournamentStep<'_, '_>,
    user: UserId,
    wanted: ChangeTournament,
) -> Result<TournamentRow, AppError> {
    let changes_play = wanted.options.is_some()
        || wanted.visibility.is_some()
        || wanted.capacity.is_some()
        || wanted.starts_at.is_some()
        || wanted.check_in_minutes.is_some()
        || wanted.start_when_full.is_some()
        || wanted.seeding.is_some();
    let is_before_start = BEFORE_START.contains(&step.row.status()?);
    if changes_play && !is_before_start {
        return Err(Error::WrongState.into());
    }
    if step.row.ended_at.is_some() {
        return Err(Error::WrongState.into());
    }
    let before = audited(&step.row)?;
    apply(&mut step, wanted)?;
    let after = audited(&step.row)?;
    let mut act = Act::by(user, "change");
    act.before = Some(before);
    act.after = Some(after);
    step.record(act)?;
    step.publish(EventName::Changed)?;
    if step.row.waiting_count > 0 && is_before_start {
        let all = entrants::load_all(step.tx.conn, step.row.id)?;
        move_up(&mut step, &all)?;
    }
    store_before_start(step)
}

/// Checks what needs no tournament.
fn check_texts(wanted: &ChangeTournament) -> Result<(), AppError> {
    let name = wanted.name.as_deref().map(parse_name);
    let description = wanted.description.as_deref().map(parse_description);
    let texts = [name, description];
    together(texts.map(|text| text.transpose().map(drop)))
}

/// What the audit trail shows of the settings.
fn audited(row: &TournamentRow) -> Result<serde_json::Value, AppError> {
    Ok(json!({
        "name": row.name, "description": row.description, "options": row.options.0,
        "visibility": row.visibility(), "capacity": row.capacity, "starts_at": row.starts_at,
        "settings": row.settings()?,
    }))
}

fn apply(step: &mut TournamentStep<'_, '_>, wanted: ChangeTournament) -> Result<(), AppError> {
    let (format, mut settings) = (step.row.format()?, step.row.settings()?);
    settings.start_when_full = wanted.start_when_full.unwrap_or(settings.start_when_full);
    settings.seeding = wanted.seeding.unwrap_or(settings.seeding);
    settings.check_in_minutes = wanted.check_in_minutes.unwrap_or(settings.check_in_minutes);
    let starts_at = wanted.starts_at.unwrap_or(step.row.starts_at);
    let capacity = wanted.capacity.unwrap_or(step.row.capacity);
    let options = wanted
        .options
        .map(|options| step.parts.games.check(&step.row.game, &options));
    let checked = [
        check_capacity(format, capacity),
        check_room(step.row.entrant_count, capacity),
        match wanted.starts_at {
            Some(starts_at) => check_start(starts_at, step.now),
            None => Ok(()),
        },
        check_settings(format, &settings),
    ];
    together(checked)?;
    let options = options.transpose()?;
    let row = &mut step.row;
    if let Some(name) = wanted.name {
        row.name = parse_name(&name)?;
    }
    if let Some(description) = wanted.description {
        row.description = parse_description(&description)?;
    }
    if let Some(options) = options {
        row.options = Json(options);
    }
    if let Some(visibility) = wanted.visibility {
        row.set_visibility(visibility);
    }
    row.capacity = capacity;
    if row.starts_at != starts_at || wanted.check_in_minutes.is_some() {
        row.starts_at = starts_at;
        row.check_in_at = check_in_at(&settings, starts_at);
        reopen_registration(row, step.now)?;
    }
    row.set_settings(&settings)
}

/// A tournament whose check-in has been moved into the future takes registrations again.
fn reopen_registration(row: &mut TournamentRow, now: kernel::Timestamp) -> Result<(), AppError> {
    let is_early = row.check_in_at.is_none_or(|at| at > now);
    if row.status()? == TournamentStatus::CheckIn && is_early {
        row.set_status(TournamentStatus::Registration);
    }
    Ok(())
}

fn check_room(entrants: i32, capacity: i32) -> Result<(), AppError> {
    if entrants <= capacity {
        return Ok(());
    }
    let refusal = AppError::from(Error::SettingsInvalid);
    Err(refusal.on_field("capacity", "must not be below the number of entrants"))
}

fn open(mut step: TournamentStep<'_, '_>, user: UserId) -> Result<TournamentRow, AppError> {
    match step.row.status()? {
        // Opening is done once.
        TournamentStatus::Registration => return Ok(step.unchanged()),
        TournamentStatus::Draft => {}
        _ => return Err(Error::WrongState.into()),
    }
    let is_past = step.row.starts_at.is_some_and(|at| at <= step.now);
    if is_past {
        let refusal = AppError::from(Error::SettingsInvalid);
        return Err(refusal.on_field("starts_at", "must be in the future"));
    }
    step.row.set_status(TournamentStatus::Registration);
    step.record(Act::by(user, "open"))?;
    step.publish(EventName::Changed)?;
    let invited = crate::queries::involvement::invited(step.tx.conn, step.row.id)?;
    step.announce(user, &invited)?;
    store_before_start(step)
}
