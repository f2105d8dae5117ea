//! Tournaments of local players at one keyboard.

use async_trait::async_trait;
use contract::games::StartLocal;
use contract::tournaments::{
    CreateTournament, EntrantState, Tournament, TournamentFormat, TournamentSeeding,
    TournamentVisibility,
};
use db::Tx;
use kernel::{Actor, AppError, UserId};
use serde_json::Value;

use crate::Error;
use crate::creation::{ensure_room, new_row};
use crate::dto;
use crate::policy::alias::Alias;
use crate::queries::entrants::{self, EntrantRow};
use crate::queries::tournaments::{self, TournamentRow};
use crate::registration::MAX_LOCALS;
use crate::starting::start_now;
use crate::step::TournamentStep;
use crate::tournaments::{Tournaments, TournamentsParts};

/// Up to so many players meet each other; more play single elimination.
const MAX_ROUND_ROBIN: usize = 5;
/// What a tournament of local players is called.
const NAME: &str = "Local tournament";

/// Tournaments of local players at one keyboard.
#[async_trait]
pub trait LocalTournamentService: Send + Sync {
    /// Checks a tournament of local players, without the database.
    ///
    /// # Errors
    /// `tournaments.alias_invalid`, `tournaments.alias_taken`, `tournaments.unknown_game`,
    /// `tournaments.options_invalid`; `tournaments.settings_invalid` for too few or too many players.
    fn check_local(&self, game: &str, wanted: &StartLocal) -> Result<(), AppError>;

    /// Starts a private tournament of local players at the actor's keyboard.
    ///
    /// # Errors
    /// Those of [`check_local`](Self::check_local); `tournaments.too_many_tournaments`.
    async fn start_local(
        &self,
        actor: &Actor,
        game: &str,
        wanted: StartLocal,
    ) -> Result<Tournament, AppError>;
}

#[async_trait]
impl LocalTournamentService for Tournaments {
    fn check_local(&self, game: &str, wanted: &StartLocal) -> Result<(), AppError> {
        aliases(&wanted.players)?;
        self.parts.games.check(game, &wanted.options).map(drop)
    }

    async fn start_local(
        &self,
        actor: &Actor,
        game: &str,
        wanted: StartLocal,
    ) -> Result<Tournament, AppError> {
        let aliases = aliases(&wanted.players)?;
        let options = self.parts.games.check(game, &wanted.options)?;
        let (user, game) = (actor.user, game.to_owned());
        self.write_once(move |tx, parts| {
            ensure_room(tx, user)?;
            let row = start(tx, parts, user, (game, options), aliases)?;
            dto::one(tx.conn, parts, user, &row)
        })
        .await
    }
}

/// The names of the players, all different.
fn aliases(names: &[String]) -> Result<Vec<Alias>, AppError> {
    if !(3..=MAX_LOCALS).contains(&names.len()) {
        let refusal = AppError::from(Error::SettingsInvalid);
        let problem = format!("must be 2 to {MAX_LOCALS} names");
        return Err(refusal.on_field("players", problem));
    }
    let mut aliases: Vec<Alias> = vec![];
    for name in names {
        let alias = Alias::parse(name).map_err(|_| Error::AliasInvalid.on_field("players"))?;
        if aliases.iter().any(|known| known.key == alias.key) {
            return Err(Error::AliasTaken.on_field("players"));
        }
        aliases.push(alias);
    }
    Ok(aliases)
}

fn start(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    user: UserId,
    (game, options): (String, Value),
    aliases: Vec<Alias>,
) -> Result<TournamentRow, AppError> {
    let count = i32::try_from(aliases.len()).unwrap_or(i32::MAX);
    let wanted = CreateTournament {
        name: NAME.to_owned(),
        description: String::new(),
        game,
        options: serde_json::Map::new(),
        format: if aliases.len() <= MAX_ROUND_ROBIN {
            TournamentFormat::RoundRobin
        } else {
            TournamentFormat::SingleElimination
        },
        visibility: TournamentVisibility::Private,
        capacity: count,
        starts_at: None,
        check_in_minutes: Some(0),
        start_when_full: false,
        seeding: TournamentSeeding::Random,
        third_place: false,
        legs: 1,
        play_off: false,
        rounds: None,
        draft: false,
    };
    let mut row = new_row(tx, user, wanted, options)?;
    row.last_number = count;
    row.entrant_count = count;
    tournaments::insert(tx.conn, &row)?;
    let now = tx.env().now();
    for (alias, number) in aliases.into_iter().zip(1..) {
        let state = EntrantState::Registered;
        let entrant = EntrantRow::new(row.id, number, user, true, alias, state, now);
        entrants::insert(tx.conn, &entrant)?;
    }
    start_now(TournamentStep::of(tx, parts, row))
}
