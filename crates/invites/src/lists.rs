//! Lists invites.

use async_trait::async_trait;
use contract::invites::{Invite, InviteId, InviteRole, InviteStatus};
use db::AnyConn;
use kernel::{Actor, AppError, Page, PageRequest, UserId};

use crate::parts::{load_own, to_dto};
use crate::queries::{self, InviteQuery, InviteRow};
use crate::{Error, Invites, InvitesParts};

/// The actor's invites.
#[async_trait]
pub trait InviteListsService: Send + Sync {
    /// Lists the actor's invites of one role and status or all, newest first. Invites across a block
    /// and invites of deleted or suspended accounts are left out.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn list(
        &self,
        actor: &Actor,
        role: Option<InviteRole>,
        status: Option<InviteStatus>,
        page: PageRequest,
    ) -> Result<Page<Invite>, AppError>;

    /// Lists the pending invites to the actor, newest first.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn inbox(&self, actor: &Actor, page: PageRequest) -> Result<Page<Invite>, AppError>;

    /// Gets an invite of the actor's.
    ///
    /// # Errors
    /// `invites.not_found`.
    async fn get(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;
}

#[async_trait]
impl InviteListsService for Invites {
    async fn list(
        &self,
        actor: &Actor,
        role: Option<InviteRole>,
        status: Option<InviteStatus>,
        page: PageRequest,
    ) -> Result<Page<Invite>, AppError> {
        let (user, now) = (actor.user, self.now());
        self.read(move |conn, parts| {
            let mut query = InviteQuery {
                user,
                role,
                status,
                hidden: parts.relations.hidden_from(conn, user)?,
                now,
            };
            // Excluded by the query, so that pages are full and the total is that of the list.
            let others = queries::counterparts(conn, &query)?;
            query.hidden.extend(parts.players.inactive(conn, &others)?);
            let rows = queries::page(conn, &query, page)?;
            with_players(conn, parts, &query, &rows)
        })
        .await
    }

    async fn inbox(&self, actor: &Actor, page: PageRequest) -> Result<Page<Invite>, AppError> {
        let (role, status) = (Some(InviteRole::To), Some(InviteStatus::Pending));
        self.list(actor, role, status, page).await
    }

    async fn get(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        let (user, now) = (actor.user, self.now());
        self.read(move |conn, parts| {
            let row = load_own(conn, user, id)?;
            let pair = parts.load_pair(conn, row.sender_id, row.receiver_id)?;
            Ok(to_dto(&row, &pair.ok_or(Error::NotFound)?, now))
        })
        .await
    }
}

fn with_players(
    conn: &mut AnyConn,
    parts: &InvitesParts,
    query: &InviteQuery,
    rows: &Page<InviteRow>,
) -> Result<Page<Invite>, AppError> {
    let others = rows.items.iter().map(|row| row.other(query.user));
    let ids: Vec<UserId> = others.chain([query.user]).collect();
    let players = parts.players.load(conn, &ids)?;
    let to_dto = |row: &InviteRow| {
        let [sender, receiver] = [row.sender_id, row.receiver_id].map(|id| players.get(&id));
        Some(row.to_dto(sender?, receiver?, query.now))
    };
    Ok(Page {
        items: rows.items.iter().filter_map(to_dto).collect(),
        total: rows.total,
    })
}
