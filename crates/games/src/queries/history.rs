//! SQL on matches as they are shown, and on histories.

use std::collections::HashMap;

use contract::invites::MatchId;
use db::types::Json;
use db::{AnyConn, EqAnyPadded, MultiBackend};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::{AppError, Page, PageRequest, Timestamp, UserId};

use super::ratings;
use crate::MatchMode;
use crate::match_store::RatingChange;
use crate::schema::{match_seats, matches, replays};
use crate::stored_match::{MatchResult, MatchStatus};

/// A match without its seats, as it is shown.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = matches)]
pub(crate) struct ShownMatchRow {
    pub(crate) id: MatchId,
    pub(crate) game: String,
    pub(crate) mode: String,
    pub(crate) options: Json,
    pub(crate) rated: bool,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) winner: Option<i32>,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) duration_ms: i64,
}

/// A seat of a match, as it is shown.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = match_seats)]
pub(crate) struct ShownSeatRow {
    pub(crate) match_id: MatchId,
    pub(crate) user_id: Option<UserId>,
    pub(crate) name: Option<String>,
    pub(crate) computer: Option<Json>,
    pub(crate) result: Option<String>,
    pub(crate) score: i32,
}

/// A match as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct ShownMatch {
    pub(crate) row: ShownMatchRow,
    /// The seats in their order, each with the change of its player's rating.
    pub(crate) seats: Vec<(ShownSeatRow, Option<RatingChange>)>,
    pub(crate) has_replay: bool,
}

impl ShownMatch {
    /// The users among its players.
    pub(crate) fn users(&self) -> impl Iterator<Item = UserId> {
        self.seats.iter().filter_map(|(seat, _)| seat.user_id)
    }
}

/// Matches in the order of these ids.
pub(crate) fn shown(conn: &mut AnyConn, ids: &[MatchId]) -> QueryResult<Vec<ShownMatch>> {
    let has_replay = exists(replays::table.filter(replays::match_id.eq(matches::id)));
    let mut rows: Vec<(ShownMatchRow, bool)> = matches::table
        .filter(matches::id.eq_any_padded(ids.to_vec()))
        .select((ShownMatchRow::as_select(), has_replay))
        .load(conn)?;
    let seats: Vec<ShownSeatRow> = match_seats::table
        .filter(match_seats::match_id.eq_any_padded(ids.to_vec()))
        .order((match_seats::match_id, match_seats::seat))
        .select(ShownSeatRow::as_select())
        .load(conn)?;
    let changes = ratings::changes_of(conn, ids)?;
    rows.sort_by_key(|(row, _)| ids.iter().position(|id| *id == row.id));
    let into_shown = |(row, has_replay): (ShownMatchRow, bool)| {
        let own = seats.iter().filter(|seat| seat.match_id == row.id);
        let with_change = |seat: &ShownSeatRow| {
            let change = changes
                .iter()
                .find(|change| change.match_id == row.id && Some(change.user_id) == seat.user_id);
            (seat.clone(), change.map(ratings::RatingChangeRow::rounded))
        };
        ShownMatch {
            seats: own.map(with_change).collect(),
            has_replay,
            row,
        }
    };
    Ok(rows.into_iter().map(into_shown).collect())
}

/// The points of a match.
pub(crate) fn timeline(conn: &mut AnyConn, id: MatchId) -> QueryResult<Option<Json>> {
    let timeline: Option<Option<Json>> = matches::table
        .find(id)
        .select(matches::timeline)
        .first(conn)
        .optional()?;
    Ok(timeline.flatten())
}

/// The points of matches, by match.
pub(crate) fn timelines(
    conn: &mut AnyConn,
    ids: &[MatchId],
) -> QueryResult<HashMap<MatchId, Option<Json>>> {
    let rows: Vec<(MatchId, Option<Json>)> = matches::table
        .filter(matches::id.eq_any_padded(ids.to_vec()))
        .select((matches::id, matches::timeline))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Which matches of a user to list.
#[derive(Debug, Clone)]
pub(crate) struct HistoryFilter {
    pub(crate) user: UserId,
    pub(crate) opponent: Option<UserId>,
    pub(crate) game: Option<String>,
    pub(crate) result: Option<MatchResult>,
    pub(crate) mode: Option<MatchMode>,
    /// Opponents against whom the viewer may not see matches.
    pub(crate) hidden: Vec<UserId>,
    /// Leaves out matches against the computer and at one keyboard.
    pub(crate) between_users: bool,
}

type SeatCondition = Box<dyn BoxableExpression<match_seats::table, MultiBackend, SqlType = Bool>>;

impl HistoryFilter {
    fn query(&self) -> match_seats::BoxedQuery<'static, MultiBackend> {
        let mut query = match_seats::table
            .filter(match_seats::user_id.eq(self.user))
            .into_boxed();
        query = match self.result {
            Some(result) => query.filter(match_seats::result.eq(result.as_text())),
            None => query.filter(match_seats::result.is_not_null()),
        };
        if let Some(opponent) = self.opponent {
            query = query.filter(match_seats::opponent_id.eq(opponent));
        }
        if let Some(game) = &self.game {
            query = query.filter(match_seats::game.eq(game.clone()));
        }
        if let Some(mode) = self.mode {
            query = query.filter(match_seats::mode.eq(mode.as_text()));
        }
        if self.between_users {
            query = query.filter(self.by_visible_user());
        }
        query
    }

    fn by_visible_user(&self) -> SeatCondition {
        let is_user = match_seats::opponent_id.is_not_null();
        let is_visible = match_seats::opponent_id.ne_all_padded(self.hidden.clone());
        Box::new(is_user.and(is_visible))
    }

    /// A page of matches, the last ended first.
    pub(crate) fn page(
        &self,
        conn: &mut AnyConn,
        page: PageRequest,
    ) -> Result<Page<MatchId>, AppError> {
        let ids: Vec<MatchId> = self
            .query()
            .order((match_seats::ended_at.desc(), match_seats::match_id.desc()))
            .limit(page.limit_plus_one())
            .offset(page.offset)
            .select(match_seats::match_id)
            .load(conn)?;
        Page::from_overfetch(ids, page, || Ok(self.query().count().get_result(conn)?))
    }
}

/// Which live matches to list.
#[derive(Debug, Clone)]
pub(crate) struct LiveFilter {
    pub(crate) game: Option<String>,
    /// Users whom the viewer does not see.
    pub(crate) hidden: Vec<UserId>,
    /// The viewer and their friends, who see each other's unrated matches from invites.
    pub(crate) known: Vec<UserId>,
}

impl LiveFilter {
    fn query(&self) -> matches::BoxedQuery<'static, MultiBackend> {
        let seats = || match_seats::table.filter(match_seats::match_id.eq(matches::id));
        let hidden = seats().filter(match_seats::user_id.eq_any_padded(self.hidden.clone()));
        let outside = seats().filter(match_seats::user_id.ne_all_padded(self.known.clone()));
        let is_public = matches::rated.eq(true).or(matches::mode.eq_any_padded(vec![
            MatchMode::Casual.as_text(),
            MatchMode::Ranked.as_text(),
            MatchMode::Tournament.as_text(),
        ]));
        let among_friends = matches::mode
            .eq(MatchMode::Invite.as_text())
            .and(not(exists(outside)));
        let mut query = matches::table
            .filter(matches::status.eq(MatchStatus::Live.as_text()))
            .filter(matches::started_at.is_not_null())
            .filter(is_public.or(among_friends))
            .filter(not(exists(hidden)))
            .into_boxed();
        if let Some(game) = &self.game {
            query = query.filter(matches::game.eq(game.clone()));
        }
        query
    }

    /// The number of live matches.
    pub(crate) fn count(&self, conn: &mut AnyConn) -> QueryResult<i64> {
        self.query().count().get_result(conn)
    }

    /// A page of live matches, the newest first.
    pub(crate) fn page(
        &self,
        conn: &mut AnyConn,
        page: PageRequest,
    ) -> Result<Page<MatchId>, AppError> {
        let ids: Vec<MatchId> = self
            .query()
            .order(matches::id.desc())
            .limit(page.limit_plus_one())
            .offset(page.offset)
            .select(matches::id)
            .load(conn)?;
        Page::from_overfetch(ids, page, || Ok(self.count(conn)?))
    }
}

/// The matches of a user for a data export, in the order of their ids.
pub(crate) fn export_page(
    conn: &mut AnyConn,
    user: UserId,
    after: Option<MatchId>,
    limit: i64,
) -> QueryResult<Vec<MatchId>> {
    let mut query = match_seats::table
        .filter(match_seats::user_id.eq(user))
        .order(match_seats::match_id)
        .limit(limit)
        .select(match_seats::match_id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(match_seats::match_id.gt(after));
    }
    query.load(conn)
}

/// The ended matches that a user played alone: against the computer, or at one keyboard.
pub(crate) fn alone(conn: &mut AnyConn, user: UserId, limit: i64) -> QueryResult<Vec<MatchId>> {
    match_seats::table
        .filter(match_seats::user_id.eq(user))
        .filter(match_seats::mode.eq_any_padded(vec![
            MatchMode::Practice.as_text(),
            MatchMode::Local.as_text(),
        ]))
        .order(match_seats::match_id)
        .limit(limit)
        .select(match_seats::match_id)
        .load(conn)
}

/// Deletes matches with their seats and replays.
pub(crate) fn delete(conn: &mut AnyConn, ids: &[MatchId]) -> QueryResult<()> {
    let ids = || ids.to_vec();
    diesel::delete(replays::table.filter(replays::match_id.eq_any_padded(ids()))).execute(conn)?;
    diesel::delete(match_seats::table.filter(match_seats::match_id.eq_any_padded(ids())))
        .execute(conn)?;
    diesel::delete(matches::table.filter(matches::id.eq_any_padded(ids()))).execute(conn)?;
    Ok(())
}
