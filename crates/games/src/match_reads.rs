//! Matches: one, a history, those that are played now, and replays.

use std::collections::HashSet;

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::invites::MatchId;
use contract::matches::{GameMatch, MatchOrigin, PlayerResult, ReplayVerification};
use db::AnyConn;
use kernel::error::Common;
use kernel::{Actor, AppError, Page, PageRequest, Relation, UserId};

use crate::MatchMode;
use crate::error::Error;
use crate::games::Games;
use crate::match_access::{MatchVisibility, SeenPlayer, shows_history, visibility};
use crate::match_dto;
use crate::match_starts::find_game;
use crate::names::{mode_of, result_of};
use crate::parts::GamesParts;
use crate::queries::history::{self, HistoryFilter, LiveFilter};
use crate::queries::{matches, results, statistics};
use crate::stored_match::{MatchStatus, StoredMatch};

/// Which matches of a history to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// The username of the player; the actor if left out.
    pub player: Option<String>,
    /// Only matches against the user with this name.
    pub opponent: Option<String>,
    /// Only matches of this game.
    pub game: Option<String>,
    /// Only matches with this result for the player.
    pub result: Option<PlayerResult>,
    /// Only matches of this origin.
    pub mode: Option<MatchOrigin>,
}

/// Reads matches.
#[async_trait]
pub trait MatchReadsService: Send + Sync {
    /// Gets a match with its points.
    ///
    /// # Errors
    /// `games.match_not_found`, also across a block; `games.match_private`.
    async fn get(&self, actor: &Actor, id: MatchId) -> Result<GameMatch, AppError>;

    /// Lists the finished matches of a player, the last ended first.
    ///
    /// # Errors
    /// `games.game_not_found`; `users.not_found`, also across a block; `games.history_private`.
    async fn history(
        &self,
        actor: &Actor,
        query: HistoryQuery,
        page: PageRequest,
    ) -> Result<Page<GameMatch>, AppError>;

    /// Lists the matches that are played now and that the actor may watch, the newest first.
    ///
    /// # Errors
    /// `games.game_not_found`.
    async fn live(
        &self,
        actor: &Actor,
        game: Option<String>,
        page: PageRequest,
    ) -> Result<Page<GameMatch>, AppError>;

    /// The record of a finished match.
    ///
    /// # Errors
    /// Those of [`get`](Self::get); `games.match_live` while it is played; `games.no_replay`.
    async fn replay(&self, actor: &Actor, id: MatchId) -> Result<Vec<u8>, AppError>;

    /// Plays a finished match again and compares the result.
    ///
    /// # Errors
    /// Those of [`replay`](Self::replay).
    async fn verify_replay(
        &self,
        actor: &Actor,
        id: MatchId,
    ) -> Result<ReplayVerification, AppError>;

    /// The match, for a socket that is to play or watch it.
    ///
    /// # Errors
    /// `games.match_not_found`, also across a block; `games.match_private`.
    async fn watchable(&self, actor: &Actor, id: MatchId) -> Result<StoredMatch, AppError>;
}

#[async_trait]
impl MatchReadsService for Games {
    async fn get(&self, actor: &Actor, id: MatchId) -> Result<GameMatch, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let stored = load_visible(conn, parts, user, id)?;
            let found = match_dto::load(conn, parts, &[id])?.pop();
            let mut found = found.ok_or(Error::MatchNotFound)?;
            if stored.status != MatchStatus::Live {
                let timeline = history::timeline(conn, id)?;
                found.timeline = timeline
                    .map(|json| serde_json::from_value(json.0))
                    .transpose()?;
            }
            Ok(found)
        })
        .await
    }

    async fn history(
        &self,
        actor: &Actor,
        query: HistoryQuery,
        page: PageRequest,
    ) -> Result<Page<GameMatch>, AppError> {
        let viewer = actor.user;
        ensure_known_game(&self.parts, query.game.as_deref())?;
        self.read(move |conn, parts| {
            let filter = history_filter(conn, parts, viewer, query)?;
            let found = filter.page(conn, page)?;
            with_details(conn, parts, &found)
        })
        .await
    }

    async fn live(
        &self,
        actor: &Actor,
        game: Option<String>,
        page: PageRequest,
    ) -> Result<Page<GameMatch>, AppError> {
        let user = actor.user;
        ensure_known_game(&self.parts, game.as_deref())?;
        self.read(move |conn, parts| {
            let filter = live_filter(conn, parts, user, game)?;
            let found = filter.page(conn, page)?;
            with_details(conn, parts, &found)
        })
        .await
    }

    async fn replay(&self, actor: &Actor, id: MatchId) -> Result<Vec<u8>, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| Ok(load_replay(conn, parts, user, id)?.1))
            .await
    }

    async fn verify_replay(
        &self,
        actor: &Actor,
        id: MatchId,
    ) -> Result<ReplayVerification, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let (stored, record) = load_replay(conn, parts, user, id)?;
            let found = match_dto::load(conn, parts, &[id])?.pop();
            verify(parts, &stored, &found.ok_or(Error::MatchNotFound)?, &record)
        })
        .await
    }

    async fn watchable(&self, actor: &Actor, id: MatchId) -> Result<StoredMatch, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| load_visible(conn, parts, user, id))
            .await
    }
}

/// Checks that the game of a filter is in the catalogue.
fn ensure_known_game(parts: &GamesParts, game: Option<&str>) -> Result<(), AppError> {
    game.map_or(Ok(()), |game| find_game(parts, game).map(drop))
}

/// The live matches that a user may watch.
fn live_filter(
    conn: &mut AnyConn,
    parts: &GamesParts,
    user: UserId,
    game: Option<String>,
) -> Result<LiveFilter, AppError> {
    let mut known = parts.relations.friends(conn, user)?;
    known.push(user);
    let hidden = parts.relations.hidden_from(conn, user)?;
    Ok(LiveFilter {
        game,
        hidden: hidden.into_iter().collect(),
        known,
    })
}

fn with_details(
    conn: &mut AnyConn,
    parts: &GamesParts,
    found: &Page<MatchId>,
) -> Result<Page<GameMatch>, AppError> {
    Ok(Page {
        items: match_dto::load(conn, parts, &found.items)?,
        total: found.total,
    })
}

/// Loads a match that a user plays or may see.
fn load_visible(
    conn: &mut AnyConn,
    parts: &GamesParts,
    user: UserId,
    id: MatchId,
) -> Result<StoredMatch, AppError> {
    let stored = matches::load(conn, id)?.ok_or(Error::MatchNotFound)?;
    if stored.seat_of(user).is_some() {
        return Ok(stored);
    }
    let players = seen_players(conn, parts, user, &stored)?;
    let is_live = stored.status == MatchStatus::Live;
    match visibility(stored.mode, stored.rated, is_live, &players) {
        MatchVisibility::Visible if stored.mode == MatchMode::Tournament => {
            for listener in &parts.listeners {
                if !listener.may_see(conn, user, id)? {
                    return Err(Error::MatchPrivate.into());
                }
            }
            Ok(stored)
        }
        MatchVisibility::Visible => Ok(stored),
        MatchVisibility::Private => Err(Error::MatchPrivate.into()),
        MatchVisibility::Hidden => Err(Error::MatchNotFound.into()),
    }
}

fn seen_players(
    conn: &mut AnyConn,
    parts: &GamesParts,
    viewer: UserId,
    stored: &StoredMatch,
) -> Result<Vec<SeenPlayer>, AppError> {
    let users: Vec<UserId> = stored.users().collect();
    let pairs: Vec<_> = users.iter().map(|user| (viewer, *user)).collect();
    let relations = parts.relations.relations(conn, &pairs)?;
    let audiences = parts.players.history_audiences(conn, &users)?;
    let seen = |(user, relation): (&UserId, Relation)| SeenPlayer {
        relation,
        // Of a deleted account nothing but a replaced name is shown.
        history: audiences.get(user).copied().unwrap_or(Audience::Everyone),
    };
    Ok(users.iter().zip(relations).map(seen).collect())
}

fn history_filter(
    conn: &mut AnyConn,
    parts: &GamesParts,
    viewer: UserId,
    query: HistoryQuery,
) -> Result<HistoryFilter, AppError> {
    let shown = match &query.player {
        Some(name) => find_shown_player(conn, parts, viewer, name)?,
        None => ShownPlayer::oneself(viewer),
    };
    let opponent = match &query.opponent {
        Some(name) => {
            let found = parts.players.find_by_username(conn, name)?;
            Some(found.ok_or(Common::UserNotFound)?.0.id)
        }
        None => None,
    };
    Ok(HistoryFilter {
        user: shown.user,
        opponent,
        game: query.game,
        result: query.result.map(result_of),
        mode: query.mode.map(mode_of),
        hidden: shown.hidden.into_iter().collect(),
        between_users: shown.user != viewer,
    })
}

/// A player whose matches the viewer may see.
pub(crate) struct ShownPlayer {
    pub(crate) user: UserId,
    /// The opponents who do not show their matches to the viewer, and so not those against them.
    pub(crate) hidden: HashSet<UserId>,
}

impl ShownPlayer {
    /// Users see all of their own matches.
    pub(crate) fn oneself(viewer: UserId) -> Self {
        Self {
            user: viewer,
            hidden: HashSet::new(),
        }
    }
}

/// Finds a user who shows their matches to the viewer.
pub(crate) fn find_shown_player(
    conn: &mut AnyConn,
    parts: &GamesParts,
    viewer: UserId,
    name: &str,
) -> Result<ShownPlayer, AppError> {
    let found = parts.players.find_by_username(conn, name)?;
    let (player, audience) = found.ok_or(Common::UserNotFound)?;
    if player.id == viewer {
        return Ok(ShownPlayer::oneself(viewer));
    }
    let mut others = statistics::opponents(conn, player.id)?;
    others.retain(|other| *other != viewer);
    others.push(player.id);
    let pairs: Vec<_> = others.iter().map(|other| (viewer, *other)).collect();
    let mut relations = parts.relations.relations(conn, &pairs)?;
    match relations.pop() {
        None | Some(Relation::Blocked) => return Err(Common::UserNotFound.into()),
        Some(relation) if !shows_history(audience, relation) => {
            return Err(Error::HistoryPrivate.into());
        }
        Some(_) => others.pop(),
    };
    let hidden = hidden_among(conn, parts, others, relations)?;
    Ok(ShownPlayer {
        user: player.id,
        hidden,
    })
}

/// Those of these users who do not show their matches to somebody with these relations to them.
fn hidden_among(
    conn: &mut AnyConn,
    parts: &GamesParts,
    users: Vec<UserId>,
    relations: Vec<Relation>,
) -> Result<HashSet<UserId>, AppError> {
    if users.is_empty() {
        return Ok(HashSet::new());
    }
    let audiences = parts.players.history_audiences(conn, &users)?;
    let is_hidden = |(user, relation): &(UserId, Relation)| {
        // Of a deleted account nothing but a replaced name is shown.
        let audience = audiences.get(user).copied().unwrap_or(Audience::Everyone);
        !shows_history(audience, *relation)
    };
    let hidden = users.into_iter().zip(relations).filter(is_hidden);
    Ok(hidden.map(|(user, _)| user).collect())
}

fn load_replay(
    conn: &mut AnyConn,
    parts: &GamesParts,
    user: UserId,
    id: MatchId,
) -> Result<(StoredMatch, Vec<u8>), AppError> {
    let stored = load_visible(conn, parts, user, id)?;
    if stored.status == MatchStatus::Live {
        return Err(Error::MatchLive.into());
    }
    let record = results::replay(conn, id)?.ok_or(Error::NoReplay)?;
    Ok((stored, record))
}

/// A record ends where the match did; who resigned or was absent is not part of it.
fn verify(
    parts: &GamesParts,
    stored: &StoredMatch,
    shown: &GameMatch,
    record: &[u8],
) -> Result<ReplayVerification, AppError> {
    let game = parts.catalog.get(&stored.game)?;
    let replayed = game.verify(record)?;
    let winner = replayed.outcome.and_then(|outcome| outcome.winner);
    let winner = winner.and_then(|seat| u8::try_from(seat.index()).ok());
    let has_same_score = shown
        .players
        .iter()
        .map(|player| i64::from(player.score))
        .eq(replayed.score.map(i64::from));
    let has_same_winner = replayed.outcome.is_none() || winner == shown.winner;
    Ok(ReplayVerification {
        verified: has_same_score && has_same_winner,
        score: replayed.score,
        winner,
        ticks: replayed.ticks,
        hash: format!("{:016x}", replayed.hash),
    })
}
