//! What sockets are sent of changes of a roster.

use std::collections::{BTreeSet, HashMap};

use contract::catalogue::EventName;
use contract::rooms::{LobbyCount, LobbyMember, LobbyMembers};
use contract::users::UserSummary;
use kernel::{AppError, Timestamp, UserId};

use crate::message::ServerMessage;

/// The largest roster whose changes are sent by name.
pub(crate) const MAX_NAMED: usize = 200;
/// The most users that are listed at once.
pub(crate) const MAX_LISTED: usize = 100;
/// The most changes that are sent one by one.
pub(crate) const MAX_CHANGES: usize = 20;

/// The users in a roster.
pub(crate) type Present = BTreeSet<UserId>;
/// Users as they are called now: names change, and those of deleted accounts are replaced at once.
pub(crate) type Names = HashMap<UserId, UserSummary>;

/// The roster before and after a change, with the names of the users that are sent.
#[derive(Clone, Copy)]
pub(crate) struct RosterChange<'a> {
    pub(crate) before: &'a Present,
    pub(crate) now: &'a Present,
    pub(crate) names: &'a Names,
    pub(crate) at: Timestamp,
}

/// What is sent to sockets that know the roster before the change.
pub(crate) enum RosterUpdate {
    /// Nothing has changed.
    NoData,
    /// These messages, in this order.
    Messages(Vec<ServerMessage>),
    /// The whole list, as too much has changed.
    List,
}

impl RosterChange<'_> {
    /// What is sent to sockets that know the roster before the change.
    pub(crate) fn update(&self) -> Result<RosterUpdate, AppError> {
        let left = self.before.difference(self.now);
        let joined = self.now.difference(self.before);
        let left = left.map(|user| (EventName::MemberLeft, *user));
        let joined = joined.map(|user| (EventName::MemberJoined, *user));
        let changes: Vec<(EventName, UserId)> = left.chain(joined).collect();
        Ok(match changes.len() {
            0 => RosterUpdate::NoData,
            _ if self.now.len() > MAX_NAMED => RosterUpdate::Messages(vec![self.count()?]),
            1..=MAX_CHANGES => {
                let messages = changes
                    .into_iter()
                    .filter_map(|(event, user)| self.member(event, user));
                RosterUpdate::Messages(messages.collect::<Result<_, _>>()?)
            }
            _ => RosterUpdate::List,
        })
    }

    fn count(&self) -> Result<ServerMessage, AppError> {
        let total = self.now.len();
        ServerMessage::ephemeral(EventName::MemberCount, &LobbyCount { total }, self.at)
    }

    fn member(&self, event: EventName, user: UserId) -> Option<Result<ServerMessage, AppError>> {
        let user = self.names.get(&user)?.clone();
        let total = self.now.len();
        let member = LobbyMember { user, total };
        Some(ServerMessage::ephemeral(event, &member, self.at))
    }

    /// The list that is sent to sockets that do not know the roster.
    pub(crate) fn list(&self) -> Result<ServerMessage, AppError> {
        let listed = self.now.iter().take(MAX_LISTED);
        let members = LobbyMembers {
            total: self.now.len(),
            members: listed
                .filter_map(|user| self.names.get(user).cloned())
                .collect(),
        };
        ServerMessage::ephemeral(EventName::Members, &members, self.at)
    }
}
