//! One socket on its way into several rooms, with one look at the database for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use cluster::Subscription;
use db::AnyConn;
use kernel::AppError;

use super::room::{PendingSubscription, Position, Room};
use super::{Hub, Joining};
use crate::ws::connection::Connection;

/// The rooms that a socket is about to listen to, and those it listens to already.
pub(super) struct Entrances<'h> {
    hub: &'h Hub,
    client: &'h Arc<Connection>,
    waiting: Vec<Entrance>,
    pub(super) held: Vec<PendingSubscription>,
}

struct Entrance {
    room: Arc<Room>,
    /// For a room that was not open.
    subscription: Option<Subscription>,
}

/// How far streams are, by their names; those on which nothing was ever said are left out.
type Heads = HashMap<String, (i64, i64)>;

impl<'h> Entrances<'h> {
    pub(super) fn of(hub: &'h Hub, client: &'h Arc<Connection>, joining: &[Joining<'_>]) -> Self {
        let entrance = |joining: &Joining<'_>| Entrance {
            room: Arc::clone(&joining.room),
            subscription: joining.room.subscribe(&hub.bus),
        };
        Self {
            hub,
            client,
            waiting: joining.iter().map(entrance).collect(),
            held: vec![],
        }
    }

    /// Waits until nothing is missed in rooms that are not open yet.
    pub(super) async fn subscribed(&self) {
        for entrance in &self.waiting {
            if let Some(subscription) = &entrance.subscription {
                subscription.active().await;
            }
        }
    }

    /// Whether the socket listens to all of them.
    pub(super) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Enters what is open, looks, and enters the others where nothing came meanwhile.
    pub(super) async fn enter_and_look<T, F>(&mut self, look: F) -> Result<T, AppError>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, AppError> + Send + 'static,
        T: Send + 'static,
    {
        let client = self.client;
        self.enter(|entrance| {
            let room = &entrance.room;
            room.is_open().then(|| Room::join(room, client))
        });
        let closed = self.waiting.iter().map(|entrance| &entrance.room);
        let names: Vec<String> = closed.map(|room| room.topic().to_string()).collect();
        // The heads first: what is found has all that they count.
        let both = move |conn: &mut AnyConn| Ok((heads(conn, &names)?, look(conn)?));
        let (heads, found) = self.hub.store.read(both).await?;
        self.enter(|entrance| {
            let (room, subscription) = (&entrance.room, &mut entrance.subscription);
            let head = heads.get(room.topic().as_str()).copied();
            let (seq, epoch) = head.unwrap_or_default();
            Room::open_at(room, client, Position { seq, epoch }, subscription)
        });
        Ok(found)
    }

    /// Opens the rooms that could not be entered.
    pub(super) async fn open(&self) -> Result<(), AppError> {
        for entrance in &self.waiting {
            let (bus, store) = (&self.hub.bus, &self.hub.store);
            entrance.room.open(bus, store).await?;
        }
        Ok(())
    }

    fn enter(&mut self, mut enter: impl FnMut(&mut Entrance) -> Option<PendingSubscription>) {
        let (hub, client, held) = (self.hub, self.client, &mut self.held);
        self.waiting.retain_mut(|entrance| {
            let Some(entered) = enter(entrance) else {
                return true;
            };
            hub.note(client, entrance.room.topic(), Some(entered.from));
            held.push(entered);
            false
        });
    }
}

fn heads(conn: &mut AnyConn, names: &[String]) -> Result<Heads, AppError> {
    if names.is_empty() {
        return Ok(Heads::new());
    }
    outbox::heads(conn, names)
}
