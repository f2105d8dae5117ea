//! SQL on matches and their seats.

use contract::invites::{InviteId, MatchId};
use db::types::Json;
use db::{AnyConn, EqAnyPadded};
use diesel::prelude::*;
use kernel::{AppError, Timestamp, UserId};
use outbox::NodeId;

use crate::schema::{match_heads, match_seats, matches};
use crate::stored_match::{MatchStatus, SeatedPlayer, StoredMatch};
use crate::{MatchMode, Seat};

/// A row of `matches`, without what is only known at its end.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = matches)]
struct MatchRow {
    id: MatchId,
    game: String,
    mode: String,
    options: Json,
    seed: i64,
    rated: bool,
    status: String,
    owner: Option<NodeId>,
    epoch: i64,
    created_at: Timestamp,
    started_at: Option<Timestamp>,
}

/// Who plays a seat, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = match_seats)]
struct PlayerRow {
    match_id: MatchId,
    user_id: Option<UserId>,
    name: Option<String>,
    computer: Option<Json>,
}

impl PlayerRow {
    fn into_player(self) -> Result<(SeatedPlayer, Option<String>), AppError> {
        let player = match (self.user_id, self.computer) {
            (Some(user), _) => SeatedPlayer::User(user),
            (None, Some(computer)) => SeatedPlayer::Computer(serde_json::from_value(computer.0)?),
            (None, None) => SeatedPlayer::Local,
        };
        Ok((player, self.name))
    }
}

impl MatchRow {
    fn into_match(
        self,
        first: (SeatedPlayer, Option<String>),
        second: (SeatedPlayer, Option<String>),
    ) -> Result<StoredMatch, AppError> {
        Ok(StoredMatch {
            mode: MatchMode::from_text(&self.mode)?,
            status: MatchStatus::from_text(&self.status)?,
            id: self.id,
            game: self.game,
            options: self.options.0,
            seed: self.seed.cast_unsigned(),
            rated: self.rated,
            owner: self.owner,
            epoch: self.epoch,
            created_at: self.created_at,
            started_at: self.started_at,
            players: [first.0, second.0],
            names: [first.1, second.1],
        })
    }
}

/// Loads a match.
pub(crate) fn load(conn: &mut AnyConn, id: MatchId) -> Result<Option<StoredMatch>, AppError> {
    Ok(load_all(conn, &[id])?.pop())
}

/// Loads matches, in the order of their ids.
pub(crate) fn load_all(conn: &mut AnyConn, ids: &[MatchId]) -> Result<Vec<StoredMatch>, AppError> {
    let rows: Vec<MatchRow> = matches::table
        .filter(matches::id.eq_any_padded(ids.to_vec()))
        .order(matches::id)
        .select(MatchRow::as_select())
        .load(conn)?;
    let mut seats: Vec<PlayerRow> = match_seats::table
        .filter(match_seats::match_id.eq_any_padded(ids.to_vec()))
        .order((match_seats::match_id, match_seats::seat))
        .select(PlayerRow::as_select())
        .load(conn)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let is_own = |seat: &mut PlayerRow| seat.match_id == row.id;
        let own: Result<Vec<_>, AppError> = seats
            .extract_if(.., is_own)
            .map(PlayerRow::into_player)
            .collect();
        let [first, second] = <[_; 2]>::try_from(own?).map_err(|_| missing_seats())?;
        found.push(row.into_match(first, second)?);
    }
    Ok(found)
}

fn missing_seats() -> AppError {
    AppError::internal("a match without two seats")
}

/// The match of an accepted invite.
pub(crate) fn of_invite(conn: &mut AnyConn, invite: InviteId) -> QueryResult<Option<MatchId>> {
    matches::table
        .filter(matches::invite_id.eq(invite))
        .select(matches::id)
        .first(conn)
        .optional()
}

/// Inserts a match with its seats and its empty head.
pub(crate) fn insert(
    conn: &mut AnyConn,
    new: &StoredMatch,
    invite: Option<InviteId>,
) -> Result<(), AppError> {
    diesel::insert_into(matches::table)
        .values((
            (
                matches::id.eq(new.id),
                matches::game.eq(&new.game),
                matches::mode.eq(new.mode.as_text()),
                matches::options.eq(Json(new.options.clone())),
                matches::seed.eq(new.seed.cast_signed()),
                matches::rated.eq(new.rated),
                matches::status.eq(new.status.as_text()),
                matches::owner.eq(new.owner),
                matches::epoch.eq(new.epoch),
                matches::invite_id.eq(invite),
                matches::created_at.eq(new.created_at),
            ),
            (
                matches::score_first.eq(0),
                matches::score_second.eq(0),
                matches::ticks.eq(0),
                matches::duration_ms.eq(0),
            ),
        ))
        .execute(conn)?;
    for seat in Seat::BOTH {
        insert_seat(conn, new, seat)?;
    }
    insert_head(conn, new)?;
    Ok(())
}

fn insert_seat(conn: &mut AnyConn, new: &StoredMatch, seat: Seat) -> Result<(), AppError> {
    let computer = match new.player(seat) {
        SeatedPlayer::Computer(settings) => Some(Json(serde_json::to_value(settings)?)),
        SeatedPlayer::User(_) | SeatedPlayer::Local => None,
    };
    // Who plays with somebody without an account has no user as opponent.
    let opponent = match new.has_local_player() {
        true => None,
        false => new.player(seat.other()).user(),
    };
    diesel::insert_into(match_seats::table)
        .values((
            (
                match_seats::match_id.eq(new.id),
                match_seats::seat.eq(seat_number(seat)),
                match_seats::user_id.eq(new.player(seat).user()),
                match_seats::name.eq(new.name(seat)),
                match_seats::computer.eq(computer),
                match_seats::opponent_id.eq(opponent),
            ),
            (
                match_seats::game.eq(&new.game),
                match_seats::mode.eq(new.mode.as_text()),
                match_seats::rated.eq(new.rated),
                match_seats::score.eq(0),
                match_seats::opponent_score.eq(0),
                match_seats::duration_ms.eq(0),
                match_seats::longest_rally.eq(0),
            ),
        ))
        .execute(conn)?;
    Ok(())
}

fn insert_head(conn: &mut AnyConn, new: &StoredMatch) -> QueryResult<()> {
    diesel::insert_into(match_heads::table)
        .values((
            match_heads::match_id.eq(new.id),
            match_heads::epoch.eq(new.epoch),
            match_heads::tick.eq(0),
            match_heads::snapshot.eq(Vec::<u8>::new()),
            match_heads::tail.eq(Vec::<u8>::new()),
            match_heads::chunks.eq(0),
            match_heads::lifecycle.eq(""),
            match_heads::points.eq(""),
            match_heads::seq_first.eq(0),
            match_heads::seq_second.eq(0),
            match_heads::saved_at.eq(new.created_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// The stored number of a seat.
pub(crate) const fn seat_number(seat: Seat) -> i32 {
    match seat {
        Seat::First => 0,
        Seat::Second => 1,
    }
}

/// The seat with this stored number.
pub(crate) const fn seat_from_number(number: i32) -> Seat {
    match number {
        0 => Seat::First,
        _ => Seat::Second,
    }
}
