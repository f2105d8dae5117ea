//! Who wants to have nothing to do with whom.

pub(crate) mod store;

use std::sync::Arc;

use contract::social::{Block, BlocksChanged, UserUnblocked};
use db::Tx;
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use outbox::{Emit, NewEvent};

use crate::ports::{BlockListener, Person};
use crate::rules::request_policy::MAX_BLOCKS;
use crate::service::{event, lock, other};
use crate::{Error, Social, friends, requests};

impl Social {
    /// Whom I have blocked; the newest first.
    pub async fn blocks(&self, actor: &Actor, page: PageRequest) -> Result<Page<Block>, AppError> {
        let user = actor.user;
        self.read(move |conn, people| {
            let rows = store::page(conn, user, page)?;
            let ids: Vec<UserId> = rows.items.iter().map(|(id, _)| *id).collect();
            let people = people.of(conn, &ids)?;
            let line = |(id, at): (UserId, Timestamp)| Some(block(people.get(&id)?, at));
            Ok(Page {
                items: rows.items.into_iter().filter_map(line).collect(),
                total: rows.total,
            })
        })
        .await
    }

    /// Blocks somebody: friendship, requests and invites end, and from now on neither is there for
    /// the other. Blocking twice changes nothing. Also somebody who has blocked me can be blocked,
    /// so that nobody keeps others from shutting them out.
    ///
    /// # Errors
    /// There is no such person, or the list is full.
    pub async fn block(&self, actor: &Actor, username: &str) -> Result<Block, AppError> {
        let (me, name) = (actor.user, username.to_owned());
        let partings = Arc::clone(&self.inner.partings);
        self.write_once(move |tx, people| {
            let them = other(tx.conn, people, me, &name)?;
            let at = block_in(tx, me, &them, &*partings)?;
            Ok(block(&them, at))
        })
        .await
    }

    /// Unblocks somebody. What the block has ended stays ended.
    ///
    /// # Errors
    /// They are not blocked, whether or not anybody has this name.
    pub async fn unblock(&self, actor: &Actor, username: &str) -> Result<(), AppError> {
        let (me, name) = (actor.user, username.to_owned());
        self.write(move |tx, people| {
            let named = people.named(tx.conn, &name)?;
            let other = named.ok_or(Error::NotBlocked)?.summary.id;
            lock(tx.conn, &[me, other])?;
            if !store::remove(tx.conn, me, other)? {
                return Err(Error::NotBlocked.into());
            }
            let mut events = changed(me, other)?;
            let data = UserUnblocked { user_id: other };
            events.push(event(me, "user_unblocked", &data)?);
            tx.emit_all(events)
        })
        .await
    }
}

fn block(person: &Person, created_at: Timestamp) -> Block {
    Block {
        user: person.summary.clone(),
        created_at,
    }
}

fn block_in(
    tx: &mut Tx<'_>,
    me: UserId,
    them: &Person,
    partings: &dyn BlockListener,
) -> Result<Timestamp, AppError> {
    let other = them.summary.id;
    lock(tx.conn, &[me, other])?;
    if let Some(at) = store::since(tx.conn, me, other)? {
        return Ok(at);
    }
    if store::count(tx.conn, me)? >= MAX_BLOCKS {
        return Err(Error::BlockListFull.into());
    }
    let now = tx.env().now();
    store::insert(tx.conn, me, other, now)?;
    let mut events = changed(me, other)?;
    if friends::store::remove(tx.conn, me, other)? {
        events.extend(friends::removed(me, other)?);
    }
    if let Some(row) = requests::store::between(tx.conn, me, other)? {
        requests::store::remove(tx.conn, row.id)?;
        requests::settled(tx, &row)?;
        events.extend(requests::removed(&row)?);
    }
    events.push(event(me, "user_blocked", &block(them, now))?);
    partings.blocked(tx, me, other)?;
    tx.emit_all(events)?;
    Ok(now)
}

/// What the sockets of both must know to hide one from the other.
fn changed(one: UserId, other: UserId) -> Result<Vec<NewEvent>, AppError> {
    let told = |to| event(to, "blocks_changed", &BlocksChanged {});
    Ok(vec![told(one)?, told(other)?])
}
