//! Blocks.

pub(crate) mod queries;

use std::sync::Arc;

use async_trait::async_trait;
use contract::catalogue::EventName;
use contract::social::{BlockedUser, BlocksChanged, UserUnblocked};
use db::Tx;
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use outbox::{Emit, NewEvent};

use crate::events::user_event;
use crate::locks::lock_users;
use crate::other_users::find_other_user;
use crate::ports::{BlockListener, UserWithPrivacy};
use crate::rules::request_policy::MAX_BLOCKS;
use crate::{Error, Social, friends, requests};

/// Users whom the actor has blocked.
#[async_trait]
pub trait BlocksService: Send + Sync {
    /// Lists the users whom the actor has blocked, newest first.
    ///
    /// # Errors
    /// Only if the database fails.
    async fn list_blocks(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<BlockedUser>, AppError>;

    /// Blocks a user: ends friendship, requests and invites, and hides each user from the other.
    /// Blocking again returns the existing block. A user who has blocked the actor can be blocked
    /// too.
    ///
    /// # Errors
    /// `users.not_found`, `users.oneself`, and `blocks.list_full`.
    async fn block(&self, actor: &Actor, username: &str) -> Result<BlockedUser, AppError>;

    /// Removes a block of the actor's. What the block has ended stays ended.
    ///
    /// # Errors
    /// `blocks.not_blocked`, whether or not a user has this name.
    async fn unblock(&self, actor: &Actor, username: &str) -> Result<(), AppError>;
}

#[async_trait]
impl BlocksService for Social {
    async fn list_blocks(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<BlockedUser>, AppError> {
        let user = actor.user;
        self.read(move |conn, users| {
            let rows = queries::page(conn, user, page)?;
            let ids: Vec<UserId> = rows.items.iter().map(|(id, _)| *id).collect();
            let users = users.load(conn, &ids)?;
            let to_dto = |(id, at): (UserId, Timestamp)| Some(block_dto(users.get(&id)?, at));
            Ok(Page {
                items: rows.items.into_iter().filter_map(to_dto).collect(),
                total: rows.total,
            })
        })
        .await
    }

    async fn block(&self, actor: &Actor, username: &str) -> Result<BlockedUser, AppError> {
        let (actor, name) = (*actor, username.to_owned());
        let listener = Arc::clone(&self.inner.block_listener);
        self.write_once(move |tx, users| {
            let other = find_other_user(tx.conn, users, &actor, &name)?;
            let at = insert_block(tx, actor.user, &other, &*listener)?;
            Ok(block_dto(&other, at))
        })
        .await
    }

    async fn unblock(&self, actor: &Actor, username: &str) -> Result<(), AppError> {
        let (user, name) = (actor.user, username.to_owned());
        self.write(move |tx, users| {
            let found = users.find_by_username(tx.conn, &name)?;
            let other = found.ok_or(Error::NotBlocked)?.summary.id;
            lock_users(tx.conn, &[user, other])?;
            if !queries::delete(tx.conn, user, other)? {
                return Err(Error::NotBlocked.into());
            }
            let mut events = changed_events(user, other)?;
            let data = UserUnblocked { user_id: other };
            events.push(user_event(user, EventName::UserUnblocked, &data)?);
            tx.emit_all(events)
        })
        .await
    }
}

fn block_dto(user: &UserWithPrivacy, created_at: Timestamp) -> BlockedUser {
    BlockedUser {
        user: user.summary.clone(),
        created_at,
    }
}

/// Inserts a block unless it exists, and returns when it was made.
fn insert_block(
    tx: &mut Tx<'_>,
    user: UserId,
    blocked: &UserWithPrivacy,
    listener: &dyn BlockListener,
) -> Result<Timestamp, AppError> {
    let other = blocked.summary.id;
    lock_users(tx.conn, &[user, other])?;
    if let Some(at) = queries::since(tx.conn, user, other)? {
        return Ok(at);
    }
    if queries::count(tx.conn, user)? >= MAX_BLOCKS {
        return Err(Error::BlockListFull.into());
    }
    let now = tx.env().now();
    queries::insert(tx.conn, user, other, now)?;
    let mut events = changed_events(user, other)?;
    if friends::queries::delete(tx.conn, user, other)? {
        events.extend(friends::removed_events(user, other)?);
    }
    if let Some(row) = requests::queries::between(tx.conn, user, other)? {
        requests::queries::delete(tx.conn, row.id)?;
        requests::resolve(tx, &row)?;
        events.extend(requests::removed_events(&row)?);
    }
    events.push(user_event(
        user,
        EventName::UserBlocked,
        &block_dto(blocked, now),
    )?);
    listener.blocked(tx, user, other)?;
    tx.emit_all(events)?;
    Ok(now)
}

/// Events for the server's own sockets of both users, which then reload who is hidden.
fn changed_events(one: UserId, other: UserId) -> Result<Vec<NewEvent>, AppError> {
    let event = |to| user_event(to, EventName::BlocksChanged, &BlocksChanged {});
    Ok(vec![event(one)?, event(other)?])
}
