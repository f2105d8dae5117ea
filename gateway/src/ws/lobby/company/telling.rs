//! What the sockets of a lobby are told of who is there. People across a block are not there for
//! each other: neither by name nor in the number.

use contract::rooms::{LobbyCount, LobbyMember, LobbyMembers};
use contract::users::UserSummary;
use kernel::{AppError, Timestamp};
use serde::Serialize;

use super::{Company, FEW, Guest, Known};
use crate::ws::client::Client;
use crate::ws::frame::Message;

/// The most names that a socket is shown at once.
const SHOWN: usize = 100;
/// The most changes that are told one by one.
const ONE_BY_ONE: usize = 20;

impl Company {
    /// Tells the sockets the difference, and shows everybody to those who are new.
    pub(super) fn tell(&self, before: &Known, now: &Known, at: Timestamp) -> Result<(), AppError> {
        let news = News::between(before, now, at)?;
        for guest in self.sockets().values_mut() {
            if guest.hides_any(before) || guest.hides_any(now) {
                let (before, now) = (guest.seen(before), guest.seen(now));
                guest.hear(&News::between(&before, &now, at)?, &now, at)?;
            } else {
                guest.hear(&news, now, at)?;
            }
        }
        Ok(())
    }
}

impl Guest {
    /// Whether one of these people is not there for this socket's person.
    fn hides_any(&self, people: &Known) -> bool {
        self.client.hides_any(|user| people.contains_key(&user))
    }

    /// Those of these people who are there for this socket's person.
    fn seen(&self, people: &Known) -> Known {
        let mut seen = people.clone();
        seen.retain(|user, _| !self.client.hides(*user));
        seen
    }

    fn hear(&mut self, news: &News, now: &Known, at: Timestamp) -> Result<(), AppError> {
        let shown = std::mem::replace(&mut self.shown, true);
        match news {
            _ if !shown => show_all(&self.client, now, at),
            News::Nothing => Ok(()),
            News::Some(messages) => {
                messages
                    .iter()
                    .for_each(|message| self.client.tell(message));
                Ok(())
            }
            News::Much => show_all(&self.client, now, at),
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
    fn between(before: &Known, now: &Known, at: Timestamp) -> Result<Self, AppError> {
        let gone = before.iter().filter(|(user, _)| !now.contains_key(user));
        let come = now.iter().filter(|(user, _)| !before.contains_key(user));
        let gone = gone.map(|(_, person)| ("member_left", person));
        let come = come.map(|(_, person)| ("member_joined", person));
        let changes: Vec<(&str, &UserSummary)> = gone.chain(come).collect();
        let total = now.len();
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
                    .map(|(name, person)| change(name, person, total, at));
                Self::Some(told.collect::<Result<_, _>>()?)
            }
            _ => Self::Much,
        })
    }
}

/// Somebody came or went.
fn change(
    name: &str,
    person: &UserSummary,
    total: usize,
    at: Timestamp,
) -> Result<Message, AppError> {
    let user = person.clone();
    Message::of(name, &LobbyMember { user, total }, at)
}

fn show_all(client: &Client, now: &Known, at: Timestamp) -> Result<(), AppError> {
    let members = LobbyMembers {
        total: now.len(),
        members: now.values().take(SHOWN).cloned().collect(),
    };
    tell(client, "members", &members, at)
}

fn tell(client: &Client, name: &str, data: &impl Serialize, at: Timestamp) -> Result<(), AppError> {
    client.tell(&Message::of(name, data, at)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll, Waker};

    use cluster::{Cluster, Topic};
    use kernel::{Actor, Env, Role, UserId};
    use serde_json::Value;
    use tokio::sync::Notify;

    use super::*;
    use crate::ws::frame::Dialect;
    use crate::ws::manner::{self, Manner};
    use crate::ws::queue::Queue;

    static MANNER: Manner = Manner {
        dialect: Dialect::Typed,
        follows_chats: false,
        shows_friends: false,
        hears: manner::everything,
        minds: manner::nothing,
    };

    fn people(count: usize) -> Known {
        let env = Env::system();
        let person = |_| {
            let id: UserId = env.id();
            let summary = UserSummary {
                id,
                username: id.to_string(),
                display_name: String::new(),
                avatar: String::new(),
                is_deleted: false,
            };
            (id, summary)
        };
        (0..count).map(person).collect()
    }

    /// A lobby with a socket for each of these, which hides so many of those who are there.
    fn lobby(now: &Known, hidden: &[usize]) -> (Company, Vec<Arc<Client>>) {
        let env = Env::system();
        let client = |(id, count): (u64, &usize)| {
            let actor = Actor {
                user: env.id(),
                session: env.id(),
                role: Role::Member,
                verified: true,
                proven_at: Timestamp::from_micros(0),
            };
            let client = Client::new(id, actor, &MANNER, Arc::new(Queue::default()), None);
            let turn = client.turn_to_hide();
            client.hide(turn, now.keys().take(*count).copied().collect());
            Arc::new(client)
        };
        let clients: Vec<_> = (0..).zip(hidden).map(client).collect();
        let guest = |client: &Arc<Client>| {
            let guest = Guest {
                client: Arc::clone(client),
                shown: false,
            };
            (client.id, guest)
        };
        let sockets: HashMap<u64, Guest> = clients.iter().map(guest).collect();
        let topic = Topic::of("company", 1);
        let company = Company {
            chat: env.id(),
            sockets: Mutex::new(sockets),
            wake: Notify::new(),
            _nudges: Cluster::local(&env).bus.subscribe(&topic),
            topic,
        };
        (company, clients)
    }

    /// The name, the number and the names of what a socket was told.
    fn heard(client: &Client) -> Vec<(String, u64, String)> {
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
        let at = Timestamp::from_micros(0);
        let mut now = people(205);
        let (company, clients) = lobby(&now, &[5, 0]);
        let [blocks, sees] = clients.as_slice() else {
            panic!("two sockets");
        };
        let change = |before: &Known, now: &Known| {
            company.tell(before, now, at).unwrap();
            [heard(blocks), heard(sees)]
        };
        let [one, other] = change(&Known::new(), &now);
        assert_eq!(in_short(&one), [("members", 200)]);
        assert_eq!(in_short(&other), [("members", 205)]);
        let hidden: Vec<UserId> = now.keys().take(5).copied().collect();
        assert!(hidden.iter().all(|id| !one[0].2.contains(&id.to_string())));

        let before = now.clone();
        let gone = now.remove(&hidden[0]);
        let [one, other] = change(&before, &now);
        assert_eq!(in_short(&one), []);
        assert_eq!(in_short(&other), [("member_count", 204)]);
        let before = now.clone();
        now.extend(gone.map(|person| (hidden[0], person)));
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
}
