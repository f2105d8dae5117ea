//! Looking at invites.

use contract::invites::{Invite, InviteId, InviteRole, InviteStatus};
use db::{AnyConn, PagedJson, Tx};
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use serde_json::{Value, json};

use crate::answers::cancel_in;
use crate::parts::{lock, mine, shown};
use crate::store::{self, InviteQuery, Row};
use crate::{Error, Invites, InvitesParts};

impl Invites {
    pub(crate) async fn list(
        &self,
        actor: &Actor,
        role: Option<InviteRole>,
        status: Option<InviteStatus>,
        page: PageRequest,
    ) -> Result<Page<Invite>, AppError> {
        let (user, now) = (actor.user, self.now());
        self.read(move |conn, parts| {
            let mut wanted = InviteQuery {
                user,
                role,
                status,
                hidden: parts.contacts.hidden_from(conn, user)?,
                now,
            };
            // Passed over in the query, so that pages are full and the total is that of the list.
            let others = store::counterparts(conn, &wanted)?;
            wanted.hidden.extend(parts.players.absent(conn, &others)?);
            let rows = store::page(conn, &wanted, page)?;
            with_players(conn, parts, &wanted, &rows)
        })
        .await
    }

    pub(crate) async fn inbox(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<Invite>, AppError> {
        let (role, status) = (Some(InviteRole::To), Some(InviteStatus::Pending));
        self.list(actor, role, status, page).await
    }

    pub(crate) async fn get(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        let (user, now) = (actor.user, self.now());
        self.read(move |conn, parts| {
            let row = mine(conn, user, id)?;
            let pair = parts.pair(conn, row.sender_id, row.receiver_id)?;
            Ok(shown(&row, &pair.ok_or(Error::NotFound)?, now))
        })
        .await
    }

    pub(crate) fn personal_data(&self, user: UserId) -> PagedJson {
        let now = self.now();
        PagedJson::list(&self.parts.store, move |conn, after, limit| {
            let rows = store::of(conn, user, after, limit)?;
            Ok(rows.iter().map(|row| line(row, now)).collect())
        })
    }

    pub(crate) async fn forget(&self, user: UserId) -> Result<(), AppError> {
        let write = move |tx: &mut Tx<'_>| {
            let waiting = store::waiting_of(tx.conn, user)?;
            let others = waiting.iter().map(|row| row.other(user));
            lock(tx.conn, others.chain([user]).collect())?;
            store::waiting_of(tx.conn, user)?
                .iter_mut()
                .try_for_each(|row| cancel_in(tx, row, None))
        };
        self.parts.store.write(write).await
    }
}

/// An invite in a download.
fn line(row: &Row, now: Timestamp) -> (InviteId, Value) {
    let line = json!({
        "id": row.id, "sender_id": row.sender_id, "receiver_id": row.receiver_id,
        "game": row.game, "options": row.options.0, "status": row.status(now),
        "match_id": row.match_id, "created_at": row.created_at,
    });
    (row.id, line)
}

fn with_players(
    conn: &mut AnyConn,
    parts: &InvitesParts,
    wanted: &InviteQuery,
    rows: &Page<Row>,
) -> Result<Page<Invite>, AppError> {
    let mut ids: Vec<UserId> = rows
        .items
        .iter()
        .map(|row| row.other(wanted.user))
        .collect();
    ids.push(wanted.user);
    let players = parts.players.of(conn, &ids)?;
    let shown = |row: &Row| {
        let [sender, receiver] = [row.sender_id, row.receiver_id].map(|id| players.get(&id));
        Some(row.shown(sender?, receiver?, wanted.now))
    };
    Ok(Page {
        items: rows.items.iter().filter_map(shown).collect(),
        total: rows.total,
    })
}
