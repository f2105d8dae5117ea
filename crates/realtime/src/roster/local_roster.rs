//! The sockets of this node in one roster. Users who are hidden from a socket's user are not sent to
//! it: neither by name nor in the number.

use std::collections::HashMap;
use std::sync::Arc;

use cluster::{Subscription, Topic};
use contract::streams::StreamName;
use kernel::{AppError, UserId};
use tokio::sync::Notify;

use super::changes::{MAX_CHANGES, MAX_LISTED, MAX_NAMED, Present, RosterChange, RosterUpdate};
use crate::connection::Connection;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// The roster of a stream, as this node's sockets see it.
pub(crate) struct LocalRoster {
    pub(crate) stream: StreamName,
    /// The topic on which nodes tell each other to refresh, and the name of the expiring set.
    pub(crate) topic: Topic,
    sockets: Mutex<HashMap<u64, RosterSocket>>,
    /// Notified when a refresh is due.
    pub(crate) wakeup: Notify,
    _subscription: Subscription,
}

/// A socket in a roster.
struct RosterSocket {
    connection: Arc<Connection>,
    /// Whether it was sent the list.
    is_listed: bool,
}

/// The users whose names are needed to send a change.
pub(crate) struct WantedNames {
    pub(crate) users: Vec<UserId>,
    /// Whether they include those of the list for new sockets.
    pub(crate) includes_list: bool,
}

impl LocalRoster {
    pub(crate) fn new(stream: StreamName, topic: Topic, subscription: Subscription) -> Self {
        Self {
            stream,
            topic,
            sockets: Mutex::default(),
            wakeup: Notify::new(),
            _subscription: subscription,
        }
    }

    /// Adds a socket, which is sent the list with the next refresh.
    pub(crate) fn add(&self, connection: &Arc<Connection>) {
        let socket = RosterSocket {
            connection: Arc::clone(connection),
            is_listed: false,
        };
        self.sockets().insert(connection.id, socket);
        self.wakeup.notify_one();
    }

    pub(crate) fn remove(&self, socket: u64) {
        self.sockets().remove(&socket);
        self.wakeup.notify_one();
    }

    /// Sends a socket the list again with the next refresh.
    pub(crate) fn list_again(&self, socket: u64) {
        if let Some(socket) = self.sockets().get_mut(&socket) {
            socket.is_listed = false;
        }
        self.wakeup.notify_one();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sockets().is_empty()
    }

    /// The users of the sockets.
    pub(crate) fn users(&self) -> Present {
        let sockets = self.sockets();
        let users = sockets.values().map(|one| one.connection.actor.user);
        users.collect()
    }

    /// The users whose names are needed to send a change.
    pub(crate) fn wanted_names(&self, before: &Present, now: &Present) -> WantedNames {
        let sockets = self.sockets();
        let hidden =
            |socket: &RosterSocket| socket.connection.count_hidden(|user| now.contains(&user));
        let most_hidden = sockets.values().map(hidden).max().unwrap_or(0);
        let changes = || before.symmetric_difference(now);
        let has_new = sockets.values().any(|socket| !socket.is_listed);
        let includes_list = has_new || changes().count() > MAX_CHANGES;
        let mut users = Present::new();
        if now.len() <= MAX_NAMED + most_hidden {
            users.extend(changes());
        }
        if includes_list {
            users.extend(now.iter().take(MAX_LISTED + most_hidden));
        }
        WantedNames {
            users: users.into_iter().collect(),
            includes_list,
        }
    }

    /// Sends a change to all sockets, and the list to new ones. If the names of the list are not
    /// included, new sockets are left to the next refresh.
    pub(crate) fn send(
        &self,
        change: &RosterChange<'_>,
        includes_list: bool,
    ) -> Result<(), AppError> {
        let update = change.update()?;
        let mut sockets = self.sockets();
        let known = sockets
            .values_mut()
            .filter(|socket| includes_list || socket.is_listed);
        for socket in known {
            if socket.hides_any(change.before) || socket.hides_any(change.now) {
                let (before, now) = (socket.visible(change.before), socket.visible(change.now));
                let visible = RosterChange {
                    before: &before,
                    now: &now,
                    ..*change
                };
                socket.send(&visible.update()?, &visible)?;
            } else {
                socket.send(&update, change)?;
            }
        }
        Ok(())
    }

    fn sockets(&self) -> MutexGuard<'_, HashMap<u64, RosterSocket>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RosterSocket {
    /// Whether one of these users is hidden from this socket's user.
    fn hides_any(&self, users: &Present) -> bool {
        self.connection.hides_any(|user| users.contains(&user))
    }

    /// Those of these users who are not hidden from this socket's user.
    fn visible(&self, users: &Present) -> Present {
        let mut visible = users.clone();
        visible.retain(|user| !self.connection.hides(*user));
        visible
    }

    fn send(&mut self, update: &RosterUpdate, change: &RosterChange<'_>) -> Result<(), AppError> {
        let is_new = !std::mem::replace(&mut self.is_listed, true);
        match update {
            RosterUpdate::Messages(messages) if !is_new => {
                let messages = messages.iter();
                messages.for_each(|message| self.connection.send(message));
            }
            RosterUpdate::NoData if !is_new => {}
            _ => self.connection.send(&change.list()?),
        }
        Ok(())
    }
}
