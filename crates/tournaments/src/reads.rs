//! Reads of tournaments.

use std::collections::HashMap;

use async_trait::async_trait;
use contract::accounts::Audience;
use contract::invites::MatchId;
use contract::tournaments::{
    BracketEntrant, PlayedTournament, Tournament, TournamentAuditEntry, TournamentBracket,
    TournamentEntrant, TournamentFormat, TournamentId, TournamentRecapMatch, TournamentSlot,
    TournamentStatus, TournamentTableRow, TournamentUpdate,
};
use db::AnyConn;
use kernel::error::Common;
use kernel::{Actor, AppError, Page, PageRequest, Relation, UserId};

use crate::Error;
use crate::access::load_visible;
use crate::dto;
use crate::ports::TournamentUser;
use crate::queries::lists::{self, ListFilter, Viewer};
use crate::queries::slots::SlotRow;
use crate::queries::tournaments::TournamentRow;
use crate::queries::{audit, entrants, slots};
use crate::score_table::score_table;
use crate::tournaments::{Tournaments, TournamentsParts};

/// Which tournaments to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TournamentQuery {
    /// Only those in this state.
    pub status: Option<TournamentStatus>,
    /// Only those of this format.
    pub format: Option<TournamentFormat>,
    /// Only those of this game.
    pub game: Option<String>,
    /// Only those that the actor organizes.
    pub organizes: bool,
    /// Only those that the actor has entered.
    pub enters: bool,
    /// Only those to which the actor is invited.
    pub is_invited: bool,
}

/// Reads tournaments.
#[async_trait]
pub trait TournamentReadsService: Send + Sync {
    /// Gets a tournament.
    ///
    /// # Errors
    /// `tournaments.not_found`, also for a tournament that the actor may not see.
    async fn get(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError>;

    /// The state of a tournament, for a socket that is to follow it.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    async fn followable(
        &self,
        actor: &Actor,
        id: TournamentId,
    ) -> Result<TournamentUpdate, AppError>;

    /// Lists the tournaments that the actor may see, the newest first.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn list(
        &self,
        actor: &Actor,
        query: TournamentQuery,
        page: PageRequest,
    ) -> Result<Page<Tournament>, AppError>;

    /// Lists the entrants of a tournament in the order of their registration.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    async fn entrants(
        &self,
        actor: &Actor,
        id: TournamentId,
        page: PageRequest,
    ) -> Result<Page<TournamentEntrant>, AppError>;

    /// The bracket of a tournament, or the slots of one round of it.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    async fn bracket(
        &self,
        actor: &Actor,
        id: TournamentId,
        round: Option<i32>,
    ) -> Result<TournamentBracket, AppError>;

    /// Lists the slots that are over with their matches, in the order in which they ended.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    async fn recap(
        &self,
        actor: &Actor,
        id: TournamentId,
        page: PageRequest,
    ) -> Result<Page<TournamentRecapMatch>, AppError>;

    /// Lists the audit trail, the newest entry first. It is for organizers and entrants.
    ///
    /// # Errors
    /// Those of [`get`](Self::get); `tournaments.not_organizer`.
    async fn audit(
        &self,
        actor: &Actor,
        id: TournamentId,
        page: PageRequest,
    ) -> Result<Page<TournamentAuditEntry>, AppError>;

    /// Lists the tournaments that a user has played and that the actor may see, the newest first.
    ///
    /// # Errors
    /// `users.not_found`, also across a block; `tournaments.history_private`.
    async fn history(
        &self,
        actor: &Actor,
        username: String,
        page: PageRequest,
    ) -> Result<Page<PlayedTournament>, AppError>;
}

#[async_trait]
impl TournamentReadsService for Tournaments {
    async fn get(&self, actor: &Actor, id: TournamentId) -> Result<Tournament, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let (row, _) = load_visible(conn, parts, user, id)?;
            dto::one(conn, parts, user, &row)
        })
        .await
    }

    async fn followable(
        &self,
        actor: &Actor,
        id: TournamentId,
    ) -> Result<TournamentUpdate, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let (row, _) = load_visible(conn, parts, user, id)?;
            Ok(TournamentUpdate {
                tournament_id: row.id,
                revision: row.revision,
                status: row.status()?,
                round: row.round,
            })
        })
        .await
    }

    async fn list(
        &self,
        actor: &Actor,
        query: TournamentQuery,
        page: PageRequest,
    ) -> Result<Page<Tournament>, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let viewer = viewer(conn, parts, user)?;
            let filter = ListFilter {
                status: query.status,
                format: query.format,
                game: query.game,
                organizes: query.organizes,
                enters: query.enters,
                is_invited: query.is_invited,
            };
            let found = lists::list(conn, &viewer, &filter, page)?;
            let shown = dto::tournaments(conn, parts, user, &found.items)?;
            Ok(Page {
                items: shown,
                total: found.total,
            })
        })
        .await
    }

    async fn entrants(
        &self,
        actor: &Actor,
        id: TournamentId,
        page: PageRequest,
    ) -> Result<Page<TournamentEntrant>, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            load_visible(conn, parts, user, id)?;
            let found = entrants::page(conn, id, page)?;
            let shown = dto::entrants(conn, parts, &found.items)?;
            Ok(Page {
                items: shown,
                total: found.total,
            })
        })
        .await
    }

    async fn bracket(
        &self,
        actor: &Actor,
        id: TournamentId,
        round: Option<i32>,
    ) -> Result<TournamentBracket, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let (row, _) = load_visible(conn, parts, user, id)?;
            bracket(conn, &row, round)
        })
        .await
    }

    async fn recap(
        &self,
        actor: &Actor,
        id: TournamentId,
        page: PageRequest,
    ) -> Result<Page<TournamentRecapMatch>, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            load_visible(conn, parts, user, id)?;
            let found = slots::page_of_ended(conn, id, page)?;
            let items = recap(conn, parts, id, &found.items)?;
            Ok(Page {
                items,
                total: found.total,
            })
        })
        .await
    }

    async fn audit(
        &self,
        actor: &Actor,
        id: TournamentId,
        page: PageRequest,
    ) -> Result<Page<TournamentAuditEntry>, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let (_, access) = load_visible(conn, parts, user, id)?;
            if !access.involved.organizes && !access.involved.is_entrant {
                return Err(Error::NotOrganizer.into());
            }
            let found = audit::page(conn, id, page)?;
            let actors: Vec<UserId> = found.items.iter().filter_map(|row| row.actor_id).collect();
            let summaries = parts.users.summaries(conn, &actors)?;
            let items = found.items.into_iter().map(|row| TournamentAuditEntry {
                n: row.n,
                at: row.at,
                actor: row.actor_id.and_then(|id| summaries.get(&id).cloned()),
                act: row.act,
                slot: row.slot,
                before: row.before.map(|json| json.0),
                after: row.after.map(|json| json.0),
                reason: row.reason,
            });
            Ok(Page {
                items: items.collect(),
                total: found.total,
            })
        })
        .await
    }

    async fn history(
        &self,
        actor: &Actor,
        username: String,
        page: PageRequest,
    ) -> Result<Page<PlayedTournament>, AppError> {
        let user = actor.user;
        self.read(move |conn, parts| {
            let names = [username.to_lowercase()];
            let found = parts.users.find_by_usernames(conn, &names)?.pop();
            let player = found.ok_or(Common::UserNotFound)?;
            ensure_shown(conn, parts, user, &player)?;
            let viewer = viewer(conn, parts, user)?;
            let found = lists::played(conn, &viewer, player.summary.id, page)?;
            let items = dto::played(conn, player.summary.id, found.items)?;
            Ok(Page {
                items,
                total: found.total,
            })
        })
        .await
    }
}

fn viewer(conn: &mut AnyConn, parts: &TournamentsParts, user: UserId) -> Result<Viewer, AppError> {
    let friends = parts.relations.friends(conn, user)?;
    let hidden = parts.relations.hidden_from(conn, user)?;
    Ok(Viewer {
        user,
        friends,
        hidden: hidden.into_iter().collect(),
    })
}

/// Whether a user shows what they have played.
fn ensure_shown(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    viewer: UserId,
    player: &TournamentUser,
) -> Result<(), AppError> {
    if viewer == player.summary.id {
        return Ok(());
    }
    let pair = [(viewer, player.summary.id)];
    let relations = parts.relations.relations(conn, &pair)?;
    match (relations.first(), player.match_history) {
        (Some(Relation::Blocked) | None, _) => Err(Common::UserNotFound.into()),
        (_, Audience::Everyone) | (Some(Relation::Friend), Audience::Friends) => Ok(()),
        _ => Err(Error::HistoryPrivate.into()),
    }
}

fn bracket(
    conn: &mut AnyConn,
    row: &TournamentRow,
    round: Option<i32>,
) -> Result<TournamentBracket, AppError> {
    let all = entrants::load_all(conn, row.id)?;
    let mut found = slots::load_all(conn, row.id)?;
    let table: Vec<TournamentTableRow> = score_table(row, &all, &found)?;
    let entrants: Result<Vec<BracketEntrant>, AppError> =
        all.iter().map(dto::bracket_entrant).collect();
    found.retain(|slot| round.is_none_or(|round| slot.round == round));
    let shown: Result<Vec<TournamentSlot>, AppError> = found.iter().map(dto::slot).collect();
    let mut shown = shown?;
    shown.sort_by(|one, other| {
        let place = |slot: &TournamentSlot| (slot.part.as_text(), slot.round, slot.position);
        place(one).cmp(&place(other))
    });
    Ok(TournamentBracket {
        revision: row.revision,
        status: row.status()?,
        round: row.round,
        entrants: entrants?,
        slots: shown,
        table,
    })
}

fn recap(
    conn: &mut AnyConn,
    parts: &TournamentsParts,
    id: TournamentId,
    rows: &[SlotRow],
) -> Result<Vec<TournamentRecapMatch>, AppError> {
    let all = entrants::load_all(conn, id)?;
    let aliases: HashMap<i32, String> =
        all.into_iter().map(|row| (row.number, row.alias)).collect();
    let ids: Vec<MatchId> = rows.iter().filter_map(|row| row.match_id).collect();
    let played = parts.games.matches(conn, &ids)?;
    rows.iter()
        .map(|row| {
            let alias = |number: Option<i32>| number.and_then(|n| aliases.get(&n).cloned());
            Ok(TournamentRecapMatch {
                slot: dto::slot(row)?,
                aliases: [alias(row.entrant_a), alias(row.entrant_b)],
                played: played
                    .iter()
                    .find(|one| Some(one.id) == row.match_id)
                    .cloned(),
            })
        })
        .collect()
}
