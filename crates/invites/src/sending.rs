//! Sending invites.

use ::store::{NewJob, Tx};
use contract::invites::{CancelReason, CreateInvite, Invite, InviteOrigin, InviteStatus};
use kernel::{Actor, Fault};

use crate::answers::accept_in;
use crate::events::{self, Pair};
use crate::expiry::{self, Due};
use crate::ports::Tables;
use crate::rules::lifecycle::LIFETIME;
use crate::rules::sending::{MOST_OPEN, is_welcome};
use crate::service::lock;
use crate::store::{self, Draft, Row};
use crate::{Error, Invites};

impl Invites {
    /// Invites somebody to play. The same invite again, by its `client_id`, is the one that waits.
    ///
    /// # Errors
    /// Says why not.
    pub async fn create(&self, actor: &Actor, wanted: CreateInvite) -> Result<Invite, Fault> {
        let options = self.parts.catalogue.check(&wanted.game, &wanted.options)?;
        let other = self.other(actor, &wanted.username).await?;
        let draft = Draft {
            game: wanted.game,
            options,
            client_id: wanted.client_id,
            origin: InviteOrigin::Direct,
            origin_match_id: None,
        };
        let pair = self.pair(actor.user, other.summary.id).await?;
        self.send(pair, draft).await
    }

    /// Sends an invite of the first to the second.
    pub(crate) async fn send(&self, pair: Pair, draft: Draft) -> Result<Invite, Fault> {
        let (me, them) = (pair.sender.summary.id, pair.receiver.summary.id);
        let relation = self.may_meet(me, them).await?;
        is_welcome(relation, pair.receiver.game_invites)?;
        let (two, tables) = (pair.clone(), self.parts.tables.clone());
        let write = move |tx: &mut Tx<'_>| send_in(tx, tables.as_ref(), &two, &draft);
        let row = self.parts.store.write(write).await?;
        // Two who want a rematch of the same match meet in the invite of the first.
        let pair = if row.sender_id == me {
            pair
        } else {
            pair.turned()
        };
        Ok(self.shown(&row, &pair))
    }
}

fn send_in(tx: &mut Tx<'_>, tables: &dyn Tables, pair: &Pair, draft: &Draft) -> Result<Row, Fault> {
    let players = [pair.sender.summary.id, pair.receiver.summary.id];
    lock(tx.conn, players)?;
    let [me, them] = players;
    let now = tx.ambient().now();
    if draft.origin == InviteOrigin::Rematch
        && let Some(theirs) = store::pending(tx.conn, them, me)?
        && theirs.status(now) == InviteStatus::Pending
        && theirs.is_rematch_of(draft.origin_match_id)
    {
        return accept_in(tx, tables, theirs, &pair.turned());
    }
    if let Some(mut waiting) = store::pending(tx.conn, me, them)? {
        if waiting.status(now) == InviteStatus::Pending {
            return if waiting.repeats(draft) {
                Ok(waiting)
            } else {
                Err(Error::AlreadyPending.into())
            };
        }
        store::end(tx.conn, &mut waiting, InviteStatus::Expired, None, now)?;
        events::canceled(tx, &waiting, pair, CancelReason::Expired)?;
    }
    if store::count_open(tx.conn, me, now)? >= MOST_OPEN {
        return Err(Error::TooManyOpen.into());
    }
    insert(tx, pair, draft)
}

fn insert(tx: &mut Tx<'_>, pair: &Pair, draft: &Draft) -> Result<Row, Fault> {
    let now = tx.ambient().now();
    let players = [pair.sender.summary.id, pair.receiver.summary.id];
    let row = Row::new(draft, tx.ambient().id(), players, now, now + LIFETIME);
    store::insert(tx.conn, &row)?;
    let due = Due { id: row.id };
    tx.enqueue(NewJob::new(expiry::JOB, &due)?.at(row.expires_at))?;
    events::sent(tx, &row, pair, now)?;
    Ok(row)
}
