//! The games of a user, for the home page.

use std::collections::HashMap;

use contract::home::{CurrentEngagement, EngagementType, GameRating, HomeGames};
use contract::leaderboards::PlayerRating;
use contract::users::UserSummary;
use db::AnyConn;
use kernel::{AppError, UserId};

use crate::games::Games;
use crate::match_dto;
use crate::queries::engagements::EngagementKind;
use crate::queries::history::{LiveFilter, ShownMatch};
use crate::queries::home::{self, EngagedRatingRow, HomeRatingRow};
use crate::rules::{Rating, Season};

/// Whom a user knows, as far as it decides which matches they can watch.
#[derive(Debug, Clone, Default)]
pub struct WatchedContacts {
    /// The friends.
    pub friends: Vec<UserId>,
    /// The users who are hidden because one has blocked the other.
    pub hidden: Vec<UserId>,
}

/// Reads what the home page shows of games.
pub trait HomeGamesService: Send + Sync {
    /// What a user plays, has played, and can watch, in three statements.
    ///
    /// # Errors
    /// Only if the database fails.
    fn read_home(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        contacts: WatchedContacts,
    ) -> Result<GamesOverview, AppError>;
}

/// What the home page shows of games, before the names of players are loaded.
#[derive(Debug, Clone)]
pub struct GamesOverview {
    season: String,
    rows: Vec<EngagedRatingRow>,
    recent: Vec<ShownMatch>,
    live: i64,
}

impl HomeGamesService for Games {
    fn read_home(
        &self,
        conn: &mut AnyConn,
        user: UserId,
        contacts: WatchedContacts,
    ) -> Result<GamesOverview, AppError> {
        let season = Season::at(self.parts.store.env().now()).to_string();
        let mut known = contacts.friends;
        known.push(user);
        let live = LiveFilter {
            game: None,
            hidden: contacts.hidden,
            known,
        };
        Ok(GamesOverview {
            rows: home::engagement_and_ratings(conn, user, &season)?,
            season,
            recent: home::recent(conn, user)?,
            live: live.count(conn)?,
        })
    }
}

impl GamesOverview {
    /// The users whose names are needed.
    pub fn users(&self) -> impl Iterator<Item = UserId> {
        let opponent = self.rows.first().and_then(opponent_of);
        self.recent
            .iter()
            .flat_map(ShownMatch::users)
            .chain(opponent)
    }

    /// The games as they are shown, with the names of these users.
    ///
    /// # Errors
    /// A row was not written by this version.
    pub fn into_dto(self, users: &HashMap<UserId, UserSummary>) -> Result<HomeGames, AppError> {
        let recent = self.recent.iter();
        let recent = recent.map(|shown| match_dto::to_dto(shown, users));
        let engagement = self.rows.first().cloned();
        let engagement = engagement.map(|row| current_engagement(row, users));
        let ratings = self.rows.into_iter().filter_map(|row| row.rating);
        Ok(HomeGames {
            engagement: engagement.transpose()?.flatten(),
            recent_matches: recent.collect::<Result<_, _>>()?,
            ratings: ratings
                .map(|row| game_rating(row, self.season.clone()))
                .collect(),
            live_matches: self.live,
        })
    }
}

/// The opponent in the match that the user is engaged in.
fn opponent_of(row: &EngagedRatingRow) -> Option<UserId> {
    row.engagement.as_ref().and_then(|(.., opponent)| *opponent)
}

fn current_engagement(
    row: EngagedRatingRow,
    users: &HashMap<UserId, UserSummary>,
) -> Result<Option<CurrentEngagement>, AppError> {
    let opponent = opponent_of(&row).and_then(|user| users.get(&user).cloned());
    let Some((kind, game, match_id, _)) = row.engagement else {
        return Ok(None);
    };
    let kind = match EngagementKind::from_text(&kind)? {
        EngagementKind::Queue => EngagementType::Queue,
        EngagementKind::Match => EngagementType::Match,
        EngagementKind::Solo => EngagementType::Solo,
    };
    Ok(Some(CurrentEngagement {
        kind,
        game,
        match_id,
        opponent,
    }))
}

fn game_rating(row: HomeRatingRow, season: String) -> GameRating {
    let rating = Rating {
        deviation: row.deviation,
        ..Rating::INITIAL
    };
    #[allow(clippy::cast_possible_truncation, reason = "a deviation is 45 to 350")]
    let deviation = row.deviation.round() as i32;
    GameRating {
        game: row.game,
        rating: PlayerRating {
            season,
            rating: row.points,
            deviation,
            provisional: rating.is_provisional(),
            peak: row.peak,
            matches: row.games,
            rank: row.rank,
        },
    }
}
