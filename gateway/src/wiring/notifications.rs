//! What notifications need of the other rooms, and what these need of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use accounts::Accounts;
use async_trait::async_trait;
use contract::chat::ChatId;
use contract::notify::NotificationEvent;
use contract::users::UserSummary;
use db::{AnyConn, Store, Tx};
use kernel::{Actor, AppError, Role, UserId};
use mail::{MailId, MailTemplate, SendOutcome};
use notify::ports::{Digest, Outcome};
use notify::{Notify, NotifyConfig, NotifyParts};
use social::Social;
use telemetry::NOTIFICATION_MAILS;

use super::adapters::{AccountsAdapter, SocialAdapter};
use crate::config::Config;

/// Fits notifications to the rooms they need.
pub(super) fn build(
    config: &Config,
    store: &Store,
    accounts: &Accounts,
    social: &Social,
) -> Notify {
    let settings = NotifyConfig {
        mail_after: config.digest_after,
        ..NotifyConfig::default()
    };
    Notify::new(
        settings,
        NotifyParts {
            store: store.clone(),
            registry: Arc::new(AccountsAdapter(accounts.clone())),
            people: Arc::new(AccountsAdapter(accounts.clone())),
            conversations: Arc::new(ChatAdapter),
            presence: Arc::new(SocialAdapter(social.clone())),
            post: Arc::new(AccountsAdapter(accounts.clone())),
        },
    )
}

#[async_trait]
impl notify::ports::Registry for AccountsAdapter {
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

impl notify::ports::People for AccountsAdapter {
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

/// The conversations that notifications are about.
struct ChatAdapter;

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

/// Notifies those who have not read what was written to them.
pub(super) struct NotifyAdapter(pub(super) Notify);

impl chat::ports::Notices for NotifyAdapter {
    fn hold(&self, tx: &mut Tx<'_>, users: &BTreeSet<UserId>) -> Result<(), AppError> {
        self.0.hold(tx, users)
    }

    fn deliver(&self, tx: &mut Tx<'_>, happened: Vec<NotificationEvent>) -> Result<(), AppError> {
        self.0.deliver(tx, happened)
    }
}

#[async_trait]
impl notify::ports::Presence for SocialAdapter {
    async fn is_around(&self, user: UserId) -> Result<bool, AppError> {
        self.0.presence().is_active(user).await
    }
}

#[async_trait]
impl notify::ports::DigestMailer for AccountsAdapter {
    async fn send(&self, digest: Digest) -> Result<Outcome, AppError> {
        let (id, more) = (MailId::from_uuid(digest.id.uuid()), digest.more);
        let template = MailTemplate::Digest {
            lines: digest.lines,
            more,
            unsubscribe: self.0.unsubscribe_token(digest.user),
        };
        let (outcome, word) = match self.0.send_mail(digest.user, id, template).await? {
            SendOutcome::Sent => (Outcome::Sent, "sent"),
            SendOutcome::Unreachable => (Outcome::Unreachable, "unreachable"),
            SendOutcome::Rejected => (Outcome::Refused, "refused"),
            SendOutcome::Deferred => (Outcome::Later, "later"),
        };
        metrics::counter!(NOTIFICATION_MAILS, "outcome" => word).increment(1);
        Ok(outcome)
    }
}
