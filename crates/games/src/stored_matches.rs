//! Implements the port between tables and the database.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contract::invites::MatchId;
use contract::match_frames::TableView;
use db::{AnyConn, Tx};
use kernel::{AppError, Timestamp};
use outbox::NodeId;

use crate::error::Error;
use crate::match_chat;
use crate::match_store::{
    ClaimedMatch, EndedMatch, MatchConclusion, MatchHead, MatchStore, SavedMatch, TablePlayer,
};
use crate::mode::MatchMode;
use crate::parts::GamesParts;
use crate::port::{SavedMatchViews, TableSeat};
use crate::ports::LiveNodes;
use crate::queries::ownership::LiveMatch;
use crate::queries::{journal, matches, ownership};
use crate::queue::MatchQueue;
use crate::rematch::{ensure_not_blocked, open_rematch};
use crate::results::end_match;
use crate::seat::Seat;
use crate::stored_match::{MatchStatus, SeatedPlayer, StoredMatch};
use crate::tables::recovering_view;

/// The matches in the database, as one node runs them.
#[derive(Clone)]
pub struct StoredMatches {
    parts: GamesParts,
    node: NodeId,
    nodes: Arc<dyn LiveNodes>,
    /// Hears of users who return to the queue.
    queue: Option<Arc<MatchQueue>>,
}

impl std::fmt::Debug for StoredMatches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredMatches of {}", self.node)
    }
}

impl StoredMatches {
    /// The matches of this node.
    #[must_use]
    pub fn new(parts: GamesParts, node: NodeId, nodes: Arc<dyn LiveNodes>) -> Self {
        Self {
            parts,
            node,
            nodes,
            queue: None,
        }
    }

    /// Lets users who return to the queue be paired at once.
    #[must_use]
    pub fn with_queue(mut self, queue: Arc<MatchQueue>) -> Self {
        self.queue = Some(queue);
        self
    }

    /// The live matches that no other living node runs. Those that this node owns are among them: it may have
    /// dropped their tables. Where it is not known whether a node is alive, it counts as alive.
    ///
    /// # Errors
    /// Only if the database fails.
    pub async fn orphans(&self) -> Result<Vec<MatchId>, AppError> {
        let live = self
            .parts
            .store
            .read(|conn| Ok(ownership::live(conn)?))
            .await?;
        let mut alive = HashMap::new();
        for owner in live.iter().filter_map(|live| live.owner) {
            if let Entry::Vacant(unknown) = alive.entry(owner) {
                let is_elsewhere = self.is_owned_elsewhere(Some(owner)).await;
                unknown.insert(is_elsewhere.unwrap_or(true));
            }
        }
        let is_orphan = |live: &LiveMatch| {
            live.owner
                .is_none_or(|owner| alive.get(&owner) == Some(&false))
        };
        let orphans = live.into_iter().filter(is_orphan);
        Ok(orphans.map(|live| live.id).collect())
    }

    /// Opens the next match of the same players. Two users swap their seats.
    ///
    /// # Errors
    /// `games.match_not_found` if there is no such finished match; `users.not_found` if one user has blocked
    /// the other; `games.engaged` and `games.opponent_engaged`.
    pub async fn rematch(&self, id: MatchId) -> Result<MatchId, AppError> {
        let parts = self.parts.clone();
        let open = move |tx: &mut Tx<'_>| open_rematch(tx, &parts, id);
        self.parts.store.write(open).await
    }

    /// Checks what a player writes to the other one. Returns the text to be shown.
    ///
    /// # Errors
    /// `games.chat_invalid`; `games.match_not_found` if the other player is no user;
    /// `users.not_found` if one has blocked the other.
    pub async fn check_chat(
        &self,
        id: MatchId,
        from: Seat,
        text: String,
    ) -> Result<String, AppError> {
        let text = match_chat::parse(&text)?;
        let parts = self.parts.clone();
        let check = move |conn: &mut AnyConn| {
            let stored = matches::load(conn, id)?.ok_or(Error::MatchNotFound)?;
            let [own, other] = [from, from.other()].map(|seat| stored.player(seat).user());
            let (Some(own), Some(other)) = (own, other) else {
                return Err(Error::MatchNotFound.into());
            };
            ensure_not_blocked(conn, &parts, own, other)
        };
        self.parts.store.read(check).await?;
        Ok(text)
    }

    /// Tells those who follow matches that play has begun. The match goes on in any case.
    async fn tell_of_start(&self, id: MatchId) {
        let parts = self.parts.clone();
        let tell = move |tx: &mut Tx<'_>| {
            let mut listeners = parts.listeners.iter();
            listeners.try_for_each(|listener| listener.match_started(tx, id))
        };
        if let Err(error) = self.parts.store.write(tell).await {
            tracing::warn!(match_id = %id, error = %error.chain(), "start of a match not told");
        }
    }

    /// Whether another node, which is alive, runs a match.
    async fn is_owned_elsewhere(&self, owner: Option<NodeId>) -> Result<bool, AppError> {
        match owner {
            Some(node) if node != self.node => self.nodes.is_alive(node).await,
            Some(_) | None => Ok(false),
        }
    }
}

#[async_trait]
impl SavedMatchViews for StoredMatches {
    async fn view(&self, id: MatchId, seat: TableSeat) -> Result<Option<TableView>, AppError> {
        let load = move |conn: &mut AnyConn| {
            let stored = matches::load(conn, id)?;
            Ok((stored, journal::load(conn, id)?))
        };
        let (stored, head) = self.parts.store.read(load).await?;
        let Some(stored) = stored.filter(|stored| stored.status == MatchStatus::Live) else {
            return Ok(None);
        };
        if seat == TableSeat::Spectator && stored.mode == MatchMode::Ranked {
            // The saved state is newer than what spectators may see.
            return Ok(None);
        }
        let head = head.map(|(head, _)| head).filter(SavedMatch::was_run);
        let game = self.parts.catalog.get(&stored.game)?;
        let now = self.parts.store.env().now();
        recovering_view(&stored, head.as_ref(), game, seat, now).map(Some)
    }
}

#[async_trait]
impl MatchStore for StoredMatches {
    async fn claim(&self, id: MatchId) -> Result<Option<ClaimedMatch>, AppError> {
        let load = move |conn: &mut AnyConn| matches::load(conn, id);
        let Some(stored) = self.parts.store.read(load).await? else {
            return Ok(None);
        };
        if stored.status != MatchStatus::Live || self.is_owned_elsewhere(stored.owner).await? {
            return Ok(None);
        }
        let node = self.node;
        self.parts
            .store
            .write(move |tx| claim(tx, stored, node))
            .await
    }

    async fn save_heads(&self, heads: Vec<MatchHead>) -> Result<Vec<MatchId>, AppError> {
        self.parts
            .store
            .write(move |tx| journal::save(tx, heads))
            .await
    }

    async fn release(&self, heads: Vec<MatchHead>) -> Result<(), AppError> {
        let release = move |tx: &mut Tx<'_>| {
            let owned: Vec<_> = heads.iter().map(|head| (head.id, head.epoch)).collect();
            ownership::release(tx.conn, &owned)?;
            journal::save(tx, heads).map(drop)
        };
        self.parts.store.write(release).await
    }

    async fn end(&self, ended: EndedMatch) -> Result<Option<MatchConclusion>, AppError> {
        let parts = self.parts.clone();
        let end = move |tx: &mut Tx<'_>| end_match(tx, &parts, &ended);
        let Some(stored) = self.parts.store.write(end).await? else {
            return Ok(None);
        };
        if let Some(queue) = &self.queue {
            queue.note_returned(&stored.game, stored.requeued);
        }
        Ok(Some(stored.conclusion))
    }

    async fn note_start(&self, id: MatchId, epoch: i64, at: Timestamp) -> Result<bool, AppError> {
        let start = move |tx: &mut Tx<'_>| Ok(ownership::start(tx.conn, id, epoch, at)?);
        let Some(mode) = self.parts.store.write(start).await? else {
            return Ok(false);
        };
        if MatchMode::from_text(&mode)? == MatchMode::Tournament {
            self.tell_of_start(id).await;
        }
        Ok(true)
    }
}

fn claim(
    tx: &mut Tx<'_>,
    stored: StoredMatch,
    node: NodeId,
) -> Result<Option<ClaimedMatch>, AppError> {
    let Some(epoch) = ownership::claim(tx, stored.id, stored.epoch, node)? else {
        return Ok(None);
    };
    let now = journal::time(tx)?;
    let head = journal::load(tx.conn, stored.id)?;
    let ownerless = head
        .as_ref()
        .map_or(Duration::ZERO, |(_, at)| now.since(*at));
    let head = head.map(|(head, _)| head);
    Ok(Some(ClaimedMatch {
        id: stored.id,
        epoch,
        mode: stored.mode,
        seed: stored.seed,
        players: stored.players.each_ref().map(table_player),
        game: stored.game,
        options: stored.options,
        head: head.filter(SavedMatch::was_run),
        ownerless,
    }))
}

fn table_player(player: &SeatedPlayer) -> TablePlayer {
    match player {
        SeatedPlayer::User(user) => TablePlayer::User(*user),
        SeatedPlayer::Local => TablePlayer::Local,
        SeatedPlayer::Computer(settings) => TablePlayer::Computer {
            skill: settings.skill,
            reaction_ms: settings.reaction_ms,
            accuracy: settings.accuracy,
        },
    }
}
