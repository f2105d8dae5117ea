//! What notifications need of other domains, and what others need of notifications.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use accounts::AccountsService;
use async_trait::async_trait;
use contract::chat::ChatId;
use contract::notify::BlockCreated;
use contract::users::UserSummary;
use db::{AnyConn, Tx};
use jobs::Enqueue;
use kernel::{AppError, Relation, UserId};
use mail::{MailId, MailTemplate, SendOutcome};
use notify::ports::{DigestMail, DigestOutcome};
use social::SocialService;
use social::ports::BlockListener;
use telemetry::NOTIFICATION_MAILS;

use crate::services::LateBound;

/// Users, their names and their mail.
#[derive(Clone)]
pub(super) struct NotifyUsers(pub(super) Arc<dyn AccountsService>);

impl notify::ports::RecipientDirectory for NotifyUsers {
    fn active_after(
        &self,
        conn: &mut AnyConn,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<UserId>, AppError> {
        accounts::queries::active_after(conn, after, limit)
    }

    fn is_admin(&self, conn: &mut AnyConn, user: UserId) -> Result<bool, AppError> {
        accounts::queries::is_admin(conn, user)
    }

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
        let is_blocked = |relation| relation == Relation::Blocked;
        Ok(relations.into_iter().map(is_blocked).collect())
    }
}

#[async_trait]
impl notify::ports::DigestMailer for NotifyUsers {
    async fn send(&self, digest: DigestMail) -> Result<DigestOutcome, AppError> {
        let (id, more) = (MailId::from_uuid(digest.id.uuid()), digest.more);
        let template = MailTemplate::Digest {
            lines: digest.lines,
            more,
            unsubscribe: self.0.unsubscribe_token(digest.user),
        };
        let (outcome, label) = match self.0.send_mail(digest.user, id, template).await? {
            SendOutcome::Sent => (DigestOutcome::Sent, "sent"),
            SendOutcome::Unreachable => (DigestOutcome::Unreachable, "unreachable"),
            SendOutcome::Rejected => (DigestOutcome::Rejected, "refused"),
            SendOutcome::Deferred => (DigestOutcome::Deferred, "later"),
        };
        metrics::counter!(NOTIFICATION_MAILS, "outcome" => label).increment(1);
        Ok(outcome)
    }
}

/// The conversations that notifications are about.
pub(super) struct ChatAdapter;

impl notify::ports::ChatNotifications for ChatAdapter {
    fn rearm(&self, tx: &mut Tx<'_>, user: UserId, chats: &[ChatId]) -> Result<(), AppError> {
        chat::rearm_notifications(tx, user, chats)
    }

    fn record_notified(
        &self,
        tx: &mut Tx<'_>,
        up_to_seq: &BTreeMap<(UserId, ChatId), i64>,
    ) -> Result<(), AppError> {
        chat::record_notified(tx, up_to_seq)
    }
}

/// Who is active.
pub(super) struct ActivityAdapter(pub(super) LateBound<dyn SocialService>);

#[async_trait]
impl notify::ports::ActivityPort for ActivityAdapter {
    async fn is_active(&self, user: UserId) -> Result<bool, AppError> {
        self.0.get()?.presence().is_active(user).await
    }
}

/// Resolves what users were notified of each other when one blocks the other.
pub(super) struct NotifyBlockListener;

impl BlockListener for NotifyBlockListener {
    fn blocked(&self, tx: &mut Tx<'_>, one: UserId, other: UserId) -> Result<(), AppError> {
        tx.enqueue(BlockCreated { one, other })
    }
}
