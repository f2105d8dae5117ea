//! Answering invites and taking them back.

use contract::invites::{CancelReason, Invite, InviteId, InviteStatus, ReplyGameInvite};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, UserId};

use crate::events::{self, Pair};
use crate::parts::{lock, mine, shown};
use crate::ports::{NewMatch, Relation};
use crate::rules::lifecycle::{InviteAction, Transition, next};
use crate::store::{self, Row};
use crate::{Error, Invites, InvitesParts};

impl Invites {
    pub(crate) async fn accept(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.answer(actor, id, InviteAction::Accept).await
    }

    pub(crate) async fn decline(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.answer(actor, id, InviteAction::Decline).await
    }

    pub(crate) async fn cancel(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.answer(actor, id, InviteAction::Cancel).await
    }

    pub(crate) async fn reply(
        &self,
        actor: &Actor,
        reply: ReplyGameInvite,
    ) -> Result<Invite, AppError> {
        let wanted = if reply.accept {
            InviteAction::Accept
        } else {
            InviteAction::Decline
        };
        match (reply.id, reply.username) {
            (Some(id), _) => self.answer(actor, id, wanted).await,
            (None, Some(name)) => self.answer_latest(actor, name, wanted).await,
            (None, None) => Err(AppError::invalid("username", "name who sent it, or its id")),
        }
    }

    pub(crate) async fn cancel_for(
        &self,
        actor: &Actor,
        username: &str,
    ) -> Result<Invite, AppError> {
        let name = username.to_owned();
        self.answer_latest(actor, name, InviteAction::Cancel).await
    }

    async fn answer(
        &self,
        actor: &Actor,
        id: InviteId,
        wanted: InviteAction,
    ) -> Result<Invite, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| answer_in(tx, parts, user, id, wanted))
            .await
    }

    async fn answer_latest(
        &self,
        actor: &Actor,
        username: String,
        wanted: InviteAction,
    ) -> Result<Invite, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let id = latest(tx.conn, parts, user, &username, wanted)?;
            answer_in(tx, parts, user, id, wanted)
        })
        .await
    }

    pub(crate) fn cancel_between(
        &self,
        tx: &mut Tx<'_>,
        one: UserId,
        other: UserId,
    ) -> Result<(), AppError> {
        lock(tx.conn, vec![one, other])?;
        for (sender, receiver) in [(one, other), (other, one)] {
            if let Some(mut row) = store::pending(tx.conn, sender, receiver)? {
                let pair = self.parts.pair(tx.conn, sender, receiver)?;
                cancel_in(tx, &mut row, pair.as_ref())?;
            }
        }
        Ok(())
    }
}

/// The newest invite between me and the one with this name. Whoever has no invite with me is as
/// if not there, known or not.
fn latest(
    conn: &mut AnyConn,
    parts: &InvitesParts,
    me: UserId,
    username: &str,
    wanted: InviteAction,
) -> Result<InviteId, AppError> {
    let named = parts.players.named(conn, username)?;
    let other = named.ok_or(Error::NotFound)?.summary.id;
    let (sender, receiver) = match wanted {
        InviteAction::Accept | InviteAction::Decline => (other, me),
        InviteAction::Cancel => (me, other),
    };
    let found = store::latest(conn, sender, receiver)?;
    Ok(found.ok_or(Error::NotFound)?.id)
}

/// Whose move it is.
fn who_may(wanted: InviteAction, row: &Row) -> UserId {
    match wanted {
        InviteAction::Accept | InviteAction::Decline => row.receiver_id,
        InviteAction::Cancel => row.sender_id,
    }
}

fn answer_in(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    user: UserId,
    id: InviteId,
    wanted: InviteAction,
) -> Result<Invite, AppError> {
    let seen = mine(tx.conn, user, id)?;
    if who_may(wanted, &seen) != user {
        return Err(Error::NotFound.into());
    }
    lock(tx.conn, vec![seen.sender_id, seen.receiver_id])?;
    let mut row = mine(tx.conn, user, id)?;
    let pair = pair_that_may_meet(tx.conn, parts, &row)?;
    let now = tx.env().now();
    if next(row.status(now), wanted)? == Transition::Done {
        return Ok(shown(&row, &pair, now));
    }
    match wanted {
        InviteAction::Accept => {
            parts.may_meet(tx.conn, user, row.other(user), now)?;
            return accept_in(tx, parts, row, &pair);
        }
        InviteAction::Decline => {
            store::end(tx.conn, &mut row, InviteStatus::Declined, None, now)?;
            events::declined(tx, &row, &pair)?;
        }
        InviteAction::Cancel => cancel_in(tx, &mut row, Some(&pair))?,
    }
    Ok(shown(&row, &pair, now))
}

/// The two of an invite. Across a block, and where one of them is gone, there is none.
fn pair_that_may_meet(
    conn: &mut AnyConn,
    parts: &InvitesParts,
    row: &Row,
) -> Result<Pair, AppError> {
    let pair = parts.pair(conn, row.sender_id, row.receiver_id)?;
    let relation = parts
        .contacts
        .relation(conn, row.sender_id, row.receiver_id)?;
    let pair = pair.filter(|_| relation != Relation::Blocked);
    Ok(pair.ok_or(Error::NotFound)?)
}

/// Accepts an invite that waits, under the locks of both.
pub(crate) fn accept_in(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    mut row: Row,
    pair: &Pair,
) -> Result<Invite, AppError> {
    let opening = NewMatch {
        invite: row.id,
        game: &row.game,
        options: &row.options.0,
        players: [row.sender_id, row.receiver_id],
    };
    let match_id = Some(parts.tables.open_match(tx, &opening)?);
    let now = tx.env().now();
    if !store::end(tx.conn, &mut row, InviteStatus::Accepted, match_id, now)? {
        return Err(Error::NotFound.into());
    }
    events::accepted(tx, &row, pair)?;
    Ok(shown(&row, pair, now))
}

/// Cancels an invite that waits, under the locks of both. Where one of them is gone nobody is
/// told.
pub(crate) fn cancel_in(
    tx: &mut Tx<'_>,
    row: &mut Row,
    pair: Option<&Pair>,
) -> Result<(), AppError> {
    let now = tx.env().now();
    store::end(tx.conn, row, InviteStatus::Canceled, None, now)?;
    match pair {
        Some(pair) => events::canceled(tx, row, pair, CancelReason::Canceled),
        None => events::over(tx, row),
    }
}
