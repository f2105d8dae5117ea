//! The games of a user, for the home page.

use async_trait::async_trait;
use contract::home::{CurrentEngagement, EngagementType, GameRating, HomeGames};
use kernel::{Actor, AppError, PageRequest};

use crate::games::Games;
use crate::match_dto;
use crate::match_reads::live_filter;
use crate::player_statistics::rating;
use crate::queries::engagements::{self, EngagementKind, EngagementRow};
use crate::queries::history::HistoryFilter;
use crate::queries::ratings;
use crate::rules::Season;

/// The matches that a home page shows.
const RECENT: PageRequest = PageRequest {
    limit: 5,
    offset: 0,
};

/// Reads what the home page shows of games.
#[async_trait]
pub trait HomeGamesService: Send + Sync {
    /// What the actor plays, has played, and can watch.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn home(&self, actor: &Actor) -> Result<HomeGames, AppError>;
}

#[async_trait]
impl HomeGamesService for Games {
    async fn home(&self, actor: &Actor) -> Result<HomeGames, AppError> {
        let user = actor.user;
        let season = Season::at(self.parts.store.env().now()).to_string();
        self.read(move |conn, parts| {
            let engaged = engagements::of_users(conn, &[user])?.pop();
            let recent = HistoryFilter::of_user(user).recent(conn, RECENT.limit)?;
            let mut rated = vec![];
            for row in ratings::of_season(conn, user, &season)? {
                let rating = rating(conn, &row)?;
                let game = row.game;
                rated.push(GameRating { game, rating });
            }
            Ok(HomeGames {
                engagement: engaged.map(current_engagement).transpose()?,
                recent_matches: match_dto::load(conn, parts, &recent)?,
                ratings: rated,
                live_matches: live_filter(conn, parts, user, None)?.count(conn)?,
            })
        })
        .await
    }
}

fn current_engagement(row: EngagementRow) -> Result<CurrentEngagement, AppError> {
    let kind = match EngagementKind::from_text(&row.kind)? {
        EngagementKind::Queue => EngagementType::Queue,
        EngagementKind::Match => EngagementType::Match,
        EngagementKind::Solo => EngagementType::Solo,
    };
    Ok(CurrentEngagement {
        kind,
        game: row.game,
        match_id: row.match_id,
    })
}
