//! Sending invites.

use contract::invites::{CancelReason, CreateInvite, Invite, InviteOrigin, InviteStatus};
use db::Tx;
use jobs::Enqueue;
use kernel::error::Common;
use kernel::{Actor, AppError, UserId};

use crate::answers::accept_in;
use crate::events::{self, Pair};
use crate::expiry::ExpireInviteJob;
use crate::parts::{lock, shown};
use crate::rules::lifecycle::LIFETIME;
use crate::rules::sending::{Crossing, MAX_OPEN, crossing, is_welcome};
use crate::store::{self, Draft, Row};
use crate::{Error, Invites, InvitesParts};

impl Invites {
    pub(crate) fn check(&self, wanted: &CreateInvite) -> Result<(), AppError> {
        let catalogue = &self.parts.catalogue;
        catalogue.check(&wanted.game, &wanted.options).map(|_| ())
    }

    pub(crate) async fn create(
        &self,
        actor: &Actor,
        wanted: CreateInvite,
    ) -> Result<Invite, AppError> {
        let options = self.parts.catalogue.check(&wanted.game, &wanted.options)?;
        let draft = Draft {
            game: wanted.game,
            options,
            client_id: wanted.client_id,
            origin: InviteOrigin::Direct,
            origin_match_id: None,
        };
        let actor = *actor;
        self.write_once(move |tx, parts| {
            let other = parts.other(tx.conn, &actor, &wanted.username)?;
            send(tx, parts, [actor.user, other], &draft)
        })
        .await
    }
}

/// Sends an invite of the first to the second.
pub(crate) fn send(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    players: [UserId; 2],
    draft: &Draft,
) -> Result<Invite, AppError> {
    let [me, them] = players;
    lock(tx.conn, players.to_vec())?;
    let pair = parts.pair(tx.conn, me, them)?.ok_or(Common::UserNotFound)?;
    let now = tx.env().now();
    let relation = parts.may_meet(tx.conn, me, them, now)?;
    if let Some(theirs) = store::pending(tx.conn, them, me)?
        && theirs.status(now) == InviteStatus::Pending
    {
        return match crossing(theirs.is_rematch_of(draft), theirs.is_alike(draft)) {
            Crossing::Accept => accept_in(tx, parts, theirs, &pair.swapped()),
            Crossing::Refuse => Err(Error::Crossed.into()),
        };
    }
    is_welcome(relation, pair.receiver.game_invites)?;
    let row = match mine_that_waits(tx, &pair, draft)? {
        Some(waiting) => waiting,
        None => insert(tx, &pair, draft)?,
    };
    Ok(shown(&row, &pair, now))
}

/// My invite to them that says the same and waits already.
fn mine_that_waits(tx: &mut Tx<'_>, pair: &Pair, draft: &Draft) -> Result<Option<Row>, AppError> {
    let [me, them] = pair.ids();
    let Some(mut waiting) = store::pending(tx.conn, me, them)? else {
        return Ok(None);
    };
    let now = tx.env().now();
    if waiting.status(now) != InviteStatus::Pending {
        store::end(tx.conn, &mut waiting, InviteStatus::Expired, None, now)?;
        events::canceled(tx, &waiting, pair, CancelReason::Expired)?;
        return Ok(None);
    }
    if !waiting.repeats(draft) {
        return Err(Error::AlreadyPending.into());
    }
    Ok(Some(waiting))
}

fn insert(tx: &mut Tx<'_>, pair: &Pair, draft: &Draft) -> Result<Row, AppError> {
    let now = tx.env().now();
    let players = pair.ids();
    if store::count_open(tx.conn, players[0], now)? >= MAX_OPEN {
        return Err(Error::TooManyOpen.into());
    }
    let row = Row::new(draft, tx.env().id(), players, now, now + LIFETIME);
    store::insert(tx.conn, &row)?;
    tx.enqueue_at(ExpireInviteJob { id: row.id }, row.expires_at)?;
    events::sent(tx, &row, pair, now)?;
    Ok(row)
}
