//! New accounts.

mod store;

use ::store::{AnyConn, Tx};
use contract::auth::Register;
use contract::users::Profile;
use kernel::{AppError, Timestamp, UserId};
use mail::Email;
use mail::{MailTemplate, OutgoingMail};

use crate::audit::{Action, Deed};
use crate::links::{self, NewLink, Purpose};
use crate::rules::email;
use crate::rules::password::{Password, field_of};
use crate::rules::username::Username;
use crate::visitor::Visitor;
use crate::{Accounts, profile};

impl Accounts {
    /// Makes an account and mails a link that proves its address.
    ///
    /// # Errors
    /// Says which field can't be so; `auth.username_taken`, `auth.email_taken`.
    pub async fn register(
        &self,
        request: Register,
        visitor: &Visitor,
    ) -> Result<Profile, AppError> {
        if let Some(user) = self.inner.store.kept(self.key.as_ref()).await? {
            return self.registered(user).await;
        }
        let (name, email, password) = self.read(&request, visitor).await?;
        // Hashing is dear: not for a name that is taken anyway. The constraint decides below.
        let (this, wanted, address) = (self.clone(), name.clone(), email.clone());
        let now = self.inner.env.now();
        let admit = move |conn: &mut AnyConn| this.admit_identity(conn, &wanted, &address, now);
        if let Err(error) = self.inner.store.read(admit).await {
            // The first try of the same request may have taken the name meanwhile.
            return match self.inner.store.kept(self.key.as_ref()).await? {
                Some(user) => self.registered(user).await,
                None => Err(error),
            };
        }
        let hash = self.inner.hasher.hash(visitor.party(), &password).await?;
        let (this, visitor) = (self.clone(), visitor.clone());
        let make = move |tx: &mut Tx<'_>| this.make(tx, &name, &email, &hash, &visitor);
        let made = self.inner.store.write_once(self.key.as_ref(), make).await?;
        self.registered(made).await
    }

    /// Name, address and password in their types; what is wrong with any of them is told at once.
    async fn read(
        &self,
        request: &Register,
        visitor: &Visitor,
    ) -> Result<(Username, Email, Password), AppError> {
        let name = Username::parse(&request.username);
        let email = email::parse(&request.email);
        let mut personal = email.as_ref().map_or(vec![], Email::personal_words);
        personal.extend(name.iter().map(|name| name.key().to_owned()));
        let (typed, again) = (&request.password, &request.password_confirm);
        let hasher = &self.inner.hasher;
        let judged = hasher.judge(visitor.party(), typed, again, personal);
        match (name, email, judged.await?) {
            (Ok(name), Ok(email), Ok(password)) => Ok((name, email, password)),
            (name, email, password) => {
                let name = name.err().map(|error| error.on_field("username"));
                let email = email.err().map(|error| error.on_field("email"));
                let password = password.err().map(|error| error.on_field(field_of(error)));
                let faults = [name, email, password].into_iter().flatten();
                Err(AppError::together(faults))
            }
        }
    }

    async fn registered(&self, user: UserId) -> Result<Profile, AppError> {
        let now = self.inner.env.now();
        let read = move |conn: &mut AnyConn| profile::load(conn, user, now);
        self.inner.store.read(read).await
    }

    fn admit_identity(
        &self,
        conn: &mut AnyConn,
        name: &Username,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), AppError> {
        self.admit_username(conn, name.key(), now)?;
        store::admit(conn, name, email)
    }

    fn make(
        &self,
        tx: &mut Tx<'_>,
        name: &Username,
        email: &Email,
        hash: &str,
        visitor: &Visitor,
    ) -> Result<UserId, AppError> {
        store::lock(tx, name, email)?;
        self.admit_identity(tx.conn, name, email, tx.env().now())?;
        let user = store::insert(tx, name, email, hash)?;
        let link = NewLink {
            user,
            purpose: Purpose::VerifyEmail,
            email,
            session: None,
        };
        let (token, until) = links::issue(tx, link)?;
        let outgoing = OutgoingMail {
            to: email.clone(),
            name: name.display().to_owned(),
            template: MailTemplate::VerifyEmail { token },
        };
        self.inner
            .mail_queue
            .enqueue_expiring(tx, &outgoing, until)?;
        Deed::own(user, Action::Registered)
            .from(visitor)
            .record(tx)?;
        Ok(user)
    }
}
