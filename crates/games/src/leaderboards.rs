//! Leaderboards.

use async_trait::async_trait;
use contract::leaderboards::LeaderboardEntry;
use db::AnyConn;
use kernel::{Actor, AppError, Page, PageRequest, UserId};

use crate::error::Error;
use crate::games::Games;
use crate::match_starts::find_game;
use crate::parts::GamesParts;
use crate::queries::boards::{CountedBoard, Leaderboard};
use crate::queries::ratings::RatingRow;
use crate::rules::Season;

/// How many are listed above and below the actor.
const AROUND: i64 = 10;

/// Which part of a leaderboard to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LeaderboardPart {
    /// All of it.
    #[default]
    All,
    /// The actor with those above and below.
    AroundMe,
    /// The actor and their friends.
    Friends,
}

/// Reads leaderboards.
#[async_trait]
pub trait LeaderboardService: Send + Sync {
    /// Lists a leaderboard, of the current season if none is given. Returns the listed page, whose position
    /// is another than that of the request around the actor.
    ///
    /// # Errors
    /// `games.game_not_found`; `games.season_invalid`; around the actor `games.not_ranked`.
    async fn leaderboard(
        &self,
        actor: &Actor,
        game: &str,
        season: Option<String>,
        part: LeaderboardPart,
        page: PageRequest,
    ) -> Result<(PageRequest, Page<LeaderboardEntry>), AppError>;
}

#[async_trait]
impl LeaderboardService for Games {
    async fn leaderboard(
        &self,
        actor: &Actor,
        game: &str,
        season: Option<String>,
        part: LeaderboardPart,
        page: PageRequest,
    ) -> Result<(PageRequest, Page<LeaderboardEntry>), AppError> {
        let user = actor.user;
        let board = Leaderboard {
            game: find_game(&self.parts, game)?.slug().to_owned(),
            season: season_name(season, self.parts.store.env().now())?,
        };
        self.read(move |conn, parts| match part {
            LeaderboardPart::All => {
                let board = board.counted(conn)?;
                list(conn, parts, &board, user, page)
            }
            LeaderboardPart::AroundMe => around(conn, parts, board, user),
            LeaderboardPart::Friends => {
                let board = board.counted(conn)?;
                among_friends(conn, parts, &board, user, page)
            }
        })
        .await
    }
}

fn season_name(given: Option<String>, now: kernel::Timestamp) -> Result<String, AppError> {
    let Some(given) = given else {
        return Ok(Season::at(now).to_string());
    };
    let season: Season = given
        .parse()
        .map_err(|_| Error::SeasonInvalid.on_field("season"))?;
    Ok(season.to_string())
}

fn list(
    conn: &mut AnyConn,
    parts: &GamesParts,
    board: &CountedBoard,
    viewer: UserId,
    page: PageRequest,
) -> Result<(PageRequest, Page<LeaderboardEntry>), AppError> {
    let rows = board.page(conn, page.offset, page.limit)?;
    let total = board.len();
    let items = entries(conn, parts, viewer, rows)?;
    Ok((page, Page { items, total }))
}

fn around(
    conn: &mut AnyConn,
    parts: &GamesParts,
    board: Leaderboard,
    viewer: UserId,
) -> Result<(PageRequest, Page<LeaderboardEntry>), AppError> {
    let own = board.row_of(conn, viewer)?.ok_or(Error::NotRanked)?;
    let board = board.counted(conn)?;
    let position = board.offset_of(conn, &own)?;
    let first = position.saturating_sub(AROUND).max(0);
    let page = PageRequest {
        offset: first,
        limit: position - first + 1 + AROUND,
    };
    list(conn, parts, &board, viewer, page)
}

fn among_friends(
    conn: &mut AnyConn,
    parts: &GamesParts,
    board: &CountedBoard,
    viewer: UserId,
    page: PageRequest,
) -> Result<(PageRequest, Page<LeaderboardEntry>), AppError> {
    let mut users = parts.relations.friends(conn, viewer)?;
    users.push(viewer);
    let rows = board.of_users(conn, users)?;
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let [offset, limit] =
        [page.offset, page.limit].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    let rows = rows.into_iter().skip(offset).take(limit).collect();
    let items = entries(conn, parts, viewer, rows)?;
    Ok((page, Page { items, total }))
}

/// Users across a block are left out.
fn entries(
    conn: &mut AnyConn,
    parts: &GamesParts,
    viewer: UserId,
    rows: Vec<(i64, RatingRow)>,
) -> Result<Vec<LeaderboardEntry>, AppError> {
    let hidden = parts.relations.hidden_from(conn, viewer)?;
    let ids: Vec<UserId> = rows.iter().map(|(_, row)| row.user_id).collect();
    let mut summaries = parts.players.summaries(conn, &ids)?;
    let entry = |(rank, row): (i64, RatingRow)| {
        let user = summaries.remove(&row.user_id)?;
        (!hidden.contains(&row.user_id)).then_some(LeaderboardEntry {
            rank,
            user,
            rating: row.points,
            peak: row.peak,
            matches: row.games,
            is_me: row.user_id == viewer,
        })
    };
    Ok(rows.into_iter().filter_map(entry).collect())
}
