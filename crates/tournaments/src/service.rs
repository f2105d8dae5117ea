//! The service of this crate, which names all its parts and job handlers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contract::invites::MatchId;
use contract::tournaments::{TournamentId, TournamentStatus};
use db::{AnyConn, IdempotencyKey, PagedJson, Tx};
use jobs::Registration;
use kernel::{AppError, UserId};
use serde_json::json;

use crate::access::load_visible;
use crate::creation::TournamentCreationService;
use crate::invitations::InvitationService;
use crate::leaving::leave;
use crate::local_tournaments::LocalTournamentService;
use crate::match_ends;
use crate::pairing_job::PairRoundHandler;
use crate::ports::CalledMatchEnded;
use crate::queries::entrants::{self, EntrantRow};
use crate::queries::{involvement, lists, tournaments};
use crate::reads::TournamentReadsService;
use crate::registration::EntryService;
use crate::rules::Removal;
use crate::rulings::{RulingService, cancel};
use crate::step::TournamentStep;
use crate::timers::{TournamentTimerHandler, look_after};
use crate::tournaments::{Tournaments, TournamentsParts};

/// How late a timer may be before it is taken for lost.
const MAX_DELAY: Duration = Duration::from_secs(60);

/// Tournaments.
///
/// Each method of this trait and its parts may fail as `unavailable` or `overloaded` when the database does, and
/// names its other errors.
#[async_trait]
pub trait TournamentsService:
    TournamentCreationService
    + EntryService
    + InvitationService
    + LocalTournamentService
    + RulingService
    + TournamentReadsService
{
    /// The same service for a request that creates something: repeated with the same key, it creates nothing more
    /// and returns the first result.
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn TournamentsService>;

    /// The job handlers of this crate.
    fn jobs(&self) -> Vec<Registration>;

    /// Locks the tournament of a match whose end is about to be stored. Called before other locks are taken.
    ///
    /// # Errors
    /// Only if the database fails.
    fn lock_of_match(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError>;

    /// Whether a user may see the tournament of a match.
    ///
    /// # Errors
    /// Only if the database fails.
    fn may_see_match(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        id: MatchId,
    ) -> Result<bool, AppError>;

    /// Play has begun in a match of a tournament.
    ///
    /// # Errors
    /// Only if the database fails.
    fn match_started(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError>;

    /// A match of a tournament has ended. Called in the transaction that stores its end.
    ///
    /// # Errors
    /// Only if the database fails.
    fn match_ended(&self, tx: &mut Tx<'_>, ended: &CalledMatchEnded) -> Result<(), AppError>;

    /// Looks after tournaments whose timers were lost.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn look_after_overdue(&self) -> Result<(), AppError>;

    /// The chapter of this crate in a user's data export.
    fn personal_data(&self, user: UserId) -> PagedJson;

    /// Takes a user whose account is deleted out of all tournaments, and replaces their aliases. Tournaments that
    /// they organize and that have not started are given up, unless somebody helps to organize them.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn forget(&self, user: UserId) -> Result<(), AppError>;
}

#[async_trait]
impl TournamentsService for Tournaments {
    fn once(&self, key: Option<IdempotencyKey>) -> Arc<dyn TournamentsService> {
        let parts = Arc::clone(&self.parts);
        Arc::new(Self { parts, key })
    }

    fn jobs(&self) -> Vec<Registration> {
        vec![
            Registration::batch(TournamentTimerHandler(Arc::clone(&self.parts))),
            Registration::new(PairRoundHandler(Arc::clone(&self.parts))),
        ]
    }

    fn lock_of_match(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError> {
        match_ends::lock_of_match(tx, id)
    }

    fn may_see_match(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        id: MatchId,
    ) -> Result<bool, AppError> {
        let Some(tournament) = tournaments::of_match(conn, id)? else {
            // An earlier match of a slot that was played again.
            return Ok(false);
        };
        match load_visible(conn, &self.parts, user, tournament) {
            Ok(_) => Ok(true),
            Err(error) if error.is(crate::Error::NotFound.code()) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn match_started(&self, tx: &mut Tx<'_>, id: MatchId) -> Result<(), AppError> {
        match_ends::match_started(tx, &self.parts, id)
    }

    fn match_ended(&self, tx: &mut Tx<'_>, ended: &CalledMatchEnded) -> Result<(), AppError> {
        match_ends::match_ended(tx, &self.parts, ended)
    }

    async fn look_after_overdue(&self) -> Result<(), AppError> {
        let before = self.now() - MAX_DELAY;
        let find =
            move |conn: &mut AnyConn, _: &TournamentsParts| Ok(tournaments::overdue(conn, before)?);
        for id in self.read(find).await? {
            self.write(move |tx, parts| look_after(tx, parts, id))
                .await?;
        }
        Ok(())
    }

    fn personal_data(&self, user: UserId) -> PagedJson {
        PagedJson::list(&self.parts.store, move |conn, after, limit| {
            let rows = lists::export_page(conn, user, after, limit)?;
            let ids: Vec<TournamentId> = rows.iter().map(|row| row.id).collect();
            let own = entrants::of_user_in(conn, user, &ids)?;
            let entries = rows.into_iter().map(|row| {
                let own = own.iter().filter(|entry| entry.tournament_id == row.id);
                let entries: Vec<_> = own.map(exported).collect();
                let entry = json!({
                    "id": row.id, "name": row.name, "game": row.game,
                    "organizes": row.organizer_id == user, "entries": entries,
                    "created_at": row.created_at, "ended_at": row.ended_at,
                });
                (row.id, entry)
            });
            Ok(entries.collect())
        })
    }

    async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let entered = self
            .read(move |conn, _| Ok(entrants::of_user(conn, user)?))
            .await?;
        for entrant in entered {
            self.write(move |tx, parts| forget_entrant(tx, parts, &entrant))
                .await?;
        }
        let organized = self
            .read(move |conn, _| Ok(tournaments::open_of(conn, user)?))
            .await?;
        for id in organized {
            self.write(move |tx, parts| forget_organizer(tx, parts, id))
                .await?;
        }
        self.write(move |tx, _| Ok(involvement::delete_of(tx.conn, user)?))
            .await
    }
}

fn exported(row: &EntrantRow) -> serde_json::Value {
    json!({
        "number": row.number, "alias": row.alias, "is_local": row.host_id.is_some(),
        "seed": row.seed, "place": row.place, "registered_at": row.registered_at,
    })
}

/// Takes an entrant out of a tournament that has not ended, and replaces the alias.
fn forget_entrant(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    entrant: &EntrantRow,
) -> Result<(), AppError> {
    let step = TournamentStep::begin(tx, parts, entrant.tournament_id)?;
    let all = entrants::load_all(step.tx.conn, entrant.tournament_id)?;
    let found = all.iter().find(|row| row.number == entrant.number).cloned();
    let Some(own) = found else {
        return Ok(());
    };
    entrants::rename(
        step.tx.conn,
        &own,
        &format!("Deleted player {}", own.number),
    )?;
    match leave(step, &all, own, Removal::Withdrawal) {
        // It has ended, or they are out already.
        Err(error) if error.is(crate::Error::WrongState.code()) => Ok(()),
        left => left.map(drop),
    }
}

/// A tournament whose organizer is gone goes on by itself once it has started.
fn forget_organizer(
    tx: &mut Tx<'_>,
    parts: &TournamentsParts,
    id: TournamentId,
) -> Result<(), AppError> {
    let step = TournamentStep::begin(tx, parts, id)?;
    let helpers = involvement::co_organizers(step.tx.conn, &[id])?;
    let has_started = matches!(
        step.row.status()?,
        TournamentStatus::Running | TournamentStatus::Paused
    );
    if has_started || !helpers.is_empty() {
        return Ok(());
    }
    cancel(step, None)
}
