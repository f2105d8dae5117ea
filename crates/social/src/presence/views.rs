//! Who is around, for those who ask.

use std::collections::HashMap;

use contract::social::{ChosenStatus, OwnStatus, Presence};
use db::AnyConn;
use kernel::error::ErrorKind;
use kernel::{Actor, AppError, SessionId, UserId};

use super::announce::seen;
use super::entry::Entries;
use super::{PresenceService, set_of, store};
use crate::ports::People;
use crate::rules::presence_policy::State;

/// How I am seen and connected.
pub(super) fn own_status(chosen: ChosenStatus, entries: &Entries) -> OwnStatus {
    OwnStatus {
        status: chosen,
        presence: seen(entries, chosen),
        connections: entries.open_sessions().count(),
    }
}

impl PresenceService {
    /// How those of these people who are friends of the viewer can be found; the others are left
    /// out, as offline.
    pub async fn of_friends(
        &self,
        viewer: UserId,
        others: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, AppError> {
        // Most people are away, which is known without the database.
        let here = self.here(others).await?;
        let asked: Vec<UserId> = here.keys().copied().collect();
        if asked.is_empty() {
            return Ok(HashMap::new());
        }
        let read = move |conn: &mut AnyConn, people: &dyn People| {
            let friends = store::friends_among(conn, viewer, &asked)?;
            let ids: Vec<UserId> = friends.keys().copied().collect();
            Ok((people.of(conn, &ids)?, friends))
        };
        let (people, friends) = self.read(read).await?;
        let seen = here.into_iter().filter_map(|(user, entries)| {
            let shows = people.get(&user)?.shows_presence;
            shows.then_some((user, seen(&entries, *friends.get(&user)?)))
        });
        Ok(seen.collect())
    }

    /// How these people are seen by their friends.
    pub(crate) async fn seen(
        &self,
        users: &[UserId],
        shows: impl Fn(&UserId) -> bool,
    ) -> Result<HashMap<UserId, Presence>, AppError> {
        let shown: Vec<UserId> = users.iter().copied().filter(shows).collect();
        self.as_they_chose(self.here(&shown).await?).await
    }

    /// Those of these people who are there, by their entries.
    async fn here(&self, users: &[UserId]) -> Result<HashMap<UserId, Entries>, AppError> {
        let entries = self.entries_or_own(users).await?;
        let all = users.iter().copied().zip(entries);
        Ok(all
            .filter(|(_, entries)| entries.states().next().is_some())
            .collect())
    }

    /// How people who are there are seen.
    async fn as_they_chose(
        &self,
        here: HashMap<UserId, Entries>,
    ) -> Result<HashMap<UserId, Presence>, AppError> {
        if here.is_empty() {
            return Ok(HashMap::new());
        }
        let users: Vec<UserId> = here.keys().copied().collect();
        let read = move |conn: &mut _| store::chosen(conn, &users);
        let chosen = self.parts().store.read(read).await?;
        let seen = here.into_iter().map(|(user, entries)| {
            let chosen = chosen.get(&user).copied().unwrap_or_default();
            (user, seen(&entries, chosen))
        });
        Ok(seen.collect())
    }

    /// Which of these people play a match now.
    pub async fn playing(&self, users: &[UserId]) -> Result<Vec<UserId>, AppError> {
        let entries = self.entries_or_own(users).await?;
        let playing = users.iter().zip(entries);
        Ok(playing
            .filter(|(_, entries)| entries.playing())
            .map(|(user, _)| *user)
            .collect())
    }

    /// Whether this person uses a tab or device that is connected now, also where they hide it.
    pub async fn is_active(&self, user: UserId) -> Result<bool, AppError> {
        let entries = self.entries_or_own(&[user]).await?;
        let mut states = entries.iter().flat_map(Entries::states);
        Ok(states.any(|state| state == State::Active))
    }

    /// How many tabs and devices of mine are connected, by the session they came with.
    pub async fn connections(&self, actor: &Actor) -> Result<HashMap<SessionId, usize>, AppError> {
        let mut counts = HashMap::new();
        for entries in self.entries_or_own(&[actor.user]).await? {
            for session in entries.open_sessions() {
                *counts.entry(session).or_default() += 1;
            }
        }
        Ok(counts)
    }

    /// How I want to be seen and am seen.
    pub(crate) async fn own(&self, actor: &Actor) -> Result<OwnStatus, AppError> {
        let chosen = self.chosen(actor.user).await?;
        let entries = self.entries_or_own(&[actor.user]).await?;
        Ok(own_status(
            chosen,
            &entries.into_iter().next().unwrap_or_default(),
        ))
    }

    /// The entries of these people on all nodes, in one round trip.
    pub(super) async fn entries(&self, users: &[UserId]) -> Result<Vec<Entries>, AppError> {
        if users.is_empty() {
            return Ok(vec![]);
        }
        let sets: Vec<String> = users.iter().map(|user| set_of(*user)).collect();
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        let listed = self.parts().expiring_sets.list(&sets).await?;
        Ok(listed.into_iter().map(Entries::from_iter).collect())
    }

    /// The same; while the registry is away, what this node knows by itself.
    pub(super) async fn entries_or_own(&self, users: &[UserId]) -> Result<Vec<Entries>, AppError> {
        match self.entries(users).await {
            Err(error) if error.code().kind == ErrorKind::Unavailable => {
                let (local, now) = (self.local(), self.monotonic());
                Ok(users.iter().map(|user| local.of(*user, now)).collect())
            }
            entries => entries,
        }
    }
}
