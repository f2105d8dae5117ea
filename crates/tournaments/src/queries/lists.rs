//! SQL that lists tournaments.

use contract::tournaments::{
    TournamentFormat, TournamentId, TournamentStatus, TournamentVisibility,
};
use db::{AnyConn, EqAnyPadded, MultiBackend};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{AppError, Page, PageRequest, UserId};

use super::tournaments::TournamentRow;
use crate::schema::{entrants, tournament_invitations, tournament_organizers, tournaments};

type TournamentCondition =
    Box<dyn BoxableExpression<tournaments::table, MultiBackend, SqlType = Bool>>;

/// Which tournaments to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListFilter {
    pub(crate) status: Option<TournamentStatus>,
    pub(crate) format: Option<TournamentFormat>,
    pub(crate) game: Option<String>,
    pub(crate) organizes: bool,
    pub(crate) enters: bool,
    pub(crate) is_invited: bool,
}

/// Whose list it is.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    pub(crate) user: UserId,
    pub(crate) friends: Vec<UserId>,
    /// Users who are hidden because one has blocked the other.
    pub(crate) hidden: Vec<UserId>,
}

fn organizes(user: UserId) -> TournamentCondition {
    let helped = tournament_organizers::table
        .filter(tournament_organizers::user_id.eq(user))
        .filter(tournament_organizers::tournament_id.eq(tournaments::id));
    Box::new(tournaments::organizer_id.eq(user).or(exists(helped)))
}

fn enters(user: UserId) -> TournamentCondition {
    let entered = entrants::table
        .filter(entrants::tournament_id.eq(tournaments::id))
        .filter(entrants::user_id.eq(user).or(entrants::host_id.eq(user)));
    // A column that may be null makes the comparison nullable, not its existence.
    Box::new(exists(entered))
}

fn is_invited(user: UserId) -> TournamentCondition {
    let invited = tournament_invitations::table
        .filter(tournament_invitations::user_id.eq(user))
        .filter(tournament_invitations::tournament_id.eq(tournaments::id));
    Box::new(exists(invited))
}

/// Whether the viewer may see a tournament: the same as [`may_see`](crate::policy::access::may_see).
fn is_visible(viewer: &Viewer) -> TournamentCondition {
    let is_hidden = tournaments::organizer_id.eq_any_padded(viewer.hidden.clone());
    let among_friends = tournaments::visibility
        .eq(TournamentVisibility::Friends.as_text())
        .and(tournaments::organizer_id.eq_any_padded(viewer.friends.clone()));
    let open = tournaments::visibility
        .eq(TournamentVisibility::Public.as_text())
        .or(among_friends)
        .or(is_invited(viewer.user));
    let shown = enters(viewer.user).or(open.and(not(is_hidden)));
    let is_draft = tournaments::status.eq(TournamentStatus::Draft.as_text());
    Box::new(organizes(viewer.user).or(shown.and(not(is_draft))))
}

/// Lists the tournaments that a user may see, the newest first.
pub(crate) fn list(
    conn: &mut AnyConn,
    viewer: &Viewer,
    filter: &ListFilter,
    page: PageRequest,
) -> Result<Page<TournamentRow>, AppError> {
    let query = || -> tournaments::BoxedQuery<'_, MultiBackend> {
        let mut query = tournaments::table.filter(is_visible(viewer)).into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(tournaments::status.eq(status.as_text()));
        }
        if let Some(format) = filter.format {
            query = query.filter(tournaments::format.eq(format.as_text()));
        }
        if let Some(game) = &filter.game {
            query = query.filter(tournaments::game.eq(game.clone()));
        }
        if filter.organizes {
            query = query.filter(organizes(viewer.user));
        }
        if filter.enters {
            query = query.filter(enters(viewer.user));
        }
        if filter.is_invited {
            query = query.filter(is_invited(viewer.user));
        }
        query
    };
    let rows = query()
        .order((tournaments::created_at.desc(), tournaments::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(TournamentRow::as_select())
        .load(conn)?;
    Page::from_overfetch(rows, page, || Ok(query().count().get_result(conn)?))
}

/// Lists the tournaments that have started and that a user takes part in, the newest first: those that the
/// viewer may see.
pub(crate) fn played(
    conn: &mut AnyConn,
    viewer: &Viewer,
    player: UserId,
    page: PageRequest,
) -> Result<Page<TournamentRow>, AppError> {
    let query = || {
        let entered = entrants::table
            .filter(entrants::tournament_id.eq(tournaments::id))
            .filter(entrants::user_id.eq(player))
            .filter(entrants::seed.is_not_null());
        tournaments::table
            .filter(is_visible(viewer))
            .filter(exists(entered))
    };
    let rows = query()
        .order((tournaments::started_at.desc(), tournaments::id.desc()))
        .limit(page.limit_plus_one())
        .offset(page.offset)
        .select(TournamentRow::as_select())
        .load(conn)?;
    Page::from_overfetch(rows, page, || Ok(query().count().get_result(conn)?))
}

/// The entries of a user in the order of their tournaments, for data exports.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<TournamentId>,
    limit: i64,
) -> QueryResult<Vec<TournamentRow>> {
    let entered = entrants::table
        .filter(entrants::tournament_id.eq(tournaments::id))
        .filter(entrants::user_id.eq(user).or(entrants::host_id.eq(user)));
    let mut query = tournaments::table
        .filter(tournaments::organizer_id.eq(user).or(exists(entered)))
        .order(tournaments::id)
        .limit(limit)
        .select(TournamentRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(tournaments::id.gt(after));
    }
    query.load(conn)
}
