//! Asking to be friends.

pub(crate) mod store;

use ::store::{AnyConn, Event, Tx};
use contract::notify::Action;
use contract::social::{
    AddNewFriend, Asked, Direction, Friend, FriendRequest, FriendRequestRemoved, NewFriend,
};
use kernel::{Actor, Fault, PageRequest, Paged, Timestamp, UserId};

use crate::ports::Person;
use crate::rules::asking::{self, Next};
use crate::service::{event, lock, notify, settle};
use crate::{Error, Social, friends};
use contract::social::FriendRequestId;
use store::Row;

/// What a transaction has made of a request.
enum Outcome {
    Waits(Row),
    Friends { since: Timestamp },
}

impl Social {
    /// Asks somebody to be friends. Where they have asked already, both are friends at once;
    /// asking twice gives the same request.
    ///
    /// # Errors
    /// Says why not.
    pub async fn ask(&self, actor: &Actor, username: &str) -> Result<Asked, Fault> {
        let other = self.other(actor, username).await?;
        self.ask_person(actor, other.summary.id).await
    }

    /// The same, as the action `add_new_friend`.
    ///
    /// # Errors
    /// Says why not.
    pub async fn add_new_friend(
        &self,
        actor: &Actor,
        wanted: AddNewFriend,
    ) -> Result<Asked, Fault> {
        if wanted.sender_id != actor.user {
            return Err(Error::NotYourself.at("sender_id"));
        }
        if wanted.receiver_id == actor.user {
            return Err(Error::Oneself.at("receiver_id"));
        }
        self.ask_person(actor, wanted.receiver_id).await
    }

    async fn ask_person(&self, actor: &Actor, other: UserId) -> Result<Asked, Fault> {
        let [me, them] = self.both(actor.user, other).await?;
        let (mine, theirs) = (me.clone(), them.clone());
        let write = move |tx: &mut Tx<'_>| ask_in(tx, &mine, &theirs);
        match self.inner.store.write(write).await? {
            Outcome::Waits(row) => Ok(Asked::Requested {
                request: row.seen_by(actor.user, &them),
            }),
            Outcome::Friends { since } => {
                let friend = self.new_friend(&me, &them, since).await?;
                Ok(Asked::Friends { friend })
            }
        }
    }

    /// Accepts a request to me.
    ///
    /// # Errors
    /// It is not there any more, or a list is full.
    pub async fn accept(&self, actor: &Actor, id: FriendRequestId) -> Result<Friend, Fault> {
        let request = self.request(id).await?;
        if request.receiver_id != actor.user {
            return Err(Error::RequestNotFound.into());
        }
        let [me, them] = self.both(actor.user, request.sender_id).await?;
        let (mine, theirs) = (me.clone(), them.clone());
        let write = move |tx: &mut Tx<'_>| accept_in(tx, id, &mine, &theirs);
        let since = self.inner.store.write(write).await?;
        self.new_friend(&me, &them, since).await
    }

    /// Declines a request to me. The other one is not notified.
    ///
    /// # Errors
    /// It is not there any more.
    pub async fn decline(&self, actor: &Actor, id: FriendRequestId) -> Result<(), Fault> {
        let request = self.request(id).await?;
        if request.receiver_id != actor.user {
            return Err(Error::RequestNotFound.into());
        }
        let write = move |tx: &mut Tx<'_>| {
            remove_in(tx, &request)?;
            let now = tx.ambient().now();
            store::note_decline(tx.conn, request.sender_id, request.receiver_id, now)
        };
        self.inner.store.write(write).await
    }

    /// Takes a request of mine back.
    ///
    /// # Errors
    /// It is not there any more.
    pub async fn cancel(&self, actor: &Actor, id: FriendRequestId) -> Result<(), Fault> {
        let request = self.request(id).await?;
        if request.sender_id != actor.user {
            return Err(Error::RequestNotFound.into());
        }
        let write = move |tx: &mut Tx<'_>| remove_in(tx, &request);
        self.inner.store.write(write).await
    }

    /// The requests that wait, to me or of mine; the newest first.
    pub async fn requests(
        &self,
        actor: &Actor,
        direction: Direction,
        page: PageRequest,
    ) -> Result<Paged<FriendRequest>, Fault> {
        let user = actor.user;
        let read = move |conn: &mut AnyConn| store::page(conn, user, direction, page);
        let rows = self.inner.store.read(read).await?;
        let others: Vec<UserId> = rows.items.iter().map(|row| row.other(user)).collect();
        let people = self.inner.people.of(&others).await?;
        let shown = |row: Row| Some(row.seen_by(user, people.get(&row.other(user))?));
        Ok(Paged {
            items: rows.items.into_iter().filter_map(shown).collect(),
            total: rows.total,
        })
    }

    async fn request(&self, id: FriendRequestId) -> Result<Row, Fault> {
        let read = move |conn: &mut AnyConn| store::load(conn, id);
        let found = self.inner.store.read(read).await?;
        Ok(found.ok_or(Error::RequestNotFound)?)
    }

    /// What is to be done once a friendship is stored.
    async fn new_friend(
        &self,
        me: &Person,
        them: &Person,
        since: Timestamp,
    ) -> Result<Friend, Fault> {
        let presence = self.presence();
        if let Err(fault) = presence.introduce([me, them]).await {
            tracing::warn!(fault = %fault.chain(), "new friends were not shown to each other");
        }
        let id = them.summary.id;
        let seen = presence.seen(&[id], |_| them.shows_presence).await?;
        Ok(friends::friend(them, since, seen.get(&id).copied()))
    }
}

fn ask_in(tx: &mut Tx<'_>, me: &Person, them: &Person) -> Result<Outcome, Fault> {
    let (mine, theirs) = (me.summary.id, them.summary.id);
    lock(tx.conn, &[mine, theirs])?;
    let pending = store::between(tx.conn, mine, theirs)?;
    let now = tx.ambient().now();
    let mut standing = store::standing(tx.conn, mine, theirs, now)?;
    standing.takes_requests = them.takes_requests;
    standing.pending = pending.as_ref().map(|row| row.direction(mine));
    match (asking::ask(&standing)?, pending) {
        (Next::Befriend, Some(row)) => {
            befriend(tx, &row, me, them).map(|since| Outcome::Friends { since })
        }
        (_, Some(row)) => Ok(Outcome::Waits(row)),
        (_, None) => new_request(tx, me, them).map(Outcome::Waits),
    }
}

fn new_request(tx: &mut Tx<'_>, me: &Person, them: &Person) -> Result<Row, Fault> {
    let row = Row {
        id: tx.ambient().id(),
        sender_id: me.summary.id,
        receiver_id: them.summary.id,
        created_at: tx.ambient().now(),
    };
    store::insert(tx.conn, &row)?;
    let for_them = row.seen_by(row.receiver_id, me);
    notify(
        tx,
        row.receiver_id,
        Action::FriendRequest,
        &for_them,
        key_of(&row),
    )?;
    let for_me = row.seen_by(row.sender_id, them);
    tx.emit_all(vec![
        event(row.sender_id, "friend_request", &for_me)?.by(row.sender_id),
        event(row.receiver_id, "friend_request", &for_them)?.by(row.sender_id),
    ])?;
    Ok(row)
}

/// Names the notification of a request.
fn key_of(row: &Row) -> String {
    format!("friend_request:{}", row.id)
}

/// A request is over: its notification waits no longer.
pub(crate) fn settled(tx: &mut Tx<'_>, row: &Row) -> Result<(), Fault> {
    settle(tx, row.receiver_id, key_of(row))
}

/// Forgets all requests of and to a person.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<(), Fault> {
    for row in store::sent_by(tx.conn, user)? {
        settled(tx, &row)?;
    }
    store::forget(tx.conn, user)
}

fn accept_in(
    tx: &mut Tx<'_>,
    id: FriendRequestId,
    me: &Person,
    them: &Person,
) -> Result<Timestamp, Fault> {
    let (mine, theirs) = (me.summary.id, them.summary.id);
    lock(tx.conn, &[mine, theirs])?;
    let row = store::load(tx.conn, id)?.ok_or(Error::RequestNotFound)?;
    let now = tx.ambient().now();
    asking::befriend(&store::standing(tx.conn, mine, theirs, now)?)?;
    befriend(tx, &row, me, them)
}

/// Makes a friendship of a request, by the one who was asked.
fn befriend(tx: &mut Tx<'_>, row: &Row, me: &Person, them: &Person) -> Result<Timestamp, Fault> {
    let since = tx.ambient().now();
    let (mine, theirs) = (me.summary.id, them.summary.id);
    store::remove(tx.conn, row.id)?;
    store::forget_declines(tx.conn, mine, theirs)?;
    friends::store::insert(tx.conn, mine, theirs, since)?;
    let about = |other: &Person| NewFriend {
        user: other.summary.clone(),
        sender_id: row.sender_id,
        receiver_id: row.receiver_id,
        since,
    };
    let key = format!("new_friend:{}", row.id);
    notify(tx, theirs, Action::NewFriend, &about(me), key)?;
    settled(tx, row)?;
    tx.emit_all(vec![
        event(mine, "new_friend", &about(them))?.by(mine),
        event(theirs, "new_friend", &about(me))?.by(mine),
    ])?;
    Ok(since)
}

/// Ends a request without a friendship. Both hear that it is gone, and not why.
fn remove_in(tx: &mut Tx<'_>, row: &Row) -> Result<(), Fault> {
    lock(tx.conn, &[row.sender_id, row.receiver_id])?;
    if !store::remove(tx.conn, row.id)? {
        return Err(Error::RequestNotFound.into());
    }
    settled(tx, row)?;
    tx.emit_all(removed(row)?.into())
}

/// What both hear when a request ends.
pub(crate) fn removed(row: &Row) -> Result<[Event; 2], Fault> {
    let data = FriendRequestRemoved {
        id: row.id,
        sender_id: row.sender_id,
        receiver_id: row.receiver_id,
    };
    let told = |to| event(to, "friend_request_removed", &data);
    Ok([told(row.sender_id)?, told(row.receiver_id)?])
}
