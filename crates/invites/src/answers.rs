//! Accepts, declines and cancels invites.

use async_trait::async_trait;
use contract::invites::{CancelReason, Invite, InviteId, InviteStatus, ReplyGameInvite};
use db::{AnyConn, Tx};
use kernel::{Actor, AppError, Relation, UserId};

use crate::events::{self, InvitePair};
use crate::parts::{load_own, lock_players, to_dto};
use crate::ports::NewMatch;
use crate::queries::{self, InviteRow};
use crate::rules::lifecycle::{InviteAction, Transition, decide};
use crate::{Error, Invites, InvitesParts};

/// Answers to invites.
#[async_trait]
pub trait InviteAnswersService: Send + Sync {
    /// Accepts an invite to the actor, which creates a match. Accepting again returns the same match.
    ///
    /// # Errors
    /// `invites.not_found`; one that says how the invite ended; `invites.you_are_playing` and
    /// `invites.opponent_busy`.
    async fn accept(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;

    /// Declines an invite to the actor. Declining again returns the same result.
    ///
    /// # Errors
    /// `invites.not_found`, or one that says how the invite ended.
    async fn decline(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;

    /// Cancels an invite of the actor's. Canceling again returns the same result.
    ///
    /// # Errors
    /// `invites.not_found`, or one that says how the invite ended.
    async fn cancel(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError>;

    /// Accepts or declines an invite by its id, or the newest invite of a sender by name.
    ///
    /// # Errors
    /// Those of [`accept`](Self::accept) and [`decline`](Self::decline); `invalid_fields` if neither an
    /// id nor a name is given.
    async fn reply(&self, actor: &Actor, reply: ReplyGameInvite) -> Result<Invite, AppError>;

    /// Cancels the newest invite of the actor's to the user with this name.
    ///
    /// # Errors
    /// Those of [`cancel`](Self::cancel).
    async fn cancel_for(&self, actor: &Actor, username: &str) -> Result<Invite, AppError>;
}

#[async_trait]
impl InviteAnswersService for Invites {
    async fn accept(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.answer(actor, id, InviteAction::Accept).await
    }

    async fn decline(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.answer(actor, id, InviteAction::Decline).await
    }

    async fn cancel(&self, actor: &Actor, id: InviteId) -> Result<Invite, AppError> {
        self.answer(actor, id, InviteAction::Cancel).await
    }

    async fn reply(&self, actor: &Actor, reply: ReplyGameInvite) -> Result<Invite, AppError> {
        let action = if reply.accept {
            InviteAction::Accept
        } else {
            InviteAction::Decline
        };
        match (reply.id, reply.username) {
            (Some(id), _) => self.answer(actor, id, action).await,
            (None, Some(name)) => self.answer_newest(actor, name, action).await,
            (None, None) => {
                let problem = "must be the sender's username, unless the id is given";
                Err(AppError::invalid("username", problem))
            }
        }
    }

    async fn cancel_for(&self, actor: &Actor, username: &str) -> Result<Invite, AppError> {
        let name = username.to_owned();
        self.answer_newest(actor, name, InviteAction::Cancel).await
    }
}

impl Invites {
    async fn answer(
        &self,
        actor: &Actor,
        id: InviteId,
        action: InviteAction,
    ) -> Result<Invite, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| apply(tx, parts, user, id, action))
            .await
    }

    async fn answer_newest(
        &self,
        actor: &Actor,
        username: String,
        action: InviteAction,
    ) -> Result<Invite, AppError> {
        let user = actor.user;
        self.write(move |tx, parts| {
            let id = newest(tx.conn, parts, user, &username, action)?;
            apply(tx, parts, user, id, action)
        })
        .await
    }
}

/// The newest invite between a user and the user with this name. A user without an invite is reported
/// in the same way as an unknown one.
fn newest(
    conn: &mut AnyConn,
    parts: &InvitesParts,
    user: UserId,
    username: &str,
    action: InviteAction,
) -> Result<InviteId, AppError> {
    let found = parts.players.find_by_username(conn, username)?;
    let other = found.ok_or(Error::NotFound)?.summary.id;
    let (sender, receiver) = match action {
        InviteAction::Accept | InviteAction::Decline => (other, user),
        InviteAction::Cancel => (user, other),
    };
    let found = queries::newest(conn, sender, receiver)?;
    Ok(found.ok_or(Error::NotFound)?.id)
}

/// The user who may take an action.
fn decided_by(action: InviteAction, row: &InviteRow) -> UserId {
    match action {
        InviteAction::Accept | InviteAction::Decline => row.receiver_id,
        InviteAction::Cancel => row.sender_id,
    }
}

fn apply(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    user: UserId,
    id: InviteId,
    action: InviteAction,
) -> Result<Invite, AppError> {
    let unlocked = load_own(tx.conn, user, id)?;
    if decided_by(action, &unlocked) != user {
        return Err(Error::NotFound.into());
    }
    lock_players(tx.conn, vec![unlocked.sender_id, unlocked.receiver_id])?;
    let mut row = load_own(tx.conn, user, id)?;
    let pair = load_visible_pair(tx.conn, parts, &row)?;
    let now = tx.env().now();
    if decide(row.status(now), action)? == Transition::AlreadyApplied {
        return Ok(to_dto(&row, &pair, now));
    }
    match action {
        InviteAction::Accept => {
            parts.ensure_can_play(tx.conn, user, row.other(user), now)?;
            return accept(tx, parts, row, &pair);
        }
        InviteAction::Decline => {
            queries::end(tx.conn, &mut row, InviteStatus::Declined, None, now)?;
            events::declined(tx, &row, &pair)?;
        }
        InviteAction::Cancel => cancel(tx, &mut row, Some(&pair))?,
    }
    Ok(to_dto(&row, &pair, now))
}

/// The players of an invite, unless one has blocked the other or has no account any more.
fn load_visible_pair(
    conn: &mut AnyConn,
    parts: &InvitesParts,
    row: &InviteRow,
) -> Result<InvitePair, AppError> {
    let pair = parts.load_pair(conn, row.sender_id, row.receiver_id)?;
    let relation = parts
        .relations
        .relation(conn, row.sender_id, row.receiver_id)?;
    let pair = pair.filter(|_| relation != Relation::Blocked);
    Ok(pair.ok_or(Error::NotFound)?)
}

/// Accepts a pending invite. The caller holds the locks of both players.
pub(crate) fn accept(
    tx: &mut Tx<'_>,
    parts: &InvitesParts,
    mut row: InviteRow,
    pair: &InvitePair,
) -> Result<Invite, AppError> {
    let new_match = NewMatch {
        invite: row.id,
        game: &row.game,
        options: &row.options.0,
        players: [row.sender_id, row.receiver_id],
    };
    let match_id = Some(parts.match_factory.create_match(tx, &new_match)?);
    let now = tx.env().now();
    if !queries::end(tx.conn, &mut row, InviteStatus::Accepted, match_id, now)? {
        return Err(Error::NotFound.into());
    }
    events::accepted(tx, &row, pair)?;
    Ok(to_dto(&row, pair, now))
}

/// Cancels a pending invite. The caller holds the locks of both players. Without a pair, one of whom
/// has no account any more, no events are emitted.
pub(crate) fn cancel(
    tx: &mut Tx<'_>,
    row: &mut InviteRow,
    pair: Option<&InvitePair>,
) -> Result<(), AppError> {
    let now = tx.env().now();
    queries::end(tx.conn, row, InviteStatus::Canceled, None, now)?;
    match pair {
        Some(pair) => events::canceled(tx, row, pair, CancelReason::Canceled),
        None => events::resolve_notification(tx, row),
    }
}
