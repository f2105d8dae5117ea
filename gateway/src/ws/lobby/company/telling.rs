//! What the sockets of a lobby are told of who is there. People across a block are not there for
//! each other: neither by name nor in the number.

use contract::rooms::{LobbyCount, LobbyMember, LobbyMembers};
use contract::users::UserSummary;
use kernel::{Fault, Timestamp};
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
    pub(super) fn tell(&self, before: &Known, now: &Known, at: Timestamp) -> Result<(), Fault> {
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

    fn hear(&mut self, news: &News, now: &Known, at: Timestamp) -> Result<(), Fault> {
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
    fn between(before: &Known, now: &Known, at: Timestamp) -> Result<Self, Fault> {
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
fn change(name: &str, person: &UserSummary, total: usize, at: Timestamp) -> Result<Message, Fault> {
    let user = person.clone();
    Message::of(name, &LobbyMember { user, total }, at)
}

fn show_all(client: &Client, now: &Known, at: Timestamp) -> Result<(), Fault> {
    let members = LobbyMembers {
        total: now.len(),
        members: now.values().take(SHOWN).cloned().collect(),
    };
    tell(client, "members", &members, at)
}

fn tell(client: &Client, name: &str, data: &impl Serialize, at: Timestamp) -> Result<(), Fault> {
    client.tell(&Message::of(name, data, at)?);
    Ok(())
}
