//! Looking at invites.

use ::store::AnyConn;
use contract::invites::{Invite, InviteId, InviteRole, InviteStatus};
use kernel::{Actor, Fault, PageRequest, Paged, UserId};
use serde_json::{Value, json};

use crate::Invites;
use crate::store::{self, Row, Wanted};

impl Invites {
    /// My invites, to me or from me, of one status or all; the newest first. None across a block.
    pub async fn list(
        &self,
        actor: &Actor,
        role: Option<InviteRole>,
        status: Option<InviteStatus>,
        page: PageRequest,
    ) -> Result<Paged<Invite>, Fault> {
        let user = actor.user;
        let wanted = Wanted {
            user,
            role,
            status,
            hidden: self.parts.contacts.hidden_from(user).await?,
            now: self.now(),
        };
        let read = move |conn: &mut AnyConn| store::page(conn, &wanted, page);
        let rows = self.parts.store.read(read).await?;
        self.with_players(user, rows).await
    }

    /// The invites that wait for my answer; the newest first.
    pub async fn inbox(&self, actor: &Actor, page: PageRequest) -> Result<Paged<Invite>, Fault> {
        let (role, status) = (Some(InviteRole::To), Some(InviteStatus::Pending));
        self.list(actor, role, status, page).await
    }

    /// One invite of mine.
    ///
    /// # Errors
    /// There is none.
    pub async fn get(&self, actor: &Actor, id: InviteId) -> Result<Invite, Fault> {
        let row = self.mine(actor.user, id).await?;
        let pair = self.pair(row.sender_id, row.receiver_id).await?;
        Ok(self.shown(&row, &pair))
    }

    async fn with_players(&self, user: UserId, rows: Paged<Row>) -> Result<Paged<Invite>, Fault> {
        let mut ids: Vec<UserId> = rows.items.iter().map(|row| row.other(user)).collect();
        ids.push(user);
        let players = self.parts.players.of(&ids).await?;
        let now = self.now();
        let shown = |row: &Row| {
            let [sender, receiver] = [row.sender_id, row.receiver_id].map(|id| players.get(&id));
            Some(row.shown(sender?, receiver?, now))
        };
        Ok(Paged {
            items: rows.items.iter().filter_map(shown).collect(),
            total: rows.total,
        })
    }

    /// What a download of somebody's data holds of this crate.
    pub async fn personal_data(&self, user: UserId) -> Result<Value, Fault> {
        let now = self.now();
        let read = move |conn: &mut AnyConn| store::all_of(conn, user);
        let rows = self.parts.store.read(read).await?;
        let line = |row: &Row| {
            json!({
                "id": row.id, "sender_id": row.sender_id, "receiver_id": row.receiver_id,
                "game": row.game, "options": row.options.0, "status": row.status(now),
                "match_id": row.match_id, "created_at": row.created_at,
            })
        };
        Ok(rows.iter().map(line).collect())
    }
}
