//! What the sockets of a lobby are told of who is there. People across a block are not there for
//! each other: neither by name nor in the number.

use contract::rooms::{LobbyCount, LobbyMember, LobbyMembers};
use kernel::{AppError, Timestamp, UserId};
use serde::Serialize;

use super::{FEW, Names, Present, Roster, RosterEntry};
use crate::ws::connection::Connection;
use crate::ws::frame::Message;

/// The most names that a socket is shown at once.
const SHOWN: usize = 100;
/// The most changes that are told one by one.
const ONE_BY_ONE: usize = 20;

/// Who was there, who is there now, and what those of them are called who are to be named.
#[derive(Clone, Copy)]
pub(super) struct RosterChange<'a> {
    pub(super) before: &'a Present,
    pub(super) now: &'a Present,
    pub(super) names: &'a Names,
    pub(super) at: Timestamp,
}

/// Whose names are needed to tell of a change.
pub(super) struct WantedNames {
    pub(super) people: Vec<UserId>,
    /// Whether those are among them who are shown to sockets that are new.
    pub(super) shows: bool,
}

impl Roster {
    /// Whose names the sockets are told because of a change.
    pub(super) fn wanted_names(&self, before: &Present, now: &Present) -> WantedNames {
        let sockets = self.sockets();
        let hidden_present =
            |guest: &RosterEntry| guest.client.count_hidden(|user| now.contains(&user));
        let hidden = sockets.values().map(hidden_present).max().unwrap_or(0);
        let changes = || before.symmetric_difference(now);
        let is_new = sockets.values().any(|guest| !guest.shown);
        let shows = is_new || changes().count() > ONE_BY_ONE;
        let mut people = Present::new();
        if now.len() <= FEW + hidden {
            people.extend(changes());
        }
        if shows {
            people.extend(now.iter().take(SHOWN + hidden));
        }
        WantedNames {
            people: people.into_iter().collect(),
            shows,
        }
    }

    /// Tells the sockets the difference, and shows everybody to those who are new. Where it cannot
    /// be shown who is there, those who are new are left to the next look.
    pub(super) fn send(&self, change: &RosterChange<'_>, shows: bool) -> Result<(), AppError> {
        let news = News::of(change)?;
        let mut sockets = self.sockets();
        for guest in sockets.values_mut().filter(|guest| shows || guest.shown) {
            if guest.hides_any(change.before) || guest.hides_any(change.now) {
                let (before, now) = (guest.seen(change.before), guest.seen(change.now));
                let seen = RosterChange {
                    before: &before,
                    now: &now,
                    ..*change
                };
                guest.deliver(&News::of(&seen)?, &seen)?;
            } else {
                guest.deliver(&news, change)?;
            }
        }
        Ok(())
    }
}

impl RosterEntry {
    /// Whether one of these people is not there for this socket's person.
    fn hides_any(&self, people: &Present) -> bool {
        self.client.hides_any(|user| people.contains(&user))
    }

    /// Those of these people who are there for this socket's person.
    fn seen(&self, people: &Present) -> Present {
        let mut seen = people.clone();
        seen.retain(|user| !self.client.hides(*user));
        seen
    }

    fn deliver(&mut self, news: &News, change: &RosterChange<'_>) -> Result<(), AppError> {
        let shown = std::mem::replace(&mut self.shown, true);
        match news {
            _ if !shown => show_all(&self.client, change),
            News::Nothing => Ok(()),
            News::Some(messages) => {
                messages
                    .iter()
                    .for_each(|message| self.client.send(message));
                Ok(())
            }
            News::Much => show_all(&self.client, change),
        }
    }
}

/// What those are told who know how it was before.
enum News {
    Nothing,
    /// These, in this order.
    Some(Vec<Message>),
    /// Too much to tell one by one.
    Much,
}

impl News {
    fn of(change: &RosterChange<'_>) -> Result<Self, AppError> {
        let gone = change.before.difference(change.now);
        let come = change.now.difference(change.before);
        let gone = gone.map(|user| ("member_left", *user));
        let come = come.map(|user| ("member_joined", *user));
        let changes: Vec<(&str, UserId)> = gone.chain(come).collect();
        let (total, at) = (change.now.len(), change.at);
        Ok(match changes.len() {
            0 => Self::Nothing,
            _ if total > FEW => Self::Some(vec![Message::of(
                "member_count",
                &LobbyCount { total },
                at,
            )?]),
            1..=ONE_BY_ONE => {
                let told = changes
                    .into_iter()
                    .filter_map(|(name, user)| member(name, user, change));
                Self::Some(told.collect::<Result<_, _>>()?)
            }
            _ => Self::Much,
        })
    }
}

/// Somebody came or went.
fn member(
    name: &str,
    user: UserId,
    change: &RosterChange<'_>,
) -> Option<Result<Message, AppError>> {
    let user = change.names.get(&user)?.clone();
    let total = change.now.len();
    Some(Message::of(name, &LobbyMember { user, total }, change.at))
}

fn show_all(client: &Connection, change: &RosterChange<'_>) -> Result<(), AppError> {
    let shown = change.now.iter().take(SHOWN);
    let members = LobbyMembers {
        total: change.now.len(),
        members: shown
            .filter_map(|user| change.names.get(user).cloned())
            .collect(),
    };
    send(client, "members", &members, change.at)
}

fn send(
    client: &Connection,
    name: &str,
    data: &impl Serialize,
    at: Timestamp,
) -> Result<(), AppError> {
    client.send(&Message::of(name, data, at)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll, Waker};

    use cluster::{Cluster, Topic};
    use contract::users::UserSummary;
    use kernel::{Actor, Env, Role};
    use serde_json::Value;
    use tokio::sync::Notify;

    use super::*;
    use crate::ws::channel::{self, ChannelSpec};
    use crate::ws::frame::EnvelopeStyle;
    use crate::ws::queue::Queue;

    static CHANNEL: ChannelSpec = ChannelSpec {
        path: "/",
        style: EnvelopeStyle::Typed,
        follows_chats: false,
        shows_friends: false,
        forwards: channel::everything,
        rechecks_on: channel::nothing,
    };

    fn people(count: usize) -> Present {
        let env = Env::system();
        (0..count).map(|_| env.id()).collect()
    }

    fn named(id: UserId, username: &str) -> UserSummary {
        UserSummary {
            id,
            username: username.to_owned(),
            display_name: String::new(),
            avatar: String::new(),
            is_deleted: false,
        }
    }

    /// Tells of a change as a look does, with everybody's id for their name.
    fn change(roster: &Roster, before: &Present, now: &Present) {
        let wanted = roster.wanted_names(before, now);
        let name = |id: UserId| (id, named(id, &id.to_string()));
        let change = RosterChange {
            before,
            now,
            names: &wanted.people.into_iter().map(name).collect(),
            at: Timestamp::from_micros(0),
        };
        roster.send(&change, wanted.shows).unwrap();
    }

    /// A lobby with a socket for each of these, which hides so many of those who are there.
    fn lobby(now: &Present, hidden: &[usize]) -> (Roster, Vec<Arc<Connection>>) {
        let env = Env::system();
        let client = |(id, count): (u64, &usize)| {
            let actor = Actor {
                user: env.id(),
                session: env.id(),
                role: Role::Member,
                verified: true,
                proven_at: Timestamp::from_micros(0),
            };
            let client = Connection::new(id, actor, &CHANNEL, Arc::new(Queue::default()), None);
            let turn = client.turn_to_hide();
            client.hide(turn, now.iter().take(*count).copied().collect());
            Arc::new(client)
        };
        let clients: Vec<_> = (0..).zip(hidden).map(client).collect();
        let guest = |client: &Arc<Connection>| {
            let guest = RosterEntry {
                client: Arc::clone(client),
                shown: false,
            };
            (client.id, guest)
        };
        let sockets: HashMap<u64, RosterEntry> = clients.iter().map(guest).collect();
        let topic = Topic::of("company", 1);
        let roster = Roster {
            chat: env.id(),
            sockets: Mutex::new(sockets),
            wake: Notify::new(),
            _nudges: Cluster::local(&env).bus.subscribe(&topic),
            topic,
        };
        (roster, clients)
    }

    /// The name, the number and the names of what a socket was told.
    fn heard(client: &Connection) -> Vec<(String, u64, String)> {
        let mut context = Context::from_waker(Waker::noop());
        let mut bytes = vec![];
        while let Poll::Ready(Some(portion)) = client.queue.poll_next(&mut context) {
            bytes.extend_from_slice(&portion);
        }
        let mut told = vec![];
        let mut rest = bytes.as_slice();
        while let [_, length, after @ ..] = rest {
            let (start, length) = match length {
                126 => (2, usize::from(u16::from_be_bytes([after[0], after[1]]))),
                127 => (
                    8,
                    usize::try_from(u64::from_be_bytes(after[..8].try_into().unwrap())).unwrap(),
                ),
                length => (0, usize::from(*length)),
            };
            let (frame, next) = after[start..].split_at(length);
            let frame: Value = serde_json::from_slice(frame).unwrap();
            let name = frame["type"].as_str().unwrap().to_owned();
            let total = frame["data"]["total"].as_u64().unwrap();
            told.push((name, total, frame["data"].to_string()));
            rest = next;
        }
        told
    }

    fn in_short(told: &[(String, u64, String)]) -> Vec<(&str, u64)> {
        let told = told.iter();
        told.map(|(name, total, _)| (name.as_str(), *total))
            .collect()
    }

    #[tokio::test]
    async fn lobby_of_many_counts_nobody_across_a_block() {
        let mut now = people(205);
        let (roster, clients) = lobby(&now, &[5, 0]);
        let [blocks, sees] = clients.as_slice() else {
            panic!("two sockets");
        };
        let change = |before: &Present, now: &Present| {
            change(&roster, before, now);
            [heard(blocks), heard(sees)]
        };
        let [one, other] = change(&Present::new(), &now);
        assert_eq!(in_short(&one), [("members", 200)]);
        assert_eq!(in_short(&other), [("members", 205)]);
        let hidden: Vec<UserId> = now.iter().take(5).copied().collect();
        assert!(hidden.iter().all(|id| !one[0].2.contains(&id.to_string())));

        let before = now.clone();
        now.remove(&hidden[0]);
        let [one, other] = change(&before, &now);
        assert_eq!(in_short(&one), []);
        assert_eq!(in_short(&other), [("member_count", 204)]);
        let before = now.clone();
        now.insert(hidden[0]);
        let [one, other] = change(&before, &now);
        assert_eq!(in_short(&one), []);
        assert_eq!(in_short(&other), [("member_count", 205)]);

        let before = now.clone();
        now.extend(people(1));
        let [one, other] = change(&before, &now);
        assert_eq!(in_short(&one), [("member_count", 201)]);
        assert_eq!(in_short(&other), [("member_count", 206)]);
        let after = now.clone();
        let [one, other] = change(&after, &before);
        assert_eq!(in_short(&one), [("member_left", 200)]);
        assert_eq!(in_short(&other), [("member_count", 205)]);
    }

    #[tokio::test]
    async fn wanted_names_are_those_that_are_told() {
        let (few, many) = (people(10), people(205));
        let (roster, _) = lobby(&few, &[0]);
        let wanted = |before: &Present, now: &Present| roster.wanted_names(before, now).people;
        assert_eq!(wanted(&Present::new(), &few).len(), 10);
        assert_eq!(wanted(&Present::new(), &many).len(), SHOWN);
        change(&roster, &Present::new(), &few);
        assert_eq!(wanted(&few, &few), []);
        let mut fewer = few.clone();
        let left = fewer.pop_last().unwrap();
        assert_eq!(wanted(&few, &fewer), [left]);
        assert_eq!(wanted(&fewer, &few), [left]);
    }

    #[tokio::test]
    async fn who_leaves_is_called_as_they_are_called_then() {
        let before = people(1);
        let (roster, clients) = lobby(&before, &[0]);
        change(&roster, &Present::new(), &before);
        heard(&clients[0]);
        let id = *before.first().unwrap();
        let left = RosterChange {
            before: &before,
            now: &Present::new(),
            names: &Names::from([(id, named(id, "deleted-1"))]),
            at: Timestamp::from_micros(0),
        };
        roster.send(&left, false).unwrap();
        let told = heard(&clients[0]);
        assert_eq!(in_short(&told), [("member_left", 0)]);
        assert!(told[0].2.contains("deleted-1"), "{told:?}");
    }
}
