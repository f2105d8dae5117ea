//! Friend requests.

mod notices;
mod outcomes;
pub(crate) mod queries;

use std::collections::HashMap;

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::notify::Action;
use contract::social::{
    AddNewFriend, Friend, FriendRequest, FriendRequestId, FriendRequestResult, NewFriend,
    RequestDirection,
};
use db::{AnyConn, Tx};
use kernel::error::Common;
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use outbox::Emit;
use serde::{Deserialize, Serialize};

use crate::events::{enqueue_notification, user_event};
use crate::locks::lock_users;
use crate::other_users::{find_other_user, load_pair};
use crate::ports::{SocialDirectory, UserWithPrivacy};
use crate::rules::request_policy::{self, RequestDecision};
use crate::{Error, Social, friends};
use notices::{notification_key, withdraw};
use outcomes::RequestOutcome;
use queries::FriendRequestRow;

pub(crate) use notices::{removed_events, resolve};

/// Friend requests from and to the actor.
#[async_trait]
pub trait RequestsService: Send + Sync {
    /// Sends a friend request. If the other user has sent one already, both become friends. Sending
    /// again returns the pending request.
    ///
    /// # Errors
    /// `users.not_found`, `users.oneself`, `friends.you_blocked_them`, `friends.already_friends`,
    /// `friends.requests_not_welcome`, `friends.declined_recently`,
    /// `friends.too_many_open_requests`, `friends.list_full`, and `friends.their_list_full`.
    async fn send_request(
        &self,
        actor: &Actor,
        username: &str,
    ) -> Result<FriendRequestResult, AppError>;

    /// Sends a friend request as the action `add_new_friend`, which names both users by id.
    ///
    /// # Errors
    /// `friends.not_yourself` if the actor is not the sender, and those of
    /// [`send_request`](Self::send_request).
    async fn add_new_friend(
        &self,
        actor: &Actor,
        action: AddNewFriend,
    ) -> Result<FriendRequestResult, AppError>;

    /// Accepts a request to the actor. Accepting again returns the same friend.
    ///
    /// # Errors
    /// `friends.request_not_found`, `users.not_found`, `friends.list_full`, and
    /// `friends.their_list_full`.
    async fn accept_request(&self, actor: &Actor, id: FriendRequestId) -> Result<Friend, AppError>;

    /// Declines a request to the actor. The sender gets no notification. Declining again succeeds.
    ///
    /// # Errors
    /// `friends.request_not_found`.
    async fn decline_request(&self, actor: &Actor, id: FriendRequestId) -> Result<(), AppError>;

    /// Cancels a request of the actor's. Canceling again succeeds.
    ///
    /// # Errors
    /// `friends.request_not_found`.
    async fn cancel_request(&self, actor: &Actor, id: FriendRequestId) -> Result<(), AppError>;

    /// Lists the actor's pending requests of one direction, newest first.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn list_requests(
        &self,
        actor: &Actor,
        direction: RequestDirection,
        page: PageRequest,
    ) -> Result<Page<FriendRequest>, AppError>;
}

/// What the transaction of a sent request results in. Stored with idempotency keys, so the names on
/// the wire stay.
#[derive(Serialize, Deserialize)]
enum SentRequest {
    #[serde(rename = "Waits")]
    Pending(FriendRequest),
    Friends(Friendship),
}

/// A friendship that was stored, seen by the user who completed it.
#[derive(Serialize, Deserialize)]
struct Friendship {
    me: UserWithPrivacy,
    them: UserWithPrivacy,
    since: Timestamp,
}

#[async_trait]
impl RequestsService for Social {
    async fn send_request(
        &self,
        actor: &Actor,
        username: &str,
    ) -> Result<FriendRequestResult, AppError> {
        let (actor, name) = (*actor, username.to_owned());
        let write = move |tx: &mut Tx<'_>, users: &dyn SocialDirectory| {
            let receiver = find_other_user(tx.conn, users, &actor, &name)?.summary.id;
            send(tx, users, actor.user, receiver)
        };
        let sent = self.write_once(write).await?;
        Ok(self.request_result(sent).await)
    }

    async fn add_new_friend(
        &self,
        actor: &Actor,
        action: AddNewFriend,
    ) -> Result<FriendRequestResult, AppError> {
        if action.sender_id != actor.user {
            return Err(Error::NotYourself.on_field("sender_id"));
        }
        if action.receiver_id == actor.user {
            return Err(Common::Oneself.on_field("receiver_id"));
        }
        let write = move |tx: &mut Tx<'_>, users: &dyn SocialDirectory| {
            send(tx, users, action.sender_id, action.receiver_id)
        };
        let sent = self.write(write).await?;
        Ok(self.request_result(sent).await)
    }

    async fn accept_request(&self, actor: &Actor, id: FriendRequestId) -> Result<Friend, AppError> {
        let user = actor.user;
        let write = move |tx: &mut Tx<'_>, users: &dyn SocialDirectory| accept(tx, users, user, id);
        let friendship = self.write(write).await?;
        Ok(self.announce_new_friend(friendship).await)
    }

    async fn decline_request(&self, actor: &Actor, id: FriendRequestId) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, _| end(tx, user, id, RequestOutcome::Declined))
            .await
    }

    async fn cancel_request(&self, actor: &Actor, id: FriendRequestId) -> Result<(), AppError> {
        let user = actor.user;
        self.write(move |tx, _| end(tx, user, id, RequestOutcome::Canceled))
            .await
    }

    async fn list_requests(
        &self,
        actor: &Actor,
        direction: RequestDirection,
        page: PageRequest,
    ) -> Result<Page<FriendRequest>, AppError> {
        let user = actor.user;
        self.read(move |conn, users| {
            let rows = queries::page(conn, user, direction, page)?;
            let others: Vec<UserId> = rows.items.iter().map(|row| row.other(user)).collect();
            let users = users.load(conn, &others)?;
            let to_dto =
                |row: FriendRequestRow| Some(row.to_dto(user, users.get(&row.other(user))?));
            Ok(Page {
                items: rows.items.into_iter().filter_map(to_dto).collect(),
                total: rows.total,
            })
        })
        .await
    }
}

impl Social {
    async fn request_result(&self, sent: SentRequest) -> FriendRequestResult {
        match sent {
            SentRequest::Pending(request) => FriendRequestResult::Requested { request },
            SentRequest::Friends(friendship) => FriendRequestResult::Friends {
                friend: self.announce_new_friend(friendship).await,
            },
        }
    }

    /// Announces the presence of two new friends to each other. The friendship is stored, so nothing
    /// here fails: without the registry of connections the friend is returned as offline, and the
    /// announcement is made when the registry responds again.
    async fn announce_new_friend(&self, friendship: Friendship) -> Friend {
        let Friendship { me, them, since } = friendship;
        let (presence, id) = (&self.inner.presence, them.summary.id);
        if let Err(error) = presence.announce_friendship([&me, &them]).await {
            tracing::warn!(error = %error.chain(), "friendship announcement postponed");
            presence.announce_friendship_later([me.summary.id, id]);
        }
        let ids = [id];
        let visible = presence.visible_presences(&ids, |_| them.shows_presence);
        let visible = visible.await.unwrap_or_else(|error| {
            tracing::warn!(error = %error.chain(), "presence of new friend not loaded");
            HashMap::new()
        });
        friends::friend_dto(&them, since, visible.get(&id).copied())
    }
}

fn send(
    tx: &mut Tx<'_>,
    users: &dyn SocialDirectory,
    sender: UserId,
    receiver: UserId,
) -> Result<SentRequest, AppError> {
    lock_users(tx.conn, &[sender, receiver])?;
    let [me, them] = load_pair(tx.conn, users, sender, receiver)?;
    let pending = queries::between(tx.conn, sender, receiver)?;
    let now = tx.env().now();
    let mut state = queries::pair_state(tx.conn, sender, receiver, now)?;
    state.takes_requests = them.takes_requests;
    state.pending = pending.as_ref().map(|row| row.direction(sender));
    let row = match (request_policy::decide_request(&state)?, pending) {
        (RequestDecision::AddFriendship, Some(row)) => {
            return add_friendship(tx, &row, me, them).map(SentRequest::Friends);
        }
        (_, Some(row)) => row,
        (_, None) => insert_request(tx, &me, &them)?,
    };
    Ok(SentRequest::Pending(row.to_dto(sender, &them)))
}

fn insert_request(
    tx: &mut Tx<'_>,
    sender: &UserWithPrivacy,
    receiver: &UserWithPrivacy,
) -> Result<FriendRequestRow, AppError> {
    let row = FriendRequestRow {
        id: tx.env().id(),
        sender_id: sender.summary.id,
        receiver_id: receiver.summary.id,
        created_at: tx.env().now(),
    };
    queries::insert(tx.conn, &row)?;
    let (by, to) = (row.sender_id, row.receiver_id);
    let incoming = row.to_dto(to, sender);
    let key = notification_key(&row);
    enqueue_notification(tx, to, Action::FriendRequest, &incoming, key)?;
    let outgoing = row.to_dto(by, receiver);
    tx.emit_all(vec![
        user_event(by, EventName::FriendRequest, &outgoing)?.by(by),
        user_event(to, EventName::FriendRequest, &incoming)?.by(by),
    ])?;
    Ok(row)
}

/// Deletes a batch of outdated records of ended and declined requests.
pub(crate) fn prune(tx: &mut Tx<'_>) -> Result<usize, AppError> {
    let now = tx.env().now();
    Ok(outcomes::prune(tx.conn, now)? + queries::prune_declines(tx.conn, now)?)
}

/// Deletes all requests from and to a user.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    for row in queries::sent_by(tx.conn, user)? {
        withdraw(tx, &row)?;
    }
    outcomes::delete_of(tx.conn, user)?;
    queries::delete_of(tx.conn, user)
}

fn accept(
    tx: &mut Tx<'_>,
    users: &dyn SocialDirectory,
    user: UserId,
    id: FriendRequestId,
) -> Result<Friendship, AppError> {
    let (sender, receiver) = participants(tx.conn, id)?;
    if receiver != user {
        return Err(Error::RequestNotFound.into());
    }
    lock_users(tx.conn, &[user, sender])?;
    let [me, them] = load_pair(tx.conn, users, user, sender)?;
    let Some(row) = queries::load(tx.conn, id)? else {
        return load_accepted(tx.conn, id, me, them);
    };
    let now = tx.env().now();
    let state = queries::pair_state(tx.conn, user, sender, now)?;
    request_policy::ensure_can_add_friend(&state)?;
    add_friendship(tx, &row, me, them)
}

/// Loads the friendship that resulted from an accepted request, while it lasts.
fn load_accepted(
    conn: &mut AnyConn,
    id: FriendRequestId,
    me: UserWithPrivacy,
    them: UserWithPrivacy,
) -> Result<Friendship, AppError> {
    let since = friends::queries::since(conn, me.summary.id, them.summary.id)?;
    let accepted = outcomes::load(conn, id)? == Some(RequestOutcome::Accepted);
    let since = since.filter(|_| accepted).ok_or(Error::RequestNotFound)?;
    Ok(Friendship { me, them, since })
}

/// The sender and the receiver of a pending or ended request.
fn participants(conn: &mut AnyConn, id: FriendRequestId) -> Result<(UserId, UserId), AppError> {
    if let Some(row) = queries::load(conn, id)? {
        return Ok((row.sender_id, row.receiver_id));
    }
    Ok(outcomes::participants(conn, id)?.ok_or(Error::RequestNotFound)?)
}

/// Turns a request into a friendship.
fn add_friendship(
    tx: &mut Tx<'_>,
    row: &FriendRequestRow,
    me: UserWithPrivacy,
    them: UserWithPrivacy,
) -> Result<Friendship, AppError> {
    let since = tx.env().now();
    let (user, other) = (me.summary.id, them.summary.id);
    queries::delete(tx.conn, row.id)?;
    outcomes::insert(tx.conn, row, RequestOutcome::Accepted, since)?;
    queries::delete_declines(tx.conn, user, other)?;
    friends::queries::insert(tx.conn, user, other, since)?;
    let about = |friend: &UserWithPrivacy| NewFriend {
        user: friend.summary.clone(),
        sender_id: row.sender_id,
        receiver_id: row.receiver_id,
        since,
    };
    let key = format!("new_friend:{}", row.id);
    enqueue_notification(tx, other, Action::NewFriend, &about(&me), key)?;
    resolve(tx, row)?;
    tx.emit_all(vec![
        user_event(user, EventName::NewFriend, &about(&them))?.by(user),
        user_event(other, EventName::NewFriend, &about(&me))?.by(user),
    ])?;
    Ok(Friendship { me, them, since })
}

/// Ends a request without a friendship. The events do not say why.
fn end(
    tx: &mut Tx<'_>,
    user: UserId,
    id: FriendRequestId,
    outcome: RequestOutcome,
) -> Result<(), AppError> {
    let (sender, receiver) = participants(tx.conn, id)?;
    if outcome.decided_by(sender, receiver) != user {
        return Err(Error::RequestNotFound.into());
    }
    lock_users(tx.conn, &[sender, receiver])?;
    let Some(row) = queries::load(tx.conn, id)? else {
        let is_same = outcomes::load(tx.conn, id)? == Some(outcome);
        return is_same
            .then_some(())
            .ok_or_else(|| Error::RequestNotFound.into());
    };
    let now = tx.env().now();
    queries::delete(tx.conn, id)?;
    outcomes::insert(tx.conn, &row, outcome, now)?;
    if outcome == RequestOutcome::Declined {
        queries::upsert_decline(tx.conn, sender, receiver, now)?;
    }
    match outcome {
        RequestOutcome::Canceled => withdraw(tx, &row)?,
        RequestOutcome::Accepted | RequestOutcome::Declined => resolve(tx, &row)?,
    }
    tx.emit_all(removed_events(&row)?.into())
}
