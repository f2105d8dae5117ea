//! Answering invites and taking them back.

use std::sync::Arc;

use ::store::{AnyConn, Tx};
use contract::invites::{CancelReason, Invite, InviteId, InviteStatus, ReplyGameInvite};
use kernel::{Actor, Fault, UserId};

use crate::events::{self, Pair};
use crate::ports::{Opening, Relation, Tables};
use crate::rules::lifecycle::{Move, Next, next};
use crate::service::lock;
use crate::store::{self, Row};
use crate::{Error, Invites};

impl Invites {
    /// Accepts an invite to me: a match comes of it. Accepting twice gives the same match.
    ///
    /// # Errors
    /// It is over in another way, or one of us plays already.
    pub async fn accept(&self, actor: &Actor, id: InviteId) -> Result<Invite, Fault> {
        self.answer(actor, id, Move::Accept).await
    }

    /// Declines an invite to me.
    ///
    /// # Errors
    /// It is over in another way.
    pub async fn decline(&self, actor: &Actor, id: InviteId) -> Result<Invite, Fault> {
        self.answer(actor, id, Move::Decline).await
    }

    /// Takes an invite of mine back.
    ///
    /// # Errors
    /// It is over in another way.
    pub async fn cancel(&self, actor: &Actor, id: InviteId) -> Result<Invite, Fault> {
        self.answer(actor, id, Move::Cancel).await
    }

    /// The action `reply_game_invite`: answers by the invite's id, or by who sent it.
    ///
    /// # Errors
    /// There is no such invite, or it is over in another way.
    pub async fn reply(&self, actor: &Actor, reply: ReplyGameInvite) -> Result<Invite, Fault> {
        let id = match (reply.id, reply.username) {
            (Some(id), _) => id,
            (None, Some(username)) => self.latest_from(actor, &username).await?,
            (None, None) => return Err(Fault::invalid("username", "name who sent it, or its id")),
        };
        let wanted = if reply.accept {
            Move::Accept
        } else {
            Move::Decline
        };
        self.answer(actor, id, wanted).await
    }

    /// The action `cancel_game_invite`: takes back what waits for this person.
    ///
    /// # Errors
    /// There is no such invite, or it is over in another way.
    pub async fn cancel_for(&self, actor: &Actor, username: &str) -> Result<Invite, Fault> {
        let other = self.other(actor, username).await?.summary.id;
        let id = self.latest(actor.user, other).await?;
        self.answer(actor, id, Move::Cancel).await
    }

    async fn latest_from(&self, actor: &Actor, username: &str) -> Result<InviteId, Fault> {
        let other = self.other(actor, username).await?.summary.id;
        self.latest(other, actor.user).await
    }

    async fn latest(&self, sender: UserId, receiver: UserId) -> Result<InviteId, Fault> {
        let read = move |conn: &mut AnyConn| store::latest(conn, sender, receiver);
        let found = self.parts.store.read(read).await?;
        Ok(found.ok_or(Error::NotFound)?.id)
    }

    async fn answer(&self, actor: &Actor, id: InviteId, wanted: Move) -> Result<Invite, Fault> {
        let row = self.mine(actor.user, id).await?;
        if who_may(wanted, &row) != actor.user {
            return Err(Error::NotFound.into());
        }
        let pair = self.pair(row.sender_id, row.receiver_id).await?;
        if next(row.status(self.now()), wanted)? == Next::Done {
            return Ok(self.shown(&row, &pair));
        }
        self.still_allowed(&row, wanted).await?;
        let (two, tables) = (pair.clone(), Arc::clone(&self.parts.tables));
        let write = move |tx: &mut Tx<'_>| answer_in(tx, tables.as_ref(), id, wanted, &two);
        let row = self.parts.store.write(write).await?;
        Ok(self.shown(&row, &pair))
    }

    /// Much can happen between an invite and its answer.
    async fn still_allowed(&self, row: &Row, wanted: Move) -> Result<(), Fault> {
        let (me, them) = match wanted {
            Move::Accept => (row.receiver_id, row.sender_id),
            Move::Decline | Move::Cancel => return Ok(()),
        };
        match self.may_meet(me, them).await {
            Err(fault) if fault.is(Error::UserNotFound.code()) => Err(Error::NotFound.into()),
            Ok(Relation::Blocked) => Err(Error::NotFound.into()),
            Ok(_) => Ok(()),
            Err(fault) => Err(fault),
        }
    }
}

/// Whose move it is.
fn who_may(wanted: Move, row: &Row) -> UserId {
    match wanted {
        Move::Accept | Move::Decline => row.receiver_id,
        Move::Cancel => row.sender_id,
    }
}

fn answer_in(
    tx: &mut Tx<'_>,
    tables: &dyn Tables,
    id: InviteId,
    wanted: Move,
    pair: &Pair,
) -> Result<Row, Fault> {
    lock(tx.conn, [pair.sender.summary.id, pair.receiver.summary.id])?;
    let mut row = store::load(tx.conn, id)?.ok_or(Error::NotFound)?;
    let now = tx.ambient().now();
    if next(row.status(now), wanted)? == Next::Done {
        return Ok(row);
    }
    if wanted == Move::Accept {
        return accept_in(tx, tables, row, pair);
    }
    end(tx, &mut row, wanted.result())?;
    match wanted {
        Move::Decline => events::declined(tx, &row, pair)?,
        Move::Accept | Move::Cancel => {
            events::canceled(tx, &row, pair, CancelReason::Canceled)?;
        }
    }
    Ok(row)
}

/// Accepts an invite that waits, under the locks of both.
pub(crate) fn accept_in(
    tx: &mut Tx<'_>,
    tables: &dyn Tables,
    mut row: Row,
    pair: &Pair,
) -> Result<Row, Fault> {
    let opening = Opening {
        invite: row.id,
        game: &row.game,
        options: &row.options.0,
        players: [row.sender_id, row.receiver_id],
    };
    let match_id = tables.open_match(tx, &opening)?;
    let now = tx.ambient().now();
    if !store::end(
        tx.conn,
        &mut row,
        InviteStatus::Accepted,
        Some(match_id),
        now,
    )? {
        return Err(Error::NotFound.into());
    }
    overtake(tx, &row, pair)?;
    events::accepted(tx, &row, pair)?;
    Ok(row)
}

/// What waits the other way has become pointless.
fn overtake(tx: &mut Tx<'_>, row: &Row, pair: &Pair) -> Result<(), Fault> {
    if let Some(mut back) = store::pending(tx.conn, row.receiver_id, row.sender_id)? {
        end(tx, &mut back, InviteStatus::Canceled)?;
        events::canceled(tx, &back, &pair.turned(), CancelReason::Overtaken)?;
    }
    Ok(())
}

fn end(tx: &mut Tx<'_>, row: &mut Row, status: InviteStatus) -> Result<(), Fault> {
    let now = tx.ambient().now();
    store::end(tx.conn, row, status, None, now)?;
    Ok(())
}
