//! What notifications need of other domains, and what others need of notifications.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use accounts::Accounts;
use async_trait::async_trait;
use contract::chat::ChatId;
use contract::notify::LeftChats;
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use jobs::Enqueue;
use kernel::{Actor, AppError, Role, UserId};
use mail::{MailId, MailTemplate, SendOutcome};
use notify::ports::{Digest, Outcome};
use social::Social;
use social::ports::BlockListener;
use telemetry::NOTIFICATION_MAILS;

use crate::services::Later;

/// Users, their names and their mail.
#[derive(Clone)]
pub(super) struct UsersAdapter(pub(super) Arc<Accounts>);

#[async_trait]
impl notify::ports::Registry for UsersAdapter {
    async fn active_after(
        &self,
        after: Option<UserId>,
        most: i64,
    ) -> Result<Vec<UserId>, AppError> {
        self.0.active_after(after, most).await
    }

    async fn is_admin(&self, actor: &Actor) -> Result<bool, AppError> {
        Ok(self.0.profile(actor).await?.role == Role::Admin)
    }
}

impl notify::ports::People for UsersAdapter {
    fn summaries(
        &self,
        conn: &mut AnyConn,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserSummary>, AppError> {
        accounts::queries::summaries(conn, ids)
    }

    fn blocked(
        &self,
        conn: &mut AnyConn,
        pairs: &[(UserId, UserId)],
    ) -> Result<Vec<bool>, AppError> {
        let relations = social::queries::relations(conn, pairs)?;
        let is_blocked = |relation| relation == social::Relation::Blocked;
        Ok(relations.into_iter().map(is_blocked).collect())
    }
}

#[async_trait]
impl notify::ports::DigestMailer for UsersAdapter {
    async fn send(&self, digest: Digest) -> Result<Outcome, AppError> {
        let (id, more) = (MailId::from_uuid(digest.id.uuid()), digest.more);
        let template = MailTemplate::Digest {
            lines: digest.lines,
            more,
            unsubscribe: self.0.unsubscribe_token(digest.user),
        };
        let (outcome, label) = match self.0.send_mail(digest.user, id, template).await? {
            SendOutcome::Sent => (Outcome::Sent, "sent"),
            SendOutcome::Unreachable => (Outcome::Unreachable, "unreachable"),
            SendOutcome::Rejected => (Outcome::Refused, "refused"),
            SendOutcome::Deferred => (Outcome::Later, "later"),
        };
        metrics::counter!(NOTIFICATION_MAILS, "outcome" => label).increment(1);
        Ok(outcome)
    }
}

/// The conversations that notifications are about.
pub(super) struct ChatAdapter;

impl notify::ports::Conversations for ChatAdapter {
    fn call_again(&self, tx: &mut Tx<'_>, user: UserId, chats: &[ChatId]) -> Result<(), AppError> {
        chat::call_again(tx, user, chats)
    }

    fn note_notified(
        &self,
        tx: &mut Tx<'_>,
        places: &BTreeMap<(UserId, ChatId), i64>,
    ) -> Result<(), AppError> {
        chat::note_notified(tx, places)
    }
}

/// Who is active.
pub(super) struct PresenceAdapter(pub(super) Later<Social>);

#[async_trait]
impl notify::ports::Presence for PresenceAdapter {
    async fn is_around(&self, user: UserId) -> Result<bool, AppError> {
        self.0.get()?.presence().is_active(user).await
    }
}

/// Resolves what users were notified of each other when one blocks the other.
pub(super) struct BlockAdapter;

impl BlockListener for BlockAdapter {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        tx.enqueue(LeftChats { one, other })
    }
}
