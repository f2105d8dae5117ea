//! Loads tournaments that a user may see, or organizes.

use contract::tournaments::TournamentId;
use db::{AnyConn, OptionExt, Tx};
use kernel::{AppError, Relation, UserId};

use crate::Error;
use crate::policy::access::{Involvement, may_enter, may_see};
use crate::queries::involvement;
use crate::queries::tournaments::{self, TournamentRow};
use crate::step::TournamentStep;
use crate::tournaments::TournamentsParts;

/// What a user may do with a tournament that they may see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    pub(crate) involved: Involvement,
    pub(crate) may_enter: bool,
}

/// Loads a tournament that a user may see.
pub(crate) fn load_visible(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    user: UserId,
    id: TournamentId,
) -> Result<(TournamentRow, Access), AppError> {
    let row = tournaments::load(conn, id).or_err(|| Error::NotFound)?;
    let access = access_to(conn, parts, user, &row)?;
    Ok((row, access))
}

/// What a user may do with a tournament.
pub(crate) fn access_to(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    user: UserId,
    row: &TournamentRow,
) -> Result<Access, AppError> {
    let involved = involvement::load(conn, row.id, user)?;
    let relation = if involved.organizes {
        Relation::Friend
    } else {
        let relations = parts
            .relations
            .relations(conn, &[(user, row.organizer_id)])?;
        relations.first().copied().unwrap_or(Relation::Blocked)
    };
    let visibility = row.visibility();
    if !may_see(visibility, row.status()?, involved, relation) {
        return Err(Error::NotFound.into());
    }
    Ok(Access {
        involved,
        may_enter: may_enter(visibility, involved, relation),
    })
}

impl<'s, 't> TournamentStep<'s, 't> {
    /// Begins a step of a user who may see the tournament.
    pub(crate) fn begin_for(
        tx: &'s mut Tx<'t>,
        parts: &'s TournamentsParts,
        user: UserId,
        id: TournamentId,
    ) -> Result<(Self, Access), AppError> {
        let step = Self::begin(tx, parts, id)?;
        let access = access_to(step.tx.conn, parts, user, &step.row)?;
        Ok((step, access))
    }

    /// Begins a step of an organizer.
    pub(crate) fn begin_as_organizer(
        tx: &'s mut Tx<'t>,
        parts: &'s TournamentsParts,
        user: UserId,
        id: TournamentId,
    ) -> Result<Self, AppError> {
        let (step, access) = Self::begin_for(tx, parts, user, id)?;
        if access.involved.organizes {
            return Ok(step);
        }
        Err(Error::NotOrganizer.into())
    }
}
