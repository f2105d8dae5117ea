//! What the rooms of people need of each other, fitted to who has it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use accounts::Accounts;
use async_trait::async_trait;
use chat::Chat;
use contract::accounts::Audience;
use contract::notify::LeftChats;
use contract::users::{Privacy, UserSummary};
use db::{AnyConn, PagedJson, Tx, UserSet};
use http_kit::ports::{Authenticator, RequestHasher};
use invites::InvitesService;
use jobs::Enqueue;
use kernel::{Actor, AppError, Timestamp, UserId};
use realtime::Publisher;
use serde_json::Value;
use social::Social;

use super::count_session_lookup;

/// What accounts ask of rooms that are built on accounts: set as soon as they are there.
#[derive(Default)]
pub(super) struct LateBound(OnceLock<Domains>);

pub(super) struct Domains {
    social: Social,
    chat: Chat,
    invites: Arc<dyn InvitesService>,
    pub(super) notify: notify::Notify,
}

impl LateBound {
    /// Now they are there.
    pub(super) fn set(
        &self,
        social: Social,
        chat: Chat,
        invites: Arc<dyn InvitesService>,
        notify: notify::Notify,
    ) {
        // It is set once, at the start.
        let _ = self.0.set(Domains {
            social,
            chat,
            invites,
            notify,
        });
    }

    pub(super) fn rooms(&self) -> Result<&Domains, AppError> {
        self.0
            .get()
            .ok_or_else(|| AppError::unavailable("the rooms are not fitted yet"))
    }
}

#[async_trait]
impl accounts::ports::Relations for LateBound {
    async fn between(
        &self,
        viewer: UserId,
        other: UserId,
    ) -> Result<accounts::rules::privacy::Relation, AppError> {
        use accounts::rules::privacy::Relation;
        Ok(match self.rooms()?.social.relation(viewer, other).await? {
            social::Relation::Friend => Relation::Friend,
            social::Relation::Stranger => Relation::Stranger,
            social::Relation::Blocked => Relation::Blocked,
        })
    }

    async fn hidden_from(&self, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        Ok(self
            .rooms()?
            .social
            .hidden_from(viewer)
            .await?
            .into_iter()
            .collect())
    }
}

/// Declares a room's part of what a person can download and have forgotten.
macro_rules! personal_data {
    ($name:ident, $chapter:literal, $room:ident) => {
        #[doc = concat!("What a person can download and have forgotten of their ", $chapter, ".")]
        pub(super) struct $name(pub(super) Arc<LateBound>);

        #[async_trait]
        impl accounts::ports::PersonalData for $name {
            fn chapter(&self) -> &'static str {
                $chapter
            }

            fn gather(&self, user: UserId) -> Result<PagedJson, AppError> {
                Ok(self.0.rooms()?.$room.personal_data(user))
            }

            async fn forget(&self, user: UserId) -> Result<(), AppError> {
                self.0.rooms()?.$room.forget(user).await
            }
        }
    };
}

personal_data!(FriendsOf, "friends", social);
personal_data!(ChatsOf, "chats", chat);
personal_data!(InvitesOf, "invites", invites);
personal_data!(NotificationsOf, "notifications", notify);

/// Who people are, for those who only need their names and wishes.
#[derive(Clone)]
pub(super) struct AccountsAdapter(pub(super) Accounts);

#[async_trait]
impl Authenticator for AccountsAdapter {
    async fn authenticate(&self, token: &str) -> Result<Actor, AppError> {
        count_session_lookup(self.0.authenticate(token)).await
    }

    fn require_verified(&self, actor: &Actor) -> Result<(), AppError> {
        self.0.require_verified(actor)
    }
}

impl RequestHasher for AccountsAdapter {
    fn request_digest(&self, scope: &str, body: &[u8; 32]) -> [u8; 32] {
        self.0.request_digest(scope, body)
    }
}

#[async_trait]
impl social::ports::People for AccountsAdapter {
    fn named(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<social::ports::Person>, AppError> {
        let Some(id) = accounts::queries::find(conn, username)? else {
            return Ok(None);
        };
        Ok(self.of(conn, &[id])?.remove(&id))
    }

    fn of(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, social::ports::Person>, AppError> {
        let found = accounts::queries::with_privacy(conn, ids)?;
        let person = |(id, (summary, wishes)): (UserId, (UserSummary, Privacy))| {
            let person = social::ports::Person {
                summary,
                takes_requests: wishes.friend_requests == Audience::Everyone,
                shows_presence: wishes.online_status != Audience::Nobody,
                searchable: wishes.searchable,
            };
            (id, person)
        };
        Ok(found.into_iter().map(person).collect())
    }

    async fn were_active(&self, ids: &[UserId], at: Timestamp) -> Result<(), AppError> {
        self.0.were_active(ids.to_vec(), at).await
    }
}

impl chat::ports::Names for AccountsAdapter {
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        accounts::queries::summaries(conn, ids)
    }

    fn mention(
        &self,
        conn: &mut AnyConn,
        usernames: &[String],
    ) -> Result<Vec<UserSummary>, AppError> {
        accounts::queries::mention(conn, usernames)
    }

    fn any_named(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<UserSummary>, AppError> {
        accounts::queries::any_named(conn, username)
    }
}

impl chat::ports::Privacy for AccountsAdapter {
    fn gives_receipts(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        let found = accounts::queries::with_privacy(conn, &[user])?;
        let wishes = found.get(&user).map(|(_, wishes)| wishes);
        Ok(wishes.is_some_and(|wishes| wishes.read_receipts))
    }

    fn is_invisible(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        Ok(!social::queries::invisible_among(conn, &[user])?.is_empty())
    }
}

impl invites::ports::Players for AccountsAdapter {
    fn named(
        &self,
        conn: &mut AnyConn,
        username: &str,
    ) -> Result<Option<invites::ports::Player>, AppError> {
        let Some(id) = accounts::queries::find(conn, username)? else {
            return Ok(None);
        };
        Ok(invites::ports::Players::of(self, conn, &[id])?.remove(&id))
    }

    fn of(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, invites::ports::Player>, AppError> {
        let found = accounts::queries::active_with_privacy(conn, ids)?;
        let player = |(id, (summary, wishes)): (UserId, (UserSummary, Privacy))| {
            let game_invites = wishes.game_invites;
            let player = invites::ports::Player {
                summary,
                game_invites,
            };
            (id, player)
        };
        Ok(found.into_iter().map(player).collect())
    }

    fn absent(&self, conn: &mut AnyConn, ids: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        accounts::queries::inactive(conn, ids)
    }
}

/// How people stand to each other, and who is around.
#[derive(Clone)]
pub(super) struct SocialAdapter(pub(super) Social);

impl chat::ports::Contacts for SocialAdapter {
    fn standings(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<chat::ports::Standing>, AppError> {
        use chat::ports::Standing;
        let relations = social::queries::relations(conn, pairs)?;
        let standing = |relation| match relation {
            social::Relation::Friend => Standing::Friends,
            social::Relation::Stranger => Standing::Strangers,
            social::Relation::Blocked => Standing::Blocked,
        };
        Ok(relations.into_iter().map(standing).collect())
    }

    fn hidden_from(&self, conn: &mut AnyConn, viewer: UserId) -> Result<Vec<UserId>, AppError> {
        let hidden = social::queries::hidden_from(conn, viewer)?;
        Ok(hidden.into_iter().collect())
    }

    fn hidden_set(&self, viewer: UserId) -> UserSet {
        social::queries::hidden_set(viewer)
    }
}

#[async_trait]
impl chat::ports::Presence for SocialAdapter {
    async fn online(&self, viewer: UserId, of: &[UserId]) -> Result<HashSet<UserId>, AppError> {
        let around = self.0.presence().of_friends(viewer, of).await?;
        let is_online = |(id, presence): (UserId, _)| {
            (presence != contract::social::Presence::Offline).then_some(id)
        };
        Ok(around.into_iter().filter_map(is_online).collect())
    }
}

impl invites::ports::Contacts for SocialAdapter {
    fn relation(
        &self,
        conn: &mut AnyConn,
        one: UserId,
        other: UserId,
    ) -> Result<invites::ports::Relation, AppError> {
        use invites::ports::Relation;
        let relations = social::queries::relations(conn, &[(one, other)])?;
        Ok(match relations.first() {
            Some(social::Relation::Friend) => Relation::Friend,
            Some(social::Relation::Stranger) => Relation::Stranger,
            Some(social::Relation::Blocked) | None => Relation::Blocked,
        })
    }

    fn hidden_from(&self, conn: &mut AnyConn, user: UserId) -> Result<HashSet<UserId>, AppError> {
        social::queries::hidden_from(conn, user)
    }
}

/// What waits between people who part: unread messages, invites to games, and what they were told
/// of each other.
pub(super) struct BlockAdapter(pub(super) Arc<LateBound>);

impl social::ports::BlockListener for BlockAdapter {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        chat::settle_between(tx, one, other)?;
        self.0.rooms()?.invites.cancel_between(tx, one, other)?;
        tx.enqueue(LeftChats { one, other })
    }
}

/// Carries what is told and not kept.
#[derive(Clone)]
pub(super) struct BusAdapter(pub(super) Publisher);

impl chat::ports::Live for BusAdapter {
    fn send(&self, topic: &str, name: &'static str, data: Value, author: Option<UserId>) {
        self.0.publish_ephemeral(topic, name, &data, author);
    }
}

impl social::ports::Live for BusAdapter {
    fn publish(&self, to: &[UserId], event: &'static str, data: Value) {
        self.0.publish_to_users(to, event, &data);
    }
}
