//! Sends invites.

use async_trait::async_trait;
use contract::invites::{CancelReason, CreateInvite, Invite, InviteOrigin, InviteStatus};
use db::Tx;
use jobs::Enqueue;
use kernel::error::Common;
use kernel::{Actor, AppError, UserId};

use crate::answers::accept;
use crate::events::{self, InvitePair};
use crate::expiry::ExpireInviteJob;
use crate::parts::{lock_players, to_dto};
use crate::queries::{self, InviteDraft, InviteRow};
use crate::rules::invite_policy::{Crossing, MAX_PENDING, decide_crossing, ensure_accepts_invites};
use crate::rules::lifecycle::TTL;
use crate::{Error, Invites, InvitesParts};

/// Sends invites.
#[async_trait]
pub trait InviteCreationService: Send + Sync {
    /// Checks the game and its options, without the database.
    ///
    /// # Errors
    /// `invites.unknown_game`, or `invites.options_invalid` with each option that is not valid.
    fn check(&self, wanted: &CreateInvite) -> Result<(), AppError>;

    /// Sends an invite. Repeating it with the same `client_id` returns the pending invite. If the
    /// other user has sent one with the same game and options, that one is accepted.
    ///
    /// # Errors
    /// Those of [`check`](Self::check); `users.not_found`, also across a block; `users.oneself`;
    /// `invites.not_welcome`; `invites.you_are_playing` and `invites.opponent_busy`;
    /// `invites.crossed` if the other user's pending invite has another game or other options;
    /// `invites.already_pending`; `invites.too_many_open`.
    async fn create(&self, actor: &Actor, wanted: CreateInvite) -> Result<Invite, AppError>;
}

#[async_trait]
impl InviteCreationService for Invites {
    fn check(&self, wanted: &CreateInvite) -> Result<(), AppError> {
        let games = &self.parts.games;
        games.check(&wanted.game, &wanted.options).map(|_| ())
    }

    async fn create(&self, actor: &Actor, wanted: CreateInvite) -> Result<Invite, AppError> {
        let options = self.parts.games.check(&wanted.game, &wanted.options)?;
        let draft = InviteDraft {
            game: wanted.game,
            options,
            client_id: wanted.client_id,
            origin: InviteOrigin::Direct,
            origin_match_id: None,
        };
        let actor = *actor;
        self.write_once(move |tx, parts| {
            let other = parts.find_other_player(tx.conn, &actor, &wanted.username)?;
            send(tx, parts, [actor.user, other], &draft)
        })
        .await
    }
}

/// Sends an invite from the first user to the second.
pub(crate) fn send(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    players: [UserId; 2],
    draft: &InviteDraft,
) -> Result<Invite, AppError> {
    let [sender, receiver] = players;
    lock_players(tx.conn, players.to_vec())?;
    let pair = parts.load_pair(tx.conn, sender, receiver)?;
    let pair = pair.ok_or(Common::UserNotFound)?;
    let now = tx.env().now();
    let relation = parts.ensure_can_play(tx.conn, sender, receiver, now)?;
    if let Some(crossed) = queries::pending(tx.conn, receiver, sender)?
        && crossed.status(now) == InviteStatus::Pending
    {
        return match decide_crossing(crossed.is_rematch_of(draft), crossed.has_same_game(draft)) {
            Crossing::Accept => accept(tx, parts, crossed, &pair.swapped()),
            Crossing::Refuse => Err(Error::Crossed.into()),
        };
    }
    ensure_accepts_invites(relation, pair.receiver.game_invites)?;
    let row = match load_repeated(tx, &pair, draft)? {
        Some(pending) => pending,
        None => insert(tx, &pair, draft)?,
    };
    Ok(to_dto(&row, &pair, now))
}

/// The pending invite that the draft repeats. A pending invite that has expired is ended.
fn load_repeated(
    tx: &mut Tx<'_>,
    pair: &InvitePair,
    draft: &InviteDraft,
) -> Result<Option<InviteRow>, AppError> {
    let [sender, receiver] = pair.ids();
    let Some(mut pending) = queries::pending(tx.conn, sender, receiver)? else {
        return Ok(None);
    };
    let now = tx.env().now();
    if pending.status(now) != InviteStatus::Pending {
        queries::end(tx.conn, &mut pending, InviteStatus::Expired, None, now)?;
        events::canceled(tx, &pending, pair, CancelReason::Expired)?;
        return Ok(None);
    }
    if !pending.is_repeated_by(draft) {
        return Err(Error::AlreadyPending.into());
    }
    Ok(Some(pending))
}

fn insert(tx: &mut Tx<'_>, pair: &InvitePair, draft: &InviteDraft) -> Result<InviteRow, AppError> {
    let now = tx.env().now();
    let [sender, receiver] = pair.ids();
    if queries::count_pending(tx.conn, sender, now)? >= MAX_PENDING {
        return Err(Error::TooManyOpen.into());
    }
    let row = InviteRow::new(draft, tx.env().id(), [sender, receiver], now, now + TTL);
    queries::insert(tx.conn, &row)?;
    tx.enqueue_at(ExpireInviteJob { id: row.id }, row.expires_at)?;
    events::sent(tx, &row, pair, now)?;
    Ok(row)
}
