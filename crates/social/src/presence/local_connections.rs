//! What this node knows of its own connections, and what of it the registry has not heard yet.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use kernel::{SessionId, UserId};

use super::connection_slot::{ConnectionSlot, DisconnectReason};
use super::entry::{Entries, Entry};

/// The connections of this node.
#[derive(Debug, Default)]
pub(super) struct LocalConnections {
    seats: HashMap<UserId, Vec<TrackedConnection>>,
    changed: HashMap<UserId, RecheckReason>,
    /// To be taken out of the registry.
    gone: Vec<Member>,
    /// Closed or lost a moment ago, to be told to the registry.
    lost: Vec<Lost>,
    /// Closed or lost, and gone when their time has come; in the order of their ends.
    fading: VecDeque<(Duration, Member)>,
}

#[derive(Debug)]
struct TrackedConnection {
    seat: Arc<ConnectionSlot>,
    /// What the registry was told last.
    told: Option<Entry>,
}

/// Why somebody is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RecheckReason {
    /// Their node died: friends are told if they are not here any more.
    IfGone,
    /// Something changed here: friends are told if it makes a difference.
    Changed,
    /// Friends may have heard wrong: they are told again, except of those who hide.
    Again,
    /// Whether friends may know has changed: they are told what they may know now.
    PrivacyChanged,
    /// How the person wants to be seen has changed, and friends were not told: they are told.
    ChoiceChanged,
}

/// A connection that was closed or lost, and may come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) member: Member,
    pub(super) grace: Duration,
}

/// A member of the registry's set of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) entry: Entry,
}

/// What a person's connections of this node were before.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) why: RecheckReason,
    before: Vec<(String, Option<Entry>)>,
}

impl Change {
    /// The entries as they were before this change, whatever other nodes had.
    pub(super) fn undone(&self, now: Entries) -> Entries {
        let undo =
            |entries: Entries, (name, entry): &(String, Option<Entry>)| entries.with(name, *entry);
        self.before.iter().fold(now, undo)
    }
}

/// Changes on their way to the registry.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) changes: HashMap<UserId, Change>,
    pub(super) put: Vec<Member>,
    pub(super) lost: Vec<Lost>,
    pub(super) gone: Vec<Member>,
}

impl LocalConnections {
    /// A new connection.
    pub(super) fn add(&mut self, seat: Arc<ConnectionSlot>) {
        self.mark(seat.user, RecheckReason::Changed);
        let held = TrackedConnection { seat, told: None };
        self.seats.entry(held.seat.user).or_default().push(held);
    }

    /// A connection that ended.
    pub(super) fn remove(&mut self, seat: &ConnectionSlot, leaving: DisconnectReason) {
        let Some(held) = self.take_seat(seat) else {
            return;
        };
        // The registry never heard of it: nobody has to be told.
        let Some(entry) = held.told else { return };
        let member = Member {
            user: seat.user,
            name: seat.name.clone(),
            entry,
        };
        let grace = leaving.grace();
        if grace.is_zero() {
            self.take_left_behind(seat.user, entry.session());
            self.gone.push(member);
        } else {
            self.lost.push(Lost { member, grace });
        }
        self.mark(seat.user, RecheckReason::Changed);
    }

    /// Whoever signs out is gone with the tabs of that session that were closed a moment ago.
    fn take_left_behind(&mut self, user: UserId, session: Option<SessionId>) {
        let left_behind = |member: &Member| {
            member.user == user && session.is_some() && member.entry.session() == session
        };
        let lost = self.lost.extract_if(.., |lost| left_behind(&lost.member));
        self.gone.extend(lost.map(|lost| lost.member));
        let fading = self.fading.iter().map(|(_, member)| member);
        self.gone
            .extend(fading.filter(|member| left_behind(member)).cloned());
        self.fading.retain(|(_, member)| !left_behind(member));
    }

    fn take_seat(&mut self, seat: &ConnectionSlot) -> Option<TrackedConnection> {
        let seats = self.seats.get_mut(&seat.user)?;
        let index = seats.iter().position(|held| held.seat.name == seat.name)?;
        let held = seats.swap_remove(index);
        if seats.is_empty() {
            self.seats.remove(&seat.user);
        }
        Some(held)
    }

    /// Asks for a look at somebody.
    pub(super) fn mark(&mut self, user: UserId, why: RecheckReason) {
        let known = self.changed.entry(user).or_insert(why);
        *known = why.max(*known);
    }

    /// Asks for a look at everybody who is connected here.
    pub(super) fn mark_all(&mut self) {
        let users: Vec<UserId> = self.seats.keys().copied().collect();
        users
            .into_iter()
            .for_each(|user| self.mark(user, RecheckReason::Again));
    }

    /// Asks for a look at those whom time has changed.
    pub(super) fn mark_due(&mut self, now: Duration) {
        let differs = |held: &TrackedConnection| held.told != Some(held.seat.entry(now));
        let due = |(user, seats): (&UserId, &Vec<TrackedConnection>)| {
            seats.iter().any(differs).then_some(*user)
        };
        let users: Vec<UserId> = self.seats.iter().filter_map(due).collect();
        users
            .into_iter()
            .for_each(|user| self.mark(user, RecheckReason::Changed));
    }

    /// Everything that the registry has to hear, and forgets that it has to.
    pub(super) fn take(&mut self, now: Duration) -> Batch {
        self.let_fade(now);
        let mut batch = Batch {
            lost: std::mem::take(&mut self.lost),
            gone: std::mem::take(&mut self.gone),
            ..Batch::default()
        };
        for (user, why) in std::mem::take(&mut self.changed) {
            let before = self.collect_changes(user, why, now, &mut batch.put);
            batch.changes.insert(user, Change { why, before });
        }
        let lost = batch.lost.iter().map(|lost| &lost.member);
        for member in batch.gone.iter().chain(lost) {
            let was = (member.name.clone(), Some(member.entry));
            if let Some(change) = batch.changes.get_mut(&member.user) {
                change.before.push(was);
            }
        }
        for lost in &batch.lost {
            self.fade(now + lost.grace, lost.member.clone());
        }
        batch
    }

    /// Notes when a connection is gone for good.
    fn fade(&mut self, ends: Duration, member: Member) {
        let index = self.fading.partition_point(|(other, _)| *other <= ends);
        self.fading.insert(index, (ends, member));
    }

    fn let_fade(&mut self, now: Duration) {
        while let Some((ends, _)) = self.fading.front()
            && *ends <= now
            && let Some((_, member)) = self.fading.pop_front()
        {
            self.mark(member.user, RecheckReason::Changed);
            self.gone.push(member);
        }
    }

    /// Puts what is new of somebody's connections, and says what it was before.
    fn collect_changes(
        &mut self,
        user: UserId,
        why: RecheckReason,
        now: Duration,
        put: &mut Vec<Member>,
    ) -> Vec<(String, Option<Entry>)> {
        let mut before = Vec::new();
        for held in self.seats.get_mut(&user).into_iter().flatten() {
            let entry = held.seat.entry(now);
            let told = held.told.replace(entry);
            if told == Some(entry) && why <= RecheckReason::Changed {
                continue;
            }
            let name = held.seat.name.clone();
            before.push((name.clone(), told));
            put.push(Member { user, name, entry });
        }
        before
    }

    /// The registry did not hear of it: once more, and whoever it is about is told anyway.
    pub(super) fn put_back(&mut self, batch: Batch) {
        let is_lost = |member: &Member| batch.lost.iter().any(|lost| lost.member == *member);
        self.fading.retain(|(_, member)| !is_lost(member));
        self.lost.extend(batch.lost);
        self.gone.extend(batch.gone);
        for (user, change) in batch.changes {
            let why = match change.why {
                RecheckReason::Changed => RecheckReason::Again,
                why => why,
            };
            self.mark(user, why);
        }
    }

    /// All connections of this node as the registry should have them.
    pub(super) fn all(&self, now: Duration) -> Vec<Member> {
        let member = |held: &TrackedConnection| Member {
            user: held.seat.user,
            name: held.seat.name.clone(),
            entry: held.seat.entry(now),
        };
        self.seats.values().flatten().map(member).collect()
    }

    /// One person's connections of this node.
    pub(super) fn of(&self, user: UserId, now: Duration) -> Entries {
        let entry = |held: &TrackedConnection| (held.seat.name.clone(), held.seat.entry(now));
        let held = self.seats.get(&user).into_iter().flatten();
        Entries::new(held.map(entry).collect())
    }

    /// Somebody did something outside of a connection. Whether they are connected here, and
    /// whether it changes how they are seen.
    pub(super) fn acted(&self, user: UserId, now: Duration) -> (bool, bool) {
        let seats = self.seats.get(&user);
        let woke = seats
            .into_iter()
            .flatten()
            .fold(false, |woke, held| held.seat.act(now) | woke);
        (seats.is_some(), woke)
    }

    /// Who did something since then.
    pub(super) fn active_since(&self, then: Duration) -> Vec<UserId> {
        let active =
            |seats: &Vec<TrackedConnection>| seats.iter().any(|held| held.seat.acted_since(then));
        let users = self.seats.iter().filter(|(_, seats)| active(seats));
        users.map(|(user, _)| *user).collect()
    }

    /// When the next lost connection is gone for good.
    pub(super) fn next_end(&self) -> Option<Duration> {
        self.fading.front().map(|(ends, _)| *ends)
    }
}
