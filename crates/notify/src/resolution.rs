//! Something is dealt with: what tells of it waits no longer.

use std::collections::{BTreeMap, BTreeSet};

use contract::notify::{BadgeChange, BadgeUpdate, NotificationId, Settled};
use db::Tx;
use jobs::BatchHandler;
use kernel::{AppError, UserId};
use outbox::{Emit, NewEvent};

use crate::rules::topic::WITHDRAWN;
use crate::service::{lock, stream_of};
use crate::store::notifications::{self, Line};
use crate::store::settled;

/// Reads notifications of what was dealt with, and removes those of what was taken back.
pub(crate) struct ResolveHandler;

impl BatchHandler<Settled> for ResolveHandler {
    fn run(&self, tx: &mut Tx<'_>, done: Vec<Settled>) -> Result<(), AppError> {
        settle(tx, done)
    }
}

/// What comes after this is held against the notes; what is there is read or goes.
fn settle(tx: &mut Tx<'_>, mut done: Vec<Settled>) -> Result<(), AppError> {
    let users: BTreeSet<UserId> = done.iter().map(|one| one.user_id).collect();
    lock(tx.conn, &users)?;
    for one in done.iter_mut().filter(|one| one.withdrawn) {
        one.place = WITHDRAWN;
    }
    let now = tx.env().now();
    settled::note_all(tx.conn, &furthest(&done), now)?;
    let (withdrawn, dealt_with): (Vec<_>, Vec<_>) = done.into_iter().partition(|one| one.withdrawn);
    let gone = notifications::about(tx.conn, &furthest(&withdrawn))?;
    notifications::remove_all(tx.conn, &ids_of(&gone))?;
    let read = notifications::waiting_for(tx.conn, &furthest(&dealt_with))?;
    notifications::mark_read(tx.conn, &ids_of(&read), now)?;
    let removed = changes(BadgeChange::Deleted, gone);
    tell_all(
        tx,
        removed.chain(changes(BadgeChange::Read, read)).collect(),
    )
}

/// Up to where each person has dealt with each subject.
fn furthest(done: &[Settled]) -> BTreeMap<(UserId, &str), i64> {
    let mut places = BTreeMap::new();
    for one in done {
        let place = places
            .entry((one.user_id, one.subject.as_str()))
            .or_insert(one.place);
        *place = one.place.max(*place);
    }
    places
}

pub(crate) fn ids_of(theirs: &[(UserId, Line)]) -> Vec<NotificationId> {
    theirs.iter().map(|(_, (id, _))| *id).collect()
}

/// What was done to notifications that some of a person's sockets show.
struct Change {
    user: UserId,
    change: BadgeChange,
    /// All of them where none are named.
    ids: Option<Vec<NotificationId>>,
}

/// The changes that there are to tell of: one for each person.
fn changes(change: BadgeChange, lines: Vec<(UserId, Line)>) -> impl Iterator<Item = Change> {
    let mut shown: BTreeMap<UserId, Vec<NotificationId>> = BTreeMap::new();
    for (user, (id, shows)) in lines {
        if shows {
            shown.entry(user).or_default().push(id);
        }
    }
    shown.into_iter().map(move |(user, ids)| Change {
        user,
        change,
        ids: Some(ids),
    })
}

/// Tells all sockets of people that these were removed, where any of them showed. Under the locks
/// of these people.
pub(crate) fn tell_removed(tx: &mut Tx<'_>, removed: Vec<(UserId, Line)>) -> Result<(), AppError> {
    let events = removed_events(tx, removed)?;
    tx.emit_all(events)
}

/// What all sockets of these people are to be told of that.
pub(crate) fn removed_events(
    tx: &mut Tx<'_>,
    removed: Vec<(UserId, Line)>,
) -> Result<Vec<NewEvent>, AppError> {
    events_of(tx, changes(BadgeChange::Deleted, removed).collect())
}

/// Tells all sockets of a person what was done to these notifications, or to all, and how many
/// wait now. Under the person's lock.
pub(crate) fn emit_badge_change(
    tx: &mut Tx<'_>,
    user: UserId,
    change: BadgeChange,
    ids: Option<Vec<NotificationId>>,
) -> Result<(), AppError> {
    tell_all(tx, vec![Change { user, change, ids }])
}

fn tell_all(tx: &mut Tx<'_>, changes: Vec<Change>) -> Result<(), AppError> {
    let events = events_of(tx, changes)?;
    tx.emit_all(events)
}

fn events_of(tx: &mut Tx<'_>, changes: Vec<Change>) -> Result<Vec<NewEvent>, AppError> {
    if changes.is_empty() {
        return Ok(vec![]);
    }
    let users = changes.iter().map(|change| change.user).collect();
    let badges = notifications::badges(tx.conn, &users)?;
    let event = |Change { user, change, ids }: Change| {
        let update = BadgeUpdate {
            change,
            all: ids.is_none(),
            ids: ids.unwrap_or_default(),
            unread: badges.get(&user).cloned().unwrap_or_default(),
        };
        NewEvent::new(stream_of(user), "badge_update", &update)
    };
    changes.into_iter().map(event).collect()
}
