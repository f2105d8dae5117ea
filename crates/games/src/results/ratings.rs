//! Rates the players of a match, in the transaction that stores its result.

use std::time::Duration;

use contract::invites::MatchId;
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp, UserId};

use crate::Seat;
use crate::match_store::RatingChange;
use crate::queries::boards::{self, BoardMove};
use crate::queries::ratings::{self, RatingChangeRow, RatingRow};
use crate::queries::results::count_meetings;
use crate::rules::{RatedPlayer, Rating, RatingWeight, Season, rate};
use crate::stored_match::StoredMatch;

/// Matches of two users against each other count less the more they play within this time.
const MEETINGS_WINDOW: Duration = Duration::from_secs(24 * 3_600);

/// A player with their rating before the match.
struct RatedUser {
    user: UserId,
    seat: Seat,
    /// The row of this season, if there is one.
    row: Option<RatingRow>,
    player: RatedPlayer,
}

/// Rates both players by who won. Nothing changes for users who met too often.
pub(super) fn rate_players(
    tx: &mut Tx<'_>,
    stored: &StoredMatch,
    winner: Option<Seat>,
) -> Result<[Option<RatingChange>; 2], AppError> {
    let (Some(first), Some(second)) = (
        stored.player(Seat::First).user(),
        stored.player(Seat::Second).user(),
    ) else {
        return Ok([None; 2]);
    };
    let now = tx.env().now();
    let meetings = count_meetings(
        tx.conn,
        [first, second],
        &stored.game,
        now - MEETINGS_WINDOW,
    )?;
    let weight = RatingWeight::of_meeting(meetings);
    if weight == RatingWeight::Zero {
        return Ok([None; 2]);
    }
    let season = Season::at(now).to_string();
    let known = ratings::of_users(tx.conn, &[first, second], &stored.game)?;
    let users = [
        rated_user(first, Seat::First, &known, &season, now),
        rated_user(second, Seat::Second, &known, &season, now),
    ];
    let after = rate([users[0].player, users[1].player], winner, weight);
    let rated = [
        Rated::new(&users[0], after[0], stored, &season, now),
        Rated::new(&users[1], after[1], stored, &season, now),
    ];
    save(tx.conn, stored, &season, &rated)?;
    Ok(rated.map(|rated| Some(rated.change.rounded())))
}

/// The rating of a user before the match. The first rated match of a season begins with a rating that
/// is drawn towards the middle.
fn rated_user(
    user: UserId,
    seat: Seat,
    known: &[RatingRow],
    season: &str,
    now: Timestamp,
) -> RatedUser {
    let own = || known.iter().filter(|row| row.user_id == user);
    let current = own().find(|row| row.season == season);
    // Rows are in the order of their seasons, the latest first.
    let latest = own().next();
    let rating = match (current, latest) {
        (Some(row), _) => row.rating(),
        (None, Some(earlier)) => earlier.rating().in_new_season(),
        (None, None) => Rating::INITIAL,
    };
    let matches: i32 = own().map(|row| row.games).sum();
    RatedUser {
        user,
        seat,
        row: current.cloned(),
        player: RatedPlayer {
            rating,
            idle: latest.map_or(Duration::ZERO, |row| now.since(row.last_at)),
            matches: u32::try_from(matches).unwrap_or_default(),
        },
    }
}

/// What is stored of a player who was rated.
struct Rated {
    row: RatingRow,
    change: RatingChangeRow,
    moved: BoardMove,
}

impl Rated {
    fn new(
        before: &RatedUser,
        after: Rating,
        stored: &StoredMatch,
        season: &str,
        now: Timestamp,
    ) -> Self {
        let games = before
            .row
            .as_ref()
            .map_or(0, |row| row.games)
            .saturating_add(1);
        let points = after.points();
        let peak = before
            .row
            .as_ref()
            .map_or(points, |row| row.peak.max(points));
        let row = RatingRow {
            user_id: before.user,
            game: stored.game.clone(),
            season: season.to_owned(),
            rating: after.rating,
            deviation: after.deviation,
            volatility: after.volatility,
            points,
            games,
            rankable: after.is_rankable(games.unsigned_abs()),
            peak,
            last_at: now,
        };
        let change = RatingChangeRow {
            match_id: stored.id,
            seat: before.seat,
            user_id: before.user,
            before: before.player.rating.rating,
            rating: after,
            at: now,
        };
        let moved = BoardMove {
            from: before.row.as_ref().and_then(RatingRow::board_points),
            to: row.board_points(),
        };
        Self { row, change, moved }
    }
}

/// Rows are written in ascending order, so that two transactions never wait for each other crosswise.
fn save(
    conn: &mut AnyConn,
    stored: &StoredMatch,
    season: &str,
    rated: &[Rated; 2],
) -> Result<(), AppError> {
    let mut ordered: Vec<&Rated> = rated.iter().collect();
    ordered.sort_unstable_by_key(|rated| rated.row.user_id);
    let rows: Vec<&RatingRow> = ordered.iter().map(|rated| &rated.row).collect();
    ratings::save(conn, &rows)?;
    let changes: Vec<&RatingChangeRow> = ordered.iter().map(|rated| &rated.change).collect();
    ratings::insert_changes(conn, &stored.game, season, &changes)?;
    ratings::note_days(conn, &rows)?;
    let moves: Vec<BoardMove> = ordered.iter().map(|rated| rated.moved).collect();
    boards::apply(conn, &stored.game, season, &moves)?;
    Ok(())
}

/// The rating changes of a match that has ended, by seat.
pub(super) fn stored_changes(
    conn: &mut AnyConn,
    id: MatchId,
) -> Result<[Option<RatingChange>; 2], AppError> {
    let rows = ratings::changes_of(conn, &[id])?;
    let of_seat = |seat: Seat| {
        let row = rows.iter().find(|row| row.seat == seat)?;
        Some(row.rounded())
    };
    Ok(Seat::BOTH.map(of_seat))
}
