//! Asking to be friends.

mod ended;
pub(crate) mod store;

use contract::notify::Action;
use contract::social::{
    AddNewFriend, Asked, Direction, Friend, FriendRequest, FriendRequestRemoved, NewFriend,
};
use db::{AnyConn, Tx};
use kernel::error::Common;
use kernel::{Actor, AppError, Page, PageRequest, Timestamp, UserId};
use outbox::{Emit, NewEvent};
use serde::{Deserialize, Serialize};

use crate::ports::{People, Person};
use crate::rules::request_policy::{self, Next};
use crate::service::{both, event, lock, notify, other, settle, withdraw};
use crate::{Error, Social, friends};
use contract::social::FriendRequestId;
use ended::Outcome;
use store::Row;

/// What asking has come to.
#[derive(Serialize, Deserialize)]
enum AskResult {
    Waits(FriendRequest),
    Friends(Friendship),
}

/// A friendship that is stored.
#[derive(Serialize, Deserialize)]
struct Friendship {
    me: Person,
    them: Person,
    since: Timestamp,
}

impl Social {
    /// Asks somebody to be friends. Where they have asked already, both are friends at once;
    /// asking twice gives the same request.
    ///
    /// # Errors
    /// Says why not.
    pub async fn ask(&self, actor: &Actor, username: &str) -> Result<Asked, AppError> {
        let (me, name) = (actor.user, username.to_owned());
        let write = move |tx: &mut Tx<'_>, people: &dyn People| {
            let them = other(tx.conn, people, me, &name)?.summary.id;
            ask_in(tx, people, me, them)
        };
        let result = self.write_once(write).await?;
        Ok(self.asked(result).await)
    }

    /// The same, as the action `add_new_friend`.
    ///
    /// # Errors
    /// Says why not.
    pub async fn add_new_friend(
        &self,
        actor: &Actor,
        wanted: AddNewFriend,
    ) -> Result<Asked, AppError> {
        if wanted.sender_id != actor.user {
            return Err(Error::NotYourself.on_field("sender_id"));
        }
        if wanted.receiver_id == actor.user {
            return Err(Common::Oneself.on_field("receiver_id"));
        }
        let (me, them) = (wanted.sender_id, wanted.receiver_id);
        let write = move |tx: &mut Tx<'_>, people: &dyn People| ask_in(tx, people, me, them);
        let result = self.write(write).await?;
        Ok(self.asked(result).await)
    }

    async fn asked(&self, result: AskResult) -> Asked {
        match result {
            AskResult::Waits(request) => Asked::Requested { request },
            AskResult::Friends(friendship) => Asked::Friends {
                friend: self.new_friend(friendship).await,
            },
        }
    }

    /// Accepts a request to me. Accepting twice gives the same friend.
    ///
    /// # Errors
    /// It is not there any more, or a list is full.
    pub async fn accept(&self, actor: &Actor, id: FriendRequestId) -> Result<Friend, AppError> {
        let me = actor.user;
        let write = move |tx: &mut Tx<'_>, people: &dyn People| accept_in(tx, people, me, id);
        let friendship = self.write(write).await?;
        Ok(self.new_friend(friendship).await)
    }

    /// Declines a request to me. The other one is not notified. Declining twice is declining once.
    ///
    /// # Errors
    /// It is not there any more.
    pub async fn decline(&self, actor: &Actor, id: FriendRequestId) -> Result<(), AppError> {
        let me = actor.user;
        self.write(move |tx, _| end_in(tx, me, id, Outcome::Declined))
            .await
    }

    /// Takes a request of mine back. Taking it back twice is taking it back once.
    ///
    /// # Errors
    /// It is not there any more.
    pub async fn cancel(&self, actor: &Actor, id: FriendRequestId) -> Result<(), AppError> {
        let me = actor.user;
        self.write(move |tx, _| end_in(tx, me, id, Outcome::Canceled))
            .await
    }

    /// The requests that wait, to me or of mine; the newest first.
    pub async fn requests(
        &self,
        actor: &Actor,
        direction: Direction,
        page: PageRequest,
    ) -> Result<Page<FriendRequest>, AppError> {
        let user = actor.user;
        self.read(move |conn, people| {
            let rows = store::page(conn, user, direction, page)?;
            let others: Vec<UserId> = rows.items.iter().map(|row| row.other(user)).collect();
            let people = people.of(conn, &others)?;
            let shown = |row: Row| Some(row.seen_by(user, people.get(&row.other(user))?));
            Ok(Page {
                items: rows.items.into_iter().filter_map(shown).collect(),
                total: rows.total,
            })
        })
        .await
    }

    /// What is to be done once a friendship is stored. Nothing of it can undo the friendship, so
    /// none of it fails: while presence is away the friend is shown as offline, and both are told
    /// how they find each other as soon as it is back.
    async fn new_friend(&self, friendship: Friendship) -> Friend {
        let Friendship { me, them, since } = friendship;
        let (presence, id) = (self.presence(), them.summary.id);
        if let Err(error) = presence.announce_friendship([&me, &them]).await {
            tracing::warn!(error = %error.chain(), "new friends were not shown to each other");
            presence.announce_friendship_later([me.summary.id, id]);
        }
        let seen = presence.seen(&[id], |_| them.shows_presence).await;
        let seen = seen.unwrap_or_else(|error| {
            tracing::warn!(error = %error.chain(), "a new friend was answered as offline");
            std::collections::HashMap::new()
        });
        friends::friend(&them, since, seen.get(&id).copied())
    }
}

fn ask_in(
    tx: &mut Tx<'_>,
    people: &dyn People,
    me: UserId,
    them: UserId,
) -> Result<AskResult, AppError> {
    lock(tx.conn, &[me, them])?;
    let [mine, theirs] = both(tx.conn, people, me, them)?;
    let pending = store::between(tx.conn, me, them)?;
    let now = tx.env().now();
    let mut standing = store::standing(tx.conn, me, them, now)?;
    standing.takes_requests = theirs.takes_requests;
    standing.pending = pending.as_ref().map(|row| row.direction(me));
    let row = match (request_policy::ask(&standing)?, pending) {
        (Next::Befriend, Some(row)) => {
            return befriend(tx, &row, mine, theirs).map(AskResult::Friends);
        }
        (_, Some(row)) => row,
        (_, None) => new_request(tx, &mine, &theirs)?,
    };
    Ok(AskResult::Waits(row.seen_by(me, &theirs)))
}

fn new_request(tx: &mut Tx<'_>, me: &Person, them: &Person) -> Result<Row, AppError> {
    let row = Row {
        id: tx.env().id(),
        sender_id: me.summary.id,
        receiver_id: them.summary.id,
        created_at: tx.env().now(),
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
pub(crate) fn settled(tx: &mut Tx<'_>, row: &Row) -> Result<(), AppError> {
    settle(tx, row.receiver_id, key_of(row))
}

/// A request was taken back: its notification goes.
fn withdrawn(tx: &mut Tx<'_>, row: &Row) -> Result<(), AppError> {
    withdraw(tx, row.receiver_id, key_of(row))
}

/// Forgets a batch of what is over.
pub(crate) fn prune(tx: &mut Tx<'_>) -> Result<usize, AppError> {
    let now = tx.env().now();
    Ok(ended::prune(tx.conn, now)? + store::prune_declines(tx.conn, now)?)
}

/// Forgets all requests of and to a person.
pub(crate) fn forget(tx: &mut Tx<'_>, user: UserId) -> Result<(), AppError> {
    for row in store::sent_by(tx.conn, user)? {
        withdrawn(tx, &row)?;
    }
    ended::forget(tx.conn, user)?;
    store::forget(tx.conn, user)
}

fn accept_in(
    tx: &mut Tx<'_>,
    people: &dyn People,
    me: UserId,
    id: FriendRequestId,
) -> Result<Friendship, AppError> {
    let (sender, receiver) = sides(tx.conn, id)?;
    if receiver != me {
        return Err(Error::RequestNotFound.into());
    }
    lock(tx.conn, &[me, sender])?;
    let [mine, theirs] = both(tx.conn, people, me, sender)?;
    let Some(row) = store::load(tx.conn, id)? else {
        return accepted_before(tx.conn, id, mine, theirs);
    };
    let now = tx.env().now();
    request_policy::befriend(&store::standing(tx.conn, me, sender, now)?)?;
    befriend(tx, &row, mine, theirs)
}

/// The friendship that came of a request, as long as it lasts.
fn accepted_before(
    conn: &mut AnyConn,
    id: FriendRequestId,
    me: Person,
    them: Person,
) -> Result<Friendship, AppError> {
    let since = friends::store::since(conn, me.summary.id, them.summary.id)?;
    let accepted = ended::outcome(conn, id)? == Some(Outcome::Accepted);
    let since = since.filter(|_| accepted).ok_or(Error::RequestNotFound)?;
    Ok(Friendship { me, them, since })
}

/// Who has asked whom, whether or not the request waits any more.
fn sides(conn: &mut AnyConn, id: FriendRequestId) -> Result<(UserId, UserId), AppError> {
    if let Some(row) = store::load(conn, id)? {
        return Ok((row.sender_id, row.receiver_id));
    }
    Ok(ended::sides(conn, id)?.ok_or(Error::RequestNotFound)?)
}

/// Makes a friendship of a request, by the one who was asked.
fn befriend(tx: &mut Tx<'_>, row: &Row, me: Person, them: Person) -> Result<Friendship, AppError> {
    let since = tx.env().now();
    let (mine, theirs) = (me.summary.id, them.summary.id);
    store::remove(tx.conn, row.id)?;
    ended::insert(tx.conn, row, Outcome::Accepted, since)?;
    store::forget_declines(tx.conn, mine, theirs)?;
    friends::store::insert(tx.conn, mine, theirs, since)?;
    let about = |other: &Person| NewFriend {
        user: other.summary.clone(),
        sender_id: row.sender_id,
        receiver_id: row.receiver_id,
        since,
    };
    let key = format!("new_friend:{}", row.id);
    notify(tx, theirs, Action::NewFriend, &about(&me), key)?;
    settled(tx, row)?;
    tx.emit_all(vec![
        event(mine, "new_friend", &about(&them))?.by(mine),
        event(theirs, "new_friend", &about(&me))?.by(mine),
    ])?;
    Ok(Friendship { me, them, since })
}

/// Ends a request of or to me without a friendship. Both hear that it is gone, and not why.
fn end_in(
    tx: &mut Tx<'_>,
    me: UserId,
    id: FriendRequestId,
    outcome: Outcome,
) -> Result<(), AppError> {
    let (sender, receiver) = sides(tx.conn, id)?;
    if outcome.by(sender, receiver) != me {
        return Err(Error::RequestNotFound.into());
    }
    lock(tx.conn, &[sender, receiver])?;
    let Some(row) = store::load(tx.conn, id)? else {
        let same = ended::outcome(tx.conn, id)? == Some(outcome);
        return same
            .then_some(())
            .ok_or_else(|| Error::RequestNotFound.into());
    };
    let now = tx.env().now();
    store::remove(tx.conn, id)?;
    ended::insert(tx.conn, &row, outcome, now)?;
    if outcome == Outcome::Declined {
        store::note_decline(tx.conn, sender, receiver, now)?;
    }
    match outcome {
        Outcome::Canceled => withdrawn(tx, &row)?,
        Outcome::Accepted | Outcome::Declined => settled(tx, &row)?,
    }
    tx.emit_all(removed(&row)?.into())
}

/// What both hear when a request ends.
pub(crate) fn removed(row: &Row) -> Result<[NewEvent; 2], AppError> {
    let data = FriendRequestRemoved {
        id: row.id,
        sender_id: row.sender_id,
        receiver_id: row.receiver_id,
    };
    let told = |to| event(to, "friend_request_removed", &data);
    Ok([told(row.sender_id)?, told(row.receiver_id)?])
}
