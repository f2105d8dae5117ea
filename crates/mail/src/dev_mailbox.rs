//! A mailbox in memory for servers without SMTP, shown by the dev mailbox page.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use kernel::{Env, Timestamp};

use super::{Mail, MailError, MailId, Mailer};
use crate::Email;

/// A mail that arrived in the dev mailbox.
#[derive(Debug, Clone)]
pub struct DeliveredMail {
    /// Id of the mail.
    pub id: MailId,
    /// When it arrived.
    pub at: Timestamp,
    /// The mail.
    pub mail: Mail,
}

/// Keeps the newest mails and logs their arrival, never their content.
#[derive(Debug, Clone)]
pub struct DevMailbox {
    env: Env,
    keep: usize,
    mails: Arc<Mutex<VecDeque<Arc<DeliveredMail>>>>,
}

impl DevMailbox {
    /// An empty mailbox that keeps the newest `keep` mails.
    #[must_use]
    pub fn new(env: Env, keep: usize) -> Self {
        let mails = Arc::default();
        Self { env, keep, mails }
    }

    /// All mails, newest first.
    #[must_use]
    pub fn newest(&self) -> Vec<Arc<DeliveredMail>> {
        self.lock().iter().rev().cloned().collect()
    }

    /// One mail.
    #[must_use]
    pub fn find(&self, id: MailId) -> Option<Arc<DeliveredMail>> {
        self.lock().iter().find(|mail| mail.id == id).cloned()
    }

    /// The mails to one address, newest first.
    #[must_use]
    pub fn to(&self, email: &Email) -> Vec<Arc<DeliveredMail>> {
        let theirs = |mail: &Arc<DeliveredMail>| mail.mail.to.key() == email.key();
        self.newest().into_iter().filter(theirs).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<DeliveredMail>>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for DevMailbox {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        tracing::info!(
            subject = mail.subject,
            to = mail.to.masked(),
            "mail kept in dev mailbox"
        );
        let (id, at) = (mail.id, self.env.now());
        let mut mails = self.lock();
        if mails.iter().any(|known| known.id == id) {
            return Ok(());
        }
        mails.push_back(Arc::new(DeliveredMail { id, at, mail }));
        while mails.len() > self.keep {
            mails.pop_front();
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), MailError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        Mail {
            id: Env::system().id(),
            to: Email::parse(to).unwrap(),
            subject: subject.to_owned(),
            text: String::new(),
            html: String::new(),
            unsubscribe: None,
        }
    }

    #[tokio::test]
    async fn send_keeps_newest_mails() {
        let mailbox = DevMailbox::new(Env::system(), 2);
        for subject in ["one", "two", "three"] {
            mailbox
                .send(mail("ada@example.org", subject))
                .await
                .unwrap();
        }
        let kept = mailbox.newest();
        let subjects: Vec<_> = kept.iter().map(|mail| mail.mail.subject.as_str()).collect();
        assert_eq!(subjects, ["three", "two"]);
        assert_eq!(mailbox.find(kept[1].id).unwrap().mail.subject, "two");
        assert!(mailbox.find(Env::system().id()).is_none());
    }

    #[tokio::test]
    async fn send_is_idempotent_per_id() {
        let mailbox = DevMailbox::new(Env::system(), 9);
        let (one, other) = (
            mail("ada@example.org", "one"),
            mail("ada@example.org", "one"),
        );
        for mail in [one.clone(), one, other] {
            mailbox.send(mail).await.unwrap();
        }
        assert_eq!(mailbox.newest().len(), 2);
    }

    #[tokio::test]
    async fn to_ignores_case_of_address() {
        let mailbox = DevMailbox::new(Env::system(), 9);
        mailbox.send(mail("ada@example.org", "hers")).await.unwrap();
        mailbox.send(mail("bob@example.org", "his")).await.unwrap();
        let hers = mailbox.to(&Email::parse("Ada@Example.org").unwrap());
        assert_eq!(hers.len(), 1);
        assert_eq!(hers[0].mail.subject, "hers");
        assert!(mailbox.check().await.is_ok());
    }
}
